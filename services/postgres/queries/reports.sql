-- name: PutReport :exec
INSERT INTO reports (
    id, org_id, kind, subject_id, media_type, digest, size, requested_by, made_at, state, asked_at, asked,
    query, rows)
VALUES (
    @id, @org_id, @kind, @subject_id, @media_type, @digest, @size, @requested_by, @made_at, @state,
    @asked_at, @asked, @query, @rows)
ON CONFLICT (id) DO NOTHING;

-- name: Report :one
SELECT sqlc.embed(r), u.name AS requested_by_name
FROM reports r JOIN users u ON u.id = r.requested_by WHERE r.id = @id;

-- name: ReportsOf :many
-- A window of the reports of an organisation, newest first, but for lists that the reader may not
-- see, and how many there are in all.
SELECT sqlc.embed(r), u.name AS requested_by_name, count(*) OVER () AS total
FROM reports r JOIN users u ON u.id = r.requested_by
WHERE r.org_id = @org_id AND NOT r.subject_id = ANY (@hidden::text[])
ORDER BY r.asked_at DESC, r.id DESC OFFSET @skip LIMIT @page;

-- name: CountWaitingReports :one
SELECT count(*) FROM reports WHERE org_id = @org_id AND state = 'waiting';

-- name: FinishReport :execrows
-- What became of a report that waits.
UPDATE reports SET state = @state, digest = @digest, size = @size, made_at = @made_at, rows = @rows,
    fault_code = @fault_code
WHERE id = @id AND state = 'waiting';

-- name: AppendAudit :exec
-- Last in its transaction: it makes writers of one organisation wait for each other.
INSERT INTO audit_log (org_id, at, user_id, action, subject_kind, subject_id, detail, previous_hash, hash)
VALUES (@org_id, @at, @user_id, @action, @subject_kind, @subject_id, @detail, '', '');
