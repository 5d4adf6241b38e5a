-- name: PutFinancingRequest :exec
INSERT INTO financing_requests (
    id, seller_id, bank_id, pack_id, receivable_id, programme_id, verification_id, amount,
    currency, state, created_by, created_at, reasons, intent_id, wanted)
VALUES (
    @id, @seller_id, @bank_id, @pack_id, @receivable_id, @programme_id, @verification_id,
    @amount, @currency, @state, @created_by, @created_at, @reasons, @intent_id,
    @wanted)
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

-- name: FinancingStages :many
-- One page of what an organisation asked for or was asked, narrowed and in the order of a key.
WITH staged AS (
    SELECT s.id, s.title, s.number::text AS number, s.obligor_id::text AS obligor_id,
        (CASE WHEN s.stage = 'financed' AND s.due_on <> '' AND s.due_on < @today::text THEN 'overdue'
            ELSE s.stage END)::text AS stage,
        (CASE @sort::text
            WHEN 'due' THEN CASE WHEN s.due_on = '' THEN '9999-12-31' ELSE s.due_on END
            WHEN 'amount' THEN s.currency || lpad(s.amount::text, 20, '0')
            WHEN 'moved' THEN lpad(s.moved_at::text, 20, '0')
            ELSE lpad(((extract(epoch FROM s.created_at) * 1000000)::bigint)::text, 20, '0')
        END)::text COLLATE "C" AS sort_key
    FROM financing_stages s
    WHERE (s.seller_id = @org_id OR s.bank_id = @org_id)
        AND (@one::text = '' OR s.id = @one::text)
        AND (@seller::text = '' OR s.seller_id = @seller::text)
        AND (@obligor::text = '' OR s.obligor_id = @obligor::text)
        AND (@programme::text = '' OR s.programme_id = @programme::text)
        AND (@currency::text = '' OR s.currency = @currency::text)
        AND (@due_from::text = '' OR s.due_on >= @due_from::text)
        AND (@due_to::text = '' OR (s.due_on <> '' AND s.due_on <= @due_to::text))
)
SELECT id, title, number, obligor_id, stage, sort_key::text AS place FROM staged
WHERE (cardinality(@stages::text[]) = 0 OR stage = ANY (@stages::text[]))
    AND (@after_id::text = '' OR CASE WHEN @descending::boolean
        THEN (sort_key, id::text) < (@after_key::text, @after_id::text)
        ELSE (sort_key, id::text) > (@after_key::text, @after_id::text) END)
ORDER BY
    CASE WHEN @descending::boolean THEN sort_key END DESC, CASE WHEN @descending::boolean THEN id END DESC,
    sort_key, id
LIMIT @page;

-- name: FinancingTotals :many
-- How many there are of each stage and currency, and what they come to.
SELECT (CASE WHEN s.stage = 'financed' AND s.due_on <> '' AND s.due_on < @today::text THEN 'overdue'
        ELSE s.stage END)::text AS stage_now,
    s.currency, count(*) AS items, sum(s.amount)::bigint AS amount, sum(s.outstanding)::bigint AS outstanding
FROM financing_stages s
WHERE (s.seller_id = @org_id OR s.bank_id = @org_id)
    AND (@seller::text = '' OR s.seller_id = @seller::text)
    AND (@obligor::text = '' OR s.obligor_id = @obligor::text)
    AND (@programme::text = '' OR s.programme_id = @programme::text)
    AND (@currency::text = '' OR s.currency = @currency::text)
    AND (@due_from::text = '' OR s.due_on >= @due_from::text)
    AND (@due_to::text = '' OR (s.due_on <> '' AND s.due_on <= @due_to::text))
GROUP BY stage_now, s.currency ORDER BY stage_now, s.currency;

-- name: FinancingRequestsByID :many
SELECT * FROM financing_requests WHERE id = ANY (@ids::text[]);

-- name: FinancingRequestsOfPack :many
-- What was asked of a bank on a pack's papers before, newest first.
SELECT * FROM financing_requests WHERE pack_id = @pack_id AND bank_id = @bank_id
ORDER BY created_at DESC, id DESC LIMIT @page;

-- name: LastQuoted :one
-- The price that a bank named last under a programme.
SELECT (a.state -> 'financing' -> 'terms')::json AS terms FROM ledger.assets a
WHERE a.kind = 'financing' AND a.state -> 'financing' ->> 'programme' = @programme_id::text
    AND a.state -> 'financing' ->> 'bank' = @bank_id::text AND a.state -> 'financing' -> 'terms' IS NOT NULL
ORDER BY (a.state -> 'financing' ->> 'quoted')::bigint DESC, a.id LIMIT 1;

-- name: PutPricing :exec
INSERT INTO programme_pricing (programme_id, bank_id, body, set_by, set_at)
VALUES (@programme_id, @bank_id, @body, @set_by, @set_at)
ON CONFLICT (programme_id) DO UPDATE SET body = excluded.body, set_by = excluded.set_by,
    set_at = excluded.set_at;

-- name: Pricing :one
SELECT * FROM programme_pricing WHERE programme_id = @programme_id AND bank_id = @bank_id;

-- name: InsertReturn :exec
INSERT INTO financing_returns (
    id, financing_id, bank_id, returned_to, code, note, pack_edit, version, returned_by, returned_at)
VALUES (
    @id, @financing_id, @bank_id, @returned_to, @code, @note, @pack_edit, @version, @returned_by,
    @returned_at);

-- name: ReturnsOf :many
SELECT * FROM financing_returns WHERE financing_id = @financing_id
ORDER BY returned_at DESC, id DESC LIMIT @page;

-- name: ReservedByProgramme :many
-- What is held for a bank and not assigned yet.
SELECT (a.state -> 'receivable' -> 'reservation' ->> 'programme')::text AS programme_id,
    sum((a.state -> 'receivable' -> 'reservation' ->> 'amount')::bigint)::bigint AS reserved
FROM ledger.assets a
WHERE a.kind = 'receivable' AND a.state -> 'receivable' -> 'reservation' ->> 'bank' = @bank_id::text
GROUP BY 1;

-- name: LentByProgramme :many
-- What a bank has out under each programme.
SELECT s.programme_id, count(*) AS items, sum(s.outstanding)::bigint AS outstanding,
    coalesce(sum(s.outstanding) FILTER (WHERE s.due_on < @today::text), 0)::bigint AS overdue
FROM financing_stages s WHERE s.bank_id = @bank_id AND s.stage = 'financed' GROUP BY s.programme_id;
