-- name: InsertPack :exec
INSERT INTO packs (id, org_id, title, created_by, created_at)
VALUES (@id, @org_id, @title, @created_by, @created_at);

-- name: AddPackParty :exec
INSERT INTO pack_parties (pack_id, org_id, side) VALUES (@pack_id, @org_id, @side)
ON CONFLICT (pack_id, org_id) DO NOTHING;

-- name: AddPackDocument :execrows
INSERT INTO pack_documents (pack_id, document_id, added_by, added_at)
VALUES (@pack_id, @document_id, @added_by, @added_at)
ON CONFLICT (pack_id, document_id) DO NOTHING;

-- name: TouchPack :one
-- Every change of a pack's contents goes through here: verdicts taken before do not count.
UPDATE packs SET edit = edit + 1 WHERE id = @id RETURNING edit;

-- name: PackVisibleTo :one
SELECT p.* FROM packs p JOIN pack_parties pp ON pp.pack_id = p.id
WHERE p.id = @id AND pp.org_id = @org_id;

-- name: PacksVisibleTo :many
SELECT p.* FROM packs p JOIN pack_parties pp ON pp.pack_id = p.id
WHERE pp.org_id = @org_id AND (p.created_at, p.id::text) < (@before_at::timestamptz, @before_id::text)
ORDER BY p.created_at DESC, p.id DESC
LIMIT @page;

-- name: PackParties :many
SELECT * FROM pack_parties WHERE pack_id = @pack_id ORDER BY side, org_id;

-- name: PackDocuments :many
SELECT d.* FROM pack_documents pd JOIN documents d ON d.id = pd.document_id
WHERE pd.pack_id = @pack_id ORDER BY d.uploaded_at, d.id LIMIT @page;

-- name: PacksWithDocument :many
SELECT pack_id FROM pack_documents WHERE document_id = @document_id ORDER BY pack_id LIMIT @page;

-- name: InsertVerification :exec
INSERT INTO verifications (
    id, pack_id, pack_edit, rule_packs, matrix, findings, independence, taken_at, expires_at)
VALUES (
    @id, @pack_id, @pack_edit, @rule_packs, @matrix, @findings, @independence, @taken_at,
    @expires_at);

-- name: InsertVerdict :exec
INSERT INTO verdicts (verification_id, question, answer, reasons)
VALUES (@verification_id, @question, @answer, @reasons);

-- name: LatestVerification :one
SELECT * FROM verifications WHERE pack_id = @pack_id ORDER BY taken_at DESC, id DESC LIMIT 1;

-- name: CountingVerification :one
-- The verification that counts now: of the pack as it stands, and not expired.
SELECT v.* FROM verifications v JOIN packs p ON p.id = v.pack_id AND p.edit = v.pack_edit
WHERE v.pack_id = @pack_id AND v.expires_at > @now::timestamptz
ORDER BY v.taken_at DESC, v.id DESC LIMIT 1;

-- name: VerdictsOf :many
SELECT * FROM verdicts WHERE verification_id = @verification_id ORDER BY question;
