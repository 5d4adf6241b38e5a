-- name: OpenIntentsOf :many
-- Open intents that an organisation prepared or must sign, oldest first.
SELECT i.* FROM intents i
WHERE i.state = 'open' AND i.finished_at IS NULL
    AND (i.org_id = @org_id OR EXISTS (
        SELECT FROM intent_duties d WHERE d.intent_id = i.id AND @org_id::text = ANY (d.orgs)))
ORDER BY i.created_at, i.id LIMIT @page;

-- name: ClaimsThatWait :many
-- Receivables of an organisation about which somebody must do something: claimed and not yet
-- confirmed, disputed, overdue, or with another account asked for. Of each phase, and of what the
-- organisation owes, sold and owns, a page, what is due first.
SELECT a.id, a.record, a.state FROM unnest(ARRAY['ISSUED', 'OPEN', 'MATURED', 'OVERDUE']) AS p (phase)
CROSS JOIN LATERAL (
    (SELECT r.id, r.record, r.state FROM ledger.assets r
    WHERE r.kind = 'receivable' AND (r.phase IN ('ISSUED', 'OVERDUE') OR r.payee_asked OR r.disputed > 0)
        AND r.phase = p.phase AND r.obligor = @org_id::text
        AND EXISTS (SELECT FROM ledger.holders h WHERE h.asset_id = r.id AND h.org_id = @org_id)
    ORDER BY r.due_on COLLATE "C", r.id COLLATE "C" LIMIT @page)
    UNION ALL
    (SELECT r.id, r.record, r.state FROM ledger.assets r
    WHERE r.kind = 'receivable' AND (r.phase IN ('ISSUED', 'OVERDUE') OR r.payee_asked OR r.disputed > 0)
        AND r.phase = p.phase AND r.seller = @org_id AND r.obligor <> @org_id
        AND EXISTS (SELECT FROM ledger.holders h WHERE h.asset_id = r.id AND h.org_id = @org_id)
    ORDER BY r.due_on COLLATE "C", r.id COLLATE "C" LIMIT @page)
    UNION ALL
    (SELECT r.id, r.record, r.state FROM ledger.assets r
    WHERE r.kind = 'receivable' AND (r.phase IN ('ISSUED', 'OVERDUE') OR r.payee_asked OR r.disputed > 0)
        AND r.phase = p.phase AND r.owner = @org_id AND r.seller <> @org_id AND r.obligor <> @org_id
        AND EXISTS (SELECT FROM ledger.holders h WHERE h.asset_id = r.id AND h.org_id = @org_id)
    ORDER BY r.due_on COLLATE "C", r.id COLLATE "C" LIMIT @page)
) a;

-- name: FinancingsThatWait :many
-- Financings of an organisation that are not decided or paid out yet, and those of whose receivable
-- something was paid that repaid nothing yet, or nothing is owed any more. The longest still first.
SELECT a.id, a.record, a.state FROM ledger.assets a
WHERE a.kind = 'financing'
    AND (a.phase IN ('SUBMITTED', 'QUOTED', 'APPROVED') OR (a.phase = 'DISBURSED' AND EXISTS (
        SELECT FROM ledger.assets r
        WHERE r.id = a.state -> 'financing' ->> 'receivable' AND (r.phase = 'SETTLED'
            OR r.paid > 0 AND r.paid - (r.state -> 'receivable' -> 'assignment' ->> 'paid_before')::bigint
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
-- What the receivables come to in which an organisation has a part, by currency, phase and whether
-- it sold them. The quantities are added up one by one; what follows from them is for the law to say.
SELECT r.currency::text AS currency, r.phase, (r.seller = @org_id::text)::boolean AS sold,
    (r.due_on <= @until::text)::boolean AS soon, count(*) AS items, sum(r.face)::bigint AS face,
    sum(r.confirmed)::bigint AS confirmed, sum(r.diluted)::bigint AS diluted,
    sum(r.free_disputed)::bigint AS disputed, sum(r.held)::bigint AS held, sum(r.assigned)::bigint AS assigned,
    sum(r.paid)::bigint AS paid
FROM ledger.assets r
WHERE r.kind = 'receivable' AND r.phase = ANY (@phases::text[]) AND r.currency IS NOT NULL
    AND (CASE @side::text WHEN 'obligor' THEN r.obligor = @org_id
        WHEN 'seller' THEN r.seller = @org_id WHEN 'owner' THEN r.owner = @org_id
        WHEN 'assigned' THEN r.seller = @org_id AND r.owner <> @org_id ELSE true END)
    AND EXISTS (SELECT FROM ledger.holders h WHERE h.asset_id = r.id AND h.org_id = @org_id)
GROUP BY 1, 2, 3, 4 ORDER BY 1, 2;

-- name: FinancingSums :many
WITH bodies AS MATERIALIZED ( -- so that each state is read once
    SELECT (a.state -> 'financing')::jsonb AS body, a.phase AS phase FROM ledger.assets a
    WHERE a.kind = 'financing' AND a.phase = ANY (@phases::text[]) AND a.state IS NOT NULL
        AND EXISTS (
            SELECT FROM ledger.holders h WHERE h.asset_id = a.id AND h.org_id = @org_id::text)
)
SELECT (body ->> 'currency')::text AS currency, phase,
    (body ->> 'seller' = @org_id::text)::boolean AS sold,
    (body ->> 'bank' = @org_id::text)::boolean AS lent,
    (body ->> 'due_date' <= @until::text)::boolean AS soon,
    count(*) AS items, sum((body ->> 'face')::bigint)::bigint AS face,
    sum((body ->> 'outstanding')::bigint)::bigint AS outstanding
FROM bodies GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2;
