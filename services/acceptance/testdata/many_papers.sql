-- Fills a node's database with papers as they would be after some years: each is a real paper of
-- the trade that was done before, read under another number, with its digests taken again. Their
-- bytes are nowhere; they are for lists only.
CREATE TEMP TABLE models AS
SELECT row_number() OVER (ORDER BY id) AS m, count(*) OVER () AS models, d.*
FROM documents d WHERE d.org_id = 'LanqiaoMSP' AND d.state = 'parsed';

INSERT INTO documents (id, org_id, uploaded_by, uploaded_at, digest, size, media_type, filename, version,
    state, fields, canonical_digest, parsed_at, reader, findings, edit)
SELECT 'doc-many-' || n, org_id, uploaded_by, uploaded_at - n * interval '11 minutes',
    'sha-256:' || encode(sha256(convert_to('many ' || n, 'UTF8')), 'hex'), size + n % 977, media_type,
    CASE WHEN n % 5 = 0 THEN '发票-' || n || '.xml' ELSE 'invoice-' || n || '.xml' END, 1,
    CASE WHEN n % 40 = 0 THEN 'needs_fields' WHEN n % 50 = 1 THEN 'unreadable' ELSE 'parsed' END,
    CASE WHEN unread THEN NULL ELSE text::json END,
    CASE WHEN unread THEN NULL ELSE 'sha-256:' || encode(sha256(convert_to(text, 'UTF8')), 'hex') END,
    CASE WHEN unread THEN NULL ELSE parsed_at END, CASE WHEN unread THEN NULL ELSE reader END,
    CASE WHEN n % 50 = 1 THEN '[{"message":"The file is damaged.","path":"","rule":"CS-RD-01","severity":"fatal"}]'
        WHEN n % 7 = 0 THEN '[{"message":"The sum differs.","path":"/Invoice","rule":"BR-CO-15","severity":"fatal"}]'
        WHEN n % 9 = 0 THEN '[{"message":"No order is named.","path":"/Invoice","rule":"CS-DO-02","severity":"warning"}]'
        ELSE '[]' END::json, 2
FROM (
    SELECT n, n % 40 = 0 OR n % 50 = 1 AS unread, s.*,
        replace(s.fields::text, s.number, 'LQ-' || lpad(((n * 7919::bigint) % 1000003)::text, 7, '0')) AS text
    FROM generate_series(1, 50000) n JOIN models s ON s.m = n % s.models + 1
) made;

-- Payables: the claim of that trade, again and again, due on other days.
CREATE TEMP TABLE claims AS SELECT * FROM ledger.assets WHERE kind = 'receivable' AND state IS NOT NULL LIMIT 1;

CREATE TEMP TABLE made AS
SELECT 'rcv-many-' || n AS id, c.id AS old, c.record::text AS record, c.record ->> 'commitment' AS commitment,
    replace(replace(c.state::text, c.number, 'LQ-M' || lpad(((n * 7919::bigint) % 1000003)::text, 7, '0')),
        c.due_on, (c.due_on::date + n % 300)::text) AS state
FROM claims c, generate_series(1, 50000) n;

INSERT INTO ledger.assets (id, record, state)
SELECT id, replace(replace(record, old, id), commitment,
        'sha-256:' || encode(sha256(convert_to(state, 'UTF8')), 'hex'))::json, state::json
FROM made;

INSERT INTO ledger.holders (asset_id, org_id, consent, value_hash, missing)
SELECT m.id, h.org_id, h.consent, h.value_hash, h.missing
FROM made m JOIN ledger.holders h ON h.asset_id = m.old;

-- As PostgreSQL itself would have done long before.
VACUUM ANALYZE documents;
VACUUM ANALYZE ledger.assets;
VACUUM ANALYZE ledger.holders;
SELECT (SELECT count(*) FROM documents), (SELECT count(*) FROM ledger.assets WHERE kind = 'receivable');
