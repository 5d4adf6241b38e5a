-- +goose Up

-- Lists and sums of receivables read what they order and add up from the indexes alone: a state is
-- some ten times as wide, and 50,000 of them do not stay in memory. A page in one of these orders
-- reads its own rows only. All texts here are short: the law bounds them.
DROP INDEX ledger.assets_payable, ledger.assets_claimed, ledger.assets_owned;
CREATE INDEX assets_payable ON ledger.assets (obligor, due_on COLLATE "C", id COLLATE "C")
    INCLUDE (seller, owner, phase, currency, face, number, moved_at, disputed, owed, paid, confirmed,
        diluted, free_disputed, held, assigned) WHERE kind = 'receivable';
CREATE INDEX assets_claimed ON ledger.assets (seller, due_on COLLATE "C", id COLLATE "C")
    INCLUDE (obligor, owner, phase, currency, face, number, moved_at, disputed, owed, paid, confirmed,
        diluted, free_disputed, held, assigned) WHERE kind = 'receivable';
CREATE INDEX assets_owned ON ledger.assets (owner, due_on COLLATE "C", id COLLATE "C")
    INCLUDE (obligor, seller, phase, currency, face, number, moved_at, disputed, owed, paid, confirmed,
        diluted, free_disputed, held, assigned) WHERE kind = 'receivable';
CREATE INDEX assets_payable_number ON ledger.assets (obligor, number COLLATE "C", id COLLATE "C")
    WHERE kind = 'receivable';
CREATE INDEX assets_claimed_number ON ledger.assets (seller, number COLLATE "C", id COLLATE "C")
    WHERE kind = 'receivable';
CREATE INDEX assets_owned_number ON ledger.assets (owner, number COLLATE "C", id COLLATE "C")
    WHERE kind = 'receivable';
CREATE INDEX assets_payable_face ON ledger.assets (obligor, lpad(face::text, 20, '0') COLLATE "C", id COLLATE "C")
    WHERE kind = 'receivable';
CREATE INDEX assets_claimed_face ON ledger.assets (seller, lpad(face::text, 20, '0') COLLATE "C", id COLLATE "C")
    WHERE kind = 'receivable';
CREATE INDEX assets_owned_face ON ledger.assets (owner, lpad(face::text, 20, '0') COLLATE "C", id COLLATE "C")
    WHERE kind = 'receivable';
