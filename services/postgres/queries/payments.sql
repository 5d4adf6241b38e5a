-- name: InsertStatement :execrows
-- No row when the same file was imported before.
INSERT INTO statements (id, org_id, account_id, digest, syntax, imported_by, imported_at)
VALUES (@id, @org_id, @account_id, @digest, @syntax, @imported_by, @imported_at)
ON CONFLICT (org_id, digest) DO NOTHING;

-- name: InsertStatementLine :execrows
-- No row when an overlapping statement brought the line before.
INSERT INTO statement_lines (
    id, statement_id, account_id, position, bank_reference, booked_on, value_on, amount,
    currency, party_name, party_account, remittance)
VALUES (
    @id, @statement_id, @account_id, @position, @bank_reference, @booked_on, @value_on, @amount,
    @currency, @party_name, @party_account, @remittance)
ON CONFLICT (account_id, bank_reference) DO NOTHING;

-- name: UnappliedLines :many
SELECT l.* FROM statement_lines l JOIN statements s ON s.id = l.statement_id
WHERE s.org_id = @org_id AND l.amount > l.allocated
ORDER BY l.booked_on, l.id LIMIT @page;

-- name: AllocateLine :execrows
-- No row when that much is not left of the line.
UPDATE statement_lines SET allocated = allocated + @amount::bigint
WHERE id = @id AND amount - allocated >= @amount::bigint;

-- name: InsertPayment :exec
INSERT INTO payments (
    id, line_id, receivable_id, amount, currency, intent_id, matched_by, matched_at)
VALUES (
    @id, @line_id, @receivable_id, @amount, @currency, @intent_id, @matched_by, @matched_at);

-- name: PaymentsOf :many
SELECT * FROM payments WHERE receivable_id = @receivable_id ORDER BY matched_at, id LIMIT @page;
