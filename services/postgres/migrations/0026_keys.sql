-- +goose Up

-- Keys of persons that were registered through this node: what the ledger does not say of them.
-- Whether a key is in force is the ledger's to say; a key stands here while that is decided.
CREATE TABLE person_keys (
    user_id       identifier  NOT NULL REFERENCES users,
    key_id        identifier  NOT NULL,
    name          text        NOT NULL,       -- empty: not named, it came with its person
    holder        text        NOT NULL CHECK (holder IN (
        'authenticator',  -- a passkey
        'browser',        -- on a demonstration node only
        'file')),
    credential_id bytea       CHECK (octet_length(credential_id) BETWEEN 1 AND 1023),  -- WebAuthn
    public_key    bytea       NOT NULL,       -- PKIX, P-256
    intent_id     identifier  REFERENCES intents,  -- that registers it; null: it came with its person
    created_at    timestamptz NOT NULL,
    used_at       timestamptz,
    revoked_by    identifier  REFERENCES intents,  -- stops it here while that is on its way
    PRIMARY KEY (user_id, key_id),
    CHECK ((holder = 'authenticator') = (credential_id IS NOT NULL))
);
CREATE UNIQUE INDEX person_keys_public ON person_keys (public_key);
CREATE UNIQUE INDEX person_keys_credential ON person_keys (credential_id);

-- An admin's first signature under a revocation stops the person here while that is on its way.
ALTER TABLE users ADD COLUMN suspended_by identifier REFERENCES intents;

-- Whoever is signed in signs in again: sessions now say how, and when they were last seen.
DELETE FROM sessions;
ALTER TABLE sessions
    ADD COLUMN passkey boolean     NOT NULL,  -- false: opened by password
    ADD COLUMN seen_at timestamptz NOT NULL;

-- What a passkey signs to open a session, once.
CREATE TABLE sign_in_nonces (
    nonce      bytea       PRIMARY KEY CHECK (octet_length(nonce) = 32),
    expires_at timestamptz NOT NULL
);
CREATE INDEX sign_in_nonces_expires ON sign_in_nonces (expires_at);

-- Second step after the password: codes by time (RFC 6238). The secret is sealed with a key that
-- is not in this database.
CREATE TABLE totp (
    user_id      identifier  PRIMARY KEY REFERENCES users,
    secret       bytea       NOT NULL,
    created_at   timestamptz NOT NULL,
    confirmed_at timestamptz,                 -- null: not in use yet
    last_step    bigint      NOT NULL CHECK (last_step >= 0)  -- no code counts twice
);

-- Each opens a session once in the place of a code. Only digests are kept.
CREATE TABLE recovery_codes (
    user_id identifier NOT NULL REFERENCES users,
    digest  bytea      NOT NULL CHECK (octet_length(digest) = 32),
    PRIMARY KEY (user_id, digest)
);
