package demo

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/fixtures"
)

// run is one trade on its way.
type run struct {
	*job
	trade     *fixtures.Trade
	programme fixtures.Programme
	seller    fixtures.Organisation
	buyer     fixtures.Organisation
	bank      fixtures.Organisation

	next       int // step
	day        int
	pack       string
	receivable trade.AssetID
	financing  trade.AssetID
	lines      []line
	papers     map[string]string // requests for papers, by who is asked for what
	ended      *Outcome
}

// line is a line of a bank statement.
type line struct {
	ID         string        `json:"id"`
	Amount     money.Amount  `json:"amount"`
	Receivable trade.AssetID `json:"receivable"`
}

func newRun(j *job, t *fixtures.Trade) *run {
	r := &run{job: j, trade: t, day: j.Set.Begin, papers: map[string]string{}}
	r.programme, _ = j.Set.Demo.Programme(t.Plan.Programme)
	r.seller, _ = j.Set.Demo.Organisation(r.programme.Seller)
	r.buyer, _ = j.Set.Demo.Organisation(r.programme.Buyer)
	r.bank, _ = j.Set.Demo.Organisation(r.programme.Bank)
	return r
}

// due is the day of the next step, counted from the day of the show: no step comes before the
// one that it follows.
func (r *run) due() int {
	if r.next == len(r.trade.Plan.Steps) {
		return r.day
	}
	return max(r.day, r.trade.Shift+r.trade.Plan.Steps[r.next].Day)
}

// say tells what happens in a trade that is told step by step.
func (r *run) say(format string, args ...any) {
	if !r.trade.Book {
		r.job.say(format, args...)
	}
}

// signAll has persons sign intents and waits until they are done.
func (r *run) signAll(ctx context.Context, intents []Intent, emails []string) error {
	if !r.trade.Book {
		return r.job.signAll(ctx, intents, emails)
	}
	_, err := r.signed(ctx, intents, emails)
	return err
}

// do performs the steps that are due on a day. A refusal ends the trade; it is an outcome,
// not an error.
func (r *run) do(ctx context.Context, day int) error {
	steps := r.trade.Plan.Steps
	if r.ended == nil && r.next == 0 && r.due() <= day {
		r.say("— %s: %s", r.trade.Name, r.trade.Plan.Title)
	}
	for r.ended == nil && r.next < len(steps) {
		if r.due() > day {
			return nil
		}
		r.day = r.due()
		s := steps[r.next]
		err := r.step(ctx, s)
		if p, ok := Refused(err); ok && p.Status < 500 && p.Status != 401 && p.Status != 429 {
			r.end("refused", s.Act, p.Code+": "+p.Detail)
			return nil
		}
		if err != nil {
			return fmt.Errorf("%s: %w", s.Act, err)
		}
		r.next++
	}
	if r.ended == nil {
		outcome := "waiting"
		if slices.ContainsFunc(steps, func(s fixtures.Step) bool { return s.Act == string(trade.ReceivablePay) }) {
			outcome = "settled"
		}
		r.end(outcome, steps[len(steps)-1].Act)
	}
	return nil
}

func (r *run) end(outcome, at string, reasons ...string) {
	r.ended = &Outcome{Trade: r.trade.Name, Outcome: outcome, At: at, Reasons: reasons, Book: r.trade.Book}
	for _, reason := range reasons {
		r.say("%-22s refused: %s", at, reason)
	}
}

// outcome is how the trade ended, held against what its folder says.
func (r *run) outcome() Outcome {
	o := *r.ended
	want := r.trade.Plan.Expected
	o.AsExpected = o.Outcome == want.Outcome && (want.RefusedAt == "" || want.RefusedAt == o.At)
	return o
}

// step performs one step of the plan.
func (r *run) step(ctx context.Context, s fixtures.Step) error {
	switch s.Act {
	case "upload":
		if s.File != "" {
			_, err := r.bring(ctx, s.File, s.By[0])
			return err
		}
		return r.upload(ctx)
	case "verify":
		return r.verify(ctx)
	case "statement":
		return r.statement(ctx, s)
	case "report":
		return r.report(ctx, s)
	case "ask":
		return r.ask(ctx, s)
	case "decline":
		return r.decline(ctx, s)
	}
	switch trade.Act(s.Act) {
	case trade.ReceivableIssue:
		return r.issue(ctx, s)
	case trade.ReceivableConfirm:
		return r.simple(ctx, s, r.claimed("confirmation"), r.confirmation)
	case trade.FinancingRequest:
		return r.request(ctx, s)
	case trade.FinancingQuote:
		return r.simple(ctx, s, r.financed("quote"), r.quote)
	case trade.ReceivableReserve:
		return r.simple(ctx, s, r.financed("acceptance"), nothing)
	case trade.FinancingApprove: // the assignment is signed with the same gesture
		return r.simple(ctx, s, r.financed("approval"), func(context.Context) (any, error) {
			return map[string]string{"account": number(r.bank, r.programme.Limit.Currency())}, nil
		})
	case trade.ReceivableAssign, trade.FinancingRepay:
		return nil // signed with the approval, and with the payment
	case trade.FinancingDisburse:
		return r.simple(ctx, s, r.financed("disbursement"), func(context.Context) (any, error) {
			return map[string]string{"reference": "payout " + string(r.financing)}, nil
		})
	case trade.ReceivablePay:
		return r.pay(ctx, s)
	case trade.ReceivableDispute:
		return r.dispute(ctx, s)
	case trade.ReceivableAskPayee:
		return r.simple(ctx, s, r.claimed("payee-change"), func(context.Context) (any, error) {
			return map[string]string{"account": s.Account, "reason": s.Reason}, nil
		})
	case trade.ReceivableConfirmPayee:
		return r.simple(ctx, s, r.claimed("payee-change/confirmation"), func(context.Context) (any, error) {
			return map[string]string{"account": s.Account, "call_back": s.Reason}, nil
		})
	case trade.ReceivableReject:
		return r.simple(ctx, s, r.claimed("rejection"), because(s))
	case trade.FinancingRefuse:
		return r.simple(ctx, s, r.financed("refusal"), because(s))
	case trade.FinancingDecline:
		return r.simple(ctx, s, r.financed("decline"), because(s))
	case trade.ReceivableOverdue:
		return r.simple(ctx, s, r.claimed("overdue"), nothing)
	default:
		return fmt.Errorf("the demonstration has no step %q", s.Act)
	}
}

func (r *run) financed(what string) string {
	return "/v1/financings/" + string(r.financing) + "/" + what
}

func (r *run) claimed(what string) string {
	return "/v1/receivables/" + string(r.receivable) + "/" + what
}

func nothing(context.Context) (any, error) { return struct{}{}, nil }

// because is the body of an act that needs a reason and nothing else.
func because(s fixtures.Step) func(context.Context) (any, error) {
	return func(context.Context) (any, error) { return map[string]string{"reason": s.Reason}, nil }
}

// simple prepares one act and has it signed.
func (r *run) simple(
	ctx context.Context, s fixtures.Step, path string, body func(context.Context) (any, error),
) error {
	b, err := body(ctx)
	if err != nil {
		return err
	}
	intents, err := r.act(ctx, s.By[0], path, b)
	if err != nil {
		return err
	}
	if s.Open {
		return r.sign(ctx, intents, s.By)
	}
	return r.signAll(ctx, intents, s.By)
}

// upload opens a pack for the trade; each paper is brought by who issued it.
func (r *run) upload(ctx context.Context) error {
	parties := []map[string]string{
		{"organisation": r.seller.MSP, "side": "seller"}, {"organisation": r.buyer.MSP, "side": "obligor"},
	}
	for _, o := range r.Set.Demo.Organisations {
		brings := r.trade.Plan.Asks(o.ID) || slices.ContainsFunc(
			r.trade.Plan.Documents, func(p fixtures.Paper) bool { return p.Uploader == o.ID },
		)
		switch kind := trade.OrgKind(o.Kind); {
		case brings && kind == trade.KindCarrier:
			parties = append(parties, map[string]string{"organisation": o.MSP, "side": "carrier"})
		case brings && kind == trade.KindWarehouse:
			parties = append(parties, map[string]string{"organisation": o.MSP, "side": "warehouse"})
		case kind == trade.KindAuditor:
			parties = append(parties, map[string]string{"organisation": o.MSP, "side": "reader"})
		}
	}
	s, err := r.as(ctx, first(r.seller, trade.Maker))
	if err != nil {
		return err
	}
	var pack struct {
		ID string `json:"id"`
	}
	if err := s.Post(
		ctx, "/v1/packs", map[string]any{
			"title": r.trade.Plan.Title, "parties": parties, "programme": r.programmes[r.programme.ID],
		}, &pack,
	); err != nil {
		return err
	}
	r.pack = pack.ID
	r.say("%-22s %s", "pack", r.pack)
	for _, p := range r.trade.Plan.Documents {
		if r.trade.Plan.BroughtLater(p.File) {
			continue
		}
		if _, err := r.bring(ctx, p.File, p.Person); err != nil {
			return err
		}
	}
	return nil
}

// bring uploads a file to the pack and returns the id of the paper.
func (r *run) bring(ctx context.Context, file, email string) (string, error) {
	by, err := r.as(ctx, email)
	if err != nil {
		return "", err
	}
	var d struct {
		ID string `json:"id"`
	}
	err = by.File(ctx, "/v1/packs/"+r.pack+"/documents", file, r.trade.Files[file], &d)
	if err != nil {
		return "", fmt.Errorf("%s: %w", file, err)
	}
	r.say("%-22s %-40s %s  %s", "upload", d.ID, file, email)
	return d.ID, nil
}

const (
	quoteLife = 7 * 24 * time.Hour
	readTries = 300
	readPause = 100 * time.Millisecond
)

// packView is a pack as the API shows it.
type packView struct {
	Papers []struct {
		ID    string `json:"id"`
		State string `json:"state"`
	} `json:"papers"`
	Stand        bool `json:"verdicts_stand"`
	Verification *struct {
		Verdicts []struct {
			Question string `json:"question"`
			Answer   string `json:"answer"`
			Reasons  []struct {
				Code    string `json:"code"`
				Message string `json:"message"`
			} `json:"reasons"`
		} `json:"verdicts"`
	} `json:"verification"`
}

// verify waits until the papers are read and the verdicts stand. Where one is no
// pass, the seller asks the bank all the same, and both see the refusal and its reasons.
func (r *run) verify(ctx context.Context) error {
	s, err := r.as(ctx, first(r.seller, trade.Maker))
	if err != nil {
		return err
	}
	pack, err := r.read(ctx, s)
	if err != nil {
		return err
	}
	reasons := []string{}
	for _, v := range pack.Verification.Verdicts {
		r.say("%-22s %-14s %s", "verdict", v.Question, v.Answer)
		if v.Answer == "pass" {
			continue
		}
		for _, why := range v.Reasons {
			reasons = append(reasons, why.Code+": "+why.Message)
		}
	}
	if len(reasons) == 0 {
		return nil
	}
	var f financingView
	if err := s.Post(ctx, "/v1/financings", r.asked(), &f); err != nil {
		return err
	}
	r.say("%-22s %s at %s: %s", "financing.request", f.ID, r.bank.Name, f.State)
	if f.State != "refused" {
		return fmt.Errorf("a verdict is no pass, and the request is %q", f.State)
	}
	r.end("refused", "verify", reasons...)
	return nil
}

// read waits for the readers and the verdicts.
func (r *run) read(ctx context.Context, s *Session) (packView, error) {
	var pack packView
	for range readTries {
		pack = packView{}
		if err := s.Get(ctx, "/v1/packs/"+r.pack, &pack); err != nil {
			return packView{}, err
		}
		ready := pack.Stand
		for _, p := range pack.Papers {
			ready = ready && p.State != "received"
		}
		if ready {
			return pack, nil
		}
		if err := pause(ctx, readPause); err != nil {
			return packView{}, err
		}
	}
	return packView{}, errors.New("the papers were not read in time")
}

func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (r *run) asked() map[string]any {
	return map[string]any{"pack": r.pack, "programme": r.programmes[r.programme.ID]}
}

// issue claims the receivable. Papers that are still on their way to the ledger are waited
// for, as the answer asks.
func (r *run) issue(ctx context.Context, s fixtures.Step) error {
	for range readTries {
		intents, err := r.act(ctx, s.By[0], "/v1/receivables", map[string]string{"pack": r.pack})
		if p, ok := Refused(err); ok && p.Code == "pack.papers" {
			if err := pause(ctx, readPause); err != nil {
				return err
			}
			continue
		}
		if err != nil {
			return err
		}
		r.receivable = intents[0].Subjects[0].ID
		return r.signAll(ctx, intents, s.By)
	}
	return errors.New("the papers did not reach the ledger in time")
}

// confirmation confirms the whole face.
func (r *run) confirmation(ctx context.Context) (any, error) {
	s, err := r.as(ctx, first(r.buyer, trade.Maker))
	if err != nil {
		return nil, err
	}
	var v struct {
		Face   money.Amount `json:"face"`
		Number string       `json:"number"`
	}
	if err := s.Get(ctx, "/v1/receivables/"+string(r.receivable), &v); err != nil {
		return nil, err
	}
	if want := r.trade.Plan.Expected.Face; !want.IsAbsent() && v.Face != want {
		return nil, fmt.Errorf("issued for %s, not for %s", v.Face, want)
	}
	return map[string]any{
		"amount":            v.Face,
		"promise":           trade.Acknowledgement,
		"waives_defences":   false,
		"consents_to_split": false,
		"text":              fmt.Sprintf("We acknowledge that we owe %s on invoice %s.", v.Face, v.Number),
	}, nil
}

// financingView is a financing as the API shows it.
type financingView struct {
	ID     trade.AssetID `json:"id"`
	State  string        `json:"state"`
	Intent *Intent       `json:"intent"`
}

func (r *run) request(ctx context.Context, s fixtures.Step) error {
	by, err := r.as(ctx, s.By[0])
	if err != nil {
		return err
	}
	var f financingView
	if err := by.Post(ctx, "/v1/financings", r.asked(), &f); err != nil {
		return err
	}
	if f.Intent == nil {
		return &Problem{Status: 409, Code: "financing.refused", Detail: "refused by rule"}
	}
	r.financing = f.ID
	return r.signAll(ctx, []Intent{*f.Intent}, s.By)
}

// quote names the plan's price and tells what it comes to.
func (r *run) quote(ctx context.Context) (any, error) {
	q := r.trade.Plan.Quote
	if q == nil {
		return nil, errors.New("the plan names no quote")
	}
	body := map[string]any{
		"advance_rate": q.AdvancePercent,
		"rate":         q.DiscountPercent,
		"kind":         trade.Discount,
		"day_count":    q.DayCount,
		"fee_rate":     q.FeePercentOfFace,
		"fee_bearer":   q.FeeBearer,
		"value_date":   r.today(),
		"recourse":     r.programme.Recourse == "with_recourse",
		"lapses_at":    r.now().Add(quoteLife).Truncate(time.Second),
	}
	s, err := r.as(ctx, first(r.bank, trade.Maker))
	if err != nil {
		return nil, err
	}
	var t struct {
		Advance money.Amount `json:"advance"`
		Charge  money.Amount `json:"charge"`
		Fee     money.Amount `json:"fee"`
		Cash    money.Amount `json:"cash"`
		Days    int          `json:"days"`
		AllIn   string       `json:"all_in_rate"`
	}
	if err := s.Post(ctx, r.financed("price"), body, &t); err != nil {
		return nil, err
	}
	r.say("%-22s advance %s, discount %s over %d days, fee %s, cash %s, all in %s %% a year", "price",
		t.Advance.Grouped(), t.Charge.Grouped(), t.Days, t.Fee.Grouped(), t.Cash.Grouped(), t.AllIn)
	if want := r.trade.Plan.Expected.Figures; want != nil &&
		(t.Cash != want.Cash || t.Charge != want.Discount) {
		return nil, fmt.Errorf("the figures are not those expected: cash %s, discount %s", t.Cash, t.Charge)
	}
	return body, nil
}
