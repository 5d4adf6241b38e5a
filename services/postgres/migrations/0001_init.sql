-- +goose Up

-- There is no way down: a release is taken back by restoring the backup made before it.
--
-- Conventions:
--   * Instants are timestamptz in UTC and always given by the program's clock: no defaults.
--   * Amounts are whole minor units beside their currency.
--   * Foreign keys never cascade: a row that money or evidence hangs on cannot vanish.
--   * Identifiers are made by clients and have the ledger's shape, so an id here can be the
--     id of the asset or command there.
--   * Everything in schema "ledger" is derived from blocks and can be rebuilt from block 0;
--     no table outside it has a foreign key into it.

CREATE DOMAIN identifier AS text CHECK (VALUE ~ '^[A-Za-z0-9._-]{1,64}$');
CREATE DOMAIN digest AS text CHECK (VALUE ~ '^sha-256:[0-9a-f]{64}$');
CREATE DOMAIN currency AS text CHECK (VALUE ~ '^[A-Z]{3}$');
CREATE DOMAIN minor AS bigint CHECK (VALUE BETWEEN -9007199254740991 AND 9007199254740991);

-- Organisations and people ------------------------------------------------------------------

-- An organisation as this node knows it.
CREATE TABLE organisations (
    id              identifier  PRIMARY KEY,  -- MSP id on the channel
    kind            text        NOT NULL CHECK (kind IN (
        'supplier', 'core_enterprise', 'bank', 'warehouse', 'carrier', 'auditor', 'regulator',
        'operator')),
    name            text        NOT NULL CHECK (name <> ''),
    name_local      text        CHECK (name_local <> ''),      -- in its own script
    registration_id text        NOT NULL CHECK (registration_id <> ''),  -- USCC in China
    lei             text        CHECK (lei ~ '^[A-Z0-9]{18}[0-9]{2}$'),
    vat_number      text        CHECK (vat_number <> ''),
    country         text        NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
    created_at      timestamptz NOT NULL
);
CREATE UNIQUE INDEX organisations_registration ON organisations (country, registration_id);
CREATE UNIQUE INDEX organisations_lei ON organisations (lei);

-- A person's way into one organisation. Passwords open a session; rights are moved only by
-- the person's key, whose registration on the ledger names the same person id.
CREATE TABLE users (
    id             identifier  PRIMARY KEY,
    org_id         identifier  NOT NULL REFERENCES organisations,
    person_id      identifier  NOT NULL,
    email          text        NOT NULL CHECK (email = lower(email) AND email LIKE '_%@_%'),
    name           text        NOT NULL CHECK (name <> ''),
    roles          text[]      NOT NULL CHECK (
        cardinality(roles) > 0
        AND roles <@ ARRAY['maker', 'checker', 'approver', 'viewer', 'admin', 'operator']),
    password_hash  text        NOT NULL CHECK (password_hash LIKE '$argon2id$%'),
    public_key     bytea,                     -- PKIX, P-256; null until a key is registered
    created_at     timestamptz NOT NULL,
    disabled       boolean     NOT NULL,      -- until the registration is committed, and once revoked
    UNIQUE (org_id, person_id),
    UNIQUE (id, org_id)                       -- lets others require user and organisation to agree
);
CREATE UNIQUE INDEX users_email ON users (email);
CREATE UNIQUE INDEX users_public_key ON users (public_key);

-- Accounts that money may be paid to. One account belongs to one organisation.
CREATE TABLE accounts (
    id       identifier PRIMARY KEY,
    org_id   identifier NOT NULL REFERENCES organisations,
    number   text       NOT NULL CHECK (number ~ '^[A-Z0-9]{4,34}$'),  -- IBAN or national
    bic      text       CHECK (bic ~ '^[A-Z0-9]{8}([A-Z0-9]{3})?$'),
    holder   text       NOT NULL CHECK (holder <> ''),
    currency currency   NOT NULL,
    UNIQUE (number, currency)
);
CREATE INDEX accounts_org ON accounts (org_id);

-- Only the hash of a session's token is kept: a copy of this table opens nothing.
CREATE TABLE sessions (
    token_hash bytea       PRIMARY KEY CHECK (octet_length(token_hash) = 32),  -- SHA-256
    user_id    identifier  NOT NULL REFERENCES users,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL CHECK (expires_at > created_at),
    agent      text        NOT NULL
);
CREATE INDEX sessions_user ON sessions (user_id);
CREATE INDEX sessions_expires ON sessions (expires_at);

-- Failed sign-ins in a row by the digest of an e-mail, whether or not anybody has it: who tries
-- does not learn who is here.
CREATE TABLE sign_in_failures (
    email_digest digest      PRIMARY KEY,
    failed       integer     NOT NULL CHECK (failed >= 1),
    expires_at   timestamptz NOT NULL         -- forgotten then
);
CREATE INDEX sign_in_failures_expires ON sign_in_failures (expires_at);

-- An Idempotency-Key and what the first request with it was answered. Status is null while
-- that request runs.
CREATE TABLE idempotency_keys (
    user_id        identifier  NOT NULL REFERENCES users,
    key            text        NOT NULL CHECK (length(key) BETWEEN 1 AND 128),
    request_digest digest      NOT NULL,      -- method, path and body
    status         smallint    CHECK (status BETWEEN 200 AND 599),
    content_type   text,
    location       text,                      -- null: none
    etag           text,                      -- null: none
    body           bytea,
    created_at     timestamptz NOT NULL,
    expires_at     timestamptz NOT NULL CHECK (expires_at > created_at),
    PRIMARY KEY (user_id, key),
    CHECK (num_nulls(status, content_type, body) IN (0, 3))
);
CREATE INDEX idempotency_keys_expires ON idempotency_keys (expires_at);

-- Documents ---------------------------------------------------------------------------------

-- Spreadsheets that many papers came from at once; the bytes are blobs.
CREATE TABLE bulk_files (
    org_id      identifier  NOT NULL REFERENCES organisations,
    digest      digest      NOT NULL,
    size        bigint      NOT NULL CHECK (size > 0),
    filename    text        NOT NULL CHECK (octet_length(filename) <= 4096),  -- as given
    imported_by identifier  NOT NULL,
    imported_at timestamptz NOT NULL,
    PRIMARY KEY (org_id, digest),
    FOREIGN KEY (imported_by, org_id) REFERENCES users (id, org_id)
);

-- One version of one paper. Its bytes are a blob named by digest and never change; fields
-- are what we read, and can be read again. That it is recorded is the ledger's to say.
CREATE TABLE documents (
    id               identifier  PRIMARY KEY,
    org_id           identifier  NOT NULL REFERENCES organisations,
    uploaded_by      identifier  NOT NULL,
    uploaded_at      timestamptz NOT NULL,
    digest           digest      NOT NULL,    -- of the original bytes
    size             bigint      NOT NULL CHECK (size > 0),
    media_type       text        NOT NULL,    -- detected, not claimed
    filename         text        NOT NULL CHECK (octet_length(filename) <= 4096),  -- as given
    version          integer     NOT NULL CHECK (version >= 1),
    supersedes       identifier  REFERENCES documents,
    bulk_digest      digest,                  -- of the spreadsheet it came from
    state            text        NOT NULL CHECK (state IN (
        'received',      -- bytes are safe, nothing read yet
        'needs_fields',  -- kept and viewable; a person types the fields in
        'parsed',        -- fields are there
        'unreadable')),  -- refused by its reader, with findings
    fields           json,                    -- canonical text
    canonical_digest digest,                  -- of the text of fields
    fields_by        identifier,              -- who typed them in; null: our reader
    parsed_at        timestamptz,
    reader           text,                    -- release of the reader, to know what to read again
    findings         json        NOT NULL,    -- canonical text of what the checks found
    edit             integer     NOT NULL CHECK (edit >= 1),  -- counts changes of this row
    FOREIGN KEY (uploaded_by, org_id) REFERENCES users (id, org_id),
    FOREIGN KEY (fields_by, org_id) REFERENCES users (id, org_id),
    UNIQUE (id, org_id),
    FOREIGN KEY (supersedes, org_id) REFERENCES documents (id, org_id),
    FOREIGN KEY (org_id, bulk_digest) REFERENCES bulk_files (org_id, digest),
    CHECK ((supersedes IS NULL) = (version = 1)),
    CHECK (supersedes <> id),
    CHECK ((state = 'parsed') = (num_nulls(fields, canonical_digest, parsed_at) = 0)),
    CONSTRAINT documents_canonical CHECK (
        canonical_digest = 'sha-256:' || encode(sha256(convert_to(fields::text, 'UTF8')), 'hex'))
);
-- The same bytes again are the same document, not another; nothing is superseded twice.
CREATE UNIQUE INDEX documents_digest ON documents (org_id, digest);
CREATE UNIQUE INDEX documents_supersedes ON documents (supersedes);
CREATE INDEX documents_recent ON documents (org_id, uploaded_at DESC, id DESC);

-- Trade packs and their verification --------------------------------------------------------

CREATE TABLE packs (
    id           identifier  PRIMARY KEY,
    org_id       identifier  NOT NULL REFERENCES organisations,
    title        text        NOT NULL CHECK (title <> ''),
    created_by   identifier  NOT NULL,
    created_at   timestamptz NOT NULL,
    edit         integer     NOT NULL CHECK (edit >= 1),  -- counts changes of what verdicts are taken on
    programme_id identifier,                  -- whose terms hold; null: the default terms
    FOREIGN KEY (created_by, org_id) REFERENCES users (id, org_id)
);

-- Who may see the pack and in which part. Several banks may be asked, one after the other.
CREATE TABLE pack_parties (
    pack_id identifier NOT NULL REFERENCES packs,
    org_id  identifier NOT NULL REFERENCES organisations,
    side    text       NOT NULL CHECK (side IN (
        'seller', 'obligor', 'bank', 'warehouse', 'carrier', 'reader')),
    PRIMARY KEY (pack_id, org_id)
);
CREATE INDEX pack_parties_org ON pack_parties (org_id);
CREATE UNIQUE INDEX pack_parties_side ON pack_parties (pack_id, side)
    WHERE side NOT IN ('bank', 'reader');

CREATE TABLE pack_documents (
    pack_id     identifier  NOT NULL REFERENCES packs,
    document_id identifier  NOT NULL REFERENCES documents,
    added_by    identifier  NOT NULL REFERENCES users,
    added_at    timestamptz NOT NULL,
    PRIMARY KEY (pack_id, document_id)
);
CREATE INDEX pack_documents_document ON pack_documents (document_id);

-- One verification of a pack as it stood. A verdict has an expiry, and a pack that changed
-- since (edit) has none that counts. Body is the canonical text of the whole, so that its
-- digest, which a request on the ledger names, can be taken again.
CREATE TABLE verifications (
    id         identifier  PRIMARY KEY,
    pack_id    identifier  NOT NULL REFERENCES packs,
    pack_edit  integer     NOT NULL CHECK (pack_edit >= 1),
    taken_at   timestamptz NOT NULL,
    expires_at timestamptz NOT NULL CHECK (expires_at > taken_at),
    body       json        NOT NULL
);
CREATE INDEX verifications_latest ON verifications (pack_id, pack_edit DESC, taken_at DESC, id DESC);

-- Intents -----------------------------------------------------------------------------------

-- A command on its way to the ledger: prepared, signed by persons, submitted by a job. The
-- canonical bytes are what was signed and what is submitted; nothing of them changes.
CREATE TABLE intents (
    id            identifier  PRIMARY KEY,    -- the command id
    org_id        identifier  NOT NULL REFERENCES organisations,  -- in whose name it is submitted
    command       bytea       NOT NULL,
    digest        digest      NOT NULL UNIQUE,  -- what is signed
    endorsers     text[]      NOT NULL,       -- besides the parties of the assets it changes
    after         identifier  REFERENCES intents,  -- must be committed first
    state         text        NOT NULL CHECK (state IN (
        'open',        -- signatures are missing
        'ready',       -- all duties signed, waiting for the job
        'submitted',   -- handed to the ledger, outcome not known yet
        'committed',   -- seen in a block as valid
        'refused',     -- by the law; fault says why
        'withdrawn',   -- by its maker
        'expired')),   -- not signed in time
    created_by    identifier  REFERENCES users,  -- null: the node itself
    created_at    timestamptz NOT NULL,
    expires_at    timestamptz NOT NULL CHECK (expires_at > created_at),
    finished_at   timestamptz,
    tx_id         text,
    block         bigint      CHECK (block >= 0),
    fault_code    text,
    fault_path    text,
    fault_message text,
    edit          integer     NOT NULL CHECK (edit >= 1),
    CHECK (after <> id),
    CHECK ((state IN ('committed', 'refused', 'withdrawn', 'expired')) = (finished_at IS NOT NULL)),
    CHECK ((state = 'refused') = (fault_code IS NOT NULL)),
    CHECK (num_nulls(fault_code, fault_path, fault_message) IN (0, 3)),
    CHECK ((state = 'committed') = (num_nulls(tx_id, block) = 0))
);
CREATE INDEX intents_unfinished ON intents (state, created_at DESC, id DESC) WHERE finished_at IS NULL;
CREATE INDEX intents_after ON intents (after);

CREATE TABLE intent_subjects (
    intent_id identifier NOT NULL REFERENCES intents,
    position  integer    NOT NULL CHECK (position >= 0),
    asset_id  identifier NOT NULL,
    PRIMARY KEY (intent_id, position),
    UNIQUE (intent_id, asset_id)
);
CREATE INDEX intent_subjects_asset ON intent_subjects (asset_id);

-- The duties to sign, in the law's order: one person with one of the roles, of one of the
-- organisations, each.
CREATE TABLE intent_duties (
    intent_id identifier NOT NULL REFERENCES intents,
    position  integer    NOT NULL CHECK (position >= 0),
    orgs      text[]     NOT NULL CHECK (cardinality(orgs) > 0),
    roles     text[]     NOT NULL CHECK (cardinality(roles) > 0),
    PRIMARY KEY (intent_id, position)
);

-- Signatures of persons. Four eyes as the database sees it: each duty is fulfilled once, no
-- person and no key twice. The law checks it again.
CREATE TABLE intent_signatures (
    intent_id  identifier  NOT NULL REFERENCES intents,
    duty       integer     NOT NULL,
    org_id     identifier  NOT NULL REFERENCES organisations,
    person_id  identifier  NOT NULL,
    user_id    identifier  NOT NULL,
    public_key bytea       NOT NULL,
    signature  json        NOT NULL,          -- as the law reads it
    signed_at  timestamptz NOT NULL,
    PRIMARY KEY (intent_id, duty),
    FOREIGN KEY (intent_id, duty) REFERENCES intent_duties (intent_id, position),
    CONSTRAINT intent_signatures_person UNIQUE (intent_id, org_id, person_id),
    CONSTRAINT intent_signatures_user UNIQUE (intent_id, user_id),
    CONSTRAINT intent_signatures_key UNIQUE (intent_id, public_key),
    FOREIGN KEY (user_id, org_id) REFERENCES users (id, org_id),
    FOREIGN KEY (org_id, person_id) REFERENCES users (org_id, person_id)
);

-- Financing, before and beside the ledger ---------------------------------------------------

-- Terms of programmes, by the digest that their parties sign as the agreement. Canonical text,
-- kept to the byte; never changed, because other terms have another digest.
CREATE TABLE programme_terms (
    digest digest PRIMARY KEY,
    body   json   NOT NULL,
    CONSTRAINT programme_terms_digest CHECK (
        digest = 'sha-256:' || encode(sha256(convert_to(body::text, 'UTF8')), 'hex'))
);

-- What a seller asked for. Once it is submitted, the asset of the same id on the ledger says
-- where the financing stands; refused by rule, it never comes there.
CREATE TABLE financing_requests (
    id            identifier  PRIMARY KEY,    -- also the asset's id
    seller_id     identifier  NOT NULL REFERENCES organisations,
    bank_id       identifier  NOT NULL REFERENCES organisations,
    pack_id       identifier  NOT NULL REFERENCES packs,
    receivable_id identifier,                 -- null: refused before there was one
    programme_id  identifier  NOT NULL,
    verification_id identifier NOT NULL REFERENCES verifications,  -- that it was made on
    amount        minor       NOT NULL CHECK (amount > 0),
    currency      currency    NOT NULL,
    state         text        NOT NULL CHECK (state IN ('submitted', 'refused')),
    created_by    identifier  NOT NULL,
    created_at    timestamptz NOT NULL,
    reasons       json        NOT NULL,       -- of a refusal
    intent_id     identifier  REFERENCES intents,  -- the command that brings it to the ledger
    FOREIGN KEY (created_by, seller_id) REFERENCES users (id, org_id),
    CHECK (seller_id <> bank_id),
    CHECK (state <> 'submitted' OR num_nulls(receivable_id, intent_id) = 0),
    CHECK ((state = 'refused') = (json_array_length(reasons) > 0))
);
CREATE INDEX financing_requests_seller ON financing_requests (seller_id, created_at DESC, id DESC);
CREATE INDEX financing_requests_bank ON financing_requests (bank_id, created_at DESC, id DESC);

-- Money as banks report it ------------------------------------------------------------------

CREATE TABLE statements (
    id          identifier  PRIMARY KEY,
    org_id      identifier  NOT NULL REFERENCES organisations,
    digest      digest      NOT NULL,         -- of the file, a blob
    syntax      text        NOT NULL CHECK (syntax IN ('camt.053', 'camt.054', 'csv')),
    imported_by identifier  NOT NULL,
    imported_at timestamptz NOT NULL,
    FOREIGN KEY (imported_by, org_id) REFERENCES users (id, org_id),
    UNIQUE (id, org_id),
    UNIQUE (org_id, digest)
);

-- A line of a statement. Its id is made of what the bank says of the movement, so that
-- overlapping statements repeat ids: money came once. So is the id of the entry, which one
-- statement may tell of as a whole and another in parts: only the first one's lines are kept.
-- Allocated is what of a line has been applied to a receivable; what is left stays unapplied
-- cash.
CREATE TABLE statement_lines (
    id             identifier PRIMARY KEY,
    statement_id   identifier NOT NULL,
    org_id         identifier NOT NULL,
    entry_id       identifier NOT NULL,       -- what the bank booked
    position       integer    NOT NULL CHECK (position >= 0),
    account        text       NOT NULL,       -- number
    bank_reference text       NOT NULL,
    booked_on      date       NOT NULL,
    value_on       date,
    amount         minor      NOT NULL,       -- credit above zero
    currency       currency   NOT NULL,
    party_name     text       NOT NULL,
    party_account  text       NOT NULL,
    remittance     text       NOT NULL,
    allocated      minor      NOT NULL CHECK (allocated BETWEEN 0 AND greatest(amount, 0)),
    receivable_id  identifier,                -- what it was matched to
    intents        text[]     NOT NULL,       -- the commands that apply it
    UNIQUE (statement_id, position),
    FOREIGN KEY (statement_id, org_id) REFERENCES statements (id, org_id)
);
CREATE INDEX statement_lines_entry ON statement_lines (entry_id);
CREATE INDEX statement_lines_recent ON statement_lines (org_id, booked_on DESC, id DESC);

-- What was made, what was done --------------------------------------------------------------

-- Reports that were made; the bytes are blobs.
CREATE TABLE reports (
    id           identifier  PRIMARY KEY,
    org_id       identifier  NOT NULL REFERENCES organisations,
    kind         text        NOT NULL,
    subject_id   identifier  NOT NULL,
    media_type   text        NOT NULL,
    digest       digest      NOT NULL,
    size         bigint      NOT NULL CHECK (size > 0),
    requested_by identifier  NOT NULL,
    made_at      timestamptz NOT NULL,
    FOREIGN KEY (requested_by, org_id) REFERENCES users (id, org_id)
);

-- What people did, one hash chain for each organisation. The database numbers and chains:
-- no writer can forget to. hash = SHA-256(previous hash ‖ the row's text), see audit_text.
CREATE TABLE audit_heads (
    org_id identifier PRIMARY KEY REFERENCES organisations,
    seq    bigint     NOT NULL CHECK (seq >= 1),
    hash   bytea      NOT NULL CHECK (octet_length(hash) = 32)
);

CREATE TABLE audit_log (
    org_id        identifier  NOT NULL REFERENCES organisations,
    seq           bigint      NOT NULL CHECK (seq >= 1),
    at            timestamptz NOT NULL,
    user_id       identifier  REFERENCES users,  -- null: the node itself
    action        identifier  NOT NULL,
    subject_kind  identifier  NOT NULL,
    subject_id    identifier  NOT NULL,
    detail        json        NOT NULL,       -- no secrets, no fields of documents
    previous_hash bytea       NOT NULL,
    hash          bytea       NOT NULL,
    PRIMARY KEY (org_id, seq)
);
CREATE INDEX audit_log_subject ON audit_log (subject_kind, subject_id);

-- +goose StatementBegin
-- The text that is hashed: fields in order, one a line. Only detail, the last, may hold a
-- line feed, so no two rows have the same text.
CREATE FUNCTION audit_text(r audit_log) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT concat_ws(E'\n', r.org_id, r.seq,
        to_char(r.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
        coalesce(r.user_id, ''), r.action, r.subject_kind, r.subject_id, r.detail::text)
$$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION audit_append() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    head audit_heads;
BEGIN
    -- The insert locks the head's row, so that writers of one organisation take turns.
    INSERT INTO audit_heads AS h (org_id, seq, hash)
        VALUES (NEW.org_id, 1, sha256(''))
        ON CONFLICT (org_id) DO UPDATE SET seq = h.seq + 1
        RETURNING * INTO head;
    NEW.seq := head.seq;
    NEW.previous_hash := head.hash;
    NEW.hash := sha256(NEW.previous_hash || convert_to(audit_text(NEW), 'UTF8'));
    UPDATE audit_heads SET hash = NEW.hash WHERE org_id = NEW.org_id;
    RETURN NEW;
END
$$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit log is append-only' USING ERRCODE = 'restrict_violation';
END
$$;
-- +goose StatementEnd

CREATE TRIGGER audit_append BEFORE INSERT ON audit_log
    FOR EACH ROW EXECUTE FUNCTION audit_append();
CREATE TRIGGER audit_refuse BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();

-- The ledger, projected ---------------------------------------------------------------------

CREATE SCHEMA ledger;

CREATE TABLE ledger.blocks (
    number     bigint      PRIMARY KEY CHECK (number >= 0),
    hash       bytea       NOT NULL UNIQUE,
    at         timestamptz NOT NULL,
    clock_note text        NOT NULL           -- not empty: made under a moved demo clock
);
CREATE INDEX blocks_noted ON ledger.blocks (number) WHERE clock_note <> '';

-- How far the projection has come; written in the transaction of what it covers.
CREATE TABLE ledger.checkpoint (
    channel text   PRIMARY KEY,
    block   bigint NOT NULL REFERENCES ledger.blocks
);

-- Every transaction of every block, the invalid ones too. Those may say anything of
-- themselves, an id that was used before for one; the id of a valid one is its own.
CREATE TABLE ledger.transactions (
    block     bigint      NOT NULL REFERENCES ledger.blocks,
    position  integer     NOT NULL CHECK (position >= 0),
    tx_id     text        NOT NULL,
    code      text        NOT NULL,           -- "VALID", "MVCC_READ_CONFLICT", …
    at        timestamptz NOT NULL,
    creator   text        NOT NULL,           -- MSP id
    endorsers text[]      NOT NULL,           -- MSP ids, sorted
    PRIMARY KEY (block, position)
);
CREATE UNIQUE INDEX transactions_valid ON ledger.transactions (tx_id) WHERE code = 'VALID';

-- An asset as the last block left it: the canonical texts as they stand on the ledger, kept
-- to the byte, and columns that the database itself draws from them. It refuses a state that
-- the record's commitment is not of.
CREATE TABLE ledger.assets (
    id         identifier PRIMARY KEY,
    record     json       NOT NULL CHECK (record ->> 'id' = id),
    state      json,                          -- null: not ours to hold, or missing
    kind       text       NOT NULL GENERATED ALWAYS AS (record ->> 'kind') STORED,
    version    bigint     NOT NULL GENERATED ALWAYS AS ((record ->> 'version')::bigint) STORED
                          CHECK (version >= 1),
    phase      text       NOT NULL GENERATED ALWAYS AS (record ->> 'phase') STORED,
    moved_at   bigint     NOT NULL GENERATED ALWAYS AS ((record ->> 'time')::bigint) STORED,
    CONSTRAINT assets_commitment CHECK (record ->> 'commitment'
        = 'sha-256:' || encode(sha256(convert_to(state::text, 'UTF8')), 'hex'))
);
CREATE INDEX assets_recent ON ledger.assets (kind, moved_at DESC, id DESC);
CREATE INDEX assets_financed ON ledger.assets ((state -> 'financing' ->> 'receivable'))
    WHERE kind = 'financing';

-- Which organisations hold an asset's state: by consent, or as a copy to read. Only they
-- may be shown it. Hash is what the block says of their copy; missing when it never came.
CREATE TABLE ledger.holders (
    asset_id   identifier NOT NULL REFERENCES ledger.assets,
    org_id     identifier NOT NULL,
    consent    boolean    NOT NULL,           -- false: a copy
    value_hash bytea      NOT NULL CHECK (octet_length(value_hash) = 32),
    missing    boolean    NOT NULL,
    PRIMARY KEY (asset_id, org_id, consent)
);
CREATE INDEX holders_org ON ledger.holders (org_id, asset_id);

-- Every step of every asset: by which transaction and command, from which phase to which.
CREATE TABLE ledger.transitions (
    asset_id   identifier NOT NULL REFERENCES ledger.assets,
    version    bigint     NOT NULL CHECK (version >= 1),
    block      bigint     NOT NULL,
    position   integer    NOT NULL,           -- of the transaction in its block
    act        text       NOT NULL,
    command_id identifier NOT NULL,
    from_phase text       NOT NULL,           -- empty: created
    to_phase   text       NOT NULL,
    signed     json,                          -- the command with its signatures; null: not ours to know
    PRIMARY KEY (asset_id, version),
    FOREIGN KEY (block, position) REFERENCES ledger.transactions
);
CREATE INDEX transitions_tx ON ledger.transitions (block, position);

CREATE TABLE ledger.fingerprints (
    key      text       PRIMARY KEY,
    asset_id identifier NOT NULL,
    freed    boolean    NOT NULL,
    rejected boolean    NOT NULL,
    block    bigint     NOT NULL,             -- the transaction that wrote it last
    position integer    NOT NULL,
    FOREIGN KEY (block, position) REFERENCES ledger.transactions
);
CREATE INDEX fingerprints_tx ON ledger.fingerprints (block, position);
