// Package app holds the steps of the way of a document: one file a step, each a function
// that a handler or a job calls. It declares what it needs of the outside (Store, Ledger,
// Blobs, Renderer, Reader, Clock) and imports no technology.
//
// Each step numbers its effects and says what a crash after each leaves. Recovery is the
// same step again: jobs exist only if the transaction that needs them has committed, and
// every command has an id that the ledger carries out once.
package app

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"time"

	"github.com/countersign/countersign/chaincode/trade"
)

// App runs the steps.
type App struct {
	store    Store
	ledger   Ledger
	prover   Prover
	blobs    Blobs
	renderer Renderer
	reader   Reader
	clock    Clock
	wall     Clock
	random   io.Reader
	log      *slog.Logger
	channel  string
	keys     map[int64][]byte
	release  string
	quota    int64
	party    string
	demo     bool
	secret   []byte
	notices  *notices
	heard    *heard
	mailer   Mailer
}

// Config is what the wiring gives to the steps.
type Config struct {
	Store    Store
	Ledger   Ledger
	Prover   Prover // checks the ledger's own proofs; nil where the node cannot
	Blobs    Blobs
	Renderer Renderer
	Reader   Reader
	Clock    Clock // of the ledger; on a demo node it may run ahead
	Wall     Clock // of the machine: sessions and sign-ins go by it
	Random   io.Reader
	Log      *slog.Logger
	Channel  string           // name of the ledger's channel: commands are signed for it
	Keys     map[int64][]byte // consortium keys for fingerprints, by epoch
	Release  string           // of this program, to know what to read again
	Quota    int64            // bytes that one organisation's papers may take; 0 is DefaultQuota
	// RelyingParty is the WebAuthn relying party id of the portal: its host name, or a domain
	// above that.
	RelyingParty string
	// Secret of this node, 32 bytes: secrets in the database are sealed with it.
	Secret []byte
	// Demo lets a browser hold a key, for trying out.
	Demo bool
	// Mailer sends mails; nil sends and keeps none.
	Mailer Mailer
}

// DefaultQuota bounds the papers of one organisation, in bytes.
const DefaultQuota = 20 << 30

// New makes the steps. Random is crypto/rand when absent.
func New(c Config) *App {
	if c.Random == nil {
		c.Random = rand.Reader
	}
	if c.Quota == 0 {
		c.Quota = DefaultQuota
	}
	return &App{
		store: c.Store, ledger: c.Ledger, prover: c.Prover, blobs: c.Blobs, renderer: c.Renderer, reader: c.Reader,
		clock: c.Clock, wall: c.Wall, random: c.Random, log: c.Log, channel: c.Channel, keys: c.Keys,
		release: c.Release, quota: c.Quota, party: c.RelyingParty, demo: c.Demo, secret: c.Secret,
		notices: newNotices(), heard: newHeard(), mailer: c.Mailer,
	}
}

// newID makes an id of 128 random bits with a prefix that says its kind.
func (a *App) newID(prefix string) (string, error) {
	b, err := a.randomBytes(16)
	if err != nil {
		return "", err
	}
	return prefix + "-" + hex.EncodeToString(b), nil
}

// newSalt makes 256 random bits in hex.
func (a *App) newSalt() (string, error) {
	b, err := a.randomBytes(32)
	return hex.EncodeToString(b), err
}

func (a *App) randomBytes(n int) ([]byte, error) {
	b := make([]byte, n)
	if _, err := io.ReadFull(a.random, b); err != nil {
		return nil, fmt.Errorf("reading random bytes: %w", err)
	}
	return b, nil
}

// Now is the node's time.
func (a *App) Now() time.Time { return a.clock.Now().UTC() }

// Work runs a job. ErrLater asks for another run after a pause.
func (a *App) Work(ctx context.Context, job Job) error {
	switch j := job.(type) {
	case ParseJob:
		return a.parseDocument(ctx, j.Document)
	case RecordJob:
		return a.recordDocument(ctx, j.Document)
	case VerifyJob:
		_, err := a.verifyPack(ctx, j.Pack, nil)
		return err
	case TidyJob:
		return a.tidy(ctx)
	case MailJob:
		return a.mail(ctx, j.User)
	case ReportJob:
		return a.makeReport(ctx, j.Report)
	case SubmitJob:
		return a.submit(ctx, j.Command)
	}
	return fmt.Errorf("there is no job %T", job)
}

// need refuses an actor without one of the roles.
func need(actor Actor, roles ...trade.Role) error {
	if actor.Has(roles...) {
		return nil
	}
	names := make([]string, len(roles))
	for i, r := range roles {
		names[i] = string(r)
	}
	return fault(CodeForbidden, "", "this needs the role %s", strings.Join(names, " or "))
}

// needKind refuses an actor of an organisation of another kind.
func needKind(actor Actor, kinds ...trade.OrgKind) error {
	for _, k := range kinds {
		if actor.Kind == k {
			return nil
		}
	}
	return fault(CodeForbidden, "", "this is for organisations of the kinds %v", kinds)
}
