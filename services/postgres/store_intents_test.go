package postgres_test

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/services/app"
)

// anIntent is a command of the bank that its maker and its checker sign, about asset "r".
func anIntent(t *testing.T, id trade.CommandID) app.Intent {
	t.Helper()
	c := trade.Command{
		ID: id, Channel: "trade", Act: trade.FinancingApprove, Args: json.RawMessage("{}"),
		Subjects: []trade.Subject{{ID: "f", Version: 2}, {ID: "r", Version: trade.AnyVersion}},
	}
	b, err := trade.Canonical(c)
	ok(t, err)
	digest, err := c.Digest()
	ok(t, err)
	bank := []trade.OrgID{"BankMSP"}
	return app.Intent{
		ID: id, Org: "BankMSP", Command: c, Bytes: b, Digest: digest, Endorsers: []trade.OrgID{"SellerMSP"},
		Duties: []app.Duty{
			{Orgs: bank, Roles: []trade.Role{trade.Maker}}, {Orgs: bank, Roles: []trade.Role{trade.Checker}},
		},
		State: app.IntentOpen, CreatedBy: "b1", CreatedAt: at(0), ExpiresAt: at(9), Edit: 1,
	}
}

func signed(duty int, user app.UserID) app.SignedDuty {
	return app.SignedDuty{
		Duty: duty, User: user, PublicKey: []byte(user), SignedAt: at(duty),
		Signature: trade.Signature{Org: "BankMSP", Person: trade.PersonID(user + ".person"), Value: []byte{1, 2}},
	}
}

func (s shelf) keep(intents ...app.Intent) {
	s.t.Helper()
	ok(s.t, s.write(func(ctx context.Context, tx app.StoreTx) error {
		for _, i := range intents {
			if err := tx.InsertIntent(ctx, i); err != nil {
				return err
			}
		}
		return nil
	}))
}

func (s shelf) intent(id trade.CommandID) app.Intent {
	s.t.Helper()
	return read(s, func(ctx context.Context, tx app.StoreTx) (app.Intent, error) { return tx.Intent(ctx, id) })
}

// sign adds a signature to the intent c1.
func (s shelf) sign(d app.SignedDuty) error {
	return s.write(func(ctx context.Context, tx app.StoreTx) error { return tx.AddSignature(ctx, "c1", d) })
}

func (s shelf) set(i app.Intent) error {
	return s.write(func(ctx context.Context, tx app.StoreTx) error { return tx.SetIntent(ctx, i) })
}

func (s shelf) waiting(org trade.OrgID) int {
	s.t.Helper()
	return len(read(s, func(ctx context.Context, tx app.StoreTx) ([]app.Intent, error) {
		list, _, err := tx.Waiting(ctx, org, app.Page{})
		return list, err
	}))
}

func TestAnIntentWaitsForItsSignersUntilAllHaveSigned(t *testing.T) {
	s := open(t, seed(t))
	i := anIntent(t, "c1")
	s.keep(i)
	same(t, nil, s.intent("c1"), i)
	for n, user := range []app.UserID{"b1", "b2"} {
		if s.waiting("BankMSP") != 1 || s.waiting("SellerMSP") != 0 {
			t.Errorf("%d signatures: %d wait for the bank", n, s.waiting("BankMSP"))
		}
		ok(t, s.sign(signed(n, user)))
	}
	if s.waiting("BankMSP") != 0 {
		t.Error("a duty that is fulfilled still waits")
	}
	i.Signatures = []app.SignedDuty{signed(0, "b1"), signed(1, "b2")}
	i.Edit = 3
	same(t, nil, s.intent("c1"), i)
}

func TestAPersonSignsOnceAndADutyIsFulfilledOnceWhateverTheRace(t *testing.T) {
	s := open(t, seed(t))
	s.keep(anIntent(t, "c1"))
	ok(t, s.sign(signed(0, "b1")))
	wantCode(t, s.sign(signed(1, "b1")), trade.CodeSignatureSame)
	borrowed := signed(1, "b2")
	borrowed.PublicKey = []byte("b1")
	wantCode(t, s.sign(borrowed), trade.CodeSignatureSame)
	want(t, s.sign(signed(0, "b2")), app.ErrEdited)
	var wg sync.WaitGroup
	errs := make([]error, 8)
	for n := range errs {
		wg.Go(func() { errs[n] = s.sign(signed(1, "b2")) })
	}
	wg.Wait()
	taken := 0
	for _, err := range errs {
		if err == nil {
			taken++
		}
	}
	if taken != 1 {
		t.Errorf("%d signatures for one duty", taken)
	}
}

func TestALockedIntentIsNotChangedByOthers(t *testing.T) {
	s := open(t, seed(t))
	s.keep(anIntent(t, "c1"))
	moved := make(chan error, 1)
	ok(t, s.write(func(ctx context.Context, tx app.StoreTx) error {
		i, err := tx.LockIntent(ctx, "c1")
		ok(t, err)
		go func() {
			moved <- s.Write(ctx, func(ctx context.Context, tx app.StoreTx) error {
				i, err := tx.LockIntent(ctx, "c1")
				if err == nil && i.State != app.IntentReady {
					err = errors.New("it saw " + string(i.State))
				}
				return err
			})
		}()
		waitForALock(ctx, t, s.pool)
		i.State = app.IntentReady
		return tx.SetIntent(ctx, i)
	}))
	ok(t, <-moved)
}

// waitForALock waits until somebody waits for a lock: the server says so.
func waitForALock(ctx context.Context, t *testing.T, pool *pgxpool.Pool) {
	t.Helper()
	for waiting := 0; waiting == 0; {
		ok(t, pool.QueryRow(ctx, `SELECT count(*) FROM pg_stat_activity
			WHERE datname = current_database() AND wait_event_type = 'Lock'`).Scan(&waiting))
	}
}

func TestWhatHasEndedStaysUnlessItTurnsOutToBeCommitted(t *testing.T) {
	s := open(t, seed(t))
	s.keep(anIntent(t, "c1"), anIntent(t, "c2"))
	refused, withdrawn := s.intent("c1"), s.intent("c2")
	refused.State, refused.FinishedAt = app.IntentRefused, at(1)
	refused.Fault = &trade.Fault{Code: trade.CodeStale, Message: "too late"}
	ok(t, s.set(refused))
	withdrawn.State, withdrawn.FinishedAt = app.IntentWithdrawn, at(1)
	ok(t, s.set(withdrawn))
	for _, state := range []app.IntentState{app.IntentReady, app.IntentSubmitted} {
		again := s.intent("c2")
		again.State, again.FinishedAt = state, at(2)
		want(t, s.set(again), app.ErrEdited)
	}
	after := s.intent("c1")
	if after.Fault == nil || *after.Fault != *refused.Fault {
		t.Errorf("the fault is %v", after.Fault)
	}
	after.State, after.Fault, after.TxID, after.Block = app.IntentCommitted, nil, "tx", 7
	ok(t, s.set(after))
	after.Edit++
	same(t, nil, s.intent("c1"), after)
	after.State, after.TxID, after.Fault = app.IntentRefused, "", refused.Fault
	want(t, s.set(after), app.ErrEdited)
}

func TestIntentsAreFoundByAssetByPredecessorAndAfterACrash(t *testing.T) {
	s := open(t, seed(t))
	first, second, third := anIntent(t, "c1"), anIntent(t, "c2"), anIntent(t, "c3")
	second.After, second.CreatedAt = "c1", at(1)
	third.After, third.CreatedAt, third.State = "c1", at(2), app.IntentReady
	s.keep(first, second, third)
	about := walk(s, 2, func(i app.Intent) string { return string(i.ID) },
		func(ctx context.Context, tx app.StoreTx, p app.Page) ([]app.Intent, string, error) {
			return tx.IntentsOf(ctx, "r", p)
		})
	same(t, nil, about, []string{"c3", "c2", "c1"})
	ok(t, s.Read(t.Context(), func(ctx context.Context, tx app.StoreTx) error {
		list, err := tx.Followers(ctx, "c1")
		same(t, err, list, []trade.CommandID{"c2", "c3"})
		list, err = tx.Unfinished(ctx)
		same(t, err, list, []trade.CommandID{}) // c3 waits for c1
		return nil
	}))
	first.State, first.FinishedAt = app.IntentWithdrawn, at(3)
	ok(t, s.set(first))
	same(t, nil, read(s, func(ctx context.Context, tx app.StoreTx) ([]trade.CommandID, error) {
		return tx.Unfinished(ctx)
	}), []trade.CommandID{"c3"})
}

func yuan(t *testing.T, minor int64) money.Amount {
	t.Helper()
	a, err := money.New(minor, "CNY")
	ok(t, err)
	return a
}

func TestARequestIsSeenByWhoAskedAndWhoWasAsked(t *testing.T) {
	s := open(t, seed(t))
	s.keep(anIntent(t, "c1"))
	submitted := app.FinancingRequest{
		ID: "f1", Seller: "SellerMSP", Bank: "BankMSP", Pack: "p", Receivable: "r", Programme: "g",
		Verification: "v1", Amount: yuan(t, 200688000),
		State: app.RequestSubmitted, CreatedBy: "s1", CreatedAt: at(0), Reasons: []app.Reason{}, Intent: "c1",
	}
	refused := submitted
	refused.ID, refused.Receivable, refused.Intent, refused.CreatedAt = "f2", "", "", at(1)
	refused.State, refused.Reasons = app.RequestRefused, []app.Reason{
		{Code: "goods.quantity", Message: "21 of 24"},
	}
	ok(t, s.write(func(ctx context.Context, tx app.StoreTx) error {
		return errors.Join(
			tx.InsertPack(ctx, aPack("p")), tx.InsertVerification(ctx, aVerification("v1", 1, at(0))),
			tx.PutRequest(ctx, submitted), tx.PutRequest(ctx, refused),
		)
	}))
	same(t, nil, read(s, func(ctx context.Context, tx app.StoreTx) (app.FinancingRequest, error) {
		return tx.Request(ctx, "f2")
	}), refused)
	for _, org := range []trade.OrgID{"SellerMSP", "BankMSP"} {
		ids := walk(s, 1, func(r app.FinancingRequest) string { return string(r.ID) },
			func(ctx context.Context, tx app.StoreTx, p app.Page) ([]app.FinancingRequest, string, error) {
				return tx.Requests(ctx, org, p)
			})
		same(t, nil, ids, []string{"f2", "f1"})
	}
	silent := refused
	silent.Reasons = nil
	if s.write(func(ctx context.Context, tx app.StoreTx) error { return tx.PutRequest(ctx, silent) }) == nil {
		t.Error("a refusal without a reason was taken")
	}
}

func aLine(t *testing.T, id app.LineID, position int) app.Line {
	t.Helper()
	booked, err := money.ParseDate("2026-03-02")
	ok(t, err)
	return app.Line{
		ID: id, Entry: app.EntryID("of-" + id), Position: position, Account: "A1",
		Reference: "ref", BookedOn: booked, ValueOn: booked.AddDays(1),
		Amount: yuan(t, 100), PartyName: "苍宁", Remittance: "INV-1", Allocated: yuan(t, 0), Receivable: "r",
		Intents: []trade.CommandID{},
	}
}

func TestOverlappingStatementsBringALineOnce(t *testing.T) {
	s := open(t, seed(t))
	insert := func(id app.StatementID, lines ...app.Line) (app.Statement, bool) {
		st := app.Statement{
			ID: id, Org: "SellerMSP", Digest: trade.DigestOf([]byte(id)), Syntax: "csv", ImportedBy: "s1",
			ImportedAt: at(0),
		}
		for n := range lines {
			lines[n].Statement = id
		}
		st.Lines = lines
		var created bool
		ok(t, s.write(func(ctx context.Context, tx app.StoreTx) error {
			var err error
			st, created, err = tx.InsertStatement(ctx, st)
			return err
		}))
		return st, created
	}
	first, created := insert("s1", aLine(t, "l1", 0), aLine(t, "l2", 1))
	if !created || len(first.Lines) != 2 {
		t.Fatalf("the first: %+v, %t", first, created)
	}
	second, created := insert("s2", aLine(t, "l2", 0), aLine(t, "l3", 1))
	if !created || len(second.Lines) != 1 || second.Lines[0].ID != "l3" {
		t.Errorf("the overlapping one: %+v, %t", second, created)
	}
	part := aLine(t, "l3-1", 0)
	part.Entry = "of-l3"
	if third, created := insert("s3", part); !created || len(third.Lines) != 0 {
		t.Errorf("a part of an entry that was told of: %+v, %t", third, created)
	}
	again, created := insert("s1")
	if created {
		t.Error("the same file again was created")
	}
	same(t, nil, again, first)
	paid := second.Lines[0]
	paid.Allocated, paid.Intents = yuan(t, 40), []trade.CommandID{"c1"}
	ok(t, s.write(func(ctx context.Context, tx app.StoreTx) error { return tx.SetLine(ctx, paid) }))
	ok(t, s.Read(t.Context(), func(ctx context.Context, tx app.StoreTx) error {
		l, err := tx.Line(ctx, "l3")
		same(t, err, l, paid)
		st, err := tx.StatementOf(ctx, "l2")
		first.Lines = nil
		same(t, err, st, first)
		return nil
	}))
	lines := walk(s, 2, func(l app.Line) string { return string(l.ID) },
		func(ctx context.Context, tx app.StoreTx, p app.Page) ([]app.Line, string, error) {
			return tx.Lines(ctx, "SellerMSP", app.LineFilter{}, p)
		})
	same(t, nil, lines, []string{"l3", "l2", "l1"})
}

func TestAReportIsKeptAsItWasMade(t *testing.T) {
	s := open(t, seed(t))
	r := app.Report{
		ID: "rep", Org: "BankMSP", Kind: "dossier", Subject: "f", MediaType: "application/pdf",
		State: app.ReportMade, Digest: trade.DigestOf(nil), Size: 7, RequestedBy: "b1", By: "b1",
		AskedAt: at(0), MadeAt: at(0),
	}
	other := r
	other.Size = 8
	ok(t, s.write(func(ctx context.Context, tx app.StoreTx) error {
		return errors.Join(tx.PutReport(ctx, r), tx.PutReport(ctx, other))
	}))
	same(
		t, nil,
		read(s, func(ctx context.Context, tx app.StoreTx) (app.Report, error) { return tx.Report(ctx, "rep") }),
		r,
	)
}
