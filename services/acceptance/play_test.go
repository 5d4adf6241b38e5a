package acceptance

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/fixtures"
	"github.com/countersign/countersign/services/demo"
)

// People of the fixtures who act here.
const (
	sellerMaker  = "lin.yue@lanqiao.example"
	buyerMaker   = "zhao.rui@cangning.example"
	buyerChecker = "gao.wen@cangning.example"
	carrierClerk = "luo.yan@haiping.example"
	bankMaker    = "hu.jiayi@yongjiangbank.example"
	bankChecker  = "ren.tao@yongjiangbank.example"
	otherMaker   = "imogen.farrow@aldermoor.example"
	otherChecker = "duncan.astley@aldermoor.example"
	auditor      = "harriet.quillon@quillonrowe.example"
	foreigner    = "katrin.obermoser@brandlhof.example" // a seller that has nothing to do with it
)

const (
	crew        = 5 // people of one role, because one person may upload 60 papers a minute
	requestTime = 100 * time.Second
	pollFirst   = 50 * time.Millisecond // then twice as long each time, up to pollEvery
	pollEvery   = 400 * time.Millisecond
	pollLimit   = 60 * time.Second
)

func today() money.Date {
	return money.DateOf(time.Now().UTC()) //nolint:forbidigo // papers of today, as the program renders them
}

// crowd writes a folder of fixtures without trades, with more people who upload and with
// programmes for many trades.
func crowd(dir string) (fixtures.Demo, error) {
	set, err := fixtures.Load(fixtures.Default(), today())
	if err != nil {
		return fixtures.Demo{}, err
	}
	d := set.Demo
	for i, o := range d.Organisations {
		role := map[string]string{"lanqiao": "maker", "cangning": "maker", "haiping": "operator"}[o.ID]
		for n := 1; role != "" && n < crew; n++ {
			d.Organisations[i].Persons = append(d.Organisations[i].Persons, fixtures.Person{
				Name: fmt.Sprintf("Crew %d", n), Email: hand(o.ID, n), Roles: []string{role},
			})
		}
	}
	for i, p := range d.Programmes {
		if d.Programmes[i].Limit, err = money.New(100_000_000_000, p.Limit.Currency()); err != nil {
			return fixtures.Demo{}, err
		}
	}
	raw, err := json.Marshal(d)
	if err != nil {
		return fixtures.Demo{}, err
	}
	return d, errors.Join(
		os.Mkdir(filepath.Join(dir, "trades"), 0o700),
		os.WriteFile(filepath.Join(dir, "demo.json"), raw, 0o600),
	)
}

// hand is the n-th person of the crew of an organisation; the 0th is the fixtures' own.
func hand(org string, n int) string {
	if n == 0 {
		return map[string]string{"lanqiao": sellerMaker, "cangning": buyerMaker, "haiping": carrierClerk}[org]
	}
	return fmt.Sprintf("crew.%d@%s.example", n, org)
}

// prepared is the data folder of a node whose organisations are registered and whose
// programmes are open, made once and only ever copied.
var prepared struct {
	once sync.Once
	data string
	demo fixtures.Demo
}

// newData gives a copy of the prepared data folder.
func newData(t *testing.T) string {
	t.Helper()
	prepared.once.Do(func() {
		dir, err := root()
		if err != nil {
			t.Fatal(err)
		}
		dir = filepath.Join(dir, "base")
		folder := filepath.Join(dir, "fixtures")
		if err := os.MkdirAll(folder, 0o755); err != nil {
			t.Fatal(err)
		}
		if prepared.demo, err = crowd(folder); err != nil {
			t.Fatal(err)
		}
		r := run(t, fast, "demo", "--exit", "--fixtures", folder, "--data", dir, "--listen", "127.0.0.1:0")
		if r.code != 0 {
			t.Fatalf("preparing a node ended with %d:\n%s\n%s", r.code, r.stdout, r.stderr)
		}
		prepared.data = demoFolder(t, dir)
	})
	if prepared.data == "" {
		t.Fatal("no node could be prepared")
	}
	data := filepath.Join(scratch(t), "n")
	out, err := exec.CommandContext(t.Context(), "cp", "-a", prepared.data, data).CombinedOutput()
	if err != nil {
		t.Fatalf("copying the node: %v: %s", err, out)
	}
	return data
}

// demoFolder is the folder that one run of the demonstration made.
func demoFolder(t *testing.T, dir string) string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(dir, "demo-*"))
	if err != nil || len(found) != 1 {
		t.Fatalf("one folder of the demonstration is wanted, there are %q: %v", found, err)
	}
	return found[0]
}

// house is a node with the people who sign in there.
type house struct {
	*node
	people *demo.People
	set    *fixtures.Set
	client *http.Client

	mu       sync.Mutex
	sessions map[string]*demo.Session
}

// open serves a data folder that newData gave. Requests go through transport; nil is a usual
// one.
func open(t *testing.T, by build, data string, transport http.RoundTripper, flags ...string) *house {
	t.Helper()
	people, err := demo.LoadPeople(filepath.Join(data, "people.json"), prepared.demo)
	if err != nil {
		t.Fatal(err)
	}
	set, err := fixtures.Load(fixtures.Default(), today())
	if err != nil {
		t.Fatal(err)
	}
	if transport == nil {
		transport = &http.Transport{MaxIdleConnsPerHost: 64}
	}
	return &house{
		node: serve(t, by, data, flags...), people: people, set: set, sessions: map[string]*demo.Session{},
		client: &http.Client{Transport: transport, Timeout: requestTime},
	}
}

// again starts the node anew after its process is gone; sessions go on.
func (h *house) again(t *testing.T) {
	t.Helper()
	h.node = serve(t, h.by, h.data)
	h.mu.Lock()
	defer h.mu.Unlock()
	for email, s := range h.sessions {
		h.sessions[email] = s.At(h.address)
	}
}

// as is the session of a person, who signs in at the first time.
func (h *house) as(ctx context.Context, email string) (*demo.Session, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if s := h.sessions[email]; s != nil {
		return s, nil
	}
	person := h.people.ByEmail[email]
	if person == nil {
		return nil, fmt.Errorf("nobody has the address %s", email)
	}
	s, err := demo.SignIn(ctx, h.client, h.address, email, person)
	if err == nil {
		h.sessions[email] = s
	}
	return s, err
}

// must is as for a test that cannot go on without.
func (h *house) must(t *testing.T, email string) *demo.Session {
	t.Helper()
	s, err := h.as(t.Context(), email)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// signed has people sign intents one after another and waits for the outcome.
func (h *house) signed(ctx context.Context, intents []demo.Intent, emails ...string) error {
	var s *demo.Session
	for _, email := range emails {
		var err error
		if s, err = h.as(ctx, email); err != nil {
			return err
		}
		if err := s.Sign(ctx, intents...); err != nil {
			return fmt.Errorf("%s signs %s: %w", email, intents[0].Act, err)
		}
	}
	for _, i := range intents {
		if _, err := s.Outcome(ctx, i.ID); err != nil {
			return fmt.Errorf("%s: %w", i.Act, err)
		}
	}
	return nil
}

// act prepares something as the first of the people and has all of them sign it.
func (h *house) act(ctx context.Context, path string, body any, emails ...string) error {
	s, err := h.as(ctx, emails[0])
	if err != nil {
		return err
	}
	intents, err := s.Act(ctx, path, body)
	if err != nil {
		return err
	}
	return h.signed(ctx, intents, emails...)
}

// papers are the three papers of one trade of the fixtures' first seller and buyer.
type papers struct{ order, invoice, lading []byte }

// papersOf writes the papers of the n-th trade, n from 1: own numbers, and a price of its
// own, so that no two claims are alike.
func papersOf(set *fixtures.Set, run string, n int) papers {
	price := 100 + n
	change := strings.NewReplacer(
		"PO-88417", fmt.Sprintf("PO-%s-%d", run, n), "LQ-10472", fmt.Sprintf("LQ-%s-%d", run, n),
		"HPCL-4471902", fmt.Sprintf("HPCL-%s-%d", run, n), "LD-5530", fmt.Sprintf("LD-%s-%d", run, n),
		"1480.00", fmt.Sprintf("%d.00", price),
		"1776000.00", fmt.Sprintf("%d.00", 1200*price), // 1,200 pieces
		"230880.00", fmt.Sprintf("%d.00", 156*price), // 13 per cent of it
		"2006880.00", fmt.Sprintf("%d.00", 1356*price),
	)
	files := set.Trades[0].Files
	return papers{
		order:   []byte(change.Replace(string(files["order.xml"]))),
		invoice: []byte(change.Replace(string(files["invoice.xml"]))),
		lading:  []byte(change.Replace(string(files["bill-of-lading.json"]))),
	}
}

// document is a paper as the API shows it.
type document struct {
	ID       string       `json:"id"`
	Digest   trade.Digest `json:"digest"`
	State    string       `json:"state"`
	Edit     int          `json:"edit"`
	Findings []struct {
		Rule    string `json:"rule"`
		Message string `json:"message"`
	} `json:"findings"`
}

// pack is a trade pack as the API shows it.
type pack struct {
	ID           string     `json:"id"`
	Papers       []document `json:"papers"`
	Stand        bool       `json:"verdicts_stand"`
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

// openPack opens a pack of the fixtures' first seller, its buyer and the carrier.
func (h *house) openPack(ctx context.Context, email, title string) (string, error) {
	s, err := h.as(ctx, email)
	if err != nil {
		return "", err
	}
	var p pack
	err = s.Post(ctx, "/v1/packs", map[string]any{"title": title, "parties": []map[string]string{
		{"organisation": "LanqiaoMSP", "side": "seller"},
		{"organisation": "CangningMSP", "side": "obligor"},
		{"organisation": "HaipingMSP", "side": "carrier"},
		{"organisation": "QuillonMSP", "side": "reader"},
	}}, &p)
	return p.ID, err
}

// upload puts one paper into a pack.
func (h *house) upload(ctx context.Context, email, pack, name string, file []byte) (document, error) {
	s, err := h.as(ctx, email)
	if err != nil {
		return document{}, err
	}
	var d document
	err = s.File(ctx, "/v1/packs/"+pack+"/documents", name, file, &d)
	return d, err
}

// claim is a receivable on its way.
type claim struct {
	pack       string
	receivable trade.AssetID
	amount     money.Amount
}

// claimed brings the papers of the n-th trade, waits for the verdicts and issues the
// receivable.
func (h *house) claimed(ctx context.Context, run string, n int) (claim, error) {
	p := papersOf(h.set, run, n)
	seller := hand("lanqiao", n%crew)
	id, err := h.openPack(ctx, seller, fmt.Sprintf("Trade %s %d", run, n))
	if err != nil {
		return claim{}, err
	}
	for _, u := range []struct {
		email, name string
		file        []byte
	}{
		{hand("cangning", n%crew), "order.xml", p.order},
		{seller, "invoice.xml", p.invoice},
		{hand("haiping", n%crew), "bill-of-lading.json", p.lading},
	} {
		if _, err := h.upload(ctx, u.email, id, u.name, u.file); err != nil {
			return claim{}, fmt.Errorf("%s: %w", u.name, err)
		}
	}
	s, err := h.as(ctx, seller)
	if err != nil {
		return claim{}, err
	}
	var intents []demo.Intent
	err = eventually(ctx, func() (bool, error) {
		intents, err = s.Act(ctx, "/v1/receivables", map[string]string{"pack": id})
		p, refused := demo.Refused(err)
		if refused && (p.Code == "pack.papers" || p.Code == "pack.unverified" || p.Code == "document.unread") {
			return false, nil // not read, or not on the ledger yet
		}
		return err == nil, err
	})
	if err != nil {
		return claim{}, fmt.Errorf("claiming: %w", err)
	}
	c := claim{pack: id, receivable: intents[0].Subjects[0].ID}
	if err := h.signed(ctx, intents, seller); err != nil {
		return claim{}, err
	}
	var view struct {
		Face money.Amount `json:"face"`
	}
	err = s.Get(ctx, "/v1/receivables/"+string(c.receivable), &view)
	c.amount = view.Face
	return c, err
}

// confirmed has the buyer confirm a claim in full.
func (h *house) confirmed(ctx context.Context, c claim) error {
	return h.act(ctx, "/v1/receivables/"+string(c.receivable)+"/confirmation", map[string]any{
		"amount": c.amount, "promise": trade.Acknowledgement, "waives_defences": false,
		"consents_to_split": false, "text": "We acknowledge that we owe " + c.amount.String() + ".",
	}, buyerMaker, buyerChecker)
}

// programmes are the programmes under which the first seller's claims on its buyer are
// financed, by bank.
func (h *house) programmes(ctx context.Context) (map[trade.OrgID]trade.AssetID, error) {
	s, err := h.as(ctx, sellerMaker)
	if err != nil {
		return nil, err
	}
	var page struct {
		Items []struct {
			ID   trade.AssetID `json:"id"`
			Bank trade.OrgID   `json:"bank"`
		} `json:"items"`
	}
	if err := s.Get(ctx, "/v1/programmes", &page); err != nil {
		return nil, err
	}
	found := map[trade.OrgID]trade.AssetID{}
	for _, p := range page.Items {
		found[p.Bank] = p.ID
	}
	return found, nil
}

// financing is a request as the API shows it.
type financing struct {
	ID     trade.AssetID `json:"id"`
	State  string        `json:"state"`
	Phase  string        `json:"phase"`
	Intent *demo.Intent  `json:"intent"`
}

// requested asks a programme's bank for financing.
func (h *house) requested(ctx context.Context, c claim, programme trade.AssetID) (trade.AssetID, error) {
	s, err := h.as(ctx, sellerMaker)
	if err != nil {
		return "", err
	}
	var f financing
	err = s.Post(ctx, "/v1/financings", map[string]any{"pack": c.pack, "programme": programme}, &f)
	if err != nil {
		return "", err
	}
	if f.Intent == nil {
		return "", fmt.Errorf("financing %s is %s", f.ID, f.State)
	}
	return f.ID, h.signed(ctx, []demo.Intent{*f.Intent}, sellerMaker)
}

// quoted has a bank's maker quote.
func (h *house) quoted(ctx context.Context, f trade.AssetID, maker string) error {
	lapses := today().AddDays(3).String() + "T12:00:00Z"
	return h.act(ctx, "/v1/financings/"+string(f)+"/quote", map[string]any{
		"advance_rate": "90", "rate": "4.35", "kind": "discount", "day_count": "ACT/360", "fee_rate": "0.1",
		"fee_bearer": "seller", "value_date": today().AddDays(1), "recourse": true, "lapses_at": lapses,
	}, maker)
}

// eventually asks until the answer is yes or an error.
func eventually(ctx context.Context, ask func() (bool, error)) error {
	ctx, cancel := context.WithTimeout(ctx, pollLimit)
	defer cancel()
	pause := pollFirst
	for {
		yes, err := ask()
		if err != nil || yes {
			return err
		}
		select {
		case <-time.After(pause):
			pause = min(2*pause, pollEvery)
		case <-ctx.Done():
			return fmt.Errorf("it did not happen in %s", pollLimit)
		}
	}
}

// each calls fn for 0 to n-1, so many at once, and joins the errors.
func each(n, atOnce int, fn func(i int) error) error {
	var (
		group sync.WaitGroup
		mu    sync.Mutex
		errs  []error
	)
	next := make(chan int)
	for range atOnce {
		group.Go(func() {
			for i := range next {
				if err := fn(i); err != nil {
					mu.Lock()
					errs = append(errs, fmt.Errorf("number %d: %w", i, err))
					mu.Unlock()
				}
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	group.Wait()
	return errors.Join(errs...)
}
