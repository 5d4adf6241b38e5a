-- name: Receivables :many
-- One page of the receivables that an organisation holds, in the order that is asked for. It is
-- planned for its values: what is constant falls away, and an index in that order is read for the
-- page alone.
SELECT p.sort_key, a.id, a.record, a.state FROM (
    SELECT k.id, k.sort_key FROM (
        SELECT r.id::text AS id, (CASE @sort_by::text
            WHEN 'due' THEN r.due_on
            WHEN 'amount' THEN lpad(r.face::text, 20, '0')
            WHEN 'number' THEN r.number
            ELSE lpad(r.moved_at::text, 20, '0') END COLLATE "C")::text AS sort_key
        FROM ledger.assets r
        WHERE r.kind = 'receivable'
            AND (CASE @side::text WHEN 'obligor' THEN r.obligor = @org_id::text
                WHEN 'seller' THEN r.seller = @org_id WHEN 'owner' THEN r.owner = @org_id
                WHEN 'assigned' THEN r.seller = @org_id AND r.owner <> @org_id ELSE true END)
            AND (cardinality(@phases::text[]) = 0 OR r.phase = ANY (@phases))
            AND (@counterparty::text = '' OR @counterparty IN (r.seller, r.obligor, r.owner))
            AND (@currency::text = '' OR r.currency = @currency)
            AND (@due_from::text = '' OR r.due_on COLLATE "C" >= @due_from)
            AND (@due_until::text = '' OR r.due_on COLLATE "C" <= @due_until)
            AND (NOT @disputed::boolean OR r.disputed > 0)
            AND (@part::text = '' OR lower(r.number) LIKE lower(@part))
            AND EXISTS (SELECT FROM ledger.holders h WHERE h.asset_id = r.id AND h.org_id = @org_id)
    ) k
    WHERE @after_id::text = '' OR (CASE WHEN @descending::boolean
        THEN (k.sort_key COLLATE "C", k.id COLLATE "C") < (@after_key::text, @after_id)
        ELSE (k.sort_key COLLATE "C", k.id COLLATE "C") > (@after_key, @after_id) END)
    ORDER BY CASE WHEN @descending THEN k.sort_key END COLLATE "C" DESC,
        CASE WHEN NOT @descending THEN k.sort_key END COLLATE "C",
        CASE WHEN @descending THEN k.id END COLLATE "C" DESC, k.id COLLATE "C"
    LIMIT @page
) p JOIN ledger.assets a ON a.id = p.id
ORDER BY CASE WHEN @descending THEN p.sort_key END COLLATE "C" DESC,
    CASE WHEN NOT @descending THEN p.sort_key END COLLATE "C",
    CASE WHEN @descending THEN p.id END COLLATE "C" DESC, p.id COLLATE "C";

-- name: PhaseSums :many
-- How many of them there are in each phase and what they come to, by currency, whatever their
-- phase; those with a dispute apart.
SELECT r.phase, (r.disputed > 0)::boolean AS in_dispute, r.currency::text AS currency, count(*) AS count,
    sum(r.face)::bigint AS face, sum(r.owed)::bigint AS owed, sum(r.paid)::bigint AS paid,
    sum(r.disputed)::bigint AS disputed
FROM ledger.assets r
WHERE r.kind = 'receivable' AND r.currency IS NOT NULL
    AND (CASE @side::text WHEN 'obligor' THEN r.obligor = @org_id::text
        WHEN 'seller' THEN r.seller = @org_id WHEN 'owner' THEN r.owner = @org_id
        WHEN 'assigned' THEN r.seller = @org_id AND r.owner <> @org_id ELSE true END)
    AND (@counterparty::text = '' OR @counterparty IN (r.seller, r.obligor, r.owner))
    AND (@currency::text = '' OR r.currency = @currency)
    AND (@due_from::text = '' OR r.due_on COLLATE "C" >= @due_from)
    AND (@due_until::text = '' OR r.due_on COLLATE "C" <= @due_until)
    AND (@part::text = '' OR lower(r.number) LIKE lower(@part))
    AND EXISTS (SELECT FROM ledger.holders h WHERE h.asset_id = r.id AND h.org_id = @org_id)
GROUP BY r.phase, (r.disputed > 0), r.currency
ORDER BY r.phase, in_dispute, r.currency;

-- name: ReceivableDays :many
-- What falls due on each day, by currency: claimed and not confirmed, owed, owed and late, paid.
SELECT r.due_on::text AS due_on, r.currency::text AS currency, count(*) AS count,
    coalesce(sum(r.face) FILTER (WHERE r.phase = 'ISSUED'), 0)::bigint AS claimed,
    coalesce(sum(r.owed) FILTER (WHERE r.phase <> 'ISSUED' AND r.due_on >= @today::text), 0)::bigint AS due,
    coalesce(sum(r.owed) FILTER (WHERE r.phase <> 'ISSUED' AND r.due_on < @today), 0)::bigint AS overdue,
    coalesce(sum(r.paid), 0)::bigint AS paid
FROM ledger.assets r
WHERE r.kind = 'receivable' AND r.phase IN ('ISSUED', 'OPEN', 'MATURED', 'OVERDUE', 'SETTLED')
    AND (CASE @side::text WHEN 'obligor' THEN r.obligor = @org_id::text
        WHEN 'seller' THEN r.seller = @org_id WHEN 'owner' THEN r.owner = @org_id
        WHEN 'assigned' THEN r.seller = @org_id AND r.owner <> @org_id ELSE true END)
    AND r.due_on COLLATE "C" BETWEEN @due_from::text AND @due_until::text
    AND EXISTS (SELECT FROM ledger.holders h WHERE h.asset_id = r.id AND h.org_id = @org_id)
GROUP BY r.due_on, r.currency ORDER BY r.due_on, r.currency;

-- name: PayablesByNumber :many
-- The receivables of which an organisation is the obligor, by the numbers of their invoices.
SELECT a.id, a.record, a.state FROM ledger.assets a
WHERE a.kind = 'receivable' AND a.obligor = @org_id::text AND a.number COLLATE "C" = ANY (@numbers::text[])
    AND EXISTS (SELECT FROM ledger.holders h WHERE h.asset_id = a.id AND h.org_id = @org_id)
ORDER BY a.moved_at DESC, a.id LIMIT @page;

-- name: OpenIntentsAbout :many
-- The intents about assets that still may be signed or are on their way.
SELECT i.* FROM intents i
WHERE i.finished_at IS NULL AND i.id IN (
    SELECT s.intent_id FROM intent_subjects s WHERE s.asset_id = ANY (@asset_ids::text[]))
ORDER BY i.created_at, i.id;

-- name: InsertPayableList :execrows
-- No row when this organisation imported the same bytes before.
INSERT INTO payable_lists (id, org_id, digest, size, filename, body, imported_by, imported_at)
VALUES (@id, @org_id, @digest, @size, @filename, @body, @imported_by, @imported_at)
ON CONFLICT (org_id, digest) DO NOTHING;

-- name: PayableList :one
SELECT * FROM payable_lists WHERE id = @id;

-- name: PayableListByDigest :one
SELECT * FROM payable_lists WHERE org_id = @org_id AND digest = @digest;

-- name: PayableListsOf :many
SELECT * FROM payable_lists
WHERE org_id = @org_id AND (imported_at, id::text) < (@before_at::timestamptz, @before_id::text)
ORDER BY imported_at DESC, id DESC LIMIT @page;
