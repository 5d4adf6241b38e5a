package app

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/countersign/countersign/chaincode/trade"
)

// AuditLink is an entry of an organisation's log with the hashes that chain it.
type AuditLink struct {
	Seq      int64
	At       time.Time
	User     UserID
	Action   string
	Kind     string
	Subject  string
	Detail   []byte // as it is stored
	Previous []byte
	Hash     []byte
}

// text is what is hashed: the fields in order, one a line. Only the last may hold a line feed.
func (l AuditLink) text(org trade.OrgID) string {
	return fmt.Sprintf("%s\n%d\n%s\n%s\n%s\n%s\n%s\n%s", org, l.Seq,
		l.At.UTC().Format("2006-01-02T15:04:05.000000Z"), l.User, l.Action, l.Kind, l.Subject, l.Detail)
}

// follows says in which way an entry is not the one that must follow; empty when it is.
func (l AuditLink) follows(org trade.OrgID, seq int64, previous []byte) string {
	sum := sha256.Sum256(append(bytes.Clone(previous), l.text(org)...))
	switch {
	case l.Seq != seq+1:
		return BreakMissing
	case !bytes.Equal(l.Previous, previous) || !bytes.Equal(l.Hash, sum[:]):
		return BreakChanged
	}
	return ""
}

// The ways in which a chain is broken.
const (
	BreakMissing = "missing" // an entry or a block is not there
	BreakChanged = "changed" // it does not follow from the one before it
)

// ChainCheck is what a chain was found to be.
type ChainCheck struct {
	Source string      // SourceLedger or SourceNode
	Org    trade.OrgID // of a node's log
	Length int64       // entries or blocks that were read
	Head   int64       // number of the last
	Hash   string      // of the last, in hex
	Break  string      // empty: the chain is whole
	At     int64       // the number where it breaks
}

// VerifyChains reads the chains that the actor's view of the audit log rests on from their first
// link, and computes every hash again: the blocks of the ledger up to the last that was
// projected, and the node's log of the actor's organisation; of every organisation for who runs
// the node.
//
// Effect: an entry in the log of the actor's organisation.
func (a *App) VerifyChains(ctx context.Context, actor Actor) ([]ChainCheck, error) {
	if err := mayReadLog(actor); err != nil {
		return nil, err
	}
	ledger, err := a.checkBlocks(ctx)
	if err != nil {
		return nil, err
	}
	found := []ChainCheck{ledger}
	orgs := []trade.OrgID{actor.Org}
	if actor.Kind == trade.KindOperator {
		list, err := a.organisations(ctx)
		if err != nil {
			return nil, err
		}
		for _, o := range list {
			if o.ID != actor.Org {
				orgs = append(orgs, o.ID)
			}
		}
	}
	for _, org := range orgs {
		c, err := a.checkLog(ctx, org)
		if err != nil {
			return nil, fmt.Errorf("the log of %s: %w", org, err)
		}
		found = append(found, c)
	}
	result := "whole"
	for _, c := range found {
		if c.Break != "" {
			result = "broken"
		}
	}
	return found, a.store.Write(ctx, func(ctx context.Context, tx StoreTx) error {
		if err := a.audit(ctx, tx, actor, deed{"audit.verify", "audit_log", string(actor.Org)},
			map[string]string{"result": result}); err != nil {
			return err
		}
		return a.answered(ctx, tx, found)
	})
}

// checkLog follows the log of one organisation. The head is kept apart: a log that ends before it
// has lost its last entries.
func (a *App) checkLog(ctx context.Context, org trade.OrgID) (ChainCheck, error) {
	c := ChainCheck{Source: SourceNode, Org: org}
	none := sha256.Sum256(nil)
	previous := none[:]
	err := a.store.Read(ctx, func(ctx context.Context, tx StoreTx) error {
		err := tx.AuditLinks(ctx, org, func(l AuditLink) error {
			c.Length++
			if how := l.follows(org, c.Head, previous); how != "" && c.Break == "" {
				c.Break, c.At = how, c.Head+1
			}
			c.Head, previous = l.Seq, l.Hash
			return nil
		})
		if err != nil {
			return err
		}
		head, hash, err := tx.AuditHead(ctx, org)
		if errors.Is(err, ErrNoRow) && c.Length == 0 {
			return nil
		}
		if err != nil && !errors.Is(err, ErrNoRow) {
			return err
		}
		if c.Break == "" && (head != c.Head || !bytes.Equal(hash, previous)) {
			c.Break, c.At = BreakMissing, c.Head+1
		}
		return nil
	})
	if c.Length > 0 {
		c.Hash = hex.EncodeToString(previous)
	}
	return c, err
}

// errWhole ends the reading of blocks.
var errWhole = errors.New("the last block was read")

// checkBlocks reads the ledger from block 0 to the last that was projected: each must name the
// hash of the one before it, and the projection must know it by the same hash.
func (a *App) checkBlocks(ctx context.Context) (ChainCheck, error) {
	c := ChainCheck{Source: SourceLedger, Head: -1}
	var last Checkpoint
	known := map[uint64][]byte{}
	err := a.store.Read(ctx, func(ctx context.Context, tx StoreTx) error {
		var err error
		if last, err = tx.Checkpoint(ctx, a.channel); err != nil {
			return err
		}
		known, err = tx.BlockHashes(ctx)
		return err
	})
	if errors.Is(err, ErrNoRow) {
		return c, nil
	}
	if err != nil {
		return c, err
	}
	var previous []byte
	err = a.ledger.Follow(ctx, 0, func(_ context.Context, b Block) error {
		at := c.Head + 1
		switch {
		case c.Break != "":
		case int64(b.Number) != at: //nolint:gosec // a height, as the database has it
			c.Break, c.At = BreakMissing, at
		case at > 0 && !bytes.Equal(b.Previous, previous), !bytes.Equal(known[b.Number], b.Hash):
			c.Break, c.At = BreakChanged, at
		}
		c.Length++
		c.Head, previous = int64(b.Number), b.Hash //nolint:gosec // as above
		if b.Number >= last.Block {
			return errWhole
		}
		return nil
	})
	c.Hash = hex.EncodeToString(previous)
	if errors.Is(err, errWhole) {
		err = nil
	}
	return c, err
}
