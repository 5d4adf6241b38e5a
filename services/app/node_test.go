package app_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/countersign/countersign/chaincode"
	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/chaincode/trade/tradetest"
	"github.com/countersign/countersign/fixtures"
	"github.com/countersign/countersign/services/app"
	"github.com/countersign/countersign/services/blob"
	"github.com/countersign/countersign/services/embedded"
	"github.com/countersign/countersign/services/jobs"
	"github.com/countersign/countersign/services/postgres"
	"github.com/countersign/countersign/services/postgres/postgrestest"
	"github.com/countersign/countersign/services/reading"
	"github.com/countersign/countersign/services/report"
)

func TestMain(m *testing.M) {
	code := postgrestest.Main(m)
	_ = os.RemoveAll(founded.ledger) // nobody to tell
	os.Exit(code)
}

const (
	channel  = "trade"
	patience = 60 * time.Second // for what jobs do
	glance   = 20 * time.Millisecond
)

type wallClock struct{}

func (wallClock) Now() time.Time { return time.Now() } //nolint:forbidigo // jobs wait by the database's clock

// renderer is shared: to load the fonts takes half a second under the race detector.
var renderer = sync.OnceValues(func() (*report.Renderer, error) { return report.New(report.Options{}) })

// node is a whole node without its face: the steps over PostgreSQL, an embedded ledger, a
// folder of papers and a runner of jobs, with the organisations of the fixtures registered.
type node struct {
	*app.App

	t      *testing.T
	ledger *embedded.Ledger
	set    *fixtures.Set
	people map[string]person                    // by e-mail
	exec   func(t *testing.T, sql string) int64 // behind the node's back; how many rows it changed
	papers string                               // the folder of the papers' bytes
}

// person is somebody who acts and signs.
type person struct {
	app.Actor

	key *tradetest.Person
}

// founded is what a node keeps beside its database once the organisations of the fixtures are
// registered on it. It is made once and only ever copied: to found a node takes a second under the
// race detector.
var founded struct {
	ledger string // a folder
	people map[string]person
}

// found makes what others begin with.
func found(t *testing.T, pool *postgrestest.Pool) {
	t.Helper()
	dir, err := os.MkdirTemp("", "countersign-founded-") //nolint:usetesting // it outlives the test
	ok(t, err)
	founded.ledger = dir
	n, end := startNode(t, pool, dir, app.DefaultQuota)
	n.setUp()
	end()
	founded.people = n.people
}

// openNode starts a node; it ends with the test, which runs beside others from here on: most of its
// time it waits for blocks and jobs.
func openNode(t *testing.T) *node {
	t.Helper()
	return openNodeWithin(t, app.DefaultQuota)
}

// openNodeWithin starts a node whose organisations' papers may take so many bytes.
func openNodeWithin(t *testing.T, quota int64) *node {
	t.Helper()
	t.Parallel()
	pool := postgrestest.NewFrom(t, "founded", func(pool *postgrestest.Pool) { found(t, pool) })
	ledger := filepath.Join(t.TempDir(), "ledger")
	ok(t, os.CopyFS(ledger, os.DirFS(founded.ledger)))
	n, end := startNode(t, pool, ledger, quota)
	t.Cleanup(end)
	maps.Copy(n.people, founded.people)
	return n
}

// startNode starts a node on a database and a ledger's folder, until end is called.
func startNode(t *testing.T, pool *postgrestest.Pool, dir string, quota int64) (n *node, end func()) {
	t.Helper()
	set, err := fixtures.Load(fixtures.Default(), money.DateOf(wallClock{}.Now()))
	ok(t, err)
	n = &node{t: t, set: set, people: map[string]person{}}
	log := slog.New(slog.DiscardHandler)
	var orgs []string
	for _, o := range set.Demo.Organisations {
		orgs = append(orgs, o.MSP)
	}
	n.ledger, err = embedded.Open(t.Context(), embedded.Config{
		Dir: dir, Orgs: orgs, Channel: channel, Clock: wallClock{}, Demo: true, Log: log,
		Chaincode: chaincode.New(func() time.Time { return n.ledger.Now() }, log),
	})
	ok(t, err)
	n.papers = t.TempDir()
	papers, err := blob.OpenURL(t.Context(), "file://"+n.papers, t.TempDir())
	ok(t, err)
	renderer, err := renderer()
	ok(t, err)
	n.exec = func(t *testing.T, sql string) int64 {
		t.Helper()
		done, err := pool.Exec(t.Context(), sql)
		ok(t, err)
		return done.RowsAffected()
	}
	queue, err := jobs.NewQueue(pool, log)
	ok(t, err)
	n.App = app.New(app.Config{
		Store: postgres.NewStore(pool, queue), Ledger: n.ledger, Prover: n.ledger, Blobs: papers,
		Renderer: renderer, Reader: reading.Here{}, Clock: n.ledger, Wall: wallClock{}, Log: log,
		Channel: channel, Release: "test",
		Keys: map[int64][]byte{1: []byte("0123456789abcdef0123456789abcdef")}, Quota: quota,
		Secret: []byte("0123456789abcdef0123456789abcdef"), RelyingParty: tradetest.RelyingParty,
	})
	runner, err := jobs.Start(t.Context(), pool, n.workers(log), jobs.Config{
		Node: "test", Concurrency: 4, Now: wallClock{}.Now, Logger: log,
	})
	ok(t, err)
	endFollowing := n.follow(runner.Stop)
	return n, func() {
		endFollowing()
		ok(t, errors.Join(papers.Close(), n.ledger.Close()))
	}
}

// workers do the steps' jobs.
func (n *node) workers(log *slog.Logger) *jobs.Workers {
	t := n.t
	workers := jobs.NewWorkers(func(err error) jobs.Verdict {
		t.Logf("a job has to wait or failed: %v", err)
		return jobs.Verdict{}
	}, log)
	ok(t, errors.Join(
		handle[app.ParseJob](workers, n.App), handle[app.RecordJob](workers, n.App),
		handle[app.VerifyJob](workers, n.App), handle[app.SubmitJob](workers, n.App),
	))
	return workers
}

// follow follows the ledger until end is called, which ends the jobs first.
func (n *node) follow(stopJobs func(context.Context) error) (end func()) {
	t := n.t
	ctx, stop := context.WithCancel(t.Context())
	followed := make(chan error, 1)
	go func() { followed <- n.Follow(ctx) }()
	return func() {
		ok(t, stopJobs(context.WithoutCancel(ctx)))
		stop()
		// Stopped within a block, the connection may be closed under it; the block is projected again.
		if err := <-followed; !errors.Is(err, context.Canceled) && !errors.Is(err, net.ErrClosed) {
			t.Errorf("following the ledger ended: %v", err)
		}
	}
}

func handle[J app.Job](w *jobs.Workers, a *app.App) error {
	return jobs.Handle(w, time.Minute, func(ctx context.Context, j J) error { return a.Work(ctx, j) })
}

// setUp brings the organisations of the fixtures to the node; their admins register them.
func (n *node) setUp() {
	t := n.t
	setups := make([]app.Setup, len(n.set.Demo.Organisations))
	for i, o := range n.set.Demo.Organisations {
		setups[i] = n.setupOf(o)
	}
	ok(t, n.Bootstrap(t.Context(), setups))
	ok(t, n.Bootstrap(t.Context(), setups)) // again: nothing happens
	for _, o := range n.set.Demo.Organisations {
		admins := n.with(o.ID, trade.Admin)
		waiting, _, err := n.Waiting(t.Context(), admins[0].Actor, app.Page{})
		ok(t, err)
		if len(waiting) != 1 || waiting[0].Command.Act != trade.OrganisationRegister {
			t.Fatalf("%s: %d commands wait, the registration alone should", o.ID, len(waiting))
		}
		n.sign(waiting, admins[:2]...)
		if o.Kind == string(trade.KindOperator) {
			defer func() {
				opened, err := n.OpenKeyring(t.Context(), admins[0].Actor)
				ok(t, err)
				n.sign([]app.Intent{opened}, admins[:2]...)
			}()
		}
	}
}

func (n *node) setupOf(o fixtures.Organisation) app.Setup {
	t := n.t
	org := trade.OrgID(o.MSP)
	s := app.Setup{Organisation: app.Organisation{
		ID: org, Kind: trade.OrgKind(o.Kind), Name: o.Name, NameLocal: o.NameLocal, VAT: o.VAT, LEI: o.LEI,
		RegistrationID: o.RegistrationID, Country: o.Country, CreatedAt: n.Now(),
	}}
	for i, a := range o.Accounts {
		s.Accounts = append(s.Accounts, app.Account{
			ID: fmt.Sprintf("acc-%s-%d", o.ID, i), Org: org, Number: numberOf(a),
			BIC: a.BIC, Holder: a.Holder, Currency: a.Currency,
		})
	}
	for i, f := range o.Persons {
		u := app.User{
			ID: app.UserID(fmt.Sprintf("usr-%s-%d", o.ID, i)), Org: org, Email: f.Email, Name: f.Name,
			Person: trade.PersonID(fmt.Sprintf("%s-%d", o.ID, i)), PasswordHash: "$argon2id$none", CreatedAt: n.Now(),
		}
		for _, r := range f.Roles {
			u.Roles = append(u.Roles, trade.Role(r))
		}
		key := tradetest.NewPerson(t, org, u.Person, u.Roles...)
		u.PublicKey = key.PublicKey(t).Public
		s.Users = append(s.Users, u)
		n.people[f.Email] = person{
			Actor: app.Actor{
				User: u.ID, Person: u.Person, Name: u.Name, Org: org, Kind: s.Organisation.Kind, Roles: u.Roles,
			},
			key: key,
		}
	}
	return s
}

// numberOf is an account's number as statements and invoices are compared with.
func numberOf(a fixtures.Account) string { return strings.ReplaceAll(a.IBAN+a.Number, " ", "") }

// with lists the people of an organisation, named as in the fixtures, who have a role.
func (n *node) with(org string, role trade.Role) []person {
	n.t.Helper()
	o, found := n.set.Demo.Organisation(org)
	if !found {
		n.t.Fatalf("there is no organisation %q", org)
	}
	var list []person
	for _, f := range o.Persons {
		if p := n.people[f.Email]; p.Has(role) {
			list = append(list, p)
		}
	}
	return list
}

// sign has people sign intents, several with one gesture, and waits until all are committed.
func (n *node) sign(intents []app.Intent, by ...person) {
	n.t.Helper()
	digests := make([]trade.Digest, len(intents))
	for i := range intents {
		digests[i] = intents[i].Digest
	}
	for _, p := range by {
		s := p.key.Sign(n.t, digests...)
		for _, i := range intents {
			_, err := n.Sign(n.t.Context(), p.Actor, i.ID, app.SignatureInput{Batch: s.Batch, Value: s.Value})
			if err != nil {
				n.t.Fatalf("%s by %s: %v", i.Command.Act, p.Name, err)
			}
		}
	}
	ctx, cancel := context.WithTimeout(n.t.Context(), patience)
	defer cancel()
	for _, i := range intents {
		done, err := n.Await(ctx, by[0].Actor, i.ID)
		ok(n.t, err)
		if done.State != app.IntentCommitted {
			n.t.Fatalf("%s is %s: %v", i.Command.Act, done.State, done.Fault)
		}
	}
}

// eventually asks again and again until jobs have done what is waited for.
func (n *node) eventually(what string, done func() bool) {
	n.t.Helper()
	ticker := time.NewTicker(glance)
	defer ticker.Stop()
	ctx, cancel := context.WithTimeout(n.t.Context(), patience)
	defer cancel()
	for !done() {
		select {
		case <-ticker.C:
		case <-ctx.Done():
			n.t.Fatalf("waited in vain for %s", what)
		}
	}
}

// ok ends the test at an error.
func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
