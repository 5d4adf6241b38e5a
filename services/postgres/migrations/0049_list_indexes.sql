-- +goose Up

-- Lists and sums of receivables read what they sort and add up from the index alone: a state is
-- some ten times as wide, and 50,000 of them do not stay in memory.
DROP INDEX ledger.assets_payable, ledger.assets_claimed, ledger.assets_owned;
CREATE INDEX assets_payable ON ledger.assets (obligor, due_on) INCLUDE (id, seller, owner, phase, currency,
    face, number, moved_at, disputed, owed, paid, confirmed, diluted, free_disputed, held, assigned)
    WHERE kind = 'receivable';
CREATE INDEX assets_claimed ON ledger.assets (seller, due_on) INCLUDE (id, obligor, owner, phase, currency,
    face, number, moved_at, disputed, owed, paid, confirmed, diluted, free_disputed, held, assigned)
    WHERE kind = 'receivable';
CREATE INDEX assets_owned ON ledger.assets (owner, due_on) INCLUDE (id, obligor, seller, phase, currency,
    face, number, moved_at, disputed, owed, paid, confirmed, diluted, free_disputed, held, assigned)
    WHERE kind = 'receivable';
