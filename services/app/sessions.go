package app

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"time"

	"github.com/countersign/countersign/chaincode/trade"
)

// SessionID names an open session to who may end it; it opens nothing.
type SessionID string

// ID is the id of the session: it tells nothing of the token.
func (s Session) ID() SessionID {
	sum := sha256.Sum256(s.TokenHash)
	return SessionID("ses-" + hex.EncodeToString(sum[:16]))
}

// OpenSession is a session as its person and the admins see it.
type OpenSession struct {
	Session
	Own bool // the one that asks
}

// Sessions lists where the actor is signed in; token is that of the session that asks.
func (a *App) Sessions(ctx context.Context, actor Actor, token string) ([]OpenSession, error) {
	var list []OpenSession
	err := a.store.Read(ctx, func(ctx context.Context, tx StoreTx) error {
		var err error
		list, err = a.sessionsOf(ctx, tx, actor.User, tokenHash(token))
		return err
	})
	return list, err
}

func (a *App) sessionsOf(ctx context.Context, tx StoreTx, u UserID, own []byte) ([]OpenSession, error) {
	all, err := tx.SessionsOf(ctx, u)
	if err != nil {
		return nil, err
	}
	now, list := a.wall.Now(), []OpenSession{}
	for _, s := range all {
		if now.Before(s.ExpiresAt) {
			list = append(list, OpenSession{Session: s, Own: bytes.Equal(s.TokenHash, own)})
		}
	}
	return list, nil
}

// EndSession ends one session of the actor.
func (a *App) EndSession(ctx context.Context, actor Actor, id SessionID) error {
	return a.store.Write(ctx, func(ctx context.Context, tx StoreTx) error {
		all, err := tx.SessionsOf(ctx, actor.User)
		if err != nil {
			return err
		}
		n := slices.IndexFunc(all, func(s Session) bool { return s.ID() == id })
		if n < 0 {
			return hidden("session")
		}
		if err := tx.DeleteSession(ctx, all[n].TokenHash); err != nil {
			return err
		}
		return a.audit(ctx, tx, actor, deed{"session.end", "session", string(id)}, nil)
	})
}

// EndOtherSessions ends all sessions of the actor but the one that asks.
func (a *App) EndOtherSessions(ctx context.Context, actor Actor, token string) error {
	own := tokenHash(token)
	return a.store.Write(ctx, func(ctx context.Context, tx StoreTx) error {
		all, err := tx.SessionsOf(ctx, actor.User)
		if err != nil {
			return err
		}
		for _, s := range all { // at most as many as the store lists
			if bytes.Equal(s.TokenHash, own) {
				continue
			}
			if err := tx.DeleteSession(ctx, s.TokenHash); err != nil {
				return err
			}
		}
		return a.audit(ctx, tx, actor, deed{"session.end_others", "user", string(actor.User)}, nil)
	})
}

const (
	nonceBytes = 32
	nonceLife  = 5 * time.Minute
	// signInDomain keeps a signature that opens a session from passing for one under an act.
	signInDomain = "countersign/sign-in/v1\n"
)

// SignInNonce makes what a passkey is to sign for a session, once and soon.
func (a *App) SignInNonce(ctx context.Context) ([]byte, error) {
	nonce, err := a.randomBytes(nonceBytes)
	if err != nil {
		return nil, err
	}
	return nonce, a.store.Write(ctx, func(ctx context.Context, tx StoreTx) error {
		return tx.PutNonce(ctx, nonce, a.wall.Now().UTC().Add(nonceLife))
	})
}

// PasskeyInput is an assertion whose challenge is SignInDigest of a nonce.
type PasskeyInput struct {
	Nonce      []byte
	Credential []byte
	Value      []byte
	WebAuthn   *trade.Assertion
}

// SignInDigest is what a passkey signs to open a session.
func SignInDigest(nonce []byte) trade.Digest {
	return trade.DigestOf([]byte(signInDomain + hex.EncodeToString(nonce) + "\n"))
}

// SignInByPasskey opens a session for whoever holds a passkey that is in force. The key says who
// it is; every refusal looks alike.
func (a *App) SignInByPasskey(ctx context.Context, in PasskeyInput, agent string) (string, Actor, error) {
	refused := fault(CodeWrongPassword, "", "this passkey opens no session here: use another, or your password")
	var row KeyRow
	var key trade.Key
	err := a.store.Write(ctx, func(ctx context.Context, tx StoreTx) error {
		fresh, err := tx.TakeNonce(ctx, in.Nonce, a.wall.Now().UTC())
		if err != nil {
			return err
		}
		row, err = tx.KeyByCredential(ctx, in.Credential)
		if errors.Is(err, ErrNoRow) || (err == nil && !fresh) {
			row = KeyRow{} // the nonce is used up all the same
			return nil
		}
		if err != nil {
			return err
		}
		key, err = inForce(ctx, tx, row)
		return err
	})
	if err != nil {
		return "", Actor{}, err
	}
	s := trade.Signature{Key: key.ID, Value: in.Value, WebAuthn: in.WebAuthn}
	if !key.Passkey() || s.Verify(key, SignInDigest(in.Nonce)) != nil {
		return "", Actor{}, refused
	}
	return a.openSession(ctx, row.User, agent, true, func(ctx context.Context, tx StoreTx) error {
		return tx.TouchKey(ctx, row.User, row.ID, a.wall.Now().UTC())
	})
}

// inForce finds a key on the ledger; an empty one when it is not in force, or stopped here.
func inForce(ctx context.Context, tx StoreTx, row KeyRow) (trade.Key, error) {
	stopped, err := stops(ctx, tx, row.RevokedBy)
	if err != nil || stopped {
		return trade.Key{}, err
	}
	u, err := tx.User(ctx, row.User)
	if err != nil {
		return trade.Key{}, err
	}
	person, err := onLedger(ctx, tx, u)
	if err != nil {
		return trade.Key{}, err
	}
	key, _ := person.InForce(row.ID)
	return key, nil
}
