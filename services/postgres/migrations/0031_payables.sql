-- +goose Up

-- What lists of receivables are filtered, sorted and summed by; null for every other kind. The
-- database draws it from the state, as it draws kind and phase from the record. The day is kept
-- as its text, YYYY-MM-DD, which sorts as the days do.
ALTER TABLE ledger.assets
    ADD COLUMN seller   text GENERATED ALWAYS AS (state -> 'receivable' ->> 'seller') STORED,
    ADD COLUMN obligor  text GENERATED ALWAYS AS (state -> 'receivable' ->> 'obligor') STORED,
    ADD COLUMN owner    text GENERATED ALWAYS AS (state -> 'receivable' ->> 'owner') STORED,
    ADD COLUMN number   text GENERATED ALWAYS AS (state -> 'receivable' -> 'claim' ->> 'number') STORED,
    ADD COLUMN due_on   text GENERATED ALWAYS AS (state -> 'receivable' ->> 'due_date') STORED,
    ADD COLUMN currency text GENERATED ALWAYS AS (state -> 'receivable' ->> 'currency') STORED,
    ADD COLUMN face     bigint GENERATED ALWAYS AS ((state -> 'receivable' ->> 'face')::bigint) STORED,
    ADD COLUMN paid     bigint GENERATED ALWAYS AS ((state -> 'receivable' ->> 'paid')::bigint) STORED,
    ADD COLUMN owed     bigint GENERATED ALWAYS AS (  -- confirmed and neither diluted nor paid
        (state -> 'receivable' ->> 'confirmed')::bigint - (state -> 'receivable' ->> 'diluted')::bigint
        - (state -> 'receivable' ->> 'paid')::bigint) STORED,
    ADD COLUMN disputed bigint GENERATED ALWAYS AS (  -- of the free, the held and the assigned part
        (state -> 'receivable' ->> 'disputed')::bigint
        + coalesce((state -> 'receivable' ->> 'held_disputed')::bigint, 0)
        + (state -> 'receivable' ->> 'assigned_disputed')::bigint) STORED;
CREATE INDEX assets_payable ON ledger.assets (obligor, due_on) WHERE kind = 'receivable';
CREATE INDEX assets_claimed ON ledger.assets (seller, due_on) WHERE kind = 'receivable';
CREATE INDEX assets_owned ON ledger.assets (owner, due_on) WHERE kind = 'receivable';

-- Lists of payables from an organisation's own books; their bytes are blobs. Body is what was
-- read: the rows are held against the ledger anew each time they are looked at.
CREATE TABLE payable_lists (
    id          identifier  PRIMARY KEY,
    org_id      identifier  NOT NULL REFERENCES organisations,
    digest      digest      NOT NULL,
    size        bigint      NOT NULL CHECK (size > 0),
    filename    text        NOT NULL,
    body        json        NOT NULL,
    imported_by identifier  NOT NULL,
    imported_at timestamptz NOT NULL,
    FOREIGN KEY (imported_by, org_id) REFERENCES users (id, org_id),
    UNIQUE (org_id, digest)
);
CREATE INDEX payable_lists_recent ON payable_lists (org_id, imported_at DESC, id DESC);
