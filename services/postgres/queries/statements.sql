-- name: InsertStatement :execrows
-- No row when the same file was imported before.
INSERT INTO statements (id, org_id, digest, syntax, filename, accounts, imported_by, imported_at)
VALUES (@id, @org_id, @digest, @syntax, @filename, @accounts, @imported_by, @imported_at)
ON CONFLICT (org_id, digest) DO NOTHING;

-- name: StatementByDigest :one
SELECT * FROM statements WHERE org_id = @org_id AND digest = @digest;

-- name: StatementOfLine :one
SELECT s.* FROM statements s JOIN statement_lines l ON l.statement_id = s.id WHERE l.id = @id;

-- name: LockStatements :exec
-- One import of an organisation at a time: each sees the lines of the one before.
SELECT 1 FROM organisations WHERE id = @org_id FOR NO KEY UPDATE;

-- name: InsertStatementLines :batchone
-- No row when an overlapping statement brought the line, or its entry, before.
INSERT INTO statement_lines (
    id, statement_id, org_id, entry_id, position, account, bank_reference, booked_on, value_on,
    amount, currency, party_name, party_account, remittance, allocated, receivable_id, intents)
SELECT
    @id, @statement_id::identifier, @org_id, @entry_id::identifier, @position, @account,
    @bank_reference, @booked_on, sqlc.narg(value_on), @amount, @currency, @party_name,
    @party_account, @remittance, @allocated, sqlc.narg(receivable_id), @intents
WHERE NOT EXISTS (
    SELECT 1 FROM statement_lines l
    WHERE l.entry_id = @entry_id::identifier AND l.statement_id <> @statement_id::identifier)
ON CONFLICT (id) DO NOTHING
RETURNING position;

-- name: LinesOfStatement :many
SELECT * FROM statement_lines WHERE statement_id = @statement_id ORDER BY position;

-- name: StatementLine :one
SELECT * FROM statement_lines WHERE id = @id;

-- name: LockStatementLine :one
SELECT * FROM statement_lines WHERE id = @id FOR NO KEY UPDATE;

-- name: SetStatementLine :execrows
UPDATE statement_lines SET
    allocated = @allocated, receivable_id = @receivable_id, intents = @intents,
    set_aside_by = @set_aside_by, set_aside_at = @set_aside_at, set_aside_reason = @set_aside_reason
WHERE id = @id;

-- name: StatementLinesOf :many
-- Of one statement, one receivable and some states where the filter names them.
SELECT l.* FROM statement_lines l
WHERE l.org_id = @org_id AND (l.booked_on, l.id::text) < (@before_on::date, @before_id::text)
    AND (@statement_id::text = '' OR l.statement_id = @statement_id)
    AND (@receivable_id::text = '' OR l.receivable_id = @receivable_id)
    AND (cardinality(@states::text[]) = 0 OR EXISTS (
        SELECT FROM statement_line_states n WHERE n.id = l.id AND n.state = ANY (@states)))
ORDER BY l.booked_on DESC, l.id DESC LIMIT @page;

-- name: StatementsOf :many
-- The newest statement first; of one alone where an id is named.
SELECT s.*, u.name AS by_name FROM statements s JOIN users u ON u.id = s.imported_by
WHERE s.org_id = @org_id AND (@id::text = '' OR s.id = @id)
    AND (s.imported_at, s.id::text) < (@before_at::timestamptz, @before_id::text)
ORDER BY s.imported_at DESC, s.id DESC LIMIT @page;

-- name: StatementCounts :many
-- How many lines of each state statements have, and what they come to.
SELECT n.statement_id, n.state, n.currency, count(*) AS lines, sum(n.amount)::bigint AS amount
FROM statement_line_states n WHERE n.statement_id = ANY (@ids::text[])
GROUP BY n.statement_id, n.state, n.currency ORDER BY n.statement_id, n.state, n.currency;

-- name: StatementsThatWait :many
-- Statements with lines that wait, the oldest first.
SELECT s.*, u.name AS by_name FROM statements s JOIN users u ON u.id = s.imported_by
WHERE s.org_id = @org_id AND EXISTS (
    SELECT FROM statement_line_states n WHERE n.statement_id = s.id AND n.state = 'waiting')
ORDER BY s.imported_at, s.id LIMIT @page;

-- name: StatementsOfLines :many
SELECT l.id, s.id AS statement_id, s.imported_by FROM statement_lines l JOIN statements s ON s.id = l.statement_id
WHERE l.org_id = @org_id AND l.id = ANY (@ids::text[]);

-- name: ReceivablesNumbered :many
-- The receivables that an organisation holds, by the numbers of their invoices in capitals.
SELECT a.id, a.record, a.state FROM ledger.assets a
WHERE a.kind = 'receivable' AND @org_id::text IN (a.owner, a.seller) AND upper(a.number) = ANY (@numbers::text[])
    AND EXISTS (SELECT FROM ledger.holders h WHERE h.asset_id = a.id AND h.org_id = @org_id)
ORDER BY a.moved_at DESC, a.id LIMIT @page;

-- name: IntentsNamed :many
SELECT * FROM intents WHERE id = ANY (@ids::text[]) ORDER BY created_at, id;
