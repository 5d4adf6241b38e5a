-- +goose Up

-- What the first screen adds up of receivables and what their inbox asks, beside what their lists
-- are drawn from: read out of 50,000 states it took longer than anybody waits.
ALTER TABLE ledger.assets
    ADD COLUMN confirmed     bigint GENERATED ALWAYS AS ((state -> 'receivable' ->> 'confirmed')::bigint) STORED,
    ADD COLUMN diluted       bigint GENERATED ALWAYS AS ((state -> 'receivable' ->> 'diluted')::bigint) STORED,
    ADD COLUMN free_disputed bigint GENERATED ALWAYS AS ((state -> 'receivable' ->> 'disputed')::bigint) STORED,
    ADD COLUMN held          bigint GENERATED ALWAYS AS ((state -> 'receivable' ->> 'held')::bigint) STORED,
    ADD COLUMN assigned      bigint GENERATED ALWAYS AS ((state -> 'receivable' ->> 'assigned')::bigint) STORED,
    ADD COLUMN payee_asked   boolean GENERATED ALWAYS AS (  -- another account, which is not decided
        state -> 'receivable' -> 'payee_change' IS NOT NULL) STORED;
