-- +goose Up

-- What changed, told to each organisation that may see it: which kind of thing and its id, no
-- more. Written in the transaction of the change. The numbers of one organisation have no gap
-- and are committed in their order, because each writer holds the head until it commits: who
-- has seen number n has seen all before it. The newest of each organisation are kept.
CREATE TABLE event_heads (
    org_id identifier PRIMARY KEY REFERENCES organisations,
    seq    bigint     NOT NULL CHECK (seq >= 1)
);

CREATE TABLE events (
    org_id     identifier  NOT NULL REFERENCES organisations,
    seq        bigint      NOT NULL CHECK (seq >= 1),
    kind       text        NOT NULL CHECK (kind <> ''),
    subject_id identifier  NOT NULL,
    PRIMARY KEY (org_id, seq)
);

-- How a person wants to be told by mail; who has no row gets what the program thinks best.
CREATE TABLE preferences (
    user_id  identifier PRIMARY KEY REFERENCES users,
    language text       NOT NULL CHECK (language IN ('en', 'zh-CN')),
    waiting  text       NOT NULL CHECK (waiting IN ('at_once', 'daily', 'never')),
    outcome  text       NOT NULL CHECK (outcome IN ('at_once', 'daily', 'never'))
);

-- What a person is to be told by mail, written in the transaction of its cause. It says what
-- kind of thing it is about; no amount and nothing of a paper.
CREATE TABLE notifications (
    id           bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id      identifier  NOT NULL REFERENCES users,
    kind         text        NOT NULL CHECK (kind IN ('waiting', 'outcome')),
    next         text        NOT NULL CHECK (next <> ''),  -- what is to be done, or what it came to
    subject_kind text        NOT NULL CHECK (subject_kind <> ''),
    subject_id   identifier  NOT NULL,
    created_at   timestamptz NOT NULL,
    due_at       timestamptz NOT NULL,        -- not mailed before
    mailed_at    timestamptz                  -- null: waits
);
CREATE INDEX notifications_unsent ON notifications (user_id, due_at) WHERE mailed_at IS NULL;
CREATE INDEX notifications_created ON notifications (created_at);

-- What the inbox looks for.
CREATE INDEX documents_untyped ON documents (uploaded_at, id) WHERE state = 'needs_fields';
