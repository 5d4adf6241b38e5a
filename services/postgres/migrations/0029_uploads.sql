-- +goose Up

-- A file that comes in parts (tus 1.0.0), until it is whole and a paper.
CREATE TABLE uploads (
    id          identifier  PRIMARY KEY,
    org_id      identifier  NOT NULL REFERENCES organisations,
    user_id     identifier  NOT NULL,         -- who began it
    pack_id     identifier  REFERENCES packs, -- that takes the paper; null: none yet
    supersedes  identifier  REFERENCES documents,
    filename    text        NOT NULL CHECK (octet_length(filename) <= 4096),  -- as given
    size        bigint      NOT NULL CHECK (size > 0),
    received    bigint      NOT NULL CHECK (received BETWEEN 0 AND size),
    document_id identifier  REFERENCES documents,
    known       boolean     NOT NULL,         -- the organisation had these bytes already
    created_at  timestamptz NOT NULL,
    expires_at  timestamptz NOT NULL CHECK (expires_at > created_at),
    FOREIGN KEY (user_id, org_id) REFERENCES users (id, org_id),
    CHECK ((document_id IS NOT NULL) = (received = size))
);
CREATE INDEX uploads_user ON uploads (user_id) WHERE document_id IS NULL;
CREATE INDEX uploads_expires ON uploads (expires_at);

-- The parts of a file that is not whole. They are here and not beside the blobs, so that a part
-- and how far the file is are one transaction, on whichever process of the node it arrives.
CREATE TABLE upload_parts (
    upload_id identifier NOT NULL REFERENCES uploads,
    position  bigint     NOT NULL CHECK (position >= 0),  -- of the first byte
    bytes     bytea      NOT NULL CHECK (octet_length(bytes) > 0),
    PRIMARY KEY (upload_id, position)
);
ALTER TABLE upload_parts ALTER COLUMN bytes SET STORAGE EXTERNAL;  -- papers are packed already

-- The order that a paper is, or speaks of: papers of one trade find each other by it.
CREATE INDEX documents_order ON documents ((
    CASE WHEN fields ->> 'kind' = 'purchase_order' THEN fields ->> 'number' ELSE fields ->> 'order_ref' END))
    WHERE fields IS NOT NULL;

-- What the seller would like to have advanced: a wish, which no quote is bound by.
ALTER TABLE financing_requests ADD COLUMN wanted minor CHECK (wanted > 0 AND wanted <= amount);
CREATE INDEX financing_requests_receivable ON financing_requests (receivable_id);
