package app

import (
	"context"
	"errors"

	"github.com/countersign/countersign/chaincode/trade"
)

// A request for financing may be signed before the obligor has confirmed the claim. It then
// stands: signed and ready, and nothing is submitted until the ledger says that the claim is
// confirmed, or has ended. Whoever signs holds the lock of the intent while it looks at the
// claim, and the follower takes that lock before it looks for standing requests: one of the two
// enqueues the job.

// waitsFor tells whether a request has to stand until its claim is confirmed, and the issuing
// intent that it follows while that is on its way: the claim is then for what that one issues.
func (a *App) waitsFor(
	ctx context.Context, receivable trade.AssetID, claim *claimAt,
) (after trade.CommandID, waits bool, err error) {
	if claim.phase != "" {
		return "", claim.phase == trade.Issued, nil
	}
	issuing := Intent{}
	err = a.store.Read(ctx, func(ctx context.Context, tx StoreTx) error {
		list, _, err := tx.IntentsOf(ctx, receivable, Page{Limit: MaxPage})
		for _, i := range list { // newest first
			if issuing.ID == "" && i.Command.Act == trade.ReceivableIssue && !i.Finished() {
				issuing = i
			}
		}
		return err
	})
	if err != nil {
		return "", true, err
	}
	if issuing.ID == "" {
		return "", true, fault(trade.CodePhase, "pack", "issue the receivable first")
	}
	args, err := trade.Decode[trade.IssueReceivable](issuing.Command.Args, "args")
	if err != nil {
		return "", true, err
	}
	claim.face = args.Claim.Amount
	if !args.Face.IsAbsent() {
		claim.face = args.Face
	}
	return issuing.ID, true, nil
}

// stands tells whether a signed intent has to wait for an asset to move on. The intent is locked.
func stands(ctx context.Context, tx StoreTx, i Intent) (bool, error) {
	if i.Command.Act != trade.FinancingRequest {
		return false, nil
	}
	receivable, err := tx.Asset(ctx, i.Command.Subjects[1].ID)
	if errors.Is(err, ErrNoRow) {
		return i.After != "", nil
	}
	return receivable.Record.Phase == trade.Issued, err
}

// standsNow is stands for who only looks.
func (a *App) standsNow(ctx context.Context, i Intent) (bool, error) {
	waits := false
	err := a.store.Read(ctx, func(ctx context.Context, tx StoreTx) error {
		var err error
		waits, err = stands(ctx, tx, i)
		return err
	})
	return waits, err
}

// wakeStanding enqueues the requests that stood until an asset moved on.
func wakeStanding(ctx context.Context, tx StoreTx, t Transition) error {
	if t.From != trade.Issued || t.To == trade.Issued {
		return nil
	}
	list, _, err := tx.IntentsOf(ctx, t.Asset, Page{Limit: MaxPage})
	if err != nil {
		return err
	}
	for _, i := range list {
		if i.Command.Act != trade.FinancingRequest || i.Finished() {
			continue
		}
		now, err := tx.LockIntent(ctx, i.ID)
		if err != nil {
			return err
		}
		if now.State != IntentReady {
			continue
		}
		if err := tx.Enqueue(ctx, SubmitJob{i.ID}); err != nil {
			return err
		}
	}
	return nil
}

// groundsHold refuses a request whose papers say something else by now than when it was signed:
// nothing goes to a bank on verdicts that do not stand. While papers are being read it asks for
// another run.
func (a *App) groundsHold(ctx context.Context, i Intent) error {
	if i.Command.Act != trade.FinancingRequest {
		return nil
	}
	var r FinancingRequest
	var p Pack
	var papers []Document
	err := a.store.Read(ctx, func(ctx context.Context, tx StoreTx) error {
		var err error
		if r, err = tx.Request(ctx, i.Command.Subjects[0].ID); err != nil {
			return err
		}
		if p, err = tx.Pack(ctx, r.Pack); err != nil {
			return err
		}
		papers, err = papersOf(ctx, tx, p)
		return err
	})
	if errors.Is(err, ErrNoRow) {
		return nil // it was prepared on another node
	}
	if err != nil || p.Latest != nil && p.Latest.ID == r.Verification && a.Now().Before(p.Latest.ExpiresAt) {
		return err
	}
	for _, d := range papers {
		if d.State == DocumentReceived {
			return ErrLater
		}
	}
	v, err := a.standing(p)
	if err != nil {
		fresh, err := a.verifyPack(ctx, p.ID, nil)
		if err != nil {
			return err
		}
		v = &fresh
	}
	if reasons := v.blocking(); len(reasons) > 0 {
		return fault(CodePackRefused, "pack", "the papers say something else by now: %s", reasons[0].Message)
	}
	return nil
}
