package postgres_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/services/postgres/postgrestest"
)

// SQLSTATE codes of PostgreSQL's appendix A.
const (
	uniqueViolation     = "23505"
	checkViolation      = "23514"
	foreignKeyViolation = "23503"
	restrictViolation   = "23001"
)

const noon = "2026-03-02T12:00:00Z"

// seed makes two organisations with two people each: s1, s2 at SellerMSP, b1, b2 at BankMSP.
func seed(t *testing.T) *pgxpool.Pool {
	t.Helper()
	pool := postgrestest.New(t)
	for _, org := range []string{"SellerMSP", "BankMSP"} {
		mustExec(t, pool, `INSERT INTO organisations
			(id, kind, name, registration_id, country, created_at)
			VALUES ($1::text, 'supplier', $1, $1, 'CN', $2)`, org, noon)
	}
	people := map[string]string{"s1": "SellerMSP", "s2": "SellerMSP", "b1": "BankMSP", "b2": "BankMSP"}
	for id, org := range people {
		mustExec(t, pool, `INSERT INTO users
			(id, org_id, person_id, email, name, roles, password_hash, public_key, created_at,
			disabled)
			VALUES ($1::text, $2, $1 || '.person', $1 || '@example.test', $1, '{maker}', '$argon2id$x', $3, $4,
			false)`,
			id, org, []byte(id), noon)
	}
	return pool
}

func TestSchemaKnowsTheKindsAndRolesOfTheLaw(t *testing.T) {
	pool := seed(t)
	for _, kind := range trade.OrgKinds() {
		mustExec(t, pool, "UPDATE organisations SET kind = $1", string(kind))
	}
	for _, role := range trade.Roles() {
		mustExec(t, pool, "UPDATE users SET roles = ARRAY[$1]", string(role))
	}
	wantRefused(t, pool, checkViolation, "", "UPDATE organisations SET kind = 'pirate'")
	wantRefused(t, pool, checkViolation, "", "UPDATE users SET roles = '{maker,king}'")
	wantRefused(t, pool, checkViolation, "", "UPDATE users SET roles = '{}'")
}

func TestIdentifiersHaveTheShapeOfTheLedgers(t *testing.T) {
	pool := seed(t)
	const insert = `INSERT INTO organisations (id, kind, name, registration_id, country, created_at)
		VALUES ($1::text, 'bank', 'x', $1, 'DE', $2)`
	for _, id := range []string{"", "a b", "a/b", "é", "a\n", string(make([]rune, 65))} {
		if trade.ValidID(id) {
			t.Fatalf("the law takes %q", id)
		}
		if _, err := pool.Exec(t.Context(), insert, id, noon); err == nil {
			t.Errorf("%q was taken", id)
		}
	}
	mustExec(t, pool, insert, "A.z-0_9", noon)
}

func TestAPersonSignsAnIntentOnceAndEachDutyIsSignedOnce(t *testing.T) {
	pool := seed(t)
	mustExec(t, pool, `INSERT INTO intents
		(id, org_id, command, digest, endorsers, state, created_by, created_at, expires_at, edit)
		VALUES ('i', 'BankMSP', '{}', $1, '{}', 'open', 'b1', $2, '2030-01-01', 1)`,
		string(trade.DigestOf(nil)), noon)
	mustExec(t, pool, `INSERT INTO intent_duties (intent_id, position, orgs, roles)
		VALUES ('i', 0, '{BankMSP}', '{maker}'), ('i', 1, '{BankMSP}', '{checker}')`)
	const sign = `INSERT INTO intent_signatures
		(intent_id, duty, org_id, person_id, user_id, public_key, signature, signed_at)
		VALUES ('i', $1, $2, $3::text || '.person', $3, $4, '{}', '2026-01-01')`
	mustExec(t, pool, sign, 0, "BankMSP", "b1", []byte("k1"))
	wantRefused(t, pool, uniqueViolation, "intent_signatures_person", sign, 1, "BankMSP", "b1", []byte("k9"))
	wantRefused(t, pool, uniqueViolation, "intent_signatures_key", sign, 1, "BankMSP", "b2", []byte("k1"))
	wantRefused(t, pool, uniqueViolation, "intent_signatures_pkey", sign, 0, "BankMSP", "b2", []byte("k2"))
	wantRefused(t, pool, foreignKeyViolation, "", sign, 1, "BankMSP", "s1", []byte("k3"))
	wantRefused(t, pool, foreignKeyViolation, "", sign, 2, "BankMSP", "b2", []byte("k2")) // no such duty
	mustExec(t, pool, sign, 1, "BankMSP", "b2", []byte("k2"))
}

func TestAnAccountBelongsToOneOrganisation(t *testing.T) {
	pool := seed(t)
	const insert = `INSERT INTO accounts (id, org_id, number, holder, currency)
		VALUES ($1, $2, 'DE02120300000000202051', 'x', 'EUR')`
	mustExec(t, pool, insert, "a", "SellerMSP")
	wantRefused(t, pool, uniqueViolation, "", insert, "b", "BankMSP")
}

func TestMoneyOfAStatementLineIsNotAllocatedBeyondIt(t *testing.T) {
	pool := seed(t)
	mustExec(t, pool, `INSERT INTO statements (id, org_id, digest, syntax, imported_by, imported_at)
		VALUES ('s', 'SellerMSP', $1, 'csv', 's1', $2)`, string(trade.DigestOf(nil)), noon)
	const line = `INSERT INTO statement_lines (id, statement_id, org_id, entry_id, position, account,
		bank_reference, booked_on, amount, currency, party_name, party_account, remittance, allocated, intents)
		VALUES ($1, 's', $2, 'e', $3, 'A', 'ref', '2026-03-02', 100, 'EUR', '', '', '', 0, '{}')`
	mustExec(t, pool, line, "l", "SellerMSP", 0)
	wantRefused(t, pool, foreignKeyViolation, "", line, "other", "BankMSP", 1)
	const allocate = "UPDATE statement_lines SET allocated = $1"
	wantRefused(t, pool, checkViolation, "", allocate, 101)
	wantRefused(t, pool, checkViolation, "", allocate, -1)
	mustExec(t, pool, allocate, 100)
}

func TestNothingThatEvidenceHangsOnCanBeDeleted(t *testing.T) {
	pool := seed(t)
	wantRefused(t, pool, foreignKeyViolation, "", "DELETE FROM organisations WHERE id = 'BankMSP'")
	rows, err := pool.Query(t.Context(),
		"SELECT conname FROM pg_constraint WHERE contype = 'f' AND confdeltype NOT IN ('a', 'r')")
	if err != nil {
		t.Fatal(err)
	}
	cascading, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil || len(cascading) > 0 {
		t.Fatalf("foreign keys that delete or change rows: %v, %v", cascading, err)
	}
}

func TestProjectionRefusesAStateThatTheCommitmentIsNotOf(t *testing.T) {
	pool := postgrestest.New(t)
	const insert = `INSERT INTO ledger.assets (id, record, state) VALUES ($1::text, $2, $3)`
	const state = `{"receivable":{"face":200688000,"obligor":"长宁"}}`
	record := func(id string) string {
		return fmt.Sprintf(`{"commitment":%q,"id":%q,"kind":"receivable","phase":"OPEN","time":7,"version":3}`,
			trade.DigestOf([]byte(state)), id)
	}
	mustExec(t, pool, insert, "r1", record("r1"), state)
	wantRefused(
		t, pool, checkViolation, "assets_commitment", insert, "r2", record("r2"),
		`{"receivable":{"face":1}}`,
	)
	wantRefused(t, pool, checkViolation, "", insert, "r2", record("r1"), nil)
	mustExec(t, pool, insert, "r3", record("r3"), nil)
	var kept, drawn string
	err := pool.QueryRow(t.Context(), `SELECT state::text, concat_ws(' ', kind, version, phase, moved_at)
		FROM ledger.assets WHERE id = 'r1'`).Scan(&kept, &drawn)
	if err != nil || kept != state || drawn != "receivable 3 OPEN 7" {
		t.Fatalf("kept %q, drew %q, %v", kept, drawn, err)
	}
}

func TestNothingOutsideTheProjectionHangsOnIt(t *testing.T) {
	pool := postgrestest.New(t)
	var n int
	err := pool.QueryRow(t.Context(), `SELECT count(*) FROM pg_constraint c
		JOIN pg_class f ON f.oid = c.conrelid JOIN pg_class t ON t.oid = c.confrelid
		WHERE c.contype = 'f'
			AND (f.relnamespace = 'ledger'::regnamespace) <> (t.relnamespace = 'ledger'::regnamespace)`).Scan(&n)
	if err != nil || n != 0 {
		t.Fatalf("%d foreign keys between the projection and the rest, %v", n, err)
	}
	mustExec(t, pool, `TRUNCATE ledger.checkpoint, ledger.blocks, ledger.transactions, ledger.assets,
		ledger.holders, ledger.transitions, ledger.fingerprints`)
}

const auditInsert = `INSERT INTO audit_log (org_id, at, user_id, action, subject_kind, subject_id, detail)
	VALUES ($1, $2, $3, 'document.upload', 'document', 'd1', $4)`

func TestAuditLogChainsEachOrganisationsRowsWhoeverWrites(t *testing.T) {
	pool := seed(t)
	const writers, each = 8, 5
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for i := range each {
				_, err := pool.Exec(t.Context(), auditInsert, []string{"SellerMSP", "BankMSP"}[w%2],
					"2026-03-02T12:00:00.000123Z", nil, fmt.Sprintf(`{"n": "%d\n%d"}`, w, i))
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	for _, org := range []string{"SellerMSP", "BankMSP"} {
		if n := followChain(t, pool, org); n != writers*each/2 {
			t.Errorf("%s: %d rows in the chain", org, n)
		}
	}
}

// followChain recomputes every hash of an organisation's chain, independently of the
// database's functions, and counts its rows.
func followChain(t *testing.T, pool *pgxpool.Pool, org string) int {
	t.Helper()
	rows, err := pool.Query(t.Context(), `SELECT seq, at, coalesce(user_id, ''), action, subject_kind,
		subject_id, detail::text, encode(hash, 'hex') FROM audit_log WHERE org_id = $1 ORDER BY seq`, org)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	previous := sha256.Sum256(nil)
	n := 0
	for rows.Next() {
		var seq int
		var at time.Time
		var user, action, kind, subject, detail, hash string
		if err := rows.Scan(&seq, &at, &user, &action, &kind, &subject, &detail, &hash); err != nil {
			t.Fatal(err)
		}
		n++
		text := fmt.Sprintf("%s\n%d\n%s\n%s\n%s\n%s\n%s\n%s", org, seq,
			at.UTC().Format("2006-01-02T15:04:05.000000Z"), user, action, kind, subject, detail)
		sum := sha256.Sum256(append(previous[:], text...))
		if seq != n || hex.EncodeToString(sum[:]) != hash {
			t.Fatalf("%s: row %d does not follow from the one before", org, seq)
		}
		previous = sum
	}
	if rows.Err() != nil {
		t.Fatal(rows.Err())
	}
	return n
}

func TestAuditLogIsAppendOnly(t *testing.T) {
	pool := seed(t)
	mustExec(t, pool, auditInsert, "SellerMSP", noon, "s1", "{}")
	for _, sql := range []string{
		"UPDATE audit_log SET action = 'other'", "DELETE FROM audit_log", "TRUNCATE audit_log",
	} {
		wantRefused(t, pool, restrictViolation, "", sql)
	}
}
