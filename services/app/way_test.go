package app_test

import (
	"bytes"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/fixtures"
	"github.com/countersign/countersign/services/app"
	"github.com/countersign/countersign/services/parse"
)

// way is one trade of the fixtures on its way.
type way struct {
	*node

	trade     fixtures.Trade
	programme fixtures.Programme
	frame     trade.AssetID // the programme on the ledger

	seller, buyer, buyerChecker, bank, bankChecker, auditor person

	pack       app.PackID
	receivable trade.AssetID
	financing  trade.AssetID
}

// begin opens the programme of a trade.
func begin(t *testing.T, n *node, nth int) *way {
	t.Helper()
	w := &way{node: n, trade: n.set.Trades[nth]}
	w.programme, _ = n.set.Demo.Programme(w.trade.Plan.Programme)
	w.seller = n.with(w.programme.Seller, trade.Maker)[0]
	w.buyer = n.with(w.programme.Buyer, trade.Maker)[0]
	w.buyerChecker = n.with(w.programme.Buyer, trade.Checker)[0]
	w.bank = n.with(w.programme.Bank, trade.Maker)[0]
	w.bankChecker = n.with(w.programme.Bank, trade.Checker)[0]
	for _, p := range n.people {
		if p.Kind == trade.KindAuditor {
			w.auditor = p
		}
	}
	opened, err := n.OpenProgramme(t.Context(), w.bank.Actor, app.ProgrammeInput{
		Seller: w.seller.Org, Obligor: w.buyer.Org, Limit: w.programme.Limit, TenorDays: w.programme.TenorDays,
		Agreement: "master agreement", Readers: []trade.OrgID{w.auditor.Org},
		Tolerances: &w.programme.Tolerances, Required: kindsOf(w.programme.RequiredPapers),
	})
	ok(t, err)
	w.frame = opened.Command.Subjects[0].ID
	n.sign([]app.Intent{opened}, w.bank, w.bankChecker, w.seller)
	return w
}

// kindsOf reads the kinds of papers that a programme of the fixtures requires.
func kindsOf(names []string) []parse.Kind {
	kinds := make([]parse.Kind, len(names))
	for i, n := range names {
		kinds[i] = parse.Kind(n)
	}
	return kinds
}

// upload opens the pack, and each paper is brought by who issued it.
func (w *way) upload() {
	t := w.t
	parties := []app.PackParty{
		{Org: w.seller.Org, Side: app.SideSeller},
		{Org: w.buyer.Org, Side: app.SideObligor},
		{Org: w.auditor.Org, Side: app.SideReader},
	}
	sides := map[trade.OrgKind]app.PackSide{
		trade.KindCarrier: app.SideCarrier, trade.KindWarehouse: app.SideWarehouse,
	}
	for _, paper := range w.trade.Plan.Documents {
		by := w.people[paper.Person]
		if side, brings := sides[by.Kind]; brings {
			parties = append(parties, app.PackParty{Org: by.Org, Side: side})
		}
	}
	p, err := w.OpenPack(t.Context(), w.seller.Actor, app.PackInput{
		Title: w.trade.Plan.Title, Parties: parties, Programme: w.frame,
	})
	ok(t, err)
	w.pack = p.ID
	for _, paper := range w.trade.Plan.Documents {
		if w.bring(paper); w.bring(paper) {
			t.Errorf("%s again: another document", paper.File)
		}
	}
}

// bring uploads a paper and tells whether it was new to its organisation.
func (w *way) bring(paper fixtures.Paper) bool {
	_, created, err := w.Upload(w.t.Context(), w.people[paper.Person].Actor, app.Upload{
		Pack: w.pack, FileName: paper.File, Body: bytes.NewReader(w.trade.Files[paper.File]),
	})
	ok(w.t, err)
	return created
}

// verified waits until every paper is read and recorded and the verdicts stand.
func (w *way) verified() app.Pack {
	t := w.t
	var pack app.Pack
	w.eventually("the verdicts and the papers on the ledger", func() bool {
		p, papers, err := w.PackPapers(t.Context(), w.seller.Actor, w.pack)
		ok(t, err)
		pack = p
		for _, d := range papers {
			_, _, err := w.Trace(t.Context(), w.seller.Actor, trade.AssetID(d.ID), trade.KindDocument)
			if d.State != app.DocumentParsed || err != nil {
				return false
			}
		}
		return w.VerdictsStand(p)
	})
	return pack
}

// issued claims the receivable, and the obligor confirms it.
func (w *way) issued() {
	t := w.t
	issue, err := w.IssueReceivable(t.Context(), w.seller.Actor, w.pack)
	ok(t, err)
	w.receivable = issue.Command.Subjects[0].ID
	w.sign([]app.Intent{issue}, w.seller)
	r, _, err := w.Trace(t.Context(), w.buyer.Actor, w.receivable, trade.KindReceivable)
	ok(t, err)
	face, err := money.New(r.State.Receivable.Face, r.State.Receivable.Currency)
	ok(t, err)
	confirm, err := w.ConfirmReceivable(t.Context(), w.buyer.Actor, w.receivable, app.ConfirmInput{
		Amount: face, Promise: trade.Acknowledgement, Text: "We owe it.",
	})
	ok(t, err)
	w.sign([]app.Intent{confirm}, w.buyer, w.buyerChecker)
}

// accepted brings the financing to the seller's acceptance of a quote.
func (w *way) accepted() {
	t := w.t
	asked, err := w.RequestFinancing(t.Context(), w.seller.Actor, app.RequestInput{
		Pack: w.pack, Programme: w.frame,
	})
	ok(t, err)
	if asked.Request.State != app.RequestSubmitted {
		t.Fatalf("refused by rule: %v", asked.Request.Reasons)
	}
	w.financing = asked.Request.ID
	w.sign([]app.Intent{*asked.Intent}, w.seller)
	w.inbox(w.bank, "quote")
	quote, err := w.Quote(t.Context(), w.bank.Actor, w.financing, w.price())
	ok(t, err)
	w.sign([]app.Intent{quote}, w.bank)
	w.inbox(w.seller, "accept")
	accept, err := w.AcceptQuote(t.Context(), w.seller.Actor, w.financing)
	ok(t, err)
	w.sign([]app.Intent{accept}, w.seller, w.bank)
	w.inbox(w.bank, "approve")
}

// approved brings the financing to the bank's approval.
func (w *way) approved() {
	t := w.t
	w.accepted()
	approve, err := w.Approve(t.Context(), w.bank.Actor, w.financing, w.account(w.programme.Bank), 0)
	ok(t, err)
	w.sign(approve, w.bank, w.bankChecker)
	w.inbox(w.bank, "disburse")
}

// financed brings the financing to the bank's payment.
func (w *way) financed() {
	w.approved()
	w.disbursed()
}

func (w *way) disbursed() {
	t := w.t
	disburse, err := w.Disburse(t.Context(), w.bank.Actor, w.financing, "payout 1", 0)
	ok(t, err)
	w.sign([]app.Intent{disburse}, w.bank, w.bankChecker)
}

// price is what the plan has the bank quote.
func (w *way) price() app.QuoteInput {
	q := w.trade.Plan.Quote
	percent := func(s string) money.Rate {
		r, err := money.ParsePercent(s)
		ok(w.t, err)
		return r
	}
	return app.QuoteInput{
		AdvanceRate: percent(q.AdvancePercent), Rate: percent(q.DiscountPercent), Kind: trade.Discount,
		DayCount: q.DayCount, FeeRate: percent(q.FeePercentOfFace), FeeBearer: trade.Bearer(q.FeeBearer),
		ValueDate: w.set.Today, Recourse: w.programme.Recourse == "with_recourse",
		Lapses: w.Now().Add(72 * time.Hour),
	}
}

// account is the number of an organisation's account in the programme's currency.
func (w *way) account(org string) string {
	o, _ := w.set.Demo.Organisation(org)
	for _, a := range o.Accounts {
		if a.Currency == w.programme.Limit.Currency() {
			return numberOf(a)
		}
	}
	w.t.Fatalf("%s has no account in %s", org, w.programme.Limit.Currency())
	return ""
}

// inbox asserts that something waits for a person.
func (w *way) inbox(p person, next app.Next) {
	w.t.Helper()
	inbox, err := w.Inbox(w.t.Context(), p.Actor)
	ok(w.t, err)
	if !slices.ContainsFunc(inbox.Mine, func(i app.Item) bool { return i.Next == next }) {
		w.t.Errorf("%s has nothing to %s in %+v", p.Name, next, inbox)
	}
}

// settled has the payment of a line signed: not by who imported the statement.
func (w *way) settled(pay []app.Intent, line app.LineID) {
	t := w.t
	states := func() []app.LineState {
		lines, _, err := w.Lines(t.Context(), w.bank.Actor, app.LineFilter{}, app.Page{Limit: app.MaxPage})
		ok(t, err)
		list := []app.LineState{}
		for _, l := range lines {
			if l.ID == line {
				list = append(list, l.State)
			}
		}
		return list
	}
	wantState := func(want app.LineState) {
		t.Helper()
		if got := states(); len(got) != 1 || got[0] != want {
			t.Errorf("the line is %v, want %s", got, want)
		}
	}
	wantState(app.LinePrepared)
	w.inbox(w.bankChecker, "sign")
	own := w.bank.key.Sign(t, pay[0].Digest)
	signature := app.SignatureInput{Batch: own.Batch, Value: own.Value}
	_, err := w.Sign(t.Context(), w.bank.Actor, pay[0].ID, signature)
	wantCode(t, err, app.CodeOwnStatement)
	in, err := w.Inbox(t.Context(), w.bank.Actor)
	ok(t, err)
	if slices.ContainsFunc(in.Mine, func(i app.Item) bool { return i.Act == trade.ReceivablePay }) {
		t.Errorf("who imported the statement is asked to sign its payment: %+v", in.Mine)
	}
	w.sign(pay, w.bankChecker)
	wantState(app.LineRecorded)
}

// repaid imports the bank's statement of the due date and applies the payment it names.
func (w *way) repaid() {
	t := w.t
	ok(t, w.ledger.MoveClock(88*24*time.Hour))
	file := w.trade.Files["statement.camt053.xml"]
	s, created, err := w.ImportStatement(t.Context(), w.bank.Actor, "a.xml", bytes.NewReader(file))
	ok(t, err)
	again, repeated, err := w.ImportStatement(t.Context(), w.bank.Actor, "a.xml", bytes.NewReader(file))
	ok(t, err)
	if !created || repeated || again.ID != s.ID || len(again.Lines) != len(s.Lines) {
		t.Errorf("the same statement again: %t, %t, %s, %s", created, repeated, s.ID, again.ID)
	}
	i := slices.IndexFunc(s.Lines, func(l app.Line) bool { return l.Receivable == w.receivable })
	if i < 0 {
		t.Fatalf("no line of %+v was matched to the receivable", s.Lines)
	}
	if got := s.Settling[i]; got.State != app.LineWaiting || got.Match == nil || got.Unmatched != "" {
		t.Errorf("before it is applied the line is %+v", got)
	}
	w.inbox(w.bankChecker, app.NextMatch)
	pay, err := w.ApplyPayment(t.Context(), w.bank.Actor, s.Lines[i].ID, "")
	ok(t, err)
	w.settled(pay, s.Lines[i].ID)
	_, err = w.ApplyPayment(t.Context(), w.bank.Actor, s.Lines[i].ID, "")
	wantCode(t, err, trade.CodePaymentTwice)
}

func TestTheFirstTradeGoesAllTheWay(t *testing.T) {
	n := openNode(t)
	w := begin(t, n, 0)
	w.upload()
	pack := w.verified()
	for _, v := range pack.Latest.Verdicts {
		if v.Answer != app.Pass {
			t.Errorf("%s: %s, because %v", v.Question, v.Answer, v.Reasons)
		}
	}
	digest, err := pack.Latest.Digest()
	ok(t, err)
	w.issued()
	w.financed()
	f, _, err := w.Trace(t.Context(), w.bank.Actor, w.financing, trade.KindFinancing)
	ok(t, err)
	body, figures := f.State.Financing, w.trade.Plan.Expected.Figures
	if body.Verification != digest || body.Terms.Cash != figures.Cash || body.Terms.Advance != figures.Advance {
		t.Errorf("financed on %s at %+v, want %s and %+v", body.Verification, body.Terms, digest, figures)
	}
	w.repaid()
	w.stands(w.receivable, trade.KindReceivable, trade.Settled)
	w.stands(w.financing, trade.KindFinancing, trade.Repaid)
	r, file := w.dossier()
	if r.MediaType != "application/pdf" || !bytes.HasPrefix(file, []byte("%PDF-")) {
		t.Errorf("the dossier is %s, %d bytes", r.MediaType, len(file))
	}
	w.sound()
	for _, p := range planted() {
		t.Run(p.name, func(t *testing.T) { w.finds(t, p) })
	}
	t.Run("a projection that says it is younger", func(t *testing.T) { w.findsYounger(t) })
}

func TestPapersThatContradictAndClaimsThatAreTakenAreRefusedByRule(t *testing.T) {
	n := openNode(t)
	first := begin(t, n, 0)
	first.upload()
	first.verified()
	first.issued()
	for nth := 1; nth < len(n.set.Trades); nth++ {
		w := begin(t, n, nth)
		w.upload()
		pack := w.verified()
		wrong := app.Corroboration
		if w.trade.Plan.Expected.Uniqueness == "encumbered" {
			wrong = app.Uniqueness
		}
		if v := pack.Latest.Verdict(wrong); v.Answer != app.Fail || len(v.Reasons) == 0 {
			t.Errorf("%s: %s is %s with %v", w.trade.Name, wrong, v.Answer, v.Reasons)
		}
		if _, err := w.IssueReceivable(t.Context(), w.seller.Actor, w.pack); err == nil {
			t.Errorf("%s: the claim could be issued", w.trade.Name)
		}
		asked, err := w.RequestFinancing(t.Context(), w.seller.Actor, app.RequestInput{
			Pack: w.pack, Programme: w.frame,
		})
		ok(t, err)
		r := asked.Request
		seen, err := w.Financing(t.Context(), w.bank.Actor, r.ID)
		ok(t, err)
		if r.State != app.RequestRefused || seen.Asset != nil ||
			!reflect.DeepEqual(seen.Request.Reasons, r.Reasons) {
			t.Errorf("%s: asked %+v, the bank sees %+v", w.trade.Name, *r, seen)
		}
		_, err = w.Financing(t.Context(), n.with("quillon", trade.Viewer)[0].Actor, r.ID)
		wantCode(t, err, app.CodeHidden)
	}
	n.sound()
}

func TestWhatIsSignedJustAfterWhatItWaitsForWasCommittedGoesOn(t *testing.T) {
	n := openNode(t)
	w := begin(t, n, 0)
	w.upload()
	w.verified()
	w.issued()
	w.accepted()
	both, err := w.Approve(t.Context(), w.bank.Actor, w.financing, w.account(w.programme.Bank), 0)
	ok(t, err)
	w.sign(both[:1], w.bank, w.bankChecker)
	job := "SELECT FROM river_job WHERE args ->> 'command' = '" + string(both[1].ID) + "'"
	if n.exec(t, job) > 0 {
		t.Error("a command that is not signed has a job, which keeps the next from being added")
	}
	w.sign(both[1:], w.bank, w.bankChecker)
}

func TestWhatIsNotSignedInTimeExpires(t *testing.T) {
	n := openNode(t)
	w := begin(t, n, 0)
	opened, err := n.OpenProgramme(t.Context(), w.bank.Actor, app.ProgrammeInput{
		Seller: w.seller.Org, Obligor: w.buyer.Org, Limit: w.programme.Limit, TenorDays: 90, Agreement: "text",
	})
	ok(t, err)
	for _, days := range []int{13, 2} {
		ok(t, n.Work(t.Context(), app.TidyJob{}))
		i, err := n.Intent(t.Context(), w.bank.Actor, opened.ID)
		ok(t, err)
		if i.State != app.IntentOpen {
			t.Fatalf("in time, and it is %s", i.State)
		}
		ok(t, n.ledger.MoveClock(time.Duration(days)*24*time.Hour))
	}
	ok(t, n.Work(t.Context(), app.TidyJob{}))
	i, err := n.Intent(t.Context(), w.bank.Actor, opened.ID)
	ok(t, err)
	waiting, _, err := n.Waiting(t.Context(), w.bank.Actor, app.Page{})
	ok(t, err)
	if i.State != app.IntentExpired || i.FinishedAt.IsZero() || len(waiting) > 0 {
		t.Errorf("out of time it is %s, and %d wait", i.State, len(waiting))
	}
}

func TestACorrectedPaperSupersedesOnceAndOnlyItsOwn(t *testing.T) {
	n := openNode(t)
	w := begin(t, n, 0)
	w.upload()
	papers := w.trade.Plan.Documents
	_, held, err := n.PackPapers(t.Context(), w.seller.Actor, w.pack)
	ok(t, err)
	invoice := held[slices.IndexFunc(held, func(d app.Document) bool { return d.FileName == "invoice.xml" })]
	correct := func(by person, text string, before app.DocumentID) (app.Document, error) {
		d, _, err := n.Upload(t.Context(), by.Actor, app.Upload{
			Pack: w.pack, FileName: papers[0].File, Supersedes: before, Body: strings.NewReader(text),
		})
		return d, err
	}
	_, err = correct(w.buyer, "<a/>", invoice.ID)
	wantCode(t, err, app.CodeHidden)
	second, err := correct(w.seller, "<b/>", invoice.ID)
	ok(t, err)
	if second.Version != 2 || second.Supersedes != invoice.ID {
		t.Errorf("the corrected paper is %+v", second)
	}
	_, err = correct(w.seller, "<c/>", invoice.ID)
	wantCode(t, err, app.CodeEdited)
}

func TestPapersOfAnOrganisationTakeNoMoreThanItsQuota(t *testing.T) {
	n := openNodeWithin(t, 8)
	seller, buyer := n.with("lanqiao", trade.Maker)[0], n.with("cangning", trade.Maker)[0]
	pack, err := n.OpenPack(t.Context(), seller.Actor, app.PackInput{Title: "Full", Parties: []app.PackParty{
		{Org: seller.Org, Side: app.SideSeller}, {Org: buyer.Org, Side: app.SideObligor},
	}})
	ok(t, err)
	bring := func(by person, text string) error {
		_, _, err := n.Upload(t.Context(), by.Actor, app.Upload{
			Pack: pack.ID, FileName: "paper", Body: strings.NewReader(text),
		})
		return err
	}
	ok(t, bring(seller, "1234"))
	wantCode(t, bring(seller, "56789"), app.CodeQuota) // one byte too many
	ok(t, bring(seller, "5678"))
	wantCode(t, bring(seller, "9"), app.CodeQuota)
	ok(t, bring(seller, "1234")) // what is there already takes no more
	ok(t, bring(buyer, "9"))     // another organisation has a quota of its own
}

// stands asserts the phase of an asset.
func (w *way) stands(id trade.AssetID, kind trade.Kind, phase trade.Phase) {
	w.t.Helper()
	asset, _, err := w.Trace(w.t.Context(), w.bank.Actor, id, kind)
	ok(w.t, err)
	if asset.Record.Phase != phase {
		w.t.Errorf("%s is %s, want %s", id, asset.Record.Phase, phase)
	}
}

// dossier has the auditor make the dossier of the financing.
func (w *way) dossier() (app.Report, []byte) {
	w.t.Helper()
	r, err := w.MakeReport(w.t.Context(), w.auditor.Actor, app.ReportInput{
		Kind: "dossier", Format: "pdf", Subject: w.financing,
	})
	ok(w.t, err)
	r, file, err := w.ReportFile(w.t.Context(), w.auditor.Actor, r.ID)
	ok(w.t, err)
	return r, file
}

// sound asserts that the node shows what its ledger says, and that the audit finds it when
// it does not.
func (n *node) sound() {
	t := n.t
	live, err := n.DigestProjection(t.Context())
	ok(t, err)
	before, after, err := n.Rebuild(t.Context())
	ok(t, err)
	if before.Digest != live.Digest || after.Digest != live.Digest {
		t.Errorf("rebuilt from block 0: %v, then %v, live %v", before, after, live)
	}
	for kind, rows := range after.Rows {
		t.Logf("rebuilt: %d rows %s", rows, kind)
	}
	report, err := n.Audit(t.Context())
	ok(t, err)
	if len(report.Broken) > 0 || report.Signatures == 0 || report.Invariants == 0 || report.Documents == 0 {
		t.Errorf("audit: %+v", report)
	}
}

// wantCode asserts which fault came.
func wantCode(t *testing.T, err error, code trade.Code) {
	t.Helper()
	if f, found := errors.AsType[*trade.Fault](err); !found || f.Code != code {
		t.Errorf("got %v, want the fault %s", err, code)
	}
}
