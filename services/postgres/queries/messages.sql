-- name: InsertMessage :exec
INSERT INTO messages (id, subject_kind, subject_id, org_id, sent_by, sent_at, body)
VALUES (@id, @subject_kind, @subject_id, @org_id, @sent_by, @sent_at, @body);

-- name: MessagesOf :many
-- The newest first; names of their senders beside them.
SELECT m.*, u.name FROM messages m JOIN users u ON u.id = m.sent_by
WHERE m.subject_kind = @subject_kind AND m.subject_id = @subject_id
    AND (m.sent_at, m.id::text) < (@before_at::timestamptz, @before_id::text)
ORDER BY m.sent_at DESC, m.id DESC LIMIT @page;

-- name: CountMessagesSince :one
SELECT count(*) FROM messages WHERE sent_by = @sent_by AND sent_at > @since;
