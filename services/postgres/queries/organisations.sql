-- name: PutOrganisation :exec
-- The ledger's word on an organisation replaces ours; whether it is hosted stays.
INSERT INTO organisations (
    id, kind, name, registration_id, lei, vat_number, country, hosted, created_at)
VALUES (@id, @kind, @name, @registration_id, @lei, @vat_number, @country, @hosted, @created_at)
ON CONFLICT (id) DO UPDATE SET
    kind = excluded.kind, name = excluded.name, registration_id = excluded.registration_id,
    lei = excluded.lei;

-- name: Organisation :one
SELECT * FROM organisations WHERE id = @id;

-- name: Organisations :many
SELECT * FROM organisations ORDER BY id LIMIT @page;

-- name: InsertAccount :exec
INSERT INTO accounts (id, org_id, number, bic, holder, currency, proposed_by, proposed_at)
VALUES (@id, @org_id, @number, @bic, @holder, @currency, @proposed_by, @proposed_at);

-- name: ConfirmAccount :execrows
-- The table refuses the proposer as confirmer.
UPDATE accounts SET
    confirmed_by = @confirmed_by::text, confirmed_at = @confirmed_at::timestamptz,
    usable_from = @usable_from::timestamptz
WHERE id = @id AND org_id = @org_id AND confirmed_by IS NULL AND closed_at IS NULL;

-- name: AccountsOf :many
SELECT * FROM accounts WHERE org_id = @org_id AND closed_at IS NULL ORDER BY id LIMIT @page;

-- name: UsableAccount :one
-- An account that money may go to now.
SELECT * FROM accounts
WHERE org_id = @org_id AND number = @number AND currency = @currency
    AND closed_at IS NULL AND usable_from <= @now::timestamptz;
