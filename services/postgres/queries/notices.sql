-- name: Notify :exec
-- The same event notifies once, however often its step is repeated.
INSERT INTO notifications (
    org_id, user_id, role, kind, subject_kind, subject_id, params, source, created_at)
VALUES (
    @org_id, @user_id, @role, @kind, @subject_kind, @subject_id, @params, @source, @created_at)
ON CONFLICT DO NOTHING;

-- name: Inbox :many
-- What waits for a person, addressed to them or to one of their roles.
SELECT n.*, r.read_at FROM notifications n
LEFT JOIN notification_reads r ON r.notification_id = n.id AND r.user_id = @user_id
WHERE n.org_id = @org_id AND n.done_at IS NULL AND n.id < @before
    AND (n.user_id = @user_id OR n.role = ANY (@roles::text[]))
ORDER BY n.id DESC LIMIT @page;

-- name: ReadNotification :exec
INSERT INTO notification_reads (notification_id, user_id, read_at)
SELECT n.id, @user_id, @read_at FROM notifications n
WHERE n.id = @id AND n.org_id = @org_id
ON CONFLICT (notification_id, user_id) DO NOTHING;

-- name: NotificationsDone :execrows
UPDATE notifications SET done_at = @now::timestamptz
WHERE subject_kind = @subject_kind AND subject_id = @subject_id AND kind = @kind
    AND done_at IS NULL;

-- name: InsertReport :exec
INSERT INTO reports (id, org_id, kind, subject_id, media_type, digest, size, requested_by, made_at)
VALUES (@id, @org_id, @kind, @subject_id, @media_type, @digest, @size, @requested_by, @made_at)
ON CONFLICT (id) DO NOTHING;

-- name: Report :one
SELECT * FROM reports WHERE id = @id AND org_id = @org_id;

-- name: AppendAudit :exec
-- Last in its transaction: it makes writers of one organisation wait for each other.
INSERT INTO audit_log (org_id, at, user_id, action, subject_kind, subject_id, detail, previous_hash, hash)
VALUES (@org_id, @at, @user_id, @action, @subject_kind, @subject_id, @detail, '', '');

-- name: AuditFrom :many
SELECT * FROM audit_log WHERE org_id = @org_id AND seq >= @from_seq ORDER BY seq LIMIT @page;
