-- name: OpenIntentsOf :many
-- Open intents that an organisation prepared or must sign, oldest first.
SELECT i.* FROM intents i
WHERE i.state = 'open' AND i.finished_at IS NULL
    AND (i.org_id = @org_id OR EXISTS (
        SELECT FROM intent_duties d WHERE d.intent_id = i.id AND @org_id::text = ANY (d.orgs)))
ORDER BY i.created_at, i.id LIMIT @page;

-- name: ClaimsThatWait :many
-- Receivables of an organisation about which somebody must do something: claimed and not yet
-- confirmed, disputed, overdue, or with another account asked for. The longest still first.
SELECT a.id, a.record, a.state FROM ledger.assets a
WHERE a.kind = 'receivable'
    AND (a.phase IN ('ISSUED', 'OVERDUE') OR (a.phase IN ('OPEN', 'MATURED') AND (
        a.state -> 'receivable' -> 'payee_change' IS NOT NULL
        OR (a.state -> 'receivable' ->> 'disputed')::bigint > 0
        OR (a.state -> 'receivable' ->> 'assigned_disputed')::bigint > 0
        OR (a.state -> 'receivable' ->> 'held_disputed')::bigint > 0)))
    AND EXISTS (SELECT FROM ledger.holders h WHERE h.asset_id = a.id AND h.org_id = @org_id)
ORDER BY a.moved_at, a.id LIMIT @page;

-- name: FinancingsThatWait :many
-- Financings of an organisation that are not decided or paid out yet, and those of whose receivable
-- something was paid that repaid nothing yet, or nothing is owed any more. The longest still first.
SELECT a.id, a.record, a.state FROM ledger.assets a
WHERE a.kind = 'financing'
    AND (a.phase IN ('SUBMITTED', 'QUOTED', 'APPROVED') OR (a.phase = 'DISBURSED' AND EXISTS (
        SELECT FROM ledger.assets r
        WHERE r.id = a.state -> 'financing' ->> 'receivable' AND (r.phase = 'SETTLED'
            OR (r.state -> 'receivable' ->> 'paid')::bigint
                - (r.state -> 'receivable' -> 'assignment' ->> 'paid_before')::bigint
                > (a.state -> 'financing' ->> 'received')::bigint))))
    AND EXISTS (SELECT FROM ledger.holders h WHERE h.asset_id = a.id AND h.org_id = @org_id)
ORDER BY a.moved_at, a.id LIMIT @page;

-- name: AssetsNamed :many
SELECT id, record, state FROM ledger.assets WHERE id = ANY (@ids::text[]);

-- name: UntypedDocuments :many
-- Papers whose fields a person must type in: an organisation's own and those of its packs,
-- oldest first.
SELECT d.* FROM documents d
WHERE d.state = 'needs_fields' AND (d.org_id = @org_id OR EXISTS (
    SELECT FROM pack_documents pd JOIN pack_parties pp ON pp.pack_id = pd.pack_id
    WHERE pd.document_id = d.id AND pp.org_id = @org_id))
ORDER BY d.uploaded_at, d.id LIMIT @page;

-- name: ReceivableSums :many
-- What an organisation's receivables come to, by currency, phase and its part in them. The
-- quantities are added up one by one; what follows from them is for the law to say.
WITH bodies AS (
    SELECT a.state -> 'receivable' AS body, a.phase AS phase FROM ledger.assets a
    WHERE a.kind = 'receivable' AND a.phase = ANY (@phases::text[]) AND a.state IS NOT NULL
        AND EXISTS (
            SELECT FROM ledger.holders h WHERE h.asset_id = a.id AND h.org_id = @org_id::text)
)
SELECT (body ->> 'currency')::text AS currency, phase,
    (body ->> 'seller' = @org_id::text)::boolean AS sold,
    (body ->> 'owner' = @org_id::text)::boolean AS owned,
    (body ->> 'obligor' = @org_id::text)::boolean AS owed,
    ((body ->> 'due_date')::date <= @until::date)::boolean AS soon,
    count(*) AS items, sum((body ->> 'face')::bigint)::bigint AS face,
    sum((body ->> 'confirmed')::bigint)::bigint AS confirmed,
    sum((body ->> 'diluted')::bigint)::bigint AS diluted,
    sum((body ->> 'disputed')::bigint)::bigint AS disputed,
    sum((body ->> 'held')::bigint)::bigint AS held,
    sum((body ->> 'assigned')::bigint)::bigint AS assigned,
    sum((body ->> 'paid')::bigint)::bigint AS paid
FROM bodies GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 2;

-- name: FinancingSums :many
WITH bodies AS (
    SELECT a.state -> 'financing' AS body, a.phase AS phase FROM ledger.assets a
    WHERE a.kind = 'financing' AND a.phase = ANY (@phases::text[]) AND a.state IS NOT NULL
        AND EXISTS (
            SELECT FROM ledger.holders h WHERE h.asset_id = a.id AND h.org_id = @org_id::text)
)
SELECT (body ->> 'currency')::text AS currency, phase,
    (body ->> 'seller' = @org_id::text)::boolean AS sold,
    (body ->> 'bank' = @org_id::text)::boolean AS lent,
    ((body ->> 'due_date')::date <= @until::date)::boolean AS soon,
    count(*) AS items, sum((body ->> 'face')::bigint)::bigint AS face,
    sum((body ->> 'outstanding')::bigint)::bigint AS outstanding
FROM bodies GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2;
