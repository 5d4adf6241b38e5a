-- +goose Up

-- What the parties of a financing or a claim write to each other. Nothing of it is changed or taken
-- away, and no right moves by it.
CREATE TABLE messages (
    id           identifier  PRIMARY KEY,
    subject_kind text        NOT NULL CHECK (subject_kind IN ('financing', 'receivable')),
    subject_id   identifier  NOT NULL,
    org_id       identifier  NOT NULL REFERENCES organisations,
    sent_by      identifier  NOT NULL,
    sent_at      timestamptz NOT NULL,
    body         text        NOT NULL CHECK (octet_length(body) BETWEEN 1 AND 2000),
    FOREIGN KEY (sent_by, org_id) REFERENCES users (id, org_id)
);
CREATE INDEX messages_subject ON messages (subject_id, sent_at, id);
CREATE INDEX messages_sender ON messages (sent_by, sent_at);

-- +goose StatementBegin
CREATE FUNCTION messages_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'messages are append-only' USING ERRCODE = 'restrict_violation';
END $$;
-- +goose StatementEnd
CREATE TRIGGER messages_refuse BEFORE UPDATE OR DELETE OR TRUNCATE ON messages
    FOR EACH STATEMENT EXECUTE FUNCTION messages_refuse();
