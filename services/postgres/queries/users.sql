-- name: InsertUser :exec
INSERT INTO users (
    id, org_id, person_id, email, name, roles, password_hash, public_key, created_at)
VALUES (
    @id, @org_id, @person_id, @email, @name, @roles, @password_hash, @public_key, @created_at);

-- name: UserByEmail :one
SELECT * FROM users WHERE email = lower(@email::text);

-- name: User :one
SELECT * FROM users WHERE id = @id;

-- name: UsersOf :many
SELECT * FROM users WHERE org_id = @org_id ORDER BY id LIMIT @page;

-- name: NoteFailedSignin :one
UPDATE users SET
    failed_signins = failed_signins + 1,
    locked_until = CASE WHEN failed_signins + 1 >= @limit_reached::integer
        THEN @locked_until::timestamptz ELSE locked_until END
WHERE id = @id
RETURNING failed_signins;

-- name: NoteSignin :exec
UPDATE users SET failed_signins = 0, locked_until = NULL WHERE id = @id;

-- name: DisableUser :execrows
UPDATE users SET disabled_at = @at::timestamptz
WHERE id = @id AND org_id = @org_id AND disabled_at IS NULL;

-- name: InsertSession :exec
INSERT INTO sessions (token_hash, user_id, created_at, seen_at, expires_at, agent)
VALUES (@token_hash, @user_id, @created_at, @created_at, @expires_at, @agent);

-- name: UserOfSession :one
-- Whoever was disabled or whose session was revoked is out with the next request.
SELECT u.* FROM sessions s JOIN users u ON u.id = s.user_id
WHERE s.token_hash = @token_hash AND s.revoked_at IS NULL AND s.expires_at > @now::timestamptz
    AND u.disabled_at IS NULL;

-- name: TouchSession :exec
UPDATE sessions SET seen_at = @now WHERE token_hash = @token_hash;

-- name: RevokeSession :exec
UPDATE sessions SET revoked_at = @now::timestamptz
WHERE token_hash = @token_hash AND revoked_at IS NULL;

-- name: RevokeSessionsOf :execrows
UPDATE sessions SET revoked_at = @now::timestamptz
WHERE user_id = @user_id AND revoked_at IS NULL;

-- name: DeleteExpiredSessions :execrows
DELETE FROM sessions WHERE token_hash IN (
    SELECT token_hash FROM sessions WHERE expires_at <= @now::timestamptz LIMIT @page);

-- name: ClaimIdempotencyKey :execrows
-- One row when the request is the first with its key; none when the key is there.
INSERT INTO idempotency_keys (user_id, key, request_digest, created_at, expires_at)
VALUES (@user_id, @key, @request_digest, @created_at, @expires_at)
ON CONFLICT (user_id, key) DO NOTHING;

-- name: IdempotencyKey :one
SELECT * FROM idempotency_keys WHERE user_id = @user_id AND key = @key;

-- name: AnswerIdempotencyKey :execrows
UPDATE idempotency_keys SET
    status = @status::smallint, content_type = @content_type::text, body = @body::bytea
WHERE user_id = @user_id AND key = @key AND status IS NULL;

-- name: ReleaseIdempotencyKey :exec
-- The request failed without effect: the same key may try again.
DELETE FROM idempotency_keys WHERE user_id = @user_id AND key = @key AND status IS NULL;

-- name: DeleteExpiredIdempotencyKeys :execrows
DELETE FROM idempotency_keys k USING (
    SELECT user_id, key FROM idempotency_keys WHERE expires_at <= @now::timestamptz LIMIT @page) e
WHERE k.user_id = e.user_id AND k.key = e.key;
