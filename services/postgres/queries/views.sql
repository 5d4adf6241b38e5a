-- name: SaveView :one
INSERT INTO views (id, org_id, user_id, screen, name, query, shared, created_at)
VALUES (@id, @org_id, @user_id, @screen, @name, @query, @shared, @created_at)
ON CONFLICT (user_id, screen, name) DO UPDATE SET query = excluded.query, shared = excluded.shared
RETURNING *;

-- name: Views :many
-- A person's own views of a screen, or of all with an empty one, and those that others of the organisation share.
SELECT * FROM views
WHERE org_id = @org_id AND (@screen::text = '' OR screen = @screen) AND (user_id = @user_id OR shared)
ORDER BY name, id LIMIT @page;

-- name: DeleteView :execrows
DELETE FROM views WHERE id = @id AND user_id = @user_id;
