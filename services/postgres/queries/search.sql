-- name: SearchReceivables :many
-- The receivables that an organisation holds: by a part of the number, the start of the id, or a
-- party. A part or a start that is empty finds nothing.
SELECT a.id, a.record, a.state FROM ledger.assets a
WHERE a.kind = 'receivable'
    AND ((@part::text <> '' AND lower(a.number) LIKE @part)
        OR (a.id COLLATE "C" >= @start::text AND a.id COLLATE "C" < @past::text)
        OR a.seller = ANY (@parties::text[]) OR a.obligor = ANY (@parties) OR a.owner = ANY (@parties))
    AND EXISTS (SELECT FROM ledger.holders h WHERE h.asset_id = a.id AND h.org_id = @org_id::text)
ORDER BY a.moved_at DESC, a.id DESC LIMIT @page;

-- name: SearchFinancings :many
-- The financings that an organisation holds: by the start of the id, or of these receivables.
SELECT a.id, a.record, a.state FROM ledger.assets a
WHERE a.kind = 'financing'
    AND ((a.id COLLATE "C" >= @start::text AND a.id COLLATE "C" < @past::text)
        OR a.state -> 'financing' ->> 'receivable' = ANY (@receivables::text[]))
    AND EXISTS (SELECT FROM ledger.holders h WHERE h.asset_id = a.id AND h.org_id = @org_id::text)
ORDER BY a.moved_at DESC, a.id DESC LIMIT @page;

-- name: SearchPacks :many
SELECT p.id, p.title, p.created_at FROM packs p
WHERE ((@part::text <> '' AND lower(p.title) LIKE @part)
        OR (p.id COLLATE "C" >= @start::text AND p.id COLLATE "C" < @past::text))
    AND EXISTS (SELECT FROM pack_parties q WHERE q.pack_id = p.id AND q.org_id = @org_id::text)
ORDER BY p.created_at DESC, p.id DESC LIMIT @page;

-- name: SearchDocuments :many
-- The papers that an organisation may see, its own and those of the packs it is a party of: by a
-- part of the number or the file's name, or the start of the id or the digest.
SELECT d.id, d.org_id, d.uploaded_at, d.filename, d.kind, d.number FROM documents d
WHERE ((@part::text <> '' AND (lower(d.number) LIKE @part OR lower(d.filename) LIKE @part))
        OR (d.id COLLATE "C" >= @start::text AND d.id COLLATE "C" < @past::text)
        OR (d.digest COLLATE "C" >= @digest_start::text AND d.digest COLLATE "C" < @digest_past::text))
    AND (d.org_id = @org_id::text OR EXISTS (
        SELECT FROM pack_documents pd JOIN pack_parties pp ON pp.pack_id = pd.pack_id
        WHERE pd.document_id = d.id AND pp.org_id = @org_id))
ORDER BY d.uploaded_at DESC, d.id DESC LIMIT @page;

-- name: SearchTransactions :many
-- What transactions did to assets that an organisation holds: by the start of the id, or the block.
SELECT t.tx_id, t.block, t.at, s.act, s.asset_id, a.kind,
    coalesce(a.state -> 'financing' ->> 'receivable', '')::text AS receivable_id
FROM ledger.transactions t
JOIN ledger.transitions s ON s.block = t.block AND s.position = t.position
JOIN ledger.assets a ON a.id = s.asset_id
WHERE t.code = 'VALID'
    AND ((t.tx_id COLLATE "C" >= @start::text AND t.tx_id COLLATE "C" < @past::text)
        OR t.block = @block::bigint)
    AND EXISTS (SELECT FROM ledger.holders h WHERE h.asset_id = a.id AND h.org_id = @org_id::text)
ORDER BY t.block DESC, t.position DESC, a.kind DESC, a.id LIMIT @page;

-- name: HeldOf :many
-- Which of these assets an organisation holds.
SELECT DISTINCT asset_id FROM ledger.holders
WHERE asset_id = ANY (@asset_ids::text[]) AND org_id = @org_id::text;

-- name: HashesOfBlocks :many
SELECT number, hash FROM ledger.blocks WHERE number = ANY (@numbers::bigint[]);

-- name: VerificationsOfPack :many
-- When verdicts were taken of a pack and what they were, newest first.
SELECT id, taken_at, (body -> 'verdicts')::json AS verdicts FROM verifications
WHERE pack_id = @pack_id ORDER BY taken_at DESC, id DESC LIMIT @page;

-- name: LinesOfReceivable :many
-- The lines of an organisation's own statements that were matched to a receivable.
SELECT l.*, s.imported_at FROM statement_lines l JOIN statements s ON s.id = l.statement_id
WHERE l.receivable_id = @receivable_id::text AND l.org_id = @org_id
ORDER BY l.booked_on, l.id LIMIT @page;

-- name: RegisteredPapers :many
-- The papers of these very bytes to which the ledger commits, the first one first.
SELECT d.id, d.org_id, d.kind, d.media_type, (d.bulk_digest IS NOT NULL)::boolean AS bulk, t.at,
    EXISTS (SELECT FROM documents n JOIN ledger.assets m ON m.id = n.id WHERE n.supersedes = d.id)
        AS superseded
FROM documents d
JOIN ledger.assets a ON a.id = d.id AND a.state -> 'document' ->> 'original' = d.digest
JOIN ledger.transitions s ON s.asset_id = a.id AND s.version = 1
JOIN ledger.transactions t ON t.block = s.block AND t.position = s.position
WHERE d.digest COLLATE "C" = @digest::text
ORDER BY t.at, d.id LIMIT @page;

-- name: ReportsOfDigest :many
SELECT id, org_id, media_type, made_at FROM reports
WHERE digest = @digest::text AND state = 'made' ORDER BY made_at, id LIMIT @page;
