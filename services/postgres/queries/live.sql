-- name: TellChanged :execrows
-- Writes an event for each organisation with people here that may see what changed, and wakes
-- whoever listens once this is committed. The heads are taken in the order of their ids, so
-- that writers never wait for each other in a circle.
WITH changed AS (
    -- As sub-queries, so that a plan for these values looks no cheaper than one for any, which is
    -- kept: to plan all this takes five times as long as to run it.
    SELECT unnest((SELECT @kinds::text[])) AS kind, unnest((SELECT @ids::text[])) AS id
), viewers AS (
    SELECT c.kind, c.id, d.org_id FROM changed c JOIN documents d ON d.id = c.id
    WHERE c.kind = 'document'
    UNION
    SELECT c.kind, c.id, pp.org_id FROM changed c
    JOIN pack_documents pd ON pd.document_id = c.id
    JOIN pack_parties pp ON pp.pack_id = pd.pack_id
    WHERE c.kind = 'document'
    UNION
    SELECT c.kind, c.id, pp.org_id FROM changed c JOIN pack_parties pp ON pp.pack_id = c.id
    WHERE c.kind = 'pack'
    UNION
    SELECT c.kind, c.id, i.org_id FROM changed c JOIN intents i ON i.id = c.id
    WHERE c.kind = 'intent'
    UNION
    SELECT c.kind, c.id, unnest(d.orgs) FROM changed c JOIN intent_duties d ON d.intent_id = c.id
    WHERE c.kind = 'intent'
    UNION
    SELECT c.kind, c.id, s.org_id FROM changed c JOIN statements s ON s.id = c.id
    WHERE c.kind = 'statement'
    UNION
    SELECT c.kind, c.id, o.org_id FROM changed c JOIN reports o ON o.id = c.id
    WHERE c.kind = 'report'
    UNION
    SELECT c.kind, c.id, unnest(ARRAY[r.seller_id, r.bank_id]::text[])
    FROM changed c JOIN financing_requests r ON r.id = c.id
    WHERE c.kind = 'financing'
    UNION
    SELECT c.kind, c.id, unnest(ARRAY[q.org_id, q.asked_id]::text[])
    FROM changed c JOIN paper_requests q ON q.id = c.id
    WHERE c.kind = 'paper_request'
    UNION
    SELECT c.kind, c.id, h.org_id FROM changed c JOIN ledger.holders h ON h.asset_id = c.id
    WHERE h.asset_id = ANY (@ids::text[]) -- by its key: a plan made when it was empty reads all of it
), seen AS (
    SELECT v.kind, v.id, v.org_id FROM viewers v
    WHERE EXISTS (SELECT FROM users u WHERE u.org_id = v.org_id)
), heads AS (
    INSERT INTO event_heads AS h (org_id, seq)
    SELECT s.org_id, count(*) FROM seen s GROUP BY s.org_id ORDER BY s.org_id
    ON CONFLICT (org_id) DO UPDATE SET seq = h.seq + excluded.seq
    RETURNING h.org_id, h.seq
), told AS (
    SELECT pg_notify('countersign_changes', h.org_id) FROM heads h
)
INSERT INTO events (org_id, seq, kind, subject_id)
SELECT s.org_id, h.seq + 1 - row_number() OVER (PARTITION BY s.org_id ORDER BY s.kind DESC, s.id DESC),
    s.kind, s.id
FROM seen s JOIN heads h ON h.org_id = s.org_id
WHERE (SELECT count(*) FROM told) >= 0;

-- name: TellSessions :exec
-- Wakes the streams of an organisation so that they look whether their session still stands.
SELECT pg_notify('countersign_changes', u.org_id) FROM users u WHERE u.id = @user_id;

-- name: EventHead :one
SELECT coalesce(max(h.seq), 0)::bigint FROM event_heads h WHERE h.org_id = @org_id;

-- name: EventsAfter :many
SELECT seq, kind, subject_id FROM events
WHERE org_id = @org_id AND seq > @after_seq ORDER BY seq LIMIT @page;

-- name: DeleteOldEvents :execrows
-- Keeps the newest of each organisation; who comes back after the others learns that.
DELETE FROM events e USING (
    SELECT o.org_id, o.seq FROM events o JOIN event_heads h ON h.org_id = o.org_id
    WHERE o.seq <= h.seq - @keep::bigint LIMIT @page) d
WHERE e.org_id = d.org_id AND e.seq = d.seq;
