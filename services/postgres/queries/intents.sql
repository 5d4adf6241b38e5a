-- name: InsertIntent :exec
INSERT INTO intents (
    id, org_id, command, digest, endorsers, after, state, created_by, created_at, expires_at, edit)
VALUES (
    @id, @org_id, @command, @digest, @endorsers, @after, @state, @created_by, @created_at,
    @expires_at, 1);

-- name: InsertIntentSubjects :exec
INSERT INTO intent_subjects (intent_id, position, asset_id)
SELECT @intent_id, s.n - 1, s.id
FROM unnest(@asset_ids::text[]) WITH ORDINALITY AS s (id, n);

-- name: InsertIntentDuty :exec
INSERT INTO intent_duties (intent_id, position, orgs, roles)
VALUES (@intent_id, @position, @orgs, @roles);

-- name: Intent :one
SELECT * FROM intents WHERE id = @id;

-- name: LockIntent :one
SELECT * FROM intents WHERE id = @id FOR NO KEY UPDATE;

-- name: PartsOfIntents :many
-- What hangs on intents: the duties in their order, the signatures as they came. The ids are a
-- sub-query so that a plan for these looks no cheaper than one for any, which is kept.
SELECT i.id::text AS intent_id, coalesce((
        SELECT json_agg(json_build_object('orgs', d.orgs, 'roles', d.roles) ORDER BY d.position)
        FROM intent_duties d WHERE d.intent_id = i.id), '[]')::json AS duties, coalesce((
        SELECT json_agg(json_build_object('duty', s.duty, 'user', s.user_id,
                'public_key', encode(s.public_key, 'base64'), 'signed_at', s.signed_at,
                'signature', s.signature) ORDER BY s.signed_at, s.duty)
        FROM intent_signatures s WHERE s.intent_id = i.id), '[]')::json AS signatures
FROM unnest((SELECT @intent_ids::text[])) AS i (id);

-- name: InsertSignature :exec
INSERT INTO intent_signatures (
    intent_id, duty, org_id, person_id, user_id, public_key, signature, signed_at)
VALUES (
    @intent_id, @duty, @org_id, @person_id, @user_id, @public_key, @signature, @signed_at);

-- name: TouchIntent :exec
UPDATE intents SET edit = edit + 1 WHERE id = @id;

-- name: SetIntent :execrows
-- What has ended stays as it is, but for what turns out to be committed after all.
UPDATE intents SET
    state = @state, finished_at = @finished_at, tx_id = @tx_id, block = @block,
    fault_code = @fault_code, fault_path = @fault_path, fault_message = @fault_message,
    edit = edit + 1
WHERE id = @id AND (finished_at IS NULL OR (state <> 'committed' AND @state = 'committed'));

-- name: IntentsWaitingFor :many
-- Open intents with a duty that one of the organisation's people could fulfil.
SELECT i.* FROM intents i
WHERE i.state = 'open' AND i.finished_at IS NULL
    AND (i.created_at, i.id::text) < (@before_at::timestamptz, @before_id::text)
    AND EXISTS (
        SELECT FROM intent_duties d
        WHERE d.intent_id = i.id AND @org_id::text = ANY (d.orgs) AND NOT EXISTS (
            SELECT FROM intent_signatures s
            WHERE s.intent_id = d.intent_id AND s.duty = d.position))
ORDER BY i.created_at DESC, i.id DESC LIMIT @page;

-- name: IntentsAbout :many
SELECT i.* FROM intents i JOIN intent_subjects s ON s.intent_id = i.id
WHERE s.asset_id = @asset_id
    AND (i.created_at, i.id::text) < (@before_at::timestamptz, @before_id::text)
ORDER BY i.created_at DESC, i.id DESC LIMIT @page;

-- name: Followers :many
SELECT id FROM intents WHERE after = @id AND finished_at IS NULL ORDER BY created_at, id;

-- name: IntentsOutOfTime :many
SELECT id FROM intents
WHERE state = 'open' AND finished_at IS NULL AND expires_at <= @now::timestamptz
ORDER BY created_at, id LIMIT @page;

-- name: UnfinishedIntents :many
SELECT i.id FROM intents i WHERE i.state IN ('ready', 'submitted') AND i.finished_at IS NULL
    AND NOT EXISTS (SELECT FROM intents b WHERE b.id = i.after AND b.finished_at IS NULL)
ORDER BY i.created_at, i.id LIMIT @page;
