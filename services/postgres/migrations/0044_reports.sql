-- +goose Up

-- A report is asked for, made by a job and kept. Those of before were made at once.
ALTER TABLE reports
    ALTER COLUMN digest DROP NOT NULL,
    ALTER COLUMN size DROP NOT NULL,
    ALTER COLUMN made_at DROP NOT NULL,
    ADD COLUMN state      text        CHECK (state IN ('waiting', 'made', 'failed')),
    ADD COLUMN asked_at   timestamptz,
    ADD COLUMN asked      json,               -- a list with its filter; null: a report of a kind
    ADD COLUMN query      text,               -- the same as the list's address says it
    ADD COLUMN rows       bigint      CHECK (rows >= 0),  -- null: not counted
    ADD COLUMN fault_code text;               -- why it failed
UPDATE reports SET state = 'made', asked_at = made_at, query = '';
ALTER TABLE reports
    ALTER COLUMN state SET NOT NULL,
    ALTER COLUMN asked_at SET NOT NULL,
    ALTER COLUMN query SET NOT NULL,
    ADD CHECK (state <> 'made' OR num_nulls(digest, size, made_at) = 0),
    ADD CHECK ((state = 'failed') = (fault_code IS NOT NULL));
CREATE INDEX reports_recent ON reports (org_id, asked_at DESC, id DESC);

-- What the audit log is read by.
CREATE INDEX audit_log_recent ON audit_log (org_id, at DESC, seq DESC);
CREATE INDEX transactions_recent ON ledger.transactions (at DESC);
