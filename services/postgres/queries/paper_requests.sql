-- name: InsertPaperRequest :execrows
INSERT INTO paper_requests (id, pack_id, org_id, asked_id, kind, due_on, note, asked_by, asked_at, state, reason)
VALUES (@id, @pack_id, @org_id, @asked_id, @kind, @due_on, @note, @asked_by, @asked_at, 'open', '')
ON CONFLICT (pack_id, org_id, asked_id, kind) WHERE state = 'open' DO NOTHING;

-- name: PaperRequest :one
SELECT r.*, p.title FROM paper_requests r JOIN packs p ON p.id = r.pack_id WHERE r.id = @id;

-- name: PaperRequestsOf :many
-- What an organisation asked for and was asked, newest first; of one pack and in one state where they are named.
SELECT r.*, p.title FROM paper_requests r JOIN packs p ON p.id = r.pack_id
WHERE (r.org_id = @org_id OR r.asked_id = @org_id)
    AND (@pack_id::text = '' OR r.pack_id = @pack_id) AND (@state::text = '' OR r.state = @state)
    AND (r.asked_at, r.id::text) < (@before_at::timestamptz, @before_id::text)
ORDER BY r.asked_at DESC, r.id DESC LIMIT @page;

-- name: OpenPaperRequests :many
-- What a paper of a kind answers in a pack when its organisation brings it; of any kind when none is named.
SELECT r.*, p.title FROM paper_requests r JOIN packs p ON p.id = r.pack_id
WHERE r.pack_id = @pack_id AND r.asked_id = @asked_id
    AND (@kind::text = '' OR r.kind = @kind) AND r.state = 'open'
ORDER BY r.asked_at, r.id LIMIT @page;

-- name: CountOpenPaperRequests :one
SELECT count(*) FROM paper_requests WHERE pack_id = @pack_id AND org_id = @org_id AND state = 'open';

-- name: PaperRequestsThatWait :many
-- Open ones on both sides, and declined ones for who asked.
SELECT r.*, p.title FROM paper_requests r JOIN packs p ON p.id = r.pack_id
WHERE (r.state = 'open' AND (r.org_id = @org_id OR r.asked_id = @org_id))
    OR (r.state = 'declined' AND r.org_id = @org_id)
ORDER BY r.asked_at, r.id LIMIT @page;

-- name: SetPaperRequest :execrows
-- No row when it has ended otherwise meanwhile.
UPDATE paper_requests SET state = @state, paper_id = @paper_id, refused_id = @refused_id, reason = @reason,
    ended_by = @ended_by, ended_at = @ended_at
WHERE id = @id AND state = @before::text;
