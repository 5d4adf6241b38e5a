-- +goose Up

-- A paper that one party of a trade asks another for. It ends when the other files that paper, or
-- declines with a reason, or when it is taken back. No right moves by it.
CREATE TABLE paper_requests (
    id         identifier  PRIMARY KEY,
    pack_id    identifier  NOT NULL REFERENCES packs,
    org_id     identifier  NOT NULL REFERENCES organisations,  -- that asks
    asked_id   identifier  NOT NULL REFERENCES organisations,  -- that is asked
    kind       text        NOT NULL CHECK (kind ~ '^[a-z_]{1,40}$'),
    due_on     date,
    note       text        NOT NULL CHECK (octet_length(note) <= 500),
    asked_by   identifier  NOT NULL,
    asked_at   timestamptz NOT NULL,
    state      text        NOT NULL CHECK (state IN ('open', 'delivered', 'declined', 'settled', 'withdrawn')),
    paper_id   identifier  REFERENCES documents,   -- that was delivered
    refused_id identifier  REFERENCES documents,   -- the last that was brought and breaks rules
    reason     text        NOT NULL CHECK (octet_length(reason) <= 500),
    ended_by   identifier  REFERENCES users,
    ended_at   timestamptz,
    CHECK (org_id <> asked_id),
    CHECK ((state = 'open') = (ended_at IS NULL)),
    CHECK ((state = 'delivered') = (paper_id IS NOT NULL)),
    FOREIGN KEY (asked_by, org_id) REFERENCES users (id, org_id)
);
-- The same is asked once while it is open.
CREATE UNIQUE INDEX paper_requests_once ON paper_requests (pack_id, org_id, asked_id, kind) WHERE state = 'open';
CREATE INDEX paper_requests_asking ON paper_requests (org_id, asked_at DESC, id DESC);
CREATE INDEX paper_requests_asked ON paper_requests (asked_id, asked_at DESC, id DESC);
