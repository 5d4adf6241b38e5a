-- name: InsertFinancingRequest :execrows
INSERT INTO financing_requests (
    id, seller_id, bank_id, pack_id, receivable_id, programme_id, amount, currency, account_id,
    state, created_by, created_at)
VALUES (
    @id, @seller_id, @bank_id, @pack_id, @receivable_id, @programme_id, @amount, @currency,
    @account_id, 'draft', @created_by, @created_at)
ON CONFLICT (id) DO NOTHING;

-- name: FinancingRequestVisibleTo :one
-- A bank sees nothing of a draft.
SELECT * FROM financing_requests
WHERE id = @id AND (seller_id = @org_id OR (bank_id = @org_id AND state <> 'draft'));

-- name: LockFinancingRequest :one
SELECT * FROM financing_requests WHERE id = @id FOR UPDATE;

-- name: FinancingRequestsOfSeller :many
SELECT * FROM financing_requests
WHERE seller_id = @org_id AND (created_at, id::text) < (@before_at::timestamptz, @before_id::text)
ORDER BY created_at DESC, id DESC LIMIT @page;

-- name: FinancingRequestsAtBank :many
SELECT * FROM financing_requests
WHERE bank_id = @org_id AND state <> 'draft'
    AND (created_at, id::text) < (@before_at::timestamptz, @before_id::text)
ORDER BY created_at DESC, id DESC LIMIT @page;

-- name: MoveFinancingRequest :execrows
UPDATE financing_requests SET state = @state, edit = edit + 1
WHERE id = @id AND state = @from_state;

-- name: InsertRefusal :exec
INSERT INTO financing_refusals (
    request_id, verification_id, refused_by, refused_at, reasons, bank_only)
VALUES (@request_id, @verification_id, @refused_by, @refused_at, @reasons, @bank_only);

-- name: RefusalForSeller :one
SELECT request_id, refused_at, reasons FROM financing_refusals WHERE request_id = @request_id;

-- name: RefusalForBank :one
SELECT * FROM financing_refusals WHERE request_id = @request_id;

-- name: InsertQuote :exec
INSERT INTO financing_quotes (
    id, request_id, bank_id, currency, advance, discount, fee, cash, terms, made_by, made_at,
    lapses_at, intent_id)
VALUES (
    @id, @request_id, @bank_id, @currency, @advance, @discount, @fee, @cash, @terms, @made_by,
    @made_at, @lapses_at, @intent_id);

-- name: QuotesOf :many
SELECT * FROM financing_quotes WHERE request_id = @request_id
ORDER BY made_at DESC, id DESC LIMIT @page;
