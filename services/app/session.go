package app

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/countersign/countersign/chaincode/trade"
)

const (
	sessionLength = 12 * time.Hour
	failuresFree  = 5
	lockFor       = 5 * time.Minute
	tokenBytes    = 32
	seenEvery     = 5 * time.Minute // how exactly it is known when a session was seen
)

// PasswordHasher hashes and checks passwords (argon2id). It is slow by design, so it has a
// bound on how many run at once.
type PasswordHasher interface {
	Hash(ctx context.Context, password string) (string, error)
	// Matches tells whether the password is the one of the hash; it takes as long for an
	// empty hash, so that an unknown e-mail looks like a wrong password.
	Matches(ctx context.Context, hash, password string) (bool, error)
}

// SignIn opens a session and returns its token, which is shown once and never stored.
//
// Whether anybody has the e-mail shows neither in an answer nor in the time it takes: the
// password is hashed either way, and failures are counted and lock for every e-mail alike.
func (a *App) SignIn(
	ctx context.Context, h PasswordHasher, email, password, code, agent string,
) (string, Actor, error) {
	email = strings.ToLower(strings.TrimSpace(email))
	tried := trade.DigestOf([]byte("sign-in\n" + email))
	now := a.wall.Now().UTC()
	var user User
	var failed int
	err := a.store.Read(ctx, func(ctx context.Context, tx StoreTx) error {
		var err error
		if failed, err = tx.FailedSignIns(ctx, tried, now); err != nil {
			return err
		}
		user, err = tx.UserByEmail(ctx, email)
		if errors.Is(err, ErrNoRow) {
			return nil
		}
		return err
	})
	if err != nil {
		return "", Actor{}, err
	}
	if failed >= failuresFree {
		return "", Actor{}, fault(
			CodeLocked, "", "too many failed sign-ins: try again in %d minutes", int(lockFor.Minutes()),
		)
	}
	ok, err := h.Matches(ctx, user.PasswordHash, password)
	if err != nil {
		return "", Actor{}, err
	}
	if !ok || user.ID == "" || user.Disabled {
		return "", Actor{}, a.failedSignIn(ctx, tried, now)
	}
	token, actor, err := a.openSession(ctx, user.ID, agent, false, func(ctx context.Context, tx StoreTx) error {
		if err := a.secondStep(ctx, tx, user.ID, code); err != nil {
			return err
		}
		return tx.ForgetFailedSignIns(ctx, tried)
	})
	if hasCode(err, CodeWrongCode) {
		if _, counted := asFault(a.failedSignIn(ctx, tried, now)); !counted {
			return "", Actor{}, fmt.Errorf("counting a wrong code: %w", err)
		}
	}
	return token, actor, err
}

// openSession opens a session of a user, who may have been revoked meanwhile; before runs in its
// transaction.
func (a *App) openSession(
	ctx context.Context, id UserID, agent string, passkey bool, before func(context.Context, StoreTx) error,
) (string, Actor, error) {
	raw, err := a.randomBytes(tokenBytes)
	if err != nil {
		return "", Actor{}, err
	}
	token, now := base64.RawURLEncoding.EncodeToString(raw), a.wall.Now().UTC()
	var actor Actor
	err = a.store.Write(ctx, func(ctx context.Context, tx StoreTx) error {
		u, err := tx.User(ctx, id)
		if err != nil {
			return err
		}
		if out, err := shutOut(ctx, tx, u); err != nil || out {
			return cmp.Or(err, fault(CodeWrongPassword, "", "e-mail or password is wrong"))
		}
		if err := before(ctx, tx); err != nil {
			return err
		}
		actor, err = actorOf(ctx, tx, u)
		if err != nil {
			return err
		}
		if err := tx.PutSession(ctx, Session{
			TokenHash: tokenHash(token), User: u.ID, CreatedAt: now, ExpiresAt: now.Add(sessionLength),
			Agent: agent, Passkey: passkey,
		}); err != nil {
			return err
		}
		return a.audit(ctx, tx, actor, deed{"session.open", "user", string(u.ID)}, nil)
	})
	return token, actor, err
}

// shutOut tells whether a user may not be here: disabled, or stopped by a revocation that is on
// its way.
func shutOut(ctx context.Context, tx StoreTx, u User) (bool, error) {
	if u.Disabled {
		return true, nil
	}
	return stops(ctx, tx, u.SuspendedBy)
}

// failedSignIn counts the failure and gives the one answer for every cause.
func (a *App) failedSignIn(ctx context.Context, email trade.Digest, now time.Time) error {
	err := a.store.Write(ctx, func(ctx context.Context, tx StoreTx) error {
		return tx.CountFailedSignIn(ctx, email, now, now.Add(lockFor))
	})
	if err != nil {
		return err
	}
	return fault(CodeWrongPassword, "", "e-mail or password is wrong")
}

// Authenticate finds who a token belongs to.
func (a *App) Authenticate(ctx context.Context, token string) (Actor, error) {
	var actor Actor
	var last time.Time
	now := a.wall.Now().UTC()
	ended := fault(CodeNotSignedIn, "", "sign in first: there is no open session")
	err := a.store.Look(ctx, func(ctx context.Context, tx StoreTx) error {
		s, u, o, err := tx.Caller(ctx, tokenHash(token))
		if errors.Is(err, ErrNoRow) {
			return ended
		}
		if err != nil {
			return err
		}
		out, err := shutOut(ctx, tx, u)
		if err != nil {
			return err
		}
		if out || !now.Before(s.ExpiresAt) {
			return ended
		}
		last, actor = s.SeenAt, actorFrom(u, o)
		return nil
	})
	if err != nil || now.Sub(last) < seenEvery {
		return actor, err
	}
	err = a.store.Write(ctx, func(ctx context.Context, tx StoreTx) error {
		return tx.TouchSession(ctx, tokenHash(token), now)
	})
	return actor, err
}

// SignOut ends a session; ending it twice is no fault.
func (a *App) SignOut(ctx context.Context, token string) error {
	return a.store.Write(ctx, func(ctx context.Context, tx StoreTx) error {
		s, err := tx.Session(ctx, tokenHash(token))
		if errors.Is(err, ErrNoRow) {
			return nil
		}
		if err != nil {
			return err
		}
		u, err := tx.User(ctx, s.User)
		if err != nil {
			return err
		}
		actor, err := actorOf(ctx, tx, u)
		if err != nil {
			return err
		}
		if err := tx.DeleteSession(ctx, s.TokenHash); err != nil {
			return err
		}
		return a.audit(ctx, tx, actor, deed{"session.close", "user", string(u.ID)}, nil)
	})
}

func tokenHash(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

func actorOf(ctx context.Context, tx StoreTx, u User) (Actor, error) {
	o, err := tx.Organisation(ctx, u.Org)
	if err != nil {
		return Actor{}, err
	}
	return actorFrom(u, o), nil
}

func actorFrom(u User, o Organisation) Actor {
	return Actor{User: u.ID, Person: u.Person, Name: u.Name, Org: u.Org, Kind: o.Kind, Roles: u.Roles}
}

// deed is what was done, and to what.
type deed struct{ action, kind, subject string }

// audit writes what the actor did to the organisation's audit log.
func (a *App) audit(ctx context.Context, tx StoreTx, actor Actor, d deed, detail map[string]string) error {
	return tx.Audit(ctx, AuditEntry{
		Org: actor.Org, At: a.wall.Now().UTC(), User: actor.User, Action: d.action,
		SubjectKind: d.kind, Subject: d.subject, Detail: detail,
	})
}
