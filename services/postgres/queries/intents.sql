-- name: InsertIntent :execrows
-- No row when the command id is there: compare the digest, same is a repeat, other a conflict.
INSERT INTO intents (
    id, org_id, act, command, digest, needs, state, created_by, created_at, expires_at)
VALUES (
    @id, @org_id, @act, @command, @digest, @needs, @state, @created_by, @created_at, @expires_at)
ON CONFLICT (id) DO NOTHING;

-- name: InsertIntentSubject :exec
INSERT INTO intent_subjects (intent_id, position, asset_id, version)
VALUES (@intent_id, @position, @asset_id, @version);

-- name: Intent :one
SELECT * FROM intents WHERE id = @id;

-- name: LockIntent :one
SELECT * FROM intents WHERE id = @id FOR UPDATE;

-- name: IntentsOf :many
SELECT * FROM intents
WHERE org_id = @org_id AND (created_at, id::text) < (@before_at::timestamptz, @before_id::text)
ORDER BY created_at DESC, id DESC
LIMIT @page;

-- name: IntentSubjects :many
SELECT * FROM intent_subjects WHERE intent_id = @intent_id ORDER BY position;

-- name: UnfinishedIntentsOn :many
SELECT i.* FROM intents i JOIN intent_subjects s ON s.intent_id = i.id
WHERE s.asset_id = @asset_id AND i.finished_at IS NULL
ORDER BY i.created_at, i.id LIMIT @page;

-- name: InsertSignature :exec
INSERT INTO intent_signatures (
    intent_id, duty, org_id, person_id, user_id, public_key, signature, signed_at)
VALUES (
    @intent_id, @duty, @org_id, @person_id, @user_id, @public_key, @signature, @signed_at);

-- name: SignaturesOf :many
SELECT * FROM intent_signatures WHERE intent_id = @intent_id ORDER BY duty;

-- name: MoveIntent :execrows
-- Between states that are not final.
UPDATE intents SET state = @state, submitted_at = @submitted_at, edit = edit + 1
WHERE id = @id AND state = @from_state AND finished_at IS NULL;

-- name: CommitIntent :execrows
UPDATE intents SET
    state = 'committed', tx_id = @tx_id::text, block = @block::bigint,
    finished_at = @finished_at::timestamptz, edit = edit + 1
WHERE id = @id AND finished_at IS NULL;

-- name: RefuseIntent :execrows
UPDATE intents SET
    state = 'refused', fault_code = @fault_code::text, fault_path = @fault_path::text,
    fault_message = @fault_message::text, finished_at = @finished_at::timestamptz,
    edit = edit + 1
WHERE id = @id AND finished_at IS NULL;

-- name: WithdrawIntent :execrows
-- What was handed to the ledger cannot be taken back.
UPDATE intents SET state = 'withdrawn', finished_at = @finished_at::timestamptz, edit = edit + 1
WHERE id = @id AND state IN ('open', 'ready');

-- name: ExpireIntents :many
UPDATE intents SET state = 'expired', finished_at = @now::timestamptz, edit = edit + 1
WHERE id IN (
    SELECT i.id FROM intents i WHERE i.state = 'open' AND i.expires_at <= @now::timestamptz
    ORDER BY i.expires_at LIMIT @page FOR UPDATE SKIP LOCKED)
RETURNING id;

-- name: IntentsToSubmit :many
-- What a start looks at: ready or handed over, outcome unknown.
SELECT * FROM intents WHERE state IN ('ready', 'submitted') ORDER BY created_at, id LIMIT @page;
