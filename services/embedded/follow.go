package embedded

import (
	"context"
	"fmt"

	"github.com/countersign/countersign/services/app"
)

// Follow implements app.Ledger. It sees the private values of all organisations hosted
// here. It ends with app.ErrUnavailable when the ledger closes.
func (l *Ledger) Follow(ctx context.Context, from uint64,
	fn func(context.Context, app.Block) error,
) error {
	for number := from; ; number++ {
		if err := l.await(ctx, number); err != nil {
			return err
		}
		block, err := l.block(number)
		if err != nil {
			return err
		}
		if err := fn(ctx, block); err != nil {
			return err
		}
	}
}

// await returns when a block is there.
func (l *Ledger) await(ctx context.Context, number uint64) error {
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		l.mu.Lock()
		there, changed := number < l.head.blocks, l.changed
		l.mu.Unlock()
		if there {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
		case <-l.closing:
			return errClosed
		}
	}
}

// block reads a block with all its private values.
func (l *Ledger) block(number uint64) (app.Block, error) {
	var block app.Block
	err := l.view(func(v view) error {
		h, hash, err := v.header(number)
		if err != nil {
			return err
		}
		block = h.block(hash)
		for leaf := h.First; leaf < h.Size; leaf++ {
			tx, err := v.followed(leaf, h)
			if err != nil {
				return fmt.Errorf("block %d: %w", number, err)
			}
			block.Txs = append(block.Txs, tx)
		}
		return nil
	})
	return block, err
}

func (v view) followed(leaf int64, h header) (app.Tx, error) {
	t, _, err := v.leaf(leaf)
	if err != nil {
		return app.Tx{}, err
	}
	tx, err := t.tx(h.Time)
	if err != nil || !tx.Valid() {
		return tx, err
	}
	for _, hash := range tx.Effects.Private {
		write, err := v.privateAt(hash, leaf)
		if err != nil {
			return app.Tx{}, err
		}
		if err := checkPrivate(write, hash); err != nil {
			return app.Tx{}, fmt.Errorf("transaction %s: %w", t.ID, err)
		}
		tx.Private = append(tx.Private, write)
	}
	return tx, nil
}
