// Package demo does the main job as its users would: over the HTTP API, signed in as the
// people of a folder of fixtures, with keys that only the demonstration holds.
//
// Time passes once: the node's clock moves from one day to the next on which a trade has
// something to do.
package demo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/fixtures"
	"github.com/countersign/countersign/services/app"
)

// Config says what the demonstration works with.
type Config struct {
	Address string // of the node: "http://127.0.0.1:8080"
	Set     *fixtures.Set
	People  *People
	Out     io.Writer                            // what happens is told here, a line a step
	Save    func(name string, file []byte) error // keeps the reports
	Now     func() time.Time
	Hasher  app.PasswordHasher // of the passwords of people who come while it runs
}

// Outcome is how one trade ended.
type Outcome struct {
	Trade   string   `json:"trade"`
	Outcome string   `json:"outcome"` // "settled", "refused" or "waiting"
	At      string   `json:"at"`      // the step at which it ended
	Reasons []string `json:"reasons,omitempty"`
	Book    bool     `json:"book,omitempty"` // an ordinary trade of the book
	// AsExpected tells whether the folder said so.
	AsExpected bool `json:"as_expected"`
}

// job is one run of the demonstration.
type job struct {
	Config
	day int // on the ledger, counted from the day of the show

	mu         sync.Mutex          // what follows is shared by trades that go on at once
	sessions   map[string]*Session // by e-mail
	programmes map[string]trade.AssetID
}

// atOnce is how many ordinary trades, registrations or programmes go on at the same time.
const atOnce = 8

// Run does the job and returns how each trade ended. An error means that the job could not
// be done; an outcome that the folder did not expect is none.
func Run(ctx context.Context, c Config) ([]Outcome, error) {
	j := &job{
		Config: c, day: c.Set.Begin, sessions: map[string]*Session{},
		programmes: map[string]trade.AssetID{},
	}
	if err := j.setUp(ctx); err != nil {
		return nil, fmt.Errorf("setting up: %w", err)
	}
	runs := make([]*run, len(c.Set.Trades))
	for i := range c.Set.Trades {
		runs[i] = newRun(j, &c.Set.Trades[i])
	}
	for day, due := nextDay(runs); due; day, due = nextDay(runs) {
		if err := j.moveClock(ctx, day); err != nil {
			return nil, fmt.Errorf("moving the clock: %w", err)
		}
		if err := j.trade(ctx, runs, day); err != nil {
			return nil, err
		}
	}
	if err := j.moveClock(ctx, 0); err != nil {
		return nil, fmt.Errorf("moving the clock: %w", err)
	}
	for _, e := range c.Set.Demo.Staff {
		if err := j.enrol(ctx, e); err != nil {
			return nil, fmt.Errorf("enrolling %s: %w", e.Person.Email, err)
		}
	}
	outcomes := make([]Outcome, len(runs))
	for i, r := range runs {
		outcomes[i] = r.outcome()
	}
	return outcomes, nil
}

// trade does what is due on a day: trades that are told step by step one after another, the
// ordinary ones at once.
func (j *job) trade(ctx context.Context, runs []*run, day int) error {
	book := []func(context.Context) error{}
	for _, r := range runs {
		do := func(ctx context.Context) error {
			if err := r.do(ctx, day); err != nil {
				return fmt.Errorf("trade %s: %w", r.trade.Name, err)
			}
			return nil
		}
		if r.trade.Book {
			book = append(book, do)
			continue
		}
		if err := do(ctx); err != nil {
			return err
		}
	}
	return together(ctx, book)
}

// together runs functions at once, atOnce at a time, and returns the errors of those that failed.
func together(ctx context.Context, all []func(context.Context) error) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var group sync.WaitGroup
	places, errs := make(chan struct{}, atOnce), make([]error, len(all))
	for i, do := range all {
		places <- struct{}{}
		group.Go(func() {
			defer func() { <-places }()
			if errs[i] = do(ctx); errs[i] != nil {
				stop()
			}
		})
	}
	group.Wait()
	return errors.Join(errs...)
}

// nextDay is the first day on which a trade that has not ended has something to do; false
// when all have ended.
func nextDay(runs []*run) (day int, due bool) {
	for _, r := range runs {
		if d := r.due(); r.ended == nil && (!due || d < day) {
			day, due = d, true
		}
	}
	return day, due
}

// say tells one line of what happens.
func (j *job) say(format string, args ...any) {
	j.mu.Lock()
	defer j.mu.Unlock()
	fmt.Fprintf(j.Out, j.Now().UTC().Format("15:04:05.000")+"  "+format+"\n", args...)
}

// setUp registers every organisation, opens the keyring and the programmes.
func (j *job) setUp(ctx context.Context) error {
	operator, registrations := "", []func(context.Context) error{}
	for _, o := range j.Set.Demo.Organisations {
		admins := persons(o, string(trade.Admin))
		if len(admins) < 2 {
			return fmt.Errorf("%s has no two admins", o.ID)
		}
		if o.Kind == string(trade.KindOperator) {
			operator = o.ID
		}
		registrations = append(registrations, func(ctx context.Context) error {
			if err := j.register(ctx, o, admins[:2]); err != nil {
				return fmt.Errorf("registering %s: %w", o.ID, err)
			}
			return nil
		})
	}
	if err := together(ctx, registrations); err != nil {
		return err
	}
	o, ok := j.Set.Demo.Organisation(operator)
	if !ok {
		return errors.New("the folder names no platform operator")
	}
	admins := persons(o, string(trade.Admin))
	opened, err := j.act(ctx, admins[0], "/v1/keyring", struct{}{})
	if err != nil {
		return err
	}
	if err := j.signAll(ctx, opened, admins[:2]); err != nil {
		return err
	}
	programmes := []func(context.Context) error{}
	for _, p := range j.Set.Demo.Programmes {
		programmes = append(programmes, func(ctx context.Context) error {
			if err := j.openProgramme(ctx, p); err != nil {
				return fmt.Errorf("programme %s: %w", p.ID, err)
			}
			return nil
		})
	}
	return together(ctx, programmes)
}

// register signs the registration that waits in the inbox of the organisation's admins.
func (j *job) register(ctx context.Context, o fixtures.Organisation, admins []string) error {
	s, err := j.as(ctx, admins[0])
	if err != nil {
		return err
	}
	var waiting intentPage
	if err := s.Get(ctx, "/v1/intents", &waiting); err != nil {
		return err
	}
	for _, i := range waiting.Items {
		if i.Act == trade.OrganisationRegister {
			return j.signAll(ctx, []Intent{i}, admins)
		}
	}
	return fmt.Errorf("no registration waits for %s", o.ID)
}

func (j *job) openProgramme(ctx context.Context, p fixtures.Programme) error {
	bank, _ := j.Set.Demo.Organisation(p.Bank)
	seller, _ := j.Set.Demo.Organisation(p.Seller)
	buyer, _ := j.Set.Demo.Organisation(p.Buyer)
	signers := []string{first(bank, trade.Maker), first(bank, trade.Checker), first(seller, trade.Maker)}
	opened, err := j.act(ctx, signers[0], "/v1/programmes", map[string]any{
		"seller":     seller.MSP,
		"obligor":    buyer.MSP,
		"limit":      p.Limit,
		"tenor_days": p.TenorDays,
		"agreement":  "Master agreement on receivables finance, " + p.ID + ", first version.",
		"readers":    j.auditors(),

		"tolerances":      p.Tolerances,
		"required_papers": p.RequiredPapers,
	})
	if err != nil {
		return err
	}
	j.mu.Lock()
	j.programmes[p.ID] = opened[0].Subjects[0].ID
	j.mu.Unlock()
	if err := j.signAll(ctx, opened, signers); err != nil {
		return err
	}
	return j.price(ctx, p, opened[0].Subjects[0].ID, signers[0])
}

// price says what the bank asks under a programme as a rule, which its quotes begin with.
func (j *job) price(
	ctx context.Context, p fixtures.Programme, opened trade.AssetID, maker string,
) error {
	s, err := j.as(ctx, maker)
	if err != nil {
		return err
	}
	fee, bearer := "0", trade.SellerBears
	if len(p.Fees) > 0 {
		fee = p.Fees[0].PercentOfFace
	}
	rule, err := json.Marshal(map[string]any{
		"advance_rate": p.AdvancePercent, "rate": p.DiscountPercent, "kind": trade.Discount,
		"day_count": p.DayCount, "fee_rate": fee, "fee_bearer": bearer,
		"recourse": p.Recourse == "with_recourse",
	})
	if err != nil {
		return err
	}
	path := "/v1/programmes/" + string(opened) + "/pricing"
	return s.Send(ctx, http.MethodPut, path, rule, http.Header{"Content-Type": {"application/json"}}, nil)
}

// auditors are the organisations that get copies to read.
func (j *job) auditors() []string {
	list := []string{}
	for _, o := range j.Set.Demo.Organisations {
		if o.Kind == string(trade.KindAuditor) {
			list = append(list, o.MSP)
		}
	}
	return list
}

// today is the day on the ledger.
func (j *job) today() money.Date { return j.Set.Today.AddDays(j.day) }

// now is the time on the ledger.
func (j *job) now() time.Time { return j.Now().UTC().AddDate(0, 0, j.day) }

// moveClock lets days pass on the demo node until a day.
func (j *job) moveClock(ctx context.Context, day int) error {
	days := day - j.day
	if days <= 0 {
		return nil
	}
	for _, o := range j.Set.Demo.Organisations {
		if o.Kind != string(trade.KindOperator) {
			continue
		}
		s, err := j.as(ctx, first(o, trade.Admin))
		if err != nil {
			return err
		}
		var answer struct {
			Now time.Time `json:"now"`
		}
		if err := s.Post(ctx, "/v1/demo/clock", map[string]int{"days": days}, &answer); err != nil {
			return err
		}
		j.day = day
		j.say(
			"the demo clock moved %d days forward: it is %s on the ledger, and every block from here says so",
			days,
			answer.Now.Format(time.DateOnly),
		)
		return nil
	}
	return errors.New("nobody may move the clock")
}

// persons lists who of an organisation has a role.
func persons(o fixtures.Organisation, role string) []string {
	list := []string{}
	for _, p := range o.Persons {
		if slices.Contains(p.Roles, role) {
			list = append(list, p.Email)
		}
	}
	return list
}

// first is the first person of an organisation with a role; empty when there is none.
func first(o fixtures.Organisation, role trade.Role) string {
	list := persons(o, string(role))
	if len(list) == 0 {
		return ""
	}
	return list[0]
}
