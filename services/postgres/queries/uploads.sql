-- name: InsertUpload :exec
INSERT INTO uploads (
    id, org_id, user_id, pack_id, supersedes, filename, size, received, known, created_at, expires_at)
VALUES (
    @id, @org_id, @user_id, @pack_id, @supersedes, @filename, @size, 0, false, @created_at, @expires_at);

-- name: Upload :one
SELECT * FROM uploads WHERE id = @id;

-- name: LockUpload :one
SELECT * FROM uploads WHERE id = @id FOR NO KEY UPDATE;

-- name: SetUpload :execrows
UPDATE uploads SET received = @received, document_id = @document_id, known = @known WHERE id = @id;

-- name: InsertUploadPart :exec
INSERT INTO upload_parts (upload_id, position, bytes) VALUES (@upload_id, @position, @bytes);

-- name: UploadPart :one
SELECT bytes FROM upload_parts WHERE upload_id = @upload_id AND position = @position;

-- name: DeleteUploadParts :exec
DELETE FROM upload_parts WHERE upload_id = @upload_id;

-- name: DeleteUpload :exec
DELETE FROM uploads WHERE id = @id;

-- name: CountUploads :one
-- Files of a person that are not whole and may still become so.
SELECT count(*) FROM uploads
WHERE user_id = @user_id AND document_id IS NULL AND expires_at > @now::timestamptz;

-- name: DeleteExpiredUploadParts :execrows
DELETE FROM upload_parts WHERE upload_id IN (
    SELECT id FROM uploads WHERE expires_at <= @now::timestamptz ORDER BY expires_at, id LIMIT @page);

-- name: DeleteExpiredUploads :execrows
DELETE FROM uploads u WHERE u.id IN (
    SELECT e.id FROM uploads e WHERE e.expires_at <= @now::timestamptz
    ORDER BY e.expires_at, e.id LIMIT @page);
