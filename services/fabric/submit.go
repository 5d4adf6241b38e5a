package fabric

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/hyperledger/fabric-gateway/pkg/client"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"

	"github.com/countersign/countersign/services/app"
)

const (
	// submitTries is how often one envelope is sent and its status asked for.
	submitTries = 4
	// resubmitAfter is the pause before the second try; it grows with each.
	resubmitAfter = 100 * time.Millisecond
	// conflictWindow is how many blocks back a change of a key is looked for: it must have
	// been made between endorsement and commit, which the timeouts keep close together.
	conflictWindow = 64
)

// Submit proposes, collects endorsements, orders and waits for the commit at the
// organisation's own peer.
//
// Effects, in order, and what a crash or an error after each leaves:
//  1. Endorse: nothing on the ledger. Each further call makes a new transaction.
//  2. Send the envelope to the orderers: from here on it may commit. An error or a missing
//     status is answered by sending the same envelope again, which is safe, because a
//     transaction id commits once. When the tries are used up the outcome is unknown.
//  3. Commit status: final.
func (l *Ledger) Submit(ctx context.Context, p app.Proposal) (app.Receipt, error) {
	c, err := l.connection(p.Org)
	if err != nil {
		return app.Receipt{}, fmt.Errorf("submit %s: %w", p.Function, err)
	}
	leave, err := c.enter(ctx)
	if err != nil {
		return app.Receipt{}, fmt.Errorf("submit %s: %w", p.Function, err)
	}
	defer leave()
	tx, err := l.endorse(ctx, c, p)
	if err != nil {
		return app.Receipt{}, fmt.Errorf("submit %s for %s: %w", p.Function, p.Org, err)
	}
	status, err := l.commit(ctx, tx)
	if err == nil {
		err = l.verdict(ctx, c, status)
	}
	if err != nil {
		return app.Receipt{}, fmt.Errorf("submit %s for %s, transaction %s: %w",
			p.Function, p.Org, tx.TransactionID(), err)
	}
	return app.Receipt{TxID: status.TransactionID, Block: status.BlockNumber, Response: tx.Result()}, nil
}

func (l *Ledger) endorse(ctx context.Context, c *connection, p app.Proposal) (*client.Transaction, error) {
	ctx, cancel := context.WithTimeout(ctx, l.options.Endorse)
	defer cancel()
	options := []client.ProposalOption{client.WithArguments(p.Args...), client.WithTransient(p.Transient)}
	if len(p.Endorsers) > 0 {
		options = append(options, client.WithEndorsingOrganizations(p.Endorsers...))
	}
	proposal, err := c.contract.NewProposal(p.Function, options...)
	if err != nil {
		return nil, fmt.Errorf("prepare proposal: %w", err)
	}
	tx, err := proposal.EndorseWithContext(ctx)
	if err != nil {
		return nil, fmt.Errorf("endorse: %w", refusal(err))
	}
	return tx, nil
}

// commit sends the envelope until its commit status is known.
func (l *Ledger) commit(ctx context.Context, tx *client.Transaction) (*client.Status, error) {
	var last error
	for try := range submitTries {
		if try > 0 {
			l.options.Log.WarnContext(ctx, "outcome unknown, sending the same envelope again",
				slog.String("tx_id", tx.TransactionID()), slog.Int("try", try), slog.Any("error", last))
			if err := sleep(ctx, time.Duration(try)*resubmitAfter); err != nil {
				break
			}
		}
		status, err := l.sendAndWait(ctx, tx)
		if err == nil {
			return status, nil
		}
		last = err
	}
	return nil, fmt.Errorf("%w: %w", app.ErrOutcomeUnknown, last)
}

var errCopy = errors.New("status of a second copy of the envelope, not of the first")

func (l *Ledger) sendAndWait(ctx context.Context, tx *client.Transaction) (*client.Status, error) {
	submitCtx, cancel := context.WithTimeout(ctx, l.options.Submit)
	defer cancel()
	commit, err := tx.SubmitWithContext(submitCtx)
	if err != nil {
		return nil, err
	}
	commitCtx, cancel := context.WithTimeout(ctx, l.options.Commit)
	defer cancel()
	status, err := commit.StatusWithContext(commitCtx)
	if err != nil {
		return nil, err
	}
	if status.Code == peer.TxValidationCode_DUPLICATE_TXID {
		return nil, errCopy
	}
	return status, nil
}

// verdict turns a final validation code into an error of app's.
func (l *Ledger) verdict(ctx context.Context, c *connection, s *client.Status) error {
	switch s.Code { //nolint:exhaustive // All other codes are faults of this program or its network.
	case peer.TxValidationCode_VALID:
		return nil
	case peer.TxValidationCode_MVCC_READ_CONFLICT, peer.TxValidationCode_PHANTOM_READ_CONFLICT:
		return fmt.Errorf("%w: %s in block %d", app.ErrConflict, s.Code, s.BlockNumber)
	case peer.TxValidationCode_ENDORSEMENT_POLICY_FAILURE:
		changed, err := l.changedMeanwhile(ctx, c, s)
		if err != nil {
			return fmt.Errorf("%w: %s in block %d; whether a key changed meanwhile is not known: %w",
				app.ErrEndorsement, s.Code, s.BlockNumber, err)
		}
		if changed {
			return fmt.Errorf("%w: %s in block %d, after a key it had read was changed",
				app.ErrConflict, s.Code, s.BlockNumber)
		}
		return fmt.Errorf("%w: in block %d", app.ErrEndorsement, s.BlockNumber)
	}
	return fmt.Errorf("transaction is invalid: %s in block %d", s.Code, s.BlockNumber)
}

// changedMeanwhile tells whether a valid transaction wrote a key that this one had read, or
// gave it another policy, after the version it had read and before its place in the block.
// Fabric checks policies before versions, so such a conflict shows as a policy failure.
func (l *Ledger) changedMeanwhile(ctx context.Context, c *connection, s *client.Status) (bool, error) {
	b, err := l.blockAt(ctx, c, s.BlockNumber)
	if err != nil {
		return false, err
	}
	var failed *transaction
	for i := range b.txs {
		if b.txs[i].ID == s.TransactionID {
			failed = &b.txs[i]
			break
		}
	}
	if failed == nil {
		return false, fmt.Errorf("block %d does not hold the transaction", s.BlockNumber)
	}
	for {
		if b.changes(failed) {
			return true, nil
		}
		if b.number == 0 || s.BlockNumber-b.number+1 >= conflictWindow || !failed.readBefore(b.number) {
			return false, nil
		}
		if b, err = l.blockAt(ctx, c, b.number-1); err != nil {
			return false, err
		}
	}
}

// changes tells whether the block changed a key after the version that tx had read of it.
func (b block) changes(tx *transaction) bool {
	for _, other := range b.txs {
		if other.ID == tx.ID {
			return false // Only what stands before it counts.
		}
		if !other.Valid() {
			continue
		}
		for _, key := range other.touches {
			if read, ok := tx.reads[key]; ok && read.before(b.number, other.position) {
				return true
			}
		}
	}
	return false
}

// readBefore tells whether a version that tx had read is older than the given block, so
// that blocks before it may matter.
func (tx *transaction) readBefore(number uint64) bool {
	for _, v := range tx.reads {
		if v.before(number, 0) {
			return true
		}
	}
	return false
}
