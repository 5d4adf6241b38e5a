-- name: InsertDocument :execrows
-- No row when this organisation has the same bytes already.
INSERT INTO documents (
    id, org_id, uploaded_by, uploaded_at, digest, size, media_type, filename, version,
    supersedes, bulk_digest, state, findings, edit)
VALUES (
    @id, @org_id, @uploaded_by, @uploaded_at, @digest, @size, @media_type, @filename, @version,
    @supersedes, @bulk_digest, @state, '[]', 1)
ON CONFLICT (org_id, digest) DO NOTHING;

-- name: Document :one
SELECT * FROM documents WHERE id = @id;

-- name: DocumentByDigest :one
SELECT * FROM documents WHERE org_id = @org_id AND digest = @digest;

-- name: InsertBulkFile :execrows
-- No row when this organisation imported the same bytes before.
INSERT INTO bulk_files (org_id, digest, size, filename, imported_by, imported_at)
VALUES (@org_id, @digest, @size, @filename, @imported_by, @imported_at)
ON CONFLICT (org_id, digest) DO NOTHING;

-- name: StoredBytes :one
SELECT (
    (SELECT coalesce(sum(d.size), 0) FROM documents d WHERE d.org_id = @org_id)
    + (SELECT coalesce(sum(b.size), 0) FROM bulk_files b WHERE b.org_id = @org_id)
    + (SELECT coalesce(sum(l.size), 0) FROM payable_lists l WHERE l.org_id = @org_id))::bigint;

-- name: UpdateDocument :execrows
-- Edit is the row as the writer saw it: a stale edit changes nothing.
UPDATE documents SET
    state = @state, fields = @fields, canonical_digest = @canonical_digest,
    fields_by = @fields_by, parsed_at = @parsed_at, reader = @reader, findings = @findings,
    edit = edit + 1
WHERE id = @id AND edit = @edit;

-- name: DocumentsSeenBy :many
-- One page of an organisation's own papers and those of the packs it is a party of, newest
-- first, after the cursor (uploaded_at, id). Each side gives a page of its own at most, so
-- that neither is read to its end.
SELECT d.* FROM documents d WHERE d.id IN (
    (SELECT o.id FROM documents o
     WHERE o.org_id = @org_id
         AND (o.uploaded_at, o.id::text) < (@before_at::timestamptz, @before_id::text)
     ORDER BY o.uploaded_at DESC, o.id DESC LIMIT @page)
    UNION
    (SELECT s.id FROM (
        SELECT DISTINCT p.uploaded_at, p.id
        FROM pack_parties pp
        JOIN pack_documents pd ON pd.pack_id = pp.pack_id
        JOIN documents p ON p.id = pd.document_id
        WHERE pp.org_id = @org_id
            AND (p.uploaded_at, p.id::text) < (@before_at::timestamptz, @before_id::text)
        ORDER BY p.uploaded_at DESC, p.id DESC LIMIT @page) s))
ORDER BY d.uploaded_at DESC, d.id DESC LIMIT @page;

-- name: DocumentsPage :many
SELECT * FROM documents WHERE id::text > @after_id::text ORDER BY id LIMIT @page;

-- name: PapersWindow :many
-- A window of the papers that an organisation may see, its own and those of the packs it is a
-- party of, without their texts, with how many there are in all. Each filter that is empty
-- narrows nothing. What is sorted is as narrow as it can be: 50,000 of them stay in memory. Own
-- papers and those of others are two reads, so that nobody's list walks over all that a node keeps.
WITH seen AS (
    SELECT d.id, d.uploaded_at, CASE @sort::text WHEN 'number' THEN d.number WHEN 'file' THEN d.filename
        WHEN 'kind' THEN d.kind WHEN 'state' THEN d.state END AS sort_key
    FROM (
        SELECT o.id, o.org_id, o.uploaded_at, o.kind, o.number, o.filename, o.state, o.fatal, o.warnings
        FROM documents o WHERE o.org_id = @org_id
        UNION ALL
        SELECT o.id, o.org_id, o.uploaded_at, o.kind, o.number, o.filename, o.state, o.fatal, o.warnings
        FROM documents o WHERE o.org_id <> @org_id AND o.id = ANY (ARRAY (
            SELECT pd.document_id FROM pack_parties pp
            JOIN pack_documents pd ON pd.pack_id = pp.pack_id WHERE pp.org_id = @org_id))) d
    WHERE (cardinality(@kinds::text[]) = 0 OR coalesce(d.kind, 'unread') = ANY (@kinds::text[]))
        AND (cardinality(@states::text[]) = 0 OR d.state = ANY (@states::text[]))
        AND (cardinality(@origins::text[]) = 0 OR d.org_id::text = ANY (@origins::text[]))
        AND (@part::text = '' OR lower(d.filename) LIKE lower(@part) OR lower(d.number) LIKE lower(@part))
        AND (@findings::text = ''
            OR (@findings = 'fatal' AND d.fatal > 0)
            OR (@findings = 'warning' AND d.fatal = 0 AND d.warnings > 0)
            OR (@findings = 'none' AND d.fatal = 0 AND d.warnings = 0 AND d.state = 'parsed'))
        AND d.uploaded_at >= @since::timestamptz AND d.uploaded_at < @until::timestamptz
), page AS (
    SELECT s.id, s.sort_key FROM seen s
    ORDER BY
        CASE WHEN @backwards::boolean THEN s.sort_key END DESC NULLS LAST,
        CASE WHEN NOT @backwards::boolean THEN s.sort_key END NULLS LAST,
        CASE WHEN @sort::text = 'uploaded' AND NOT @backwards::boolean THEN s.uploaded_at END,
        s.uploaded_at DESC, s.id DESC
    OFFSET @skip LIMIT @page
)
SELECT d.id, d.org_id, d.uploaded_at, d.filename, d.media_type, d.size, d.version, d.state, d.kind,
    d.number, d.fatal, d.warnings, (SELECT count(*) FROM seen) AS total
FROM page p JOIN documents d ON d.id = p.id
ORDER BY
    CASE WHEN @backwards::boolean THEN p.sort_key END DESC NULLS LAST,
    CASE WHEN NOT @backwards::boolean THEN p.sort_key END NULLS LAST,
    CASE WHEN @sort::text = 'uploaded' AND NOT @backwards::boolean THEN d.uploaded_at END,
    d.uploaded_at DESC, d.id DESC;
