-- name: AuditWindow :many
-- A window of what was done, newest first, and how much there is in all: steps on the ledger of
-- assets that the organisation holds; entries of its own log; for who reads papers by engagement
-- those about them; for who runs the node those that open and close doors, of everybody. The reason that
-- somebody gave beside the ledger is for the own organisation; those on the ledger stand with its steps.
WITH done AS (
    SELECT 'ledger'::text AS source, x.at, x.creator::text AS org_id, ''::text AS user_id, t.act::text AS act,
        a.kind::text AS subject_kind, t.asset_id::text AS subject_id, t.block AS place, t.version AS step,
        x.tx_id::text AS proof, coalesce(t.signed -> 'signatures', '[]'::json)::json AS signatures,
        ''::text AS reason
    FROM ledger.transitions t
    JOIN ledger.transactions x ON x.block = t.block AND x.position = t.position
    JOIN ledger.assets a ON a.id = t.asset_id
    WHERE @source::text <> 'node'
        AND ((@hosts::boolean AND a.kind = 'organisation')
            OR EXISTS (SELECT FROM ledger.holders h WHERE h.asset_id = t.asset_id AND h.org_id = @org_id))
    UNION ALL
    SELECT 'node', l.at, l.org_id, coalesce(l.user_id, ''), l.action, l.subject_kind, l.subject_id, l.seq, 0,
        encode(l.hash, 'hex'), '[]'::json,
        CASE WHEN l.org_id = @org_id THEN coalesce(l.detail ->> 'reason', '') ELSE '' END
    FROM audit_log l
    WHERE @source::text <> 'ledger' AND (l.org_id = @org_id
        OR (@engaged::boolean AND (
            (l.subject_kind = 'pack' AND l.subject_id IN (
                SELECT p.pack_id FROM pack_parties p WHERE p.org_id = @org_id))
            OR (l.subject_kind = 'document' AND l.subject_id IN (
                SELECT d.document_id FROM pack_parties p JOIN pack_documents d ON d.pack_id = p.pack_id
                WHERE p.org_id = @org_id))))
        OR (@hosts::boolean AND l.action = ANY (@doors::text[])))
), narrowed AS (
    SELECT e.* FROM done e
    WHERE e.at >= @since::timestamptz AND e.at < @until::timestamptz
        AND (cardinality(@acts::text[]) = 0 OR e.act = ANY (@acts))
        AND (@object::text = '' OR e.subject_id = @object)
        AND (@actor_org::text = '' OR CASE
            WHEN @actor_person::text = '' THEN e.org_id = @actor_org
                OR EXISTS (SELECT FROM json_array_elements(e.signatures) g WHERE g ->> 'org' = @actor_org)
            WHEN e.source = 'node' THEN EXISTS (SELECT FROM users u
                WHERE u.id = e.user_id AND u.org_id = @actor_org AND u.person_id = @actor_person)
            ELSE EXISTS (SELECT FROM json_array_elements(e.signatures) g
                WHERE g ->> 'org' = @actor_org AND g ->> 'person' = @actor_person) END)
        AND (@words::text = '' OR strpos(lower(e.subject_id), lower(@words)) > 0
            OR e.proof = @words
            OR EXISTS (SELECT FROM documents d WHERE d.id = e.subject_id
                AND strpos(lower(coalesce(d.number, '') || ' ' || d.filename), lower(@words)) > 0)
            OR EXISTS (SELECT FROM packs p WHERE p.id = e.subject_id
                AND strpos(lower(p.title), lower(@words)) > 0)
            OR EXISTS (SELECT FROM ledger.assets a LEFT JOIN ledger.assets v
                ON v.id = a.state -> 'financing' ->> 'receivable'
                WHERE a.id = e.subject_id
                    AND strpos(lower(coalesce(a.number, v.number)), lower(@words)) > 0)
            OR EXISTS (SELECT FROM users u WHERE u.id = e.user_id
                AND strpos(lower(u.name), lower(@words)) > 0))
)
SELECT source, at, org_id, user_id, act, subject_kind, subject_id, place::bigint AS place,
    step::bigint AS step, proof, signatures, reason::text AS reason, count(*) OVER () AS total
FROM narrowed
ORDER BY at DESC, source, place DESC, subject_id DESC, step DESC OFFSET @skip LIMIT @page;

-- name: AuditNames :many
-- What the objects of entries are called, as far as the organisation may see them; of a command
-- also what it was to do.
SELECT d.id::text AS id, coalesce(d.number, d.filename)::text AS name, ''::text AS act
FROM documents d
WHERE d.id = ANY (@ids::text[]) AND (d.org_id = @org_id OR EXISTS (
    SELECT FROM pack_documents pd JOIN pack_parties p ON p.pack_id = pd.pack_id
    WHERE pd.document_id = d.id AND p.org_id = @org_id))
UNION ALL
SELECT p.id, p.title, '' FROM packs p JOIN pack_parties s ON s.pack_id = p.id AND s.org_id = @org_id
WHERE p.id = ANY (@ids)
UNION ALL
SELECT u.id, u.name, '' FROM users u WHERE u.id = ANY (@ids)
UNION ALL
SELECT a.id, coalesce(a.number, v.number, ''), ''
FROM ledger.assets a LEFT JOIN ledger.assets v ON v.id = a.state -> 'financing' ->> 'receivable'
WHERE a.id = ANY (@ids) AND a.kind IN ('receivable', 'financing')
    AND EXISTS (SELECT FROM ledger.holders h WHERE h.asset_id = a.id AND h.org_id = @org_id)
UNION ALL
SELECT i.id, coalesce(a.number, v.number, ''), convert_from(i.command, 'UTF8')::json ->> 'act'
FROM intents i JOIN intent_subjects s ON s.intent_id = i.id AND s.position = 0
LEFT JOIN ledger.assets a ON a.id = s.asset_id
    AND EXISTS (SELECT FROM ledger.holders h WHERE h.asset_id = a.id AND h.org_id = @org_id)
LEFT JOIN ledger.assets v ON v.id = a.state -> 'financing' ->> 'receivable'
WHERE i.id = ANY (@ids);

-- name: NamesOfPersons :many
-- Persons by organisation and name on the ledger, one beside the other.
SELECT u.org_id, u.person_id, u.name FROM users u
JOIN (SELECT unnest(@orgs::text[]) AS org_id, unnest(@persons::text[]) AS person_id) w
    ON w.org_id = u.org_id AND w.person_id = u.person_id;

-- name: PersonsOfUsers :many
SELECT u.id, u.org_id, u.person_id, u.name FROM users u WHERE u.id = ANY (@ids::text[]);

-- name: AuditLinks :many
-- The log of an organisation in its order, with all that its hashes are taken of.
SELECT l.seq, l.at, l.user_id, l.action, l.subject_kind, l.subject_id, l.detail, l.previous_hash, l.hash
FROM audit_log l WHERE l.org_id = @org_id AND l.seq > @after_seq ORDER BY l.seq LIMIT @page;

-- name: AuditHead :one
SELECT h.seq, h.hash FROM audit_heads h WHERE h.org_id = @org_id;

-- name: BlockHashes :many
SELECT number, hash FROM ledger.blocks ORDER BY number;
