-- +goose Up

-- One box finds things by a part of their number, name or title: trigrams, so that the part may
-- stand anywhere. The extension comes with PostgreSQL and is one that the owner of a database
-- may add.
CREATE EXTENSION IF NOT EXISTS pg_trgm;

CREATE INDEX documents_number_part ON documents USING gin (lower(number) gin_trgm_ops);
CREATE INDEX documents_file_part ON documents USING gin (lower(filename) gin_trgm_ops);
CREATE INDEX packs_title_part ON packs USING gin (lower(title) gin_trgm_ops);
CREATE INDEX assets_number_part ON ledger.assets USING gin (lower(number) gin_trgm_ops)
    WHERE kind = 'receivable';

-- And by how an id, a digest or a transaction begins: bytes in their order.
CREATE INDEX documents_id_start ON documents (id COLLATE "C");
CREATE INDEX documents_digest_start ON documents (digest COLLATE "C");
CREATE INDEX packs_id_start ON packs (id COLLATE "C");
CREATE INDEX assets_id_start ON ledger.assets (id COLLATE "C");
CREATE INDEX transactions_start ON ledger.transactions (tx_id COLLATE "C") WHERE code = 'VALID';

-- Whoever has a report's bytes may ask whether it was made here.
CREATE INDEX reports_digest ON reports (digest);

-- What banks reported of a receivable.
CREATE INDEX statement_lines_receivable ON statement_lines (receivable_id) WHERE receivable_id IS NOT NULL;
