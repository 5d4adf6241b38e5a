-- name: PutOrganisation :exec
INSERT INTO organisations (
    id, kind, name, name_local, registration_id, lei, vat_number, country, created_at)
VALUES (
    @id, @kind, @name, @name_local, @registration_id, @lei, @vat_number, @country, @created_at)
ON CONFLICT (id) DO UPDATE SET
    kind = excluded.kind, name = excluded.name, name_local = excluded.name_local,
    registration_id = excluded.registration_id, lei = excluded.lei,
    vat_number = excluded.vat_number, country = excluded.country;

-- name: Organisation :one
SELECT * FROM organisations WHERE id = @id;

-- name: Organisations :many
SELECT * FROM organisations ORDER BY id LIMIT @page;

-- name: PutAccount :exec
INSERT INTO accounts (id, org_id, number, bic, holder, currency)
VALUES (@id, @org_id, @number, @bic, @holder, @currency)
ON CONFLICT (id) DO UPDATE SET
    org_id = excluded.org_id, number = excluded.number, bic = excluded.bic,
    holder = excluded.holder, currency = excluded.currency;

-- name: AccountsOf :many
SELECT * FROM accounts WHERE org_id = @org_id ORDER BY id LIMIT @page;
