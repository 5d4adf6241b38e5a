-- name: InsertKey :exec
INSERT INTO person_keys (
    user_id, key_id, name, holder, credential_id, public_key, intent_id, created_at)
VALUES (
    @user_id, @key_id, @name, @holder, @credential_id, @public_key, @intent_id, @created_at);

-- name: KeysOf :many
SELECT * FROM person_keys WHERE user_id = @user_id ORDER BY created_at, key_id LIMIT @page;

-- name: TouchKey :exec
UPDATE person_keys SET used_at = @used_at::timestamptz WHERE user_id = @user_id AND key_id = @key_id;
