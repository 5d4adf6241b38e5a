-- +goose Up

-- What a bank asks as a rule for financings under a programme: the price that a quote begins
-- with. It is the bank's own; the other parties of the programme never see it.
CREATE TABLE programme_pricing (
    programme_id identifier  PRIMARY KEY,
    bank_id      identifier  NOT NULL REFERENCES organisations,
    body         json        NOT NULL,
    set_by       identifier  NOT NULL,
    set_at       timestamptz NOT NULL,
    FOREIGN KEY (set_by, bank_id) REFERENCES users (id, org_id)
);

-- A financing that the bank gave back with a reason: to its own maker, or to the seller for more.
-- No right moves by it. What was given back to the seller is waited for until the pack or the
-- financing has changed.
CREATE TABLE financing_returns (
    id           identifier  PRIMARY KEY,
    financing_id identifier  NOT NULL REFERENCES financing_requests,
    bank_id      identifier  NOT NULL REFERENCES organisations,
    returned_to  text        NOT NULL CHECK (returned_to IN ('maker', 'seller')),
    code         text        NOT NULL CHECK (code ~ '^[a-z_]{1,40}$'),
    note         text        NOT NULL,
    pack_edit    integer     NOT NULL CHECK (pack_edit >= 1),
    version      bigint      NOT NULL CHECK (version >= 1),  -- of the financing
    returned_by  identifier  NOT NULL,
    returned_at  timestamptz NOT NULL,
    FOREIGN KEY (returned_by, bank_id) REFERENCES users (id, org_id)
);
CREATE INDEX financing_returns_of ON financing_returns (financing_id, returned_at DESC, id DESC);

CREATE INDEX assets_reserved_for ON ledger.assets ((state -> 'receivable' -> 'reservation' ->> 'bank'))
    WHERE kind = 'receivable';

-- Commands about a financing that are signed in part, by the act: whose turn it is.
CREATE VIEW financing_turns AS
SELECT s.asset_id AS financing_id, (convert_from(i.command, 'UTF8')::json ->> 'act') AS act
FROM intents i JOIN intent_subjects s ON s.intent_id = i.id
WHERE i.state = 'open' AND i.finished_at IS NULL
    AND EXISTS (SELECT FROM intent_signatures g WHERE g.intent_id = i.id);

-- Every request with where it stands: the one place that says what a stage is. Whether money
-- that is out is overdue depends on the day and is for the reader to add.
CREATE VIEW financing_stages AS
SELECT
    r.id, r.seller_id, r.bank_id, r.programme_id, r.created_at, r.amount, r.currency, k.title,
    coalesce(g.state -> 'programme' ->> 'obligor', '') AS obligor_id,
    coalesce(v.state -> 'receivable' -> 'claim' ->> 'number', '') AS number,
    coalesce(a.state -> 'financing' ->> 'due_date', '') AS due_on,
    coalesce((a.state -> 'financing' ->> 'outstanding')::bigint, 0) AS outstanding,
    coalesce(a.moved_at, (extract(epoch FROM r.created_at) * 1000)::bigint) AS moved_at,
    CASE
        WHEN r.state = 'refused' THEN 'refused_by_rule'
        WHEN a.state IS NULL THEN 'requested'
        WHEN a.phase IN ('SUBMITTED', 'QUOTED') AND b.returned_to = 'seller'
            AND b.pack_edit = k.edit AND b.version = a.version THEN 'returned'
        WHEN a.phase = 'SUBMITTED' THEN 'submitted'
        WHEN a.phase = 'QUOTED' AND v.state -> 'receivable' -> 'reservation' ->> 'financing' = r.id THEN
            CASE WHEN EXISTS (SELECT FROM financing_turns t
                    WHERE t.financing_id = r.id AND t.act = 'financing.approve')
                THEN 'checking' ELSE 'accepted' END
        WHEN a.phase = 'QUOTED' THEN
            CASE WHEN EXISTS (SELECT FROM financing_turns t
                    WHERE t.financing_id = r.id AND t.act = 'receivable.reserve')
                THEN 'accepting' ELSE 'quoted' END
        WHEN a.phase = 'APPROVED' THEN
            CASE WHEN EXISTS (SELECT FROM financing_turns t
                    WHERE t.financing_id = r.id AND t.act = 'financing.disburse')
                THEN 'paying' ELSE 'approved' END
        WHEN a.phase = 'DISBURSED' THEN 'financed'
        WHEN a.phase = 'REPAID' THEN 'settled'
        ELSE lower(a.phase) -- refused, declined, lapsed
    END AS stage
FROM financing_requests r
JOIN packs k ON k.id = r.pack_id
LEFT JOIN ledger.assets a ON a.id = r.id
LEFT JOIN ledger.assets g ON g.id = r.programme_id
LEFT JOIN ledger.assets v ON v.id = r.receivable_id
LEFT JOIN LATERAL (
    SELECT f.returned_to, f.pack_edit, f.version FROM financing_returns f
    WHERE f.financing_id = r.id AND f.returned_to = 'seller'
    ORDER BY f.returned_at DESC, f.id DESC LIMIT 1) b ON true;
