-- name: InsertStatement :execrows
-- No row when the same file was imported before.
INSERT INTO statements (id, org_id, digest, syntax, imported_by, imported_at)
VALUES (@id, @org_id, @digest, @syntax, @imported_by, @imported_at)
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
    allocated = @allocated, receivable_id = @receivable_id, intents = @intents
WHERE id = @id;

-- name: StatementLinesOf :many
SELECT * FROM statement_lines
WHERE org_id = @org_id AND (booked_on, id::text) < (@before_on::date, @before_id::text)
ORDER BY booked_on DESC, id DESC LIMIT @page;
