package app

import (
	"context"
	"errors"
	"fmt"
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
		err = stillRuns()
	case errors.Is(err, ErrOtherRequest):
		err = fault(
			CodeKeyReused,
			"",
			"this key was used for another request: make a new one for each thing to be done",
		)
	}
	return k, answer, err
}

// FinishRequest keeps what a request was answered, for a repeat: in place of what its step
// had kept, when the answer says more by now. An answer that came after another request had
// taken the key is not kept.
func (a *App) FinishRequest(ctx context.Context, k RequestKey, answer StoredAnswer) error {
	k.ExpiresAt = a.wall.Now().UTC().Add(answerLife)
	err := a.store.Write(
		ctx,
		func(ctx context.Context, tx StoreTx) error { return tx.FinishRequest(ctx, k, answer) },
	)
	if errors.Is(err, ErrInProgress) {
		return nil
	}
	return err
}

// answering is how the answer to a request is kept with what the request does.
type answering struct {
	key    RequestKey
	answer func(result any) (StoredAnswer, error)
}

type answeringKey struct{}

// Answering has the step that gets this context keep the answer to the request in the very
// transaction of its effects: after a crash between the commit and the answer a repeat finds
// what the first came to, and nothing is done twice. Answer writes the answer from what the
// step returns.
func Answering[T any](
	ctx context.Context, k RequestKey, answer func(T) (StoredAnswer, error),
) context.Context {
	made := func(result any) (StoredAnswer, error) {
		r, ok := result.(T)
		if !ok {
			return StoredAnswer{}, fmt.Errorf("a step came to a %T where the answer is made of another", result)
		}
		return answer(r)
	}
	return context.WithValue(ctx, answeringKey{}, answering{key: k, answer: made})
}

// answered keeps the answer to the request that the step runs for, if there is one. It comes
// last in the step's transaction. When the request took so long that its key was taken by
// another, nothing of it is committed.
func (a *App) answered(ctx context.Context, tx StoreTx, result any) error {
	w, ok := ctx.Value(answeringKey{}).(answering)
	if !ok {
		return nil
	}
	answer, err := w.answer(result)
	if err != nil {
		return err
	}
	w.key.ExpiresAt = a.wall.Now().UTC().Add(answerLife)
	err = tx.FinishRequest(ctx, w.key, answer)
	if errors.Is(err, ErrInProgress) {
		return stillRuns()
	}
	return err
}

// Taken is what an upload came to: the thing, and whether it was new.
type Taken[T any] struct {
	It  T
	New bool
}

// stillRuns refuses a repeat that came too early.
func stillRuns() error {
	return fault(CodeInProgress, "", "the first request with this key still runs: ask again in a moment")
}

// ForgetRequest gives a key back whose request failed without an effect; a key whose step has
// kept an answer stays.
func (a *App) ForgetRequest(ctx context.Context, k RequestKey) error {
	return a.store.Write(
		ctx, func(ctx context.Context, tx StoreTx) error { return tx.ForgetRequest(ctx, k) },
	)
}
