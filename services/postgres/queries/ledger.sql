-- name: Checkpoint :one
SELECT c.channel, b.number, b.hash, b.at
FROM ledger.checkpoint c JOIN ledger.blocks b ON b.number = c.block
WHERE c.channel = @channel;

-- name: MoveCheckpoint :execrows
-- Block by block from 0 on: no row when the one before is not what we stand on.
INSERT INTO ledger.checkpoint AS c (channel, block)
SELECT @channel, @block
WHERE @block::bigint = 0 OR EXISTS (SELECT FROM ledger.checkpoint o WHERE o.channel = @channel)
ON CONFLICT (channel) DO UPDATE SET block = excluded.block
WHERE c.block = excluded.block - 1;

-- name: InsertBlock :exec
INSERT INTO ledger.blocks (number, hash, at, clock_note)
VALUES (@number, @hash, @at, @clock_note);

-- name: ClockNote :one
SELECT clock_note FROM ledger.blocks WHERE clock_note <> '' ORDER BY number DESC LIMIT 1;

-- name: InsertTransactions :copyfrom
INSERT INTO ledger.transactions (block, position, tx_id, code, at, creator, endorsers)
VALUES (@block, @position, @tx_id, @code, @at, @creator, @endorsers);

-- name: PutAssets :execrows
-- A later version replaces an earlier one; its state may come with it, or not (empty).
INSERT INTO ledger.assets AS a (id, record, state)
SELECT n.id, n.record::json, nullif(n.state, '')::json
FROM (SELECT unnest(@ids::text[]) AS id, unnest(@records::text[]) AS record,
    unnest(@states::text[]) AS state) n
ON CONFLICT (id) DO UPDATE SET record = excluded.record, state = excluded.state
WHERE a.version < excluded.version;

-- name: DeleteHolders :exec
DELETE FROM ledger.holders WHERE asset_id = ANY (@asset_ids::text[]);

-- name: InsertHolders :copyfrom
INSERT INTO ledger.holders (asset_id, org_id, consent, value_hash, missing)
VALUES (@asset_id, @org_id, @consent, @value_hash, @missing);

-- name: InsertTransitions :copyfrom
INSERT INTO ledger.transitions (
    asset_id, version, block, position, act, command_id, from_phase, to_phase, signed)
VALUES (
    @asset_id, @version, @block, @position, @act, @command_id, @from_phase, @to_phase, @signed);

-- name: PutFingerprints :exec
INSERT INTO ledger.fingerprints (key, asset_id, freed, rejected, block, position)
SELECT n.key, n.asset_id, n.freed, n.rejected, @block, n.position
FROM (SELECT unnest(@keys::text[]) AS key, unnest(@asset_ids::text[]) AS asset_id,
    unnest(@freed::boolean[]) AS freed, unnest(@rejected::boolean[]) AS rejected,
    unnest(@positions::integer[]) AS position) n
ON CONFLICT (key) DO UPDATE SET
    asset_id = excluded.asset_id, freed = excluded.freed, rejected = excluded.rejected,
    block = excluded.block, position = excluded.position;

-- name: ClearProjection :exec
-- Whoever reads goes on seeing the old rows until the commit, which TRUNCATE would not let them.
WITH a AS (DELETE FROM ledger.checkpoint), b AS (DELETE FROM ledger.fingerprints),
    c AS (DELETE FROM ledger.transitions), d AS (DELETE FROM ledger.holders),
    e AS (DELETE FROM ledger.assets), f AS (DELETE FROM ledger.transactions)
DELETE FROM ledger.blocks;

-- name: Asset :one
-- An asset and its holders, one beside the other: those who consent first.
SELECT a.id, a.record, a.state, h.orgs::text[] AS orgs, h.consents::boolean[] AS consents,
    h.hashes::bytea[] AS hashes, h.missing::boolean[] AS missing
FROM ledger.assets a, LATERAL (
    SELECT array_agg(x.org_id::text ORDER BY x.consent DESC, x.org_id) AS orgs,
        array_agg(x.consent ORDER BY x.consent DESC, x.org_id) AS consents,
        array_agg(x.value_hash ORDER BY x.consent DESC, x.org_id) AS hashes,
        array_agg(x.missing ORDER BY x.consent DESC, x.org_id) AS missing
    FROM ledger.holders x WHERE x.asset_id = a.id) h
WHERE a.id = @id;

-- name: AssetsHeldBy :many
-- One page of the assets that an organisation holds the state of, last moved first.
SELECT a.id, a.record, a.state FROM ledger.assets a
WHERE a.kind = @kind AND (a.moved_at, a.id::text) < (@before_at::bigint, @before_id::text)
    AND (cardinality(@phases::text[]) = 0 OR a.phase = ANY (@phases::text[]))
    AND (@receivable::text = '' OR a.state -> 'financing' ->> 'receivable' = @receivable::text)
    AND EXISTS (
        SELECT FROM ledger.holders h WHERE h.asset_id = a.id AND h.org_id = @org_id)
ORDER BY a.moved_at DESC, a.id DESC LIMIT @page;

-- name: HoldersOfAssets :many
SELECT * FROM ledger.holders WHERE asset_id = ANY (@asset_ids::text[])
ORDER BY asset_id, consent DESC, org_id;

-- name: TransitionsOfAsset :many
SELECT s.*, t.tx_id, t.at, t.creator, t.endorsers
FROM ledger.transitions s JOIN ledger.transactions t ON t.block = s.block AND t.position = s.position
WHERE s.asset_id = @asset_id ORDER BY s.version;

-- name: TransitionsOfTransaction :many
SELECT s.*, t.tx_id, t.at, t.creator, t.endorsers
FROM ledger.transitions s JOIN ledger.transactions t ON t.block = s.block AND t.position = s.position
WHERE t.tx_id = @tx_id AND t.code = 'VALID' ORDER BY s.asset_id, s.version;

-- name: BlocksPage :many
SELECT * FROM ledger.blocks WHERE number > @after_number ORDER BY number LIMIT @page;

-- name: TransactionsOfBlocks :many
SELECT * FROM ledger.transactions WHERE block BETWEEN @first::bigint AND @last::bigint
ORDER BY block, position;

-- name: AssetsPage :many
SELECT id, record, state FROM ledger.assets WHERE id::text > @after_id::text ORDER BY id LIMIT @page;

-- name: TransitionsPage :many
SELECT s.*, t.tx_id, t.at, t.creator, t.endorsers
FROM ledger.transitions s JOIN ledger.transactions t ON t.block = s.block AND t.position = s.position
WHERE (s.asset_id::text, s.version) > (@after_asset::text, @after_version::bigint)
ORDER BY s.asset_id, s.version LIMIT @page;

-- name: FingerprintsPage :many
SELECT f.*, t.tx_id
FROM ledger.fingerprints f JOIN ledger.transactions t ON t.block = f.block AND t.position = f.position
WHERE f.key > @after_key ORDER BY f.key LIMIT @page;
