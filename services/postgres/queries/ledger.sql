-- name: Checkpoint :one
SELECT * FROM ledger.checkpoint WHERE channel = @channel;

-- name: MoveCheckpoint :execrows
-- Block by block: no row when the one before is not what we stand on.
INSERT INTO ledger.checkpoint AS c (channel, block, hash, at)
VALUES (@channel, @block, @hash, @at)
ON CONFLICT (channel) DO UPDATE SET block = excluded.block, hash = excluded.hash, at = excluded.at
WHERE c.block = excluded.block - 1;

-- name: InsertBlock :exec
INSERT INTO ledger.blocks (number, hash, at, clock_note)
VALUES (@number, @hash, @at, @clock_note);

-- name: InsertTransaction :exec
INSERT INTO ledger.transactions (tx_id, block, position, code, at, creator, endorsers)
VALUES (@tx_id, @block, @position, @code, @at, @creator, @endorsers);

-- name: PutAsset :exec
-- A later version replaces an earlier; its state may come with it, or not.
INSERT INTO ledger.assets AS a (id, kind, version, phase, commitment, at, record, state)
VALUES (@id, @kind, @version, @phase, @commitment, @at, @record, @state)
ON CONFLICT (id) DO UPDATE SET
    version = excluded.version, phase = excluded.phase, commitment = excluded.commitment,
    at = excluded.at, record = excluded.record, state = excluded.state
WHERE a.version < excluded.version;

-- name: PutHolder :exec
INSERT INTO ledger.holders (asset_id, org_id, access, value_hash, missing)
VALUES (@asset_id, @org_id, @access, @value_hash, @missing)
ON CONFLICT (asset_id, org_id, access) DO UPDATE SET
    value_hash = excluded.value_hash, missing = excluded.missing;

-- name: InsertTransition :exec
INSERT INTO ledger.transitions (
    asset_id, version, tx_id, block, at, act, command_id, from_phase, to_phase, actor,
    endorsers, signers, command)
VALUES (
    @asset_id, @version, @tx_id, @block, @at, @act, @command_id, @from_phase, @to_phase, @actor,
    @endorsers, @signers, @command);

-- name: PutFingerprint :exec
INSERT INTO ledger.fingerprints (key, asset_id, freed, rejected, tx_id)
VALUES (@key, @asset_id, @freed, @rejected, @tx_id)
ON CONFLICT (key) DO UPDATE SET
    asset_id = excluded.asset_id, freed = excluded.freed, rejected = excluded.rejected,
    tx_id = excluded.tx_id;

-- name: Asset :one
SELECT * FROM ledger.assets WHERE id = @id;

-- name: AssetVisibleTo :one
-- Only who holds a state is shown the asset.
SELECT a.* FROM ledger.assets a
WHERE a.id = @id AND EXISTS (
    SELECT FROM ledger.holders h WHERE h.asset_id = a.id AND h.org_id = @org_id);

-- name: AssetsVisibleTo :many
SELECT a.* FROM ledger.assets a
WHERE a.kind = @kind AND a.id::text > @after_id::text AND EXISTS (
    SELECT FROM ledger.holders h WHERE h.asset_id = a.id AND h.org_id = @org_id)
ORDER BY a.id LIMIT @page;

-- name: AssetsInPhase :many
SELECT * FROM ledger.assets
WHERE kind = @kind AND phase = @phase AND id::text > @after_id::text
ORDER BY id LIMIT @page;

-- name: FinancingsOf :many
SELECT * FROM ledger.assets
WHERE kind = 'financing' AND state -> 'financing' ->> 'receivable' = @receivable_id::text
ORDER BY id LIMIT @page;

-- name: HoldersOf :many
SELECT * FROM ledger.holders WHERE asset_id = @asset_id ORDER BY org_id, access;

-- name: TransitionsOf :many
SELECT * FROM ledger.transitions WHERE asset_id = @asset_id ORDER BY version LIMIT @page;

-- name: TransitionsOfCommand :many
SELECT * FROM ledger.transitions WHERE command_id = @command_id ORDER BY asset_id;

-- name: TransactionByID :one
SELECT t.*, b.hash AS block_hash, b.clock_note
FROM ledger.transactions t JOIN ledger.blocks b ON b.number = t.block
WHERE t.tx_id = @tx_id;

-- name: EmptyProjection :exec
TRUNCATE ledger.checkpoint, ledger.blocks, ledger.transactions, ledger.assets, ledger.holders,
    ledger.transitions, ledger.fingerprints;

-- name: AssetsPage :many
SELECT * FROM ledger.assets WHERE id::text > @after_id::text ORDER BY id LIMIT @page;

-- name: HoldersPage :many
SELECT * FROM ledger.holders
WHERE (asset_id::text, org_id::text, access) > (@after_asset::text, @after_org::text, @after_access::text)
ORDER BY asset_id, org_id, access LIMIT @page;

-- name: TransitionsPage :many
SELECT * FROM ledger.transitions
WHERE (asset_id::text, version) > (@after_asset::text, @after_version::bigint)
ORDER BY asset_id, version LIMIT @page;

-- name: FingerprintsPage :many
SELECT * FROM ledger.fingerprints WHERE key > @after_key ORDER BY key LIMIT @page;

-- name: TransactionsPage :many
SELECT * FROM ledger.transactions
WHERE (block, position) > (@after_block::bigint, @after_position::integer)
ORDER BY block, position LIMIT @page;
