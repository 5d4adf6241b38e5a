package postgres_test

import (
	"context"
	"errors"
	"reflect"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/services/app"
	"github.com/countersign/countersign/services/postgres/postgrestest"
)

func aUser() app.User {
	return app.User{
		ID: "u", Org: "SellerMSP", Person: "p", Email: "lin@seller.example", Name: "林悦",
		Roles: []trade.Role{trade.Maker, trade.Viewer}, PasswordHash: "$argon2id$x", PublicKey: []byte("key"),
		CreatedAt: at(0),
	}
}

func TestOrganisationsUsersAndAccountsComeBackAsTheyWere(t *testing.T) {
	s := open(t, postgrestest.New(t))
	org := app.Organisation{
		ID: "SellerMSP", Kind: trade.KindSupplier, Name: "Lanqiao", NameLocal: "蓝桥",
		RegistrationID: "91330212XA1Q7K2AXU",
		LEI:            "ZZZZ00LANQIAO0000023", Country: "CN", CreatedAt: at(0),
	}
	user := aUser()
	account := app.Account{
		ID: "a", Org: org.ID, Number: "3901209904172630018", Holder: "Lanqiao", Currency: "CNY",
	}
	for range 2 { // inserted, replaced
		org.Name, user.Name, account.BIC = org.Name+"!", user.Name+"!", "YJCBCN2N"
		ok(t, s.write(func(ctx context.Context, tx app.StoreTx) error {
			return errors.Join(tx.PutOrganisation(ctx, org), tx.PutUser(ctx, user), tx.PutAccount(ctx, account))
		}))
	}
	ok(t, s.Read(t.Context(), func(ctx context.Context, tx app.StoreTx) error {
		o, err := tx.Organisation(ctx, org.ID)
		same(t, err, o, org)
		all, err := tx.Organisations(ctx)
		same(t, err, all, []app.Organisation{org})
		accounts, err := tx.Accounts(ctx, org.ID)
		same(t, err, accounts, []app.Account{account})
		u, err := tx.User(ctx, "u")
		same(t, err, u, user)
		u, err = tx.UserByEmail(ctx, "Lin@Seller.example")
		same(t, err, u, user)
		u, err = tx.UserByPerson(ctx, org.ID, "p")
		same(t, err, u, user)
		users, err := tx.Users(ctx, org.ID)
		same(t, err, users, []app.User{user})
		return nil
	}))
}

// same asserts that a value came back as it was.
func same(t *testing.T, err error, got, want any) {
	t.Helper()
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v; want %+v", got, err, want)
	}
}

func TestWhatIsNotThereIsNoRow(t *testing.T) {
	s := open(t, seed(t))
	ok(t, s.Read(t.Context(), func(ctx context.Context, tx app.StoreTx) error {
		missing := func(_ any, err error) {
			t.Helper()
			want(t, err, app.ErrNoRow)
		}
		missing(tx.Organisation(ctx, "x"))
		missing(tx.User(ctx, "x"))
		missing(tx.UserByEmail(ctx, "x"))
		missing(tx.UserByPerson(ctx, "SellerMSP", "x"))
		missing(tx.Session(ctx, make([]byte, 32)))
		missing(tx.Document(ctx, "x"))
		missing(tx.Pack(ctx, "x"))
		missing(tx.Intent(ctx, "x"))
		missing(tx.Checkpoint(ctx, "x"))
		missing(tx.Asset(ctx, "x"))
		missing(tx.Request(ctx, "x"))
		missing(tx.Line(ctx, "x"))
		missing(tx.StatementOf(ctx, "x"))
		missing(tx.Report(ctx, "x"))
		return nil
	}))
	want(
		t, s.write(func(ctx context.Context, tx app.StoreTx) error { return tx.TouchPack(ctx, "x") }),
		app.ErrNoRow,
	)
}

func TestFailedSignInsAreAllCountedUntilTheyExpire(t *testing.T) {
	s := open(t, seed(t))
	const tries = 10
	email, other := trade.DigestOf([]byte("a")), trade.DigestOf([]byte("b"))
	count := func(now time.Time) error {
		return s.write(func(ctx context.Context, tx app.StoreTx) error {
			return tx.CountFailedSignIn(ctx, email, now, now.Add(time.Minute))
		})
	}
	counted := func(email trade.Digest, now time.Time) int {
		return read(s, func(ctx context.Context, tx app.StoreTx) (int, error) {
			return tx.FailedSignIns(ctx, email, now)
		})
	}
	var wg sync.WaitGroup
	for range tries {
		wg.Go(func() {
			if err := count(at(0)); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	same(t, nil, []int{counted(email, at(0)), counted(other, at(0)), counted(email, at(1))}, []int{tries, 0, 0})
	ok(t, count(at(1))) // those before have expired
	same(t, nil, counted(email, at(1)), 1)
	ok(t, s.write(func(ctx context.Context, tx app.StoreTx) error { return tx.DeleteExpired(ctx, at(1)) }))
	same(t, nil, counted(email, at(1)), 1)
	ok(t, s.write(func(ctx context.Context, tx app.StoreTx) error { return tx.ForgetFailedSignIns(ctx, email) }))
	same(t, nil, counted(email, at(1)), 0)
}

func TestASessionIsThereUntilItIsEndedOrExpires(t *testing.T) {
	s := open(t, seed(t))
	session := func(n byte, expires time.Time) app.Session {
		return app.Session{
			TokenHash: append(make([]byte, 31), n), User: "s1", CreatedAt: at(0), ExpiresAt: expires, Agent: "browser",
		}
	}
	left, ended, expired := session(1, at(8)), session(2, at(8)), session(3, at(1))
	ok(t, s.write(func(ctx context.Context, tx app.StoreTx) error {
		return errors.Join(
			tx.PutSession(ctx, left), tx.PutSession(ctx, ended), tx.PutSession(ctx, expired),
			tx.DeleteSession(ctx, ended.TokenHash), tx.DeleteSession(ctx, ended.TokenHash),
			tx.DeleteExpired(ctx, at(1)),
		)
	}))
	left.SeenAt = left.CreatedAt // who opens it is there
	ok(t, s.Read(t.Context(), func(ctx context.Context, tx app.StoreTx) error {
		got, err := tx.Session(ctx, left.TokenHash)
		same(t, err, got, left)
		_, err = tx.Session(ctx, ended.TokenHash)
		want(t, err, app.ErrNoRow)
		_, err = tx.Session(ctx, expired.TokenHash)
		want(t, err, app.ErrNoRow)
		return nil
	}))
}

func aKey(created time.Time) app.RequestKey {
	return app.RequestKey{
		User: "s1", Key: "k", Digest: trade.DigestOf(nil), CreatedAt: created, ExpiresAt: created.Add(time.Minute),
	}
}

// takeKey takes a key in a transaction of its own.
func (s shelf) takeKey(k app.RequestKey) (*app.StoredAnswer, error) {
	var answer *app.StoredAnswer
	err := s.write(func(ctx context.Context, tx app.StoreTx) error {
		var err error
		answer, err = tx.BeginRequest(ctx, k)
		return err
	})
	return answer, err
}

func TestAnIdempotencyKeyRunsOneRequestAndRepeatsItsAnswer(t *testing.T) {
	s := open(t, seed(t))
	k := aKey(at(0))
	answer, err := s.takeKey(k)
	if err != nil || answer != nil {
		t.Fatalf("the first: %v, %v", answer, err)
	}
	_, err = s.takeKey(k)
	want(t, err, app.ErrInProgress)
	other := k
	other.Digest = trade.DigestOf([]byte("other"))
	_, err = s.takeKey(other)
	want(t, err, app.ErrOtherRequest)
	other.User = "s2" // another's key of the same name
	_, err = s.takeKey(other)
	ok(t, err)
	ok(t, s.write(func(ctx context.Context, tx app.StoreTx) error { return tx.ForgetRequest(ctx, k) }))
	_, err = s.takeKey(k)
	ok(t, err)
	k.ExpiresAt = at(24)
	finish := func(a app.StoredAnswer) {
		ok(t, s.write(func(ctx context.Context, tx app.StoreTx) error { return tx.FinishRequest(ctx, k, a) }))
	}
	finish(app.StoredAnswer{Status: 204}) // by its step
	ok(t, s.write(func(ctx context.Context, tx app.StoreTx) error { return tx.ForgetRequest(ctx, k) }))
	last := app.StoredAnswer{
		Status: 201, ContentType: "application/json", Location: "/v1/packs/p", ETag: `"1"`, Body: []byte("{}"),
	}
	finish(last) // it had waited and knows more
	again, err := s.takeKey(aKey(at(1)))
	if err != nil || again == nil {
		t.Fatalf("the repeat: %v, %v", again, err)
	}
	same(t, nil, *again, last)
}

func TestAKeyWhoseRequestDiedIsFreeWhenItExpires(t *testing.T) {
	s := open(t, seed(t))
	dead := aKey(at(0))
	_, err := s.takeKey(dead)
	ok(t, err)
	next := aKey(dead.ExpiresAt)
	_, err = s.takeKey(next)
	ok(t, err)
	// The first was only slow: what it answers now is not the answer of the second, and what it
	// would do now is not done.
	want(t, s.write(func(ctx context.Context, tx app.StoreTx) error {
		return tx.FinishRequest(ctx, dead, app.StoredAnswer{Status: 201})
	}), app.ErrInProgress)
	ok(t, s.write(func(ctx context.Context, tx app.StoreTx) error { return tx.ForgetRequest(ctx, dead) }))
	_, err = s.takeKey(next)
	want(t, err, app.ErrInProgress)
}

func TestOfManyRequestsWithOneKeyOneRuns(t *testing.T) {
	s := open(t, seed(t))
	var mu sync.Mutex
	ran := 0
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			_, err := s.takeKey(aKey(at(0)))
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil:
				ran++
			case !errors.Is(err, app.ErrInProgress):
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if ran != 1 {
		t.Errorf("%d ran", ran)
	}
}

func TestATextThatCannotBeKeptIsTheCallersFault(t *testing.T) {
	s := open(t, seed(t))
	err := s.write(func(ctx context.Context, tx app.StoreTx) error {
		u, err := tx.User(ctx, "s1")
		u.Name = "a\x00b"
		return errors.Join(err, tx.PutUser(ctx, u))
	})
	wantCode(t, err, app.CodeInput)
}

func TestADatabaseThatIsNotThereIsUnavailable(t *testing.T) {
	cfg, err := pgxpool.ParseConfig("host=/nowhere user=nobody")
	ok(t, err)
	pool, err := pgxpool.NewWithConfig(t.Context(), cfg)
	ok(t, err)
	t.Cleanup(pool.Close)
	s := open(t, pool)
	wantCode(t, s.write(func(context.Context, app.StoreTx) error { return nil }), app.CodeUnavailable)
	wantCode(
		t, s.Read(t.Context(), func(context.Context, app.StoreTx) error { return nil }),
		app.CodeUnavailable,
	)
}

func TestAReaderSeesOneSnapshotAndWritesNothing(t *testing.T) {
	s := open(t, seed(t))
	rename := func(ctx context.Context, tx app.StoreTx) error {
		u, err := tx.User(ctx, "s1")
		u.Name += "!"
		return errors.Join(err, tx.PutUser(ctx, u))
	}
	ok(t, s.Read(t.Context(), func(ctx context.Context, tx app.StoreTx) error {
		before, err := tx.User(ctx, "s1")
		ok(t, err)
		ok(t, s.Write(ctx, rename))
		after, err := tx.User(ctx, "s1")
		same(t, err, after, before)
		return nil
	}))
	if s.Read(t.Context(), rename) == nil {
		t.Error("a reader wrote")
	}
}

func TestAuditEntriesAndJobsComeWithTheirTransactionOrNotAtAll(t *testing.T) {
	s := open(t, seed(t))
	entry := app.AuditEntry{
		Org: "SellerMSP", At: at(0), User: "s1", Action: "pack.open", SubjectKind: "pack", Subject: "p",
	}
	both := func(ctx context.Context, tx app.StoreTx) error {
		return errors.Join(tx.Audit(ctx, entry), tx.Enqueue(ctx, app.ParseJob{Document: "d"}))
	}
	refused := errors.New("no")
	want(
		t,
		s.write(func(ctx context.Context, tx app.StoreTx) error { return errors.Join(both(ctx, tx), refused) }),
		refused,
	)
	count := func() (jobs, entries int) {
		ok(
			t,
			s.pool.QueryRow(t.Context(), "SELECT count(*) FROM river_job WHERE kind = 'parse_document'").Scan(&jobs),
		)
		ok(t, s.pool.QueryRow(t.Context(), "SELECT count(*) FROM audit_log").Scan(&entries))
		return jobs, entries
	}
	if jobs, entries := count(); jobs != 0 || entries != 0 {
		t.Errorf("%d jobs and %d entries of what never was", jobs, entries)
	}
	ok(t, s.write(both))
	entry.User, entry.Detail = "", map[string]string{"act": "x"}
	ok(t, s.write(both))
	if jobs, entries := count(); jobs != 1 || entries != 2 {
		t.Errorf("%d jobs and %d entries; a job that stands is not added again", jobs, entries)
	}
	if n := followChain(t, s.pool, "SellerMSP"); n != 2 {
		t.Errorf("%d entries in the chain", n)
	}
}
