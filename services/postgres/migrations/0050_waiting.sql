-- +goose Up

-- An inbox reads the claims that wait, due first, by who is a party: they are few beside all that
-- was ever claimed, and before this each inbox walked over all of that, oldest first.
CREATE INDEX assets_waiting_obligor ON ledger.assets (obligor, phase, due_on COLLATE "C", id COLLATE "C")
    WHERE kind = 'receivable' AND (phase IN ('ISSUED', 'OVERDUE') OR payee_asked OR disputed > 0);
CREATE INDEX assets_waiting_seller ON ledger.assets (seller, phase, due_on COLLATE "C", id COLLATE "C")
    WHERE kind = 'receivable' AND (phase IN ('ISSUED', 'OVERDUE') OR payee_asked OR disputed > 0);
CREATE INDEX assets_waiting_owner ON ledger.assets (owner, phase, due_on COLLATE "C", id COLLATE "C")
    WHERE kind = 'receivable' AND (phase IN ('ISSUED', 'OVERDUE') OR payee_asked OR disputed > 0);
