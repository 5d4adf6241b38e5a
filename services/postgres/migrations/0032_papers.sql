-- +goose Up

-- What lists of papers are narrowed and sorted by, taken out of the stored texts once, so that
-- a list never reads the texts themselves.
ALTER TABLE documents
    ADD COLUMN kind text GENERATED ALWAYS AS (fields ->> 'kind') STORED,
    ADD COLUMN number text GENERATED ALWAYS AS (fields ->> 'number') STORED,
    ADD COLUMN fatal integer NOT NULL GENERATED ALWAYS AS (
        jsonb_array_length(jsonb_path_query_array(findings::jsonb, '$[*] ? (@.severity == "fatal")'))) STORED,
    ADD COLUMN warnings integer NOT NULL GENERATED ALWAYS AS (
        jsonb_array_length(jsonb_path_query_array(findings::jsonb, '$[*] ? (@.severity == "warning")'))) STORED;

-- A person's views of a list: its filters and order as the address of the screen holds them.
CREATE TABLE views (
    id         identifier  PRIMARY KEY,
    org_id     identifier  NOT NULL REFERENCES organisations,
    user_id    identifier  NOT NULL,
    screen     text        NOT NULL CHECK (screen ~ '^[a-z]{1,32}$'),
    name       text        NOT NULL CHECK (octet_length(name) BETWEEN 1 AND 200),
    query      text        NOT NULL CHECK (octet_length(query) <= 2000),
    shared     boolean     NOT NULL,    -- with everybody of the organisation
    created_at timestamptz NOT NULL,
    FOREIGN KEY (user_id, org_id) REFERENCES users (id, org_id),
    UNIQUE (user_id, screen, name)
);
CREATE INDEX views_org ON views (org_id, screen);
