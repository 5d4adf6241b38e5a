-- name: InsertKey :exec
INSERT INTO person_keys (
    user_id, key_id, name, holder, credential_id, public_key, intent_id, created_at)
VALUES (
    @user_id, @key_id, @name, @holder, @credential_id, @public_key, @intent_id, @created_at);

-- name: SuspendKey :exec
UPDATE person_keys SET revoked_by = @revoked_by WHERE user_id = @user_id AND key_id = @key_id;

-- name: KeyByCredential :one
SELECT * FROM person_keys WHERE credential_id = @credential_id;

-- name: SuspendUser :exec
UPDATE users SET suspended_by = @suspended_by::identifier WHERE id = @id;

-- name: InsertNonce :exec
INSERT INTO sign_in_nonces (nonce, expires_at) VALUES (@nonce, @expires_at);

-- name: TakeNonce :execrows
DELETE FROM sign_in_nonces WHERE nonce = @nonce AND expires_at > @now::timestamptz;

-- name: DeleteExpiredNonces :execrows
DELETE FROM sign_in_nonces WHERE nonce IN (
    SELECT nonce FROM sign_in_nonces WHERE expires_at <= @now::timestamptz LIMIT @page);

-- name: PutTotp :exec
INSERT INTO totp (user_id, secret, created_at, confirmed_at, last_step)
VALUES (@user_id, @secret, @created_at, @confirmed_at, @last_step)
ON CONFLICT (user_id) DO UPDATE SET
    secret = excluded.secret, created_at = excluded.created_at, confirmed_at = excluded.confirmed_at,
    last_step = excluded.last_step;

-- name: Totp :one
SELECT * FROM totp WHERE user_id = @user_id;

-- name: LockTotp :one
SELECT * FROM totp WHERE user_id = @user_id FOR UPDATE;

-- name: DeleteTotp :exec
DELETE FROM totp WHERE user_id = @user_id;

-- name: InsertRecoveryCode :exec
INSERT INTO recovery_codes (user_id, digest) VALUES (@user_id, @digest);

-- name: TakeRecoveryCode :execrows
DELETE FROM recovery_codes WHERE user_id = @user_id AND digest = @digest;

-- name: DeleteRecoveryCodes :exec
DELETE FROM recovery_codes WHERE user_id = @user_id;

-- name: CountRecoveryCodes :one
SELECT count(*)::integer FROM recovery_codes WHERE user_id = @user_id;

-- name: KeysOf :many
SELECT * FROM person_keys WHERE user_id = @user_id ORDER BY created_at, key_id LIMIT @page;

-- name: TouchKey :exec
UPDATE person_keys SET used_at = @used_at::timestamptz WHERE user_id = @user_id AND key_id = @key_id;
