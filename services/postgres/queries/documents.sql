-- name: InsertDocument :execrows
-- No row when this organisation has the same bytes already.
INSERT INTO documents (
    id, org_id, uploaded_by, uploaded_at, digest, size, media_type, filename, version,
    supersedes, state)
VALUES (
    @id, @org_id, @uploaded_by, @uploaded_at, @digest, @size, @media_type, @filename, @version,
    @supersedes, 'received')
ON CONFLICT (org_id, digest) DO NOTHING;

-- name: Document :one
SELECT * FROM documents WHERE id = @id;

-- name: DocumentByDigest :one
SELECT * FROM documents WHERE org_id = @org_id AND digest = @digest;

-- name: LockDocument :one
SELECT * FROM documents WHERE id = @id FOR UPDATE;

-- name: DocumentVisibleTo :one
-- A document shows itself to its organisation and to the parties of a pack it lies in.
SELECT * FROM documents d
WHERE d.id = @id AND (d.org_id = @org_id OR EXISTS (
    SELECT FROM pack_documents pd JOIN pack_parties pp ON pp.pack_id = pd.pack_id
    WHERE pd.document_id = d.id AND pp.org_id = @org_id));

-- name: DocumentsOf :many
-- One page, newest first, after the cursor (uploaded_at, id).
SELECT * FROM documents
WHERE org_id = @org_id AND (uploaded_at, id::text) < (@before_at::timestamptz, @before_id::text)
ORDER BY uploaded_at DESC, id DESC
LIMIT @page;

-- name: SetDocumentFields :execrows
-- Edit is the row as the writer saw it: a stale edit changes nothing.
UPDATE documents SET
    state = 'parsed', kind = @kind::text, syntax = @syntax::text, fields = @fields,
    canonical_digest = @canonical_digest::text, fields_by = @fields_by,
    parsed_at = @parsed_at::timestamptz, reader = @reader, edit = edit + 1
WHERE id = @id AND edit = @edit;

-- name: SetDocumentState :execrows
UPDATE documents SET
    state = @state, parsed_at = @parsed_at::timestamptz, reader = @reader, edit = edit + 1
WHERE id = @id AND edit = @edit;

-- name: DeleteFindings :exec
DELETE FROM document_findings WHERE document_id = @document_id;

-- name: InsertFindings :copyfrom
INSERT INTO document_findings (document_id, position, rule, severity, message, path)
VALUES (@document_id, @position, @rule, @severity, @message, @path);

-- name: FindingsOf :many
SELECT * FROM document_findings WHERE document_id = @document_id ORDER BY position;
