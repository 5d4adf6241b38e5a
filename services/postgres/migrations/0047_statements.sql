-- +goose Up

-- What a statement says as a whole: the name of its file, and of each account and currency the
-- period, the balances where the bank states them, and what the movements come to.
ALTER TABLE statements
    ADD COLUMN filename text  NOT NULL DEFAULT '',
    ADD COLUMN accounts jsonb NOT NULL DEFAULT '[]';
CREATE INDEX statements_recent ON statements (org_id, imported_at DESC, id DESC);

-- A credit that pays no receivable is set aside with a reason, so that it waits for nobody.
ALTER TABLE statement_lines
    ADD COLUMN set_aside_by     identifier REFERENCES users,
    ADD COLUMN set_aside_at     timestamptz,
    ADD COLUMN set_aside_reason text NOT NULL DEFAULT '',
    ADD CONSTRAINT statement_lines_set_aside CHECK (
        (set_aside_at IS NULL) = (set_aside_by IS NULL) AND (set_aside_at IS NULL) = (set_aside_reason = ''));

-- How far a line has come. A credit waits until a command that records it is on its way or it is
-- set aside; one that was refused, withdrawn or ran out makes it wait again.
CREATE VIEW statement_line_states AS
SELECT l.id, l.statement_id, l.org_id, l.amount, l.currency, CASE
    WHEN l.amount <= 0 THEN 'debit'
    WHEN EXISTS (SELECT FROM intents i WHERE i.id = ANY (l.intents) AND i.state IN ('ready', 'submitted'))
        THEN 'underway'
    WHEN EXISTS (SELECT FROM intents i WHERE i.id = ANY (l.intents) AND i.state = 'open') THEN 'prepared'
    WHEN EXISTS (SELECT FROM intents i WHERE i.id = ANY (l.intents) AND i.state = 'committed') THEN 'recorded'
    WHEN l.set_aside_at IS NOT NULL THEN 'set_aside'
    ELSE 'waiting' END AS state
FROM statement_lines l;
