-- +goose Up

-- Keys of persons that were registered through this node: what the ledger does not say of them.
-- Whether a key is in force is the ledger's to say; a key stands here while that is decided.
CREATE TABLE person_keys (
    user_id       identifier  NOT NULL REFERENCES users,
    key_id        identifier  NOT NULL,
    name          text        NOT NULL CHECK (name <> ''),
    holder        text        NOT NULL CHECK (holder IN (
        'authenticator',  -- a passkey
        'browser',        -- on a demonstration node only
        'file')),
    credential_id bytea       CHECK (octet_length(credential_id) BETWEEN 1 AND 1023),  -- WebAuthn
    public_key    bytea       NOT NULL,       -- PKIX, P-256
    intent_id     identifier  NOT NULL REFERENCES intents,  -- that registers it
    created_at    timestamptz NOT NULL,
    used_at       timestamptz,
    suspended_at  timestamptz,                -- stopped here while its revocation is signed
    PRIMARY KEY (user_id, key_id),
    CHECK ((holder = 'authenticator') = (credential_id IS NOT NULL))
);
CREATE UNIQUE INDEX person_keys_public ON person_keys (public_key);
CREATE UNIQUE INDEX person_keys_credential ON person_keys (credential_id);
