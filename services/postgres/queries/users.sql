-- name: PutUser :exec
INSERT INTO users (
    id, org_id, person_id, email, name, roles, password_hash, public_key, created_at, disabled)
VALUES (
    @id, @org_id, @person_id, lower(@email::text), @name, @roles, @password_hash, @public_key,
    @created_at, @disabled)
ON CONFLICT (id) DO UPDATE SET
    email = excluded.email, name = excluded.name, roles = excluded.roles,
    password_hash = excluded.password_hash, public_key = excluded.public_key,
    disabled = excluded.disabled;

-- name: User :one
SELECT * FROM users WHERE id = @id;

-- name: LockUser :one
-- For a change of the row; foreign keys to it go on being checked.
SELECT * FROM users WHERE id = @id FOR NO KEY UPDATE;

-- name: UserByEmail :one
SELECT * FROM users WHERE email = lower(@email::text);

-- name: UserByPerson :one
SELECT * FROM users WHERE org_id = @org_id AND person_id = @person_id;

-- name: UsersOf :many
SELECT * FROM users WHERE org_id = @org_id ORDER BY id LIMIT @page;

-- name: InsertSession :exec
INSERT INTO sessions (token_hash, user_id, created_at, expires_at, agent, passkey, seen_at)
VALUES (@token_hash, @user_id, @created_at, @expires_at, @agent, @passkey, @created_at);

-- name: SessionsOf :many
SELECT * FROM sessions WHERE user_id = @user_id ORDER BY seen_at DESC, token_hash LIMIT @page;

-- name: TouchSession :exec
UPDATE sessions SET seen_at = @seen_at WHERE token_hash = @token_hash;

-- name: Session :one
SELECT * FROM sessions WHERE token_hash = @token_hash;

-- name: Caller :one
-- Whose session it is, expired or not.
SELECT sqlc.embed(s), sqlc.embed(u), sqlc.embed(o)
FROM sessions s JOIN users u ON u.id = s.user_id JOIN organisations o ON o.id = u.org_id
WHERE s.token_hash = @token_hash;

-- name: DeleteSession :one
DELETE FROM sessions WHERE token_hash = @token_hash RETURNING user_id;

-- name: DeleteSessionsOf :exec
DELETE FROM sessions WHERE user_id = @user_id;

-- name: FailedSignIns :one
SELECT coalesce(max(failed), 0)::integer FROM sign_in_failures
WHERE email_digest = @email_digest AND expires_at > @now::timestamptz;

-- name: CountFailedSignIn :exec
INSERT INTO sign_in_failures AS f (email_digest, failed, expires_at)
VALUES (@email_digest, 1, @expires_at)
ON CONFLICT (email_digest) DO UPDATE SET
    failed = CASE WHEN f.expires_at > @now::timestamptz THEN f.failed + 1 ELSE 1 END,
    expires_at = excluded.expires_at;

-- name: ForgetFailedSignIns :exec
DELETE FROM sign_in_failures WHERE email_digest = @email_digest;

-- name: DeleteExpiredSignInFailures :execrows
DELETE FROM sign_in_failures WHERE email_digest IN (
    SELECT email_digest FROM sign_in_failures WHERE expires_at <= @now::timestamptz LIMIT @page);

-- name: DeleteExpiredSessions :execrows
DELETE FROM sessions WHERE token_hash IN (
    SELECT token_hash FROM sessions WHERE expires_at <= @now::timestamptz LIMIT @page);

-- name: ClaimIdempotencyKey :execrows
-- One row when the request is the first with its key, or the first after the key expired;
-- none when the key is taken.
INSERT INTO idempotency_keys AS k (user_id, key, request_digest, created_at, expires_at)
VALUES (@user_id, @key, @request_digest, @created_at, @expires_at)
ON CONFLICT (user_id, key) DO UPDATE SET
    request_digest = excluded.request_digest, created_at = excluded.created_at,
    expires_at = excluded.expires_at, status = NULL, content_type = NULL, location = NULL,
    etag = NULL, body = NULL
WHERE k.expires_at <= excluded.created_at;

-- name: IdempotencyKey :one
SELECT * FROM idempotency_keys WHERE user_id = @user_id AND key = @key;

-- name: AnswerIdempotencyKey :execrows
-- Created_at tells this request from one that took the key after it had expired. The answer
-- that stands already is what its step kept, which this one replaces.
UPDATE idempotency_keys SET
    status = @status::smallint, content_type = @content_type::text, location = @location,
    etag = @etag, body = @body::bytea, expires_at = @expires_at
WHERE user_id = @user_id AND key = @key AND created_at = @created_at;

-- name: ReleaseIdempotencyKey :exec
-- The request failed without effect: the same key may try again.
DELETE FROM idempotency_keys
WHERE user_id = @user_id AND key = @key AND created_at = @created_at AND status IS NULL;

-- name: DeleteExpiredIdempotencyKeys :execrows
DELETE FROM idempotency_keys k USING (
    SELECT user_id, key FROM idempotency_keys WHERE expires_at <= @now::timestamptz LIMIT @page) e
WHERE k.user_id = e.user_id AND k.key = e.key;
