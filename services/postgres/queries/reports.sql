-- name: PutReport :exec
INSERT INTO reports (id, org_id, kind, subject_id, media_type, digest, size, requested_by, made_at)
VALUES (@id, @org_id, @kind, @subject_id, @media_type, @digest, @size, @requested_by, @made_at)
ON CONFLICT (id) DO NOTHING;

-- name: Report :one
SELECT * FROM reports WHERE id = @id;

-- name: AppendAudit :exec
-- Last in its transaction: it makes writers of one organisation wait for each other.
INSERT INTO audit_log (org_id, at, user_id, action, subject_kind, subject_id, detail, previous_hash, hash)
VALUES (@org_id, @at, @user_id, @action, @subject_kind, @subject_id, @detail, '', '');
