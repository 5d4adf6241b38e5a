package fabric

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"github.com/hyperledger/fabric-protos-go-apiv2/ledger/rwset"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"

	"github.com/countersign/countersign/services/app"
)

const (
	// A stream that broke is opened again after reconnectFirst, then after twice as long
	// each time, up to reconnectMost.
	reconnectFirst = 100 * time.Millisecond
	reconnectMost  = 5 * time.Second
)

// Follow calls fn for each block from number from on. With several hosted organisations it
// reads each one's peer: the blocks must be the same, and the private values are what all
// of them may see together. It goes as fast as the slowest peer, and waits for one that is
// down. It ends with ctx, with fn's error, when a peer forbids it to read, when the chain of
// blocks breaks, and when peers disagree about a block.
//
// A peer hands on a block a moment before its state answers for it: a query from within fn
// may still see what was before.
//
// Block.Time is the latest of the times that the clients put into its transactions: Fabric
// knows no other, so it may be earlier than that of the block before.
func (l *Ledger) Follow(ctx context.Context, from uint64, fn func(context.Context, app.Block) error) error {
	streamCtx, cancel := context.WithCancel(ctx)
	defer cancel() // Ends the streams.
	var tails []*tail
	for _, c := range l.connections {
		tails = append(tails, &tail{connection: c, next: from, log: l.options.Log})
	}
	var previous []byte
	for {
		b, err := l.nextBlock(streamCtx, tails)
		if err != nil {
			return fmt.Errorf("follow ledger: %w", err)
		}
		if previous != nil && !bytes.Equal(previous, b.previous) {
			return fmt.Errorf("follow ledger: block %d does not continue the block before it", b.number)
		}
		previous = b.hash
		if err := fn(ctx, b.forApp()); err != nil {
			return fmt.Errorf("follow ledger: block %d: %w", b.number, err)
		}
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("follow ledger: %w", context.Cause(ctx))
		}
	}
}

// nextBlock reads the next block at every hosted organisation's peer and merges the views.
func (l *Ledger) nextBlock(ctx context.Context, tails []*tail) (block, error) {
	var merged block
	hosted := make([]string, 0, len(tails))
	for i, t := range tails {
		delivered, err := t.read(ctx)
		if err != nil {
			return block{}, err
		}
		b, err := parseBlock(delivered.GetBlock(), l.options.Chaincode)
		if err != nil {
			return block{}, fmt.Errorf("peer of %s: %w", t.org.MSP, err)
		}
		switch {
		case i == 0:
			merged = b
		case !bytes.Equal(b.hash, merged.hash), !bytes.Equal(b.flags, merged.flags):
			return block{}, fmt.Errorf("peers of %s and %s disagree about block %d",
				tails[0].org.MSP, t.org.MSP, merged.number)
		}
		if err := l.addPrivate(ctx, t, &merged, delivered.GetPrivateDataMap()); err != nil {
			return block{}, fmt.Errorf("peer of %s: block %d: %w", t.org.MSP, merged.number, err)
		}
		hosted = append(hosted, t.org.MSP)
	}
	for i := range merged.txs {
		merged.txs[i].findMissing(hosted)
	}
	return merged, nil
}

// addPrivate adds to the block's transactions the private values that one peer delivered,
// by position in the block.
func (l *Ledger) addPrivate(
	ctx context.Context, t *tail, b *block, private map[uint64]*rwset.TxPvtReadWriteSet,
) error {
	for i := range b.txs {
		tx := &b.txs[i]
		values, err := parsePrivate(private[tx.position], l.options.Chaincode)
		if err != nil {
			return fmt.Errorf("transaction %s: %w", tx.ID, err)
		}
		if refused := tx.addPrivate(values); refused > 0 {
			l.options.Log.WarnContext(ctx, "peer delivered private values that are not those of the block",
				slog.String("org", t.org.MSP), slog.String("tx_id", tx.ID), slog.Int("values", refused))
		}
	}
	return nil
}

func (b block) forApp() app.Block {
	out := app.Block{Number: b.number, Hash: b.hash, Previous: b.previous, Time: b.time}
	for _, tx := range b.txs {
		out.Txs = append(out.Txs, tx.Tx)
	}
	return out
}

// tail reads one peer's blocks one after another, over broken streams.
type tail struct {
	*connection
	next   uint64
	stream peer.Deliver_DeliverWithPrivateDataClient
	log    *slog.Logger
}

// errForbidden ends a follower: waiting does not help.
var errForbidden = errors.New("the peer forbids this identity to read the channel")

// read returns the next block, however often the stream breaks before, until ctx ends.
func (t *tail) read(ctx context.Context) (*peer.BlockAndPrivateData, error) {
	for wait := reconnectFirst; ; wait = min(2*wait, reconnectMost) {
		b, err := t.receive(ctx)
		if err == nil || errors.Is(err, errForbidden) {
			return b, err
		}
		t.stream = nil
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		t.log.WarnContext(ctx, "stream of blocks broke", slog.String("org", t.org.MSP),
			slog.Uint64("block", t.next), slog.Any("error", err))
		if err := sleep(ctx, wait); err != nil {
			return nil, err
		}
	}
}

func (t *tail) receive(ctx context.Context) (*peer.BlockAndPrivateData, error) {
	if t.stream == nil {
		stream, err := t.open(ctx, t.next)
		if err != nil {
			return nil, err
		}
		t.stream = stream
	}
	response, err := t.stream.Recv()
	if err != nil {
		return nil, fmt.Errorf("receive block: %w", err)
	}
	delivered := response.GetBlockAndPrivateData()
	if delivered == nil {
		if response.GetStatus() == common.Status_FORBIDDEN {
			return nil, fmt.Errorf("%s: %w", t.org.MSP, errForbidden)
		}
		return nil, fmt.Errorf("receive block: status %s", response.GetStatus())
	}
	if number := delivered.GetBlock().GetHeader().GetNumber(); number != t.next {
		return nil, fmt.Errorf("received block %d, want %d", number, t.next)
	}
	t.next++
	return delivered, nil
}

// sleep waits, but not beyond the end of ctx.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
