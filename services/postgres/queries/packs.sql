-- name: InsertPack :exec
INSERT INTO packs (id, org_id, title, created_by, created_at, edit, programme_id)
VALUES (@id, @org_id, @title, @created_by, @created_at, 1, @programme_id);

-- name: AddPackParty :exec
INSERT INTO pack_parties (pack_id, org_id, side) VALUES (@pack_id, @org_id, @side)
ON CONFLICT (pack_id, org_id) DO NOTHING;

-- name: AddPackDocument :execrows
INSERT INTO pack_documents (pack_id, document_id, added_by, added_at)
VALUES (@pack_id, @document_id, @added_by, @added_at)
ON CONFLICT (pack_id, document_id) DO NOTHING;

-- name: TouchPack :execrows
-- Every change of a pack's contents goes through here: verdicts taken before do not count.
UPDATE packs SET edit = edit + 1 WHERE id = @id;

-- name: SetPackProgramme :execrows
-- No row when the pack is at another edit by now.
UPDATE packs SET programme_id = @programme_id, edit = edit + 1 WHERE id = @id AND edit = @edit;

-- name: Pack :one
SELECT * FROM packs WHERE id = @id;

-- name: PacksSeenBy :many
SELECT p.* FROM packs p JOIN pack_parties pp ON pp.pack_id = p.id
WHERE pp.org_id = @org_id
    AND (p.created_at, p.id::text) < (@before_at::timestamptz, @before_id::text)
ORDER BY p.created_at DESC, p.id DESC LIMIT @page;

-- name: PartiesOfPacks :many
SELECT * FROM pack_parties WHERE pack_id = ANY (@pack_ids::text[]) ORDER BY side, org_id;

-- name: DocumentsOfPacks :many
SELECT pack_id, document_id FROM pack_documents
WHERE pack_id = ANY (@pack_ids::text[]) ORDER BY added_at, document_id;

-- name: PacksWithDocument :many
-- The first pack that a paper was put into comes first.
SELECT pack_id FROM pack_documents WHERE document_id = @document_id ORDER BY added_at, pack_id;

-- name: InsertVerification :exec
INSERT INTO verifications (id, pack_id, pack_edit, taken_at, expires_at, body)
VALUES (@id, @pack_id, @pack_edit, @taken_at, @expires_at, @body);

-- name: Verification :one
SELECT body FROM verifications WHERE id = @id;

-- name: LatestVerifications :many
-- The newest of each pack: of its latest contents, however long an older one took.
SELECT DISTINCT ON (pack_id) pack_id, body FROM verifications
WHERE pack_id = ANY (@pack_ids::text[])
ORDER BY pack_id, pack_edit DESC, taken_at DESC, id DESC;

-- name: PacksOfOrders :many
-- The newest packs of an organisation that hold a paper about one of these orders.
SELECT DISTINCT p.id, p.created_at FROM documents d
JOIN pack_documents pd ON pd.document_id = d.id
JOIN pack_parties pp ON pp.pack_id = pd.pack_id AND pp.org_id = @org_id
JOIN packs p ON p.id = pd.pack_id
WHERE d.fields IS NOT NULL AND (
    CASE WHEN d.fields ->> 'kind' = 'purchase_order' THEN d.fields ->> 'number'
    ELSE d.fields ->> 'order_ref' END) = ANY (@orders::text[])
ORDER BY p.created_at DESC, p.id DESC LIMIT @page;
