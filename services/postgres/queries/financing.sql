-- name: PutFinancingRequest :exec
INSERT INTO financing_requests (
    id, seller_id, bank_id, pack_id, receivable_id, programme_id, verification_id, amount,
    currency, state, created_by, created_at, reasons, intent_id)
VALUES (
    @id, @seller_id, @bank_id, @pack_id, @receivable_id, @programme_id, @verification_id,
    @amount, @currency, @state, @created_by, @created_at, @reasons, @intent_id)
ON CONFLICT (id) DO UPDATE SET
    receivable_id = excluded.receivable_id, amount = excluded.amount,
    currency = excluded.currency, state = excluded.state, reasons = excluded.reasons,
    intent_id = excluded.intent_id;

-- name: PutTerms :exec
INSERT INTO programme_terms (digest, body) VALUES (@digest, @body) ON CONFLICT (digest) DO NOTHING;

-- name: Terms :one
SELECT body FROM programme_terms WHERE digest = @digest;

-- name: FinancingRequest :one
SELECT * FROM financing_requests WHERE id = @id;

-- name: FinancingRequestsOf :many
SELECT * FROM financing_requests
WHERE (seller_id = @org_id OR bank_id = @org_id)
    AND (created_at, id::text) < (@before_at::timestamptz, @before_id::text)
ORDER BY created_at DESC, id DESC LIMIT @page;
