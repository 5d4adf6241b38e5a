package app

import (
	"context"
	"errors"
	"time"

	"github.com/countersign/countersign/chaincode/trade"
)

const (
	// requestLife is how long a key waits for the answer of the request that took it; after
	// that the process is taken for dead and the key may be taken again.
	requestLife = 2 * time.Minute
	// answerLife is how long an answer is kept for a repeat.
	answerLife = 24 * time.Hour
)

// BeginRequest takes an Idempotency-Key for a request with this digest. It returns the answer
// of the first request with the key when there is one; then nothing is to be done.
func (a *App) BeginRequest(
	ctx context.Context, actor Actor, key string, digest trade.Digest,
) (RequestKey, *StoredAnswer, error) {
	now := a.wall.Now().UTC()
	k := RequestKey{
		User:      actor.User,
		Key:       key,
		Digest:    digest,
		CreatedAt: now,
		ExpiresAt: now.Add(requestLife),
	}
	var answer *StoredAnswer
	err := a.store.Write(ctx, func(ctx context.Context, tx StoreTx) error {
		var err error
		answer, err = tx.BeginRequest(ctx, k)
		return err
	})
	switch {
	case errors.Is(err, ErrInProgress):
		err = fault(
			CodeInProgress, "", "the first request with this key still runs: ask again in a moment",
		)
	case errors.Is(err, ErrOtherRequest):
		err = fault(
			CodeKeyReused,
			"",
			"this key was used for another request: make a new one for each thing to be done",
		)
	}
	return k, answer, err
}

// FinishRequest keeps what a request was answered, for a repeat.
func (a *App) FinishRequest(ctx context.Context, k RequestKey, answer StoredAnswer) error {
	k.ExpiresAt = a.wall.Now().UTC().Add(answerLife)
	return a.store.Write(
		ctx,
		func(ctx context.Context, tx StoreTx) error { return tx.FinishRequest(ctx, k, answer) },
	)
}

// ForgetRequest gives a key back whose request failed without an effect.
func (a *App) ForgetRequest(ctx context.Context, k RequestKey) error {
	return a.store.Write(
		ctx, func(ctx context.Context, tx StoreTx) error { return tx.ForgetRequest(ctx, k) },
	)
}
