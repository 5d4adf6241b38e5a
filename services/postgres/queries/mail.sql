-- name: Preferences :one
SELECT * FROM preferences WHERE user_id = @user_id;

-- name: PutPreferences :exec
INSERT INTO preferences (user_id, language, waiting, outcome)
VALUES (@user_id, @language, @waiting, @outcome)
ON CONFLICT (user_id) DO UPDATE SET
    language = excluded.language, waiting = excluded.waiting, outcome = excluded.outcome;

-- name: Notify :many
-- A notification for one person, or for each of an organisation's with one of the roles, unless
-- the person wants none or one like it waits already. What is wanted at once is due now.
INSERT INTO notifications (user_id, kind, next, subject_kind, subject_id, created_at, due_at)
SELECT w.id, @kind::text, @next::text, @subject_kind::text, @subject_id::text, @now::timestamptz,
    CASE WHEN w.wanted = 'at_once' THEN @now::timestamptz ELSE @daily::timestamptz END
FROM (
    SELECT u.id, CASE WHEN @kind::text = 'outcome' THEN coalesce(p.outcome, @otherwise::text)
        ELSE coalesce(p.waiting, @otherwise::text) END AS wanted
    FROM users u LEFT JOIN preferences p ON p.user_id = u.id
    WHERE NOT u.disabled AND u.id <> @except_user::text
        AND (u.id = @only_user::text OR (u.org_id = @org_id::text AND u.roles && @roles::text[]))) w
WHERE w.wanted <> 'never'
ON CONFLICT DO NOTHING
RETURNING id, user_id, due_at;

-- name: UnsentNotifications :many
SELECT * FROM notifications
WHERE user_id = @user_id AND mailed_at IS NULL AND due_at <= @now::timestamptz
ORDER BY id LIMIT @page;

-- name: MarkMailed :exec
UPDATE notifications SET mailed_at = @now::timestamptz
WHERE id = ANY (@ids::bigint[]) AND mailed_at IS NULL;

-- name: UsersToMail :many
SELECT n.user_id, max(n.id)::bigint AS newest FROM notifications n
WHERE n.mailed_at IS NULL AND n.due_at <= @now::timestamptz
GROUP BY n.user_id ORDER BY n.user_id LIMIT @page;

-- name: DeleteOldNotifications :execrows
-- Also those that could not be mailed in all that time.
DELETE FROM notifications WHERE id IN (
    SELECT id FROM notifications WHERE created_at < @before::timestamptz LIMIT @page);
