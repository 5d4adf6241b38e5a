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

-- An organisation as this node knows it. Once its record is on the ledger, what stands
-- there is right and the follower writes it here; before that it is a draft.
CREATE TABLE organisations (
    id              identifier  PRIMARY KEY,  -- MSP id on the channel
    kind            text        NOT NULL CHECK (kind IN (
        'supplier', 'core_enterprise', 'bank', 'warehouse', 'carrier', 'auditor', 'regulator',
        'operator')),
    name            text        NOT NULL CHECK (name <> ''),
    registration_id text        NOT NULL CHECK (registration_id <> ''),  -- USCC in China
    lei             text        CHECK (lei ~ '^[A-Z0-9]{18}[0-9]{2}$'),
    vat_number      text        CHECK (vat_number <> ''),
    country         text        NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
    hosted          boolean     NOT NULL,     -- its people sign in here
    created_at      timestamptz NOT NULL
);
CREATE UNIQUE INDEX organisations_registration ON organisations (country, registration_id);
CREATE UNIQUE INDEX organisations_lei ON organisations (lei);

-- A person's way into one organisation. Passwords open a session; rights are moved only by
-- the person's key, whose registration on the ledger names the same person id.
CREATE TABLE users (
    id            identifier  PRIMARY KEY,
    org_id        identifier  NOT NULL REFERENCES organisations,
    person_id     identifier  NOT NULL,
    email         text        NOT NULL CHECK (email = lower(email) AND email LIKE '_%@_%'),
    name          text        NOT NULL CHECK (name <> ''),
    roles         text[]      NOT NULL CHECK (
        cardinality(roles) > 0
        AND roles <@ ARRAY['maker', 'checker', 'approver', 'viewer', 'admin', 'operator']),
    password_hash text        NOT NULL CHECK (password_hash LIKE '$argon2id$%'),
    public_key    bytea,                      -- PKIX, P-256; null until a key is registered
    created_at    timestamptz NOT NULL,
    disabled_at   timestamptz,
    failed_signins integer    NOT NULL DEFAULT 0 CHECK (failed_signins >= 0),
    locked_until  timestamptz,
    UNIQUE (org_id, person_id),
    UNIQUE (id, org_id)                       -- lets others require user and organisation to agree
);
CREATE UNIQUE INDEX users_email ON users (email);
CREATE UNIQUE INDEX users_public_key ON users (public_key);

-- Accounts that money may be paid to. A new one counts only when a second person has
-- confirmed it and its cooling-off period is over.
CREATE TABLE accounts (
    id           identifier  PRIMARY KEY,
    org_id       identifier  NOT NULL REFERENCES organisations,
    number       text        NOT NULL CHECK (number ~ '^[A-Z0-9]{4,34}$'),  -- IBAN or national
    bic          text        CHECK (bic ~ '^[A-Z0-9]{8}([A-Z0-9]{3})?$'),
    holder       text        NOT NULL CHECK (holder <> ''),
    currency     currency    NOT NULL,
    proposed_by  identifier  NOT NULL,
    proposed_at  timestamptz NOT NULL,
    confirmed_by identifier,
    confirmed_at timestamptz,
    usable_from  timestamptz,
    closed_at    timestamptz,
    FOREIGN KEY (proposed_by, org_id) REFERENCES users (id, org_id),
    FOREIGN KEY (confirmed_by, org_id) REFERENCES users (id, org_id),
    CHECK (confirmed_by <> proposed_by),
    CHECK (num_nulls(confirmed_by, confirmed_at, usable_from) IN (0, 3)),
    CHECK (usable_from >= confirmed_at)
);
CREATE UNIQUE INDEX accounts_number ON accounts (org_id, number, currency) WHERE closed_at IS NULL;

-- Only the hash of a session's token is kept: a copy of this table opens nothing.
CREATE TABLE sessions (
    token_hash bytea       PRIMARY KEY CHECK (octet_length(token_hash) = 32),  -- SHA-256
    user_id    identifier  NOT NULL REFERENCES users,
    created_at timestamptz NOT NULL,
    seen_at    timestamptz NOT NULL,
    expires_at timestamptz NOT NULL CHECK (expires_at > created_at),
    revoked_at timestamptz,
    agent      text        NOT NULL
);
CREATE INDEX sessions_user ON sessions (user_id);
CREATE INDEX sessions_expires ON sessions (expires_at);

-- An Idempotency-Key and what the first request with it was answered. Status is null while
-- that request runs.
CREATE TABLE idempotency_keys (
    user_id        identifier  NOT NULL REFERENCES users,
    key            text        NOT NULL CHECK (length(key) BETWEEN 1 AND 128),
    request_digest digest      NOT NULL,      -- method, path and body
    status         smallint    CHECK (status BETWEEN 200 AND 599),
    content_type   text,
    body           bytea,
    created_at     timestamptz NOT NULL,
    expires_at     timestamptz NOT NULL CHECK (expires_at > created_at),
    PRIMARY KEY (user_id, key),
    CHECK ((status IS NULL) = (body IS NULL) AND (status IS NULL) = (content_type IS NULL))
);
CREATE INDEX idempotency_keys_expires ON idempotency_keys (expires_at);

-- Documents ---------------------------------------------------------------------------------

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
    state            text        NOT NULL CHECK (state IN (
        'received',      -- bytes are safe, nothing read yet
        'needs_fields',  -- kept and viewable; a person types the fields in
        'parsed',        -- fields are there
        'unreadable')),  -- refused by its reader, with findings
    kind             text,
    syntax           text,
    fields           jsonb,
    canonical_digest digest,                  -- of the canonical bytes of fields
    fields_by        identifier,              -- who typed or confirmed them; null: our reader
    parsed_at        timestamptz,
    reader           text,                    -- release of the reader, to know what to read again
    edit             integer     NOT NULL DEFAULT 1,  -- counts changes of this row, for ETags
    FOREIGN KEY (uploaded_by, org_id) REFERENCES users (id, org_id),
    FOREIGN KEY (fields_by, org_id) REFERENCES users (id, org_id),
    UNIQUE (id, org_id),
    FOREIGN KEY (supersedes, org_id) REFERENCES documents (id, org_id),
    CHECK ((supersedes IS NULL) = (version = 1)),
    CHECK (supersedes <> id),
    CHECK (state <> 'parsed' OR num_nulls(kind, syntax, fields, canonical_digest, parsed_at) = 0)
);
-- The same bytes again are the same document, not another; nothing is superseded twice.
CREATE UNIQUE INDEX documents_digest ON documents (org_id, digest);
CREATE UNIQUE INDEX documents_supersedes ON documents (supersedes);
CREATE INDEX documents_recent ON documents (org_id, uploaded_at DESC, id);

CREATE TABLE document_findings (
    document_id identifier NOT NULL REFERENCES documents,
    position    integer    NOT NULL CHECK (position >= 0),
    rule        text       NOT NULL,
    severity    text       NOT NULL CHECK (severity IN ('fatal', 'warning')),
    message     text       NOT NULL,
    path        text       NOT NULL,
    PRIMARY KEY (document_id, position)
);

-- Trade packs and their verification --------------------------------------------------------

CREATE TABLE packs (
    id         identifier  PRIMARY KEY,
    org_id     identifier  NOT NULL REFERENCES organisations,
    title      text        NOT NULL CHECK (title <> ''),
    created_by identifier  NOT NULL,
    created_at timestamptz NOT NULL,
    edit       integer     NOT NULL DEFAULT 1,  -- counts changes of the pack's contents
    FOREIGN KEY (created_by, org_id) REFERENCES users (id, org_id)
);
CREATE INDEX packs_recent ON packs (org_id, created_at DESC, id);

-- Who may see the pack and in which part.
CREATE TABLE pack_parties (
    pack_id identifier NOT NULL REFERENCES packs,
    org_id  identifier NOT NULL REFERENCES organisations,
    side    text       NOT NULL CHECK (side IN (
        'seller', 'obligor', 'bank', 'warehouse', 'carrier', 'reader')),
    PRIMARY KEY (pack_id, org_id)
);
CREATE INDEX pack_parties_org ON pack_parties (org_id);

CREATE TABLE pack_documents (
    pack_id     identifier  NOT NULL REFERENCES packs,
    document_id identifier  NOT NULL REFERENCES documents,
    added_by    identifier  NOT NULL REFERENCES users,
    added_at    timestamptz NOT NULL,
    PRIMARY KEY (pack_id, document_id)
);
CREATE INDEX pack_documents_document ON pack_documents (document_id);

-- One verification of a pack as it stood: the matrix and what it was taken from. A verdict
-- has an expiry, and a pack that changed since (edit) has none that counts.
CREATE TABLE verifications (
    id           identifier  PRIMARY KEY,
    pack_id      identifier  NOT NULL REFERENCES packs,
    pack_edit    integer     NOT NULL,
    rule_packs   jsonb       NOT NULL,        -- ids and versions
    matrix       jsonb       NOT NULL,        -- fact × source, with places
    findings     jsonb       NOT NULL,
    independence jsonb       NOT NULL,
    taken_at     timestamptz NOT NULL,
    expires_at   timestamptz NOT NULL CHECK (expires_at > taken_at)
);
CREATE INDEX verifications_latest ON verifications (pack_id, taken_at DESC);

-- Three separate questions, each with its own answer. Unknown is never a pass.
CREATE TABLE verdicts (
    verification_id identifier NOT NULL REFERENCES verifications,
    question        text       NOT NULL CHECK (question IN (
        'authenticity', 'corroboration', 'uniqueness')),
    answer          text       NOT NULL CHECK (answer IN ('pass', 'fail', 'unknown')),
    reasons         jsonb      NOT NULL,
    PRIMARY KEY (verification_id, question)
);

-- Intents -----------------------------------------------------------------------------------

-- A command on its way to the ledger: prepared, signed by persons, submitted by a job. The
-- canonical bytes are what was signed and what is submitted; nothing of them changes.
CREATE TABLE intents (
    id            identifier  PRIMARY KEY,    -- the command id
    org_id        identifier  NOT NULL REFERENCES organisations,
    act           text        NOT NULL,
    command       bytea       NOT NULL,
    digest        digest      NOT NULL UNIQUE,  -- what is signed
    needs         jsonb       NOT NULL,       -- duties to sign, in the law's order
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
    submitted_at  timestamptz,
    finished_at   timestamptz,
    tx_id         text,
    block         bigint      CHECK (block >= 0),
    fault_code    text,
    fault_path    text,
    fault_message text,
    edit          integer     NOT NULL DEFAULT 1,
    CHECK ((state IN ('committed', 'refused', 'withdrawn', 'expired')) = (finished_at IS NOT NULL)),
    CHECK ((state = 'refused') = (fault_code IS NOT NULL)),
    CHECK (num_nulls(fault_code, fault_path, fault_message) IN (0, 3)),
    CHECK (state <> 'committed' OR num_nulls(tx_id, block) = 0)
);
CREATE INDEX intents_unfinished ON intents (state, expires_at) WHERE finished_at IS NULL;
CREATE INDEX intents_recent ON intents (org_id, created_at DESC, id);

CREATE TABLE intent_subjects (
    intent_id identifier NOT NULL REFERENCES intents,
    position  integer    NOT NULL CHECK (position >= 0),
    asset_id  identifier NOT NULL,
    version   bigint     NOT NULL CHECK (version >= -1),  -- -1: whatever stands
    PRIMARY KEY (intent_id, position),
    UNIQUE (intent_id, asset_id)
);
CREATE INDEX intent_subjects_asset ON intent_subjects (asset_id);

-- Signatures of persons. Four eyes as the database sees it: each duty is fulfilled once, no
-- person and no key twice. The law checks it again.
CREATE TABLE intent_signatures (
    intent_id  identifier  NOT NULL REFERENCES intents,
    duty       integer     NOT NULL CHECK (duty >= 0),  -- index into intents.needs
    org_id     identifier  NOT NULL REFERENCES organisations,
    person_id  identifier  NOT NULL,
    user_id    identifier  NOT NULL,
    public_key bytea       NOT NULL,
    signature  jsonb       NOT NULL,          -- as the law reads it
    signed_at  timestamptz NOT NULL,
    PRIMARY KEY (intent_id, duty),
    CONSTRAINT intent_signatures_person UNIQUE (intent_id, org_id, person_id),
    CONSTRAINT intent_signatures_user UNIQUE (intent_id, user_id),
    CONSTRAINT intent_signatures_key UNIQUE (intent_id, public_key),
    FOREIGN KEY (user_id, org_id) REFERENCES users (id, org_id),
    FOREIGN KEY (org_id, person_id) REFERENCES users (org_id, person_id)
);

-- Financing, before and beside the ledger ---------------------------------------------------

-- A request while it is a matter of papers. From its command on, the asset of the same id
-- on the ledger says where it stands.
CREATE TABLE financing_requests (
    id            identifier  PRIMARY KEY,    -- also the asset's id
    seller_id     identifier  NOT NULL REFERENCES organisations,
    bank_id       identifier  NOT NULL REFERENCES organisations,
    pack_id       identifier  NOT NULL REFERENCES packs,
    receivable_id identifier  NOT NULL,
    programme_id  identifier  NOT NULL,
    amount        minor       NOT NULL CHECK (amount > 0),  -- wanted
    currency      currency    NOT NULL,
    account_id    identifier  NOT NULL REFERENCES accounts,
    state         text        NOT NULL CHECK (state IN (
        'draft', 'submitted', 'needs_info', 'verified', 'refused', 'withdrawn')),
    created_by    identifier  NOT NULL,
    created_at    timestamptz NOT NULL,
    edit          integer     NOT NULL DEFAULT 1,
    FOREIGN KEY (created_by, seller_id) REFERENCES users (id, org_id),
    CHECK (seller_id <> bank_id)
);
CREATE INDEX financing_requests_seller ON financing_requests (seller_id, created_at DESC, id);
CREATE INDEX financing_requests_bank ON financing_requests (bank_id, created_at DESC, id);
CREATE INDEX financing_requests_receivable ON financing_requests (receivable_id);

-- A refusal. What the seller is told and what stays with the financier (what would flip the
-- decision, fraud screens) are kept apart.
CREATE TABLE financing_refusals (
    request_id      identifier  PRIMARY KEY REFERENCES financing_requests,
    verification_id identifier  REFERENCES verifications,
    refused_by      identifier  REFERENCES users,  -- null: by rule
    refused_at      timestamptz NOT NULL,
    reasons         jsonb       NOT NULL,
    bank_only       jsonb       NOT NULL
);

-- Quotes as the bank's maker prepares them, every figure as it will be signed.
CREATE TABLE financing_quotes (
    id             identifier  PRIMARY KEY,
    request_id     identifier  NOT NULL REFERENCES financing_requests,
    bank_id        identifier  NOT NULL REFERENCES organisations,
    currency       currency    NOT NULL,
    advance        minor       NOT NULL CHECK (advance > 0),
    discount       minor       NOT NULL CHECK (discount >= 0),
    fee            minor       NOT NULL CHECK (fee >= 0),
    cash           minor       NOT NULL CHECK (cash > 0),
    terms          jsonb       NOT NULL,      -- rates, day count, dates, recourse, all-in rate
    made_by        identifier  NOT NULL,
    made_at        timestamptz NOT NULL,
    lapses_at      timestamptz NOT NULL CHECK (lapses_at > made_at),
    intent_id      identifier  REFERENCES intents,  -- the command that carries it to the ledger
    FOREIGN KEY (made_by, bank_id) REFERENCES users (id, org_id),
    CHECK (cash <= advance)
);
CREATE INDEX financing_quotes_request ON financing_quotes (request_id, made_at DESC);

-- Money as banks report it ------------------------------------------------------------------

CREATE TABLE statements (
    id          identifier  PRIMARY KEY,
    org_id      identifier  NOT NULL REFERENCES organisations,
    account_id  identifier  NOT NULL REFERENCES accounts,
    digest      digest      NOT NULL,         -- of the file, a blob
    syntax      text        NOT NULL CHECK (syntax IN ('camt.053', 'csv')),
    imported_by identifier  NOT NULL,
    imported_at timestamptz NOT NULL,
    FOREIGN KEY (imported_by, org_id) REFERENCES users (id, org_id),
    UNIQUE (org_id, digest)
);

-- A line of a statement. Allocated is what of it has been applied to receivables; what is
-- left stays unapplied cash.
CREATE TABLE statement_lines (
    id             identifier PRIMARY KEY,
    statement_id   identifier NOT NULL REFERENCES statements,
    account_id     identifier NOT NULL REFERENCES accounts,
    position       integer    NOT NULL CHECK (position >= 0),
    bank_reference text       NOT NULL CHECK (bank_reference <> ''),
    booked_on      date       NOT NULL,
    value_on       date,
    amount         minor      NOT NULL CHECK (amount <> 0),  -- credit above zero
    currency       currency   NOT NULL,
    party_name     text       NOT NULL,
    party_account  text       NOT NULL,
    remittance     text       NOT NULL,
    allocated      minor      NOT NULL DEFAULT 0 CHECK (allocated BETWEEN 0 AND greatest(amount, 0)),
    UNIQUE (statement_id, position),
    UNIQUE (id, currency)
);
-- Overlapping statements repeat lines; money came once.
CREATE UNIQUE INDEX statement_lines_reference ON statement_lines (account_id, bank_reference);

CREATE TABLE payments (
    id            identifier  PRIMARY KEY,    -- also the payment's id in its command
    line_id       identifier  NOT NULL,
    receivable_id identifier  NOT NULL,
    amount        minor       NOT NULL CHECK (amount > 0),
    currency      currency    NOT NULL,
    intent_id     identifier  REFERENCES intents,
    matched_by    identifier  REFERENCES users,  -- null: by rule
    matched_at    timestamptz NOT NULL,
    FOREIGN KEY (line_id, currency) REFERENCES statement_lines (id, currency),
    UNIQUE (line_id, receivable_id)
);
CREATE INDEX payments_receivable ON payments (receivable_id);

-- What people are told, what was done, what was made ----------------------------------------

-- Addressed to a person, or to whoever has the role. Source makes the same event notify
-- once: a ledger transaction id, a job, a request.
CREATE TABLE notifications (
    id           bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    org_id       identifier  NOT NULL REFERENCES organisations,
    user_id      identifier,
    role         text        CHECK (role IN ('maker', 'checker', 'approver', 'viewer', 'admin', 'operator')),
    kind         text        NOT NULL,
    subject_kind text        NOT NULL,
    subject_id   identifier  NOT NULL,
    params       jsonb       NOT NULL,
    source       text        NOT NULL,
    created_at   timestamptz NOT NULL,
    done_at      timestamptz,                 -- set when nothing is to be done any more
    FOREIGN KEY (user_id, org_id) REFERENCES users (id, org_id),
    CHECK (num_nonnulls(user_id, role) = 1),
    UNIQUE NULLS NOT DISTINCT (source, org_id, user_id, role, kind, subject_id)
);
CREATE INDEX notifications_open ON notifications (org_id, id DESC) WHERE done_at IS NULL;

CREATE TABLE notification_reads (
    notification_id bigint      NOT NULL REFERENCES notifications,
    user_id         identifier  NOT NULL REFERENCES users,
    read_at         timestamptz NOT NULL,
    PRIMARY KEY (notification_id, user_id)
);

-- Reports and evidence packs that were made; the bytes are blobs.
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
CREATE INDEX reports_recent ON reports (org_id, made_at DESC, id);

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

-- How far the projection has come; written in the transaction of what it covers.
CREATE TABLE ledger.checkpoint (
    channel text        PRIMARY KEY,
    block   bigint      NOT NULL CHECK (block >= 0),
    hash    bytea       NOT NULL,
    at      timestamptz NOT NULL              -- the block's time
);

CREATE TABLE ledger.blocks (
    number     bigint      PRIMARY KEY CHECK (number >= 0),
    hash       bytea       NOT NULL UNIQUE,
    at         timestamptz NOT NULL,
    clock_note text        NOT NULL           -- not empty: made under a moved demo clock
);

-- Every transaction of every block, the invalid ones too.
CREATE TABLE ledger.transactions (
    tx_id     text        PRIMARY KEY,
    block     bigint      NOT NULL REFERENCES ledger.blocks,
    position  integer     NOT NULL CHECK (position >= 0),
    code      text        NOT NULL,           -- "VALID", "MVCC_READ_CONFLICT", …
    at        timestamptz NOT NULL,
    creator   identifier  NOT NULL,           -- MSP id
    endorsers text[]      NOT NULL,           -- MSP ids, sorted
    UNIQUE (block, position)
);

-- An asset as the last block left it. State is the canonical text, kept to the byte, where
-- this node holds it; the database itself refuses one that the commitment is not of.
CREATE TABLE ledger.assets (
    id         identifier  PRIMARY KEY,
    kind       text        NOT NULL,
    version    bigint      NOT NULL CHECK (version >= 1),
    phase      text        NOT NULL,
    commitment digest      NOT NULL,
    at         timestamptz NOT NULL,
    record     json        NOT NULL,
    state      json,                          -- null: not ours to hold, or missing
    CONSTRAINT assets_commitment CHECK (
        commitment = 'sha-256:' || encode(sha256(convert_to(state::text, 'UTF8')), 'hex'))
);
CREATE INDEX assets_kind ON ledger.assets (kind, phase, id);
CREATE INDEX assets_obligor ON ledger.assets ((state -> 'receivable' ->> 'obligor'))
    WHERE kind = 'receivable';
CREATE INDEX assets_financed ON ledger.assets ((state -> 'financing' ->> 'receivable'))
    WHERE kind = 'financing';

-- Which organisations hold an asset's state: by consent, or as a copy to read. Only they
-- may be shown it. Hash is what the block says of their copy; missing when it never came.
CREATE TABLE ledger.holders (
    asset_id   identifier NOT NULL REFERENCES ledger.assets,
    org_id     identifier NOT NULL,
    access     text       NOT NULL CHECK (access IN ('consent', 'copy')),
    value_hash bytea      NOT NULL CHECK (octet_length(value_hash) = 32),
    missing    boolean    NOT NULL,
    PRIMARY KEY (asset_id, org_id, access)
);
CREATE INDEX holders_org ON ledger.holders (org_id, asset_id);

-- Every step of every asset: who, when, from, to, by which transaction and command.
CREATE TABLE ledger.transitions (
    asset_id   identifier  NOT NULL REFERENCES ledger.assets,
    version    bigint      NOT NULL CHECK (version >= 1),
    tx_id      text        NOT NULL REFERENCES ledger.transactions,
    block      bigint      NOT NULL REFERENCES ledger.blocks,
    at         timestamptz NOT NULL,
    act        text        NOT NULL,
    command_id identifier  NOT NULL,
    from_phase text        NOT NULL,          -- empty: created
    to_phase   text        NOT NULL,
    actor      identifier  NOT NULL,          -- MSP id
    endorsers  text[]      NOT NULL,
    signers    json,                          -- organisation and person; null: not ours to know
    command    json,                          -- the signed command, where this node holds it
    PRIMARY KEY (asset_id, version)
);
CREATE INDEX transitions_command ON ledger.transitions (command_id);
CREATE INDEX transitions_tx ON ledger.transitions (tx_id);
CREATE INDEX transitions_block ON ledger.transitions (block);

CREATE TABLE ledger.fingerprints (
    key      text       PRIMARY KEY,
    asset_id identifier NOT NULL,
    freed    boolean    NOT NULL,
    rejected boolean    NOT NULL,
    tx_id    text       NOT NULL REFERENCES ledger.transactions
);
CREATE INDEX fingerprints_asset ON ledger.fingerprints (asset_id);
