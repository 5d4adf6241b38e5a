package postgres_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/services/app"
	"github.com/countersign/countersign/services/check"
	"github.com/countersign/countersign/services/match"
	"github.com/countersign/countersign/services/parse"
)

func aPaper(id app.DocumentID, content string) app.Document {
	return app.Document{
		ID: id, Org: "SellerMSP", UploadedBy: "s1", UploadedAt: at(0), Digest: trade.DigestOf([]byte(content)),
		Size: int64(len(content)), MediaType: "application/xml", FileName: "发票.xml", Version: 1,
		State: app.DocumentReceived, Edit: 1,
	}
}

func (s shelf) insert(d app.Document) (app.Document, bool) {
	s.t.Helper()
	var created bool
	ok(s.t, s.write(func(ctx context.Context, tx app.StoreTx) error {
		var err error
		d, created, err = tx.InsertDocument(ctx, d)
		return err
	}))
	return d, created
}

func (s shelf) document(id app.DocumentID) app.Document {
	s.t.Helper()
	return read(
		s, func(ctx context.Context, tx app.StoreTx) (app.Document, error) { return tx.Document(ctx, id) },
	)
}

func aPack(id app.PackID, parties ...app.PackParty) app.Pack {
	return app.Pack{
		ID: id, Org: "SellerMSP", Title: "t", CreatedBy: "s1", CreatedAt: at(0), Edit: 1, Parties: parties,
		Documents: []app.DocumentID{},
	}
}

func TestTheSameBytesOfOneOrganisationAreOneDocument(t *testing.T) {
	s := open(t, seed(t))
	first, created := s.insert(aPaper("d1", "x"))
	if !created {
		t.Fatal("the first was not created")
	}
	again, created := s.insert(aPaper("d2", "x"))
	if created || again.ID != first.ID {
		t.Errorf("again: %+v, %t", again, created)
	}
	other := aPaper("d3", "x")
	other.Org, other.UploadedBy = "BankMSP", "b1"
	if _, created := s.insert(other); !created {
		t.Error("another organisation's own copy was not kept")
	}
	first.Findings = []check.Finding{}
	same(t, nil, s.document("d1"), first)
}

func TestAPaperIsSupersededOnce(t *testing.T) {
	s := open(t, seed(t))
	s.insert(aPaper("d1", "x"))
	next := aPaper("d2", "y")
	next.Version, next.Supersedes = 2, "d1"
	s.insert(next)
	rival := aPaper("d3", "z")
	rival.Version, rival.Supersedes = 2, "d1"
	want(t, s.write(func(ctx context.Context, tx app.StoreTx) error {
		_, _, err := tx.InsertDocument(ctx, rival)
		return err
	}), app.ErrEdited)
}

func TestAStaleEditOfADocumentChangesNothing(t *testing.T) {
	s := open(t, seed(t))
	d, _ := s.insert(aPaper("d1", "x"))
	d.Fields = &parse.Document{Kind: parse.Invoice, Syntax: "ubl-2.1", Number: "INV-1"}
	canonical, err := trade.Canonical(d.Fields)
	ok(t, err)
	d.State, d.CanonicalDigest, d.ParsedAt, d.Reader = app.DocumentParsed, trade.DigestOf(canonical), at(1), "r1"
	d.Findings = []check.Finding{{
		Rule: "BR-CO-10", Severity: check.Fatal, Message: "sums", Field: "totals.lines", Offset: 7, Claimed: "1",
	}}
	update := func(ctx context.Context, tx app.StoreTx) error { return tx.UpdateDocument(ctx, d) }
	const rivals = 8
	var wg sync.WaitGroup
	errs := make([]error, rivals)
	for i := range rivals {
		wg.Go(func() { errs[i] = s.write(update) })
	}
	wg.Wait()
	stale := 0
	for _, err := range errs {
		if errors.Is(err, app.ErrEdited) {
			stale++
		} else {
			ok(t, err)
		}
	}
	if stale != rivals-1 {
		t.Errorf("%d of %d were stale", stale, rivals)
	}
	d.Edit = 2
	same(t, nil, s.document("d1"), d)
	d.CanonicalDigest = trade.DigestOf(nil)
	if s.write(update) == nil {
		t.Error("a digest that is not of the fields was taken")
	}
}

func TestPapersShowThemselvesToThePartiesOfTheirPacks(t *testing.T) {
	s := open(t, seed(t))
	s.insert(aPaper("d1", "x"))
	s.insert(aPaper("d2", "y"))
	seen := func(org trade.OrgID) []app.DocumentID {
		list := read(s, func(ctx context.Context, tx app.StoreTx) ([]app.Document, error) {
			list, next, err := tx.Documents(ctx, org, app.Page{})
			if next != "" {
				t.Errorf("one page, but next is %q", next)
			}
			return list, err
		})
		ids := []app.DocumentID{}
		for _, d := range list {
			ids = append(ids, d.ID)
		}
		slices.Sort(ids)
		return ids
	}
	seller := app.PackParty{Org: "SellerMSP", Side: app.SideSeller}
	ok(t, s.write(func(ctx context.Context, tx app.StoreTx) error {
		return errors.Join(tx.InsertPack(ctx, aPack("p1", seller)), tx.InsertPack(ctx, aPack("p2", seller)))
	}))
	for _, pack := range []app.PackID{"p1", "p2"} { // in two packs, still one paper
		for n := range 2 {
			ok(t, s.write(func(ctx context.Context, tx app.StoreTx) error {
				added, err := tx.AddDocument(ctx, pack, "d1", "s1", at(0))
				if added != (n == 0) {
					t.Errorf("time %d: added is %t", n, added)
				}
				return err
			}))
		}
	}
	if got := seen("BankMSP"); len(got) != 0 {
		t.Errorf("a stranger sees %v", got)
	}
	ok(t, s.write(func(ctx context.Context, tx app.StoreTx) error {
		bank := app.PackParty{Org: "BankMSP", Side: app.SideBank}
		return errors.Join(
			tx.AddParty(ctx, "p1", bank), tx.AddParty(ctx, "p2", bank),
			tx.AddParty(ctx, "p1", app.PackParty{Org: "BankMSP", Side: app.SideReader}), // keeps its side
		)
	}))
	same(t, nil, seen("BankMSP"), []app.DocumentID{"d1"})
	same(t, nil, seen("SellerMSP"), []app.DocumentID{"d1", "d2"})
	p := read(s, func(ctx context.Context, tx app.StoreTx) (app.Pack, error) { return tx.Pack(ctx, "p1") })
	whole := aPack("p1", app.PackParty{Org: "BankMSP", Side: app.SideBank}, seller)
	whole.Edit, whole.Documents = 2, []app.DocumentID{"d1"}
	same(t, nil, p, whole)
	packs := read(
		s,
		func(ctx context.Context, tx app.StoreTx) ([]app.PackID, error) { return tx.PacksOf(ctx, "d1") },
	)
	same(t, nil, packs, []app.PackID{"p1", "p2"})
}

func TestEveryEditOfAPackIsCounted(t *testing.T) {
	s := open(t, seed(t))
	ok(t, s.write(func(ctx context.Context, tx app.StoreTx) error { return tx.InsertPack(ctx, aPack("p")) }))
	var wg sync.WaitGroup
	for range 10 {
		wg.Go(func() {
			err := s.write(func(ctx context.Context, tx app.StoreTx) error { return tx.TouchPack(ctx, "p") })
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	p := read(s, func(ctx context.Context, tx app.StoreTx) (app.Pack, error) { return tx.Pack(ctx, "p") })
	if p.Edit != 11 {
		t.Errorf("edit %d", p.Edit)
	}
}

// aVerification is one of the pack p.
func aVerification(id string, edit int, taken time.Time) app.Verification {
	return app.Verification{
		ID: id, Pack: "p", PackEdit: edit, Matrix: match.Matrix{Verdict: match.Corroborated},
		Verdicts: []app.Verdict{{Question: app.Uniqueness, Answer: app.Pass, Reasons: []app.Reason{}}},
		TakenAt:  taken, ExpiresAt: taken.Add(time.Hour),
	}
}

func TestTheLatestVerificationIsOfTheNewestContentsAndKeepsItsDigest(t *testing.T) {
	s := open(t, seed(t))
	newest := aVerification("v3", 2, at(1).Add(123456789))
	ok(t, s.write(func(ctx context.Context, tx app.StoreTx) error {
		return errors.Join(
			tx.InsertPack(ctx, aPack("p")), tx.InsertVerification(ctx, aVerification("v2", 2, at(0))),
			tx.InsertVerification(ctx, newest),
			tx.InsertVerification(ctx, aVerification("v1", 1, at(2))), // it took long
		)
	}))
	p := read(s, func(ctx context.Context, tx app.StoreTx) (app.Pack, error) { return tx.Pack(ctx, "p") })
	digest, err := newest.Digest()
	ok(t, err)
	kept, err := p.Latest.Digest()
	same(t, err, kept, digest)
	byID := read(s, func(ctx context.Context, tx app.StoreTx) (app.Verification, error) {
		return tx.Verification(ctx, "v3")
	})
	kept, err = byID.Digest()
	same(t, err, kept, digest)
}

func TestTheProgrammeOfAPackIsNamedForTheContentsThatWereSeen(t *testing.T) {
	s := open(t, seed(t))
	ok(t, s.write(func(ctx context.Context, tx app.StoreTx) error { return tx.InsertPack(ctx, aPack("p")) }))
	name := func(programme trade.AssetID, edit int) error {
		return s.write(func(ctx context.Context, tx app.StoreTx) error {
			return tx.SetPackProgramme(ctx, "p", programme, edit)
		})
	}
	ok(t, name("g1", 1))
	if err := name("g2", 1); !errors.Is(err, app.ErrEdited) {
		t.Errorf("named for contents that are gone: %v", err)
	}
	p := read(s, func(ctx context.Context, tx app.StoreTx) (app.Pack, error) { return tx.Pack(ctx, "p") })
	if p.Programme != "g1" || p.Edit != 2 {
		t.Errorf("programme %q at edit %d", p.Programme, p.Edit)
	}
}

func TestTermsAreKeptByTheirDigestAndNeverChange(t *testing.T) {
	s := open(t, seed(t))
	terms := app.DefaultTerms()
	terms.MasterAgreement = trade.DigestOf([]byte("agreement"))
	ok(t, json.Unmarshal([]byte(`{"absolute":"0.50"}`), &terms.Tolerances.Amount))
	digest, err := terms.Digest()
	ok(t, err)
	ok(t, s.write(func(ctx context.Context, tx app.StoreTx) error {
		return errors.Join(tx.PutTerms(ctx, terms), tx.PutTerms(ctx, terms))
	}))
	kept := read(s, func(ctx context.Context, tx app.StoreTx) (app.Terms, error) {
		return tx.Terms(ctx, digest)
	})
	again, err := kept.Digest()
	same(t, err, again, digest)
}

// walk reads a list page by page and returns the ids in the order they came.
func walk[T any](
	s shelf, limit int, id func(T) string,
	list func(ctx context.Context, tx app.StoreTx, p app.Page) ([]T, string, error),
) []string {
	s.t.Helper()
	ids, page := []string{}, app.Page{Limit: limit}
	for {
		ok(s.t, s.Read(s.t.Context(), func(ctx context.Context, tx app.StoreTx) error {
			rows, next, err := list(ctx, tx, page)
			if len(rows) > limit {
				s.t.Errorf("%d rows on a page of %d", len(rows), limit)
			}
			for _, r := range rows {
				ids = append(ids, id(r))
			}
			page.Cursor = next
			return err
		}))
		if page.Cursor == "" {
			return ids
		}
	}
}

func TestAListIsPagedNewestFirstWithoutGapsOrRepeats(t *testing.T) {
	s := open(t, seed(t))
	const papers = 25
	wanted := []string{}
	for n := range papers {
		d := aPaper(app.DocumentID(fmt.Sprintf("d%02d", n)), fmt.Sprint(n))
		d.UploadedAt = at(n / 4) // several at the same instant
		s.insert(d)
		wanted = append(wanted, string(d.ID))
	}
	slices.Reverse(wanted)
	for _, limit := range []int{1, 4, 24, 25, 26} {
		got := walk(s, limit, func(d app.Document) string { return string(d.ID) },
			func(ctx context.Context, tx app.StoreTx, p app.Page) ([]app.Document, string, error) {
				return tx.Documents(ctx, "SellerMSP", p)
			})
		same(t, nil, got, wanted)
	}
	count := 0
	ok(t, s.Read(t.Context(), func(ctx context.Context, tx app.StoreTx) error {
		return tx.AllDocuments(ctx, func(app.Document) error { count++; return nil })
	}))
	if count != papers {
		t.Errorf("all documents: %d", count)
	}
	for _, cursor := range []string{"x", "!!", "MTIz"} {
		_, err := tryRead(s, func(ctx context.Context, tx app.StoreTx) ([]app.Document, error) {
			list, _, err := tx.Documents(ctx, "SellerMSP", app.Page{Cursor: cursor})
			return list, err
		})
		wantCode(t, err, app.CodeInput)
	}
}
