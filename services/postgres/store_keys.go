package postgres

import (
	"context"
	"time"

	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/services/app"
	"github.com/countersign/countersign/services/postgres/internal/db"
)

// InsertKey keeps a key. One whose bytes or credential are known here, whoever's they are, is
// refused with app.CodeInput.
func (t *storeTx) InsertKey(ctx context.Context, k app.KeyRow) error {
	err := t.q.InsertKey(ctx, db.InsertKeyParams{
		UserID: string(k.User), KeyID: string(k.ID), Name: k.Name, Holder: string(k.Holder),
		CredentialID: k.Credential, PublicKey: k.Public, IntentID: optional(k.Intent), CreatedAt: k.CreatedAt,
	})
	if violates(err, "person_keys_public", "person_keys_credential", "person_keys_pkey") {
		return &trade.Fault{
			Code: app.CodeInput, Path: "public_key", Message: "this key cannot be used: make a new one",
		}
	}
	return err
}

// KeysOf lists the keys of a user that this node knows of, the oldest first.
func (t *storeTx) KeysOf(ctx context.Context, u app.UserID) ([]app.KeyRow, error) {
	rows, err := t.q.KeysOf(ctx, db.KeysOfParams{UserID: string(u), Page: listLimit})
	return mapped(rows, keyOf), err
}

// TouchKey notes that a key was used.
func (t *storeTx) TouchKey(ctx context.Context, u app.UserID, id trade.KeyID, at time.Time) error {
	return t.q.TouchKey(ctx, db.TouchKeyParams{UserID: string(u), KeyID: string(id), UsedAt: at})
}

func keyOf(k db.PersonKey) app.KeyRow {
	return app.KeyRow{
		User: app.UserID(k.UserID), ID: trade.KeyID(k.KeyID), Name: k.Name, Holder: app.KeyHolder(k.Holder),
		Credential: k.CredentialID, Public: k.PublicKey, Intent: present[trade.CommandID](k.IntentID),
		CreatedAt: k.CreatedAt.UTC(), UsedAt: presentTime(k.UsedAt),
		RevokedBy: present[trade.CommandID](k.RevokedBy),
	}
}

// SuspendKey names the intent that stops a key here while it is on its way.
func (t *storeTx) SuspendKey(ctx context.Context, u app.UserID, id trade.KeyID, by trade.CommandID) error {
	return t.q.SuspendKey(ctx, db.SuspendKeyParams{
		UserID: string(u), KeyID: string(id), RevokedBy: optional(by),
	})
}

// KeyByCredential finds a passkey by its WebAuthn credential id.
func (t *storeTx) KeyByCredential(ctx context.Context, credential []byte) (app.KeyRow, error) {
	row, err := t.q.KeyByCredential(ctx, credential)
	return keyOf(row), rowed(err)
}

// SuspendUser names the intent that stops a user here while it is on its way.
func (t *storeTx) SuspendUser(ctx context.Context, u app.UserID, by trade.CommandID) error {
	return t.q.SuspendUser(ctx, db.SuspendUserParams{ID: string(u), SuspendedBy: string(by)})
}

// PutNonce keeps what a passkey is to sign.
func (t *storeTx) PutNonce(ctx context.Context, nonce []byte, expires time.Time) error {
	return t.q.InsertNonce(ctx, db.InsertNonceParams{Nonce: nonce, ExpiresAt: expires})
}

// TakeNonce takes it away; false when it is not there any more.
func (t *storeTx) TakeNonce(ctx context.Context, nonce []byte, now time.Time) (bool, error) {
	n, err := t.q.TakeNonce(ctx, db.TakeNonceParams{Nonce: nonce, Now: now})
	return n == 1, err
}

// PutCodes keeps or replaces the second step of a user.
func (t *storeTx) PutCodes(ctx context.Context, c app.CodesRow) error {
	return t.q.PutTotp(ctx, db.PutTotpParams{
		UserID: string(c.User), Secret: c.Sealed, CreatedAt: c.CreatedAt, ConfirmedAt: optionalTime(c.ConfirmedAt),
		LastStep: c.LastStep,
	})
}

// Codes returns the second step of a user; a writer holds it from then on.
func (t *storeTx) Codes(ctx context.Context, u app.UserID) (app.CodesRow, error) {
	read := t.q.Totp
	if t.writes {
		read = t.q.LockTotp
	}
	row, err := read(ctx, string(u))
	return app.CodesRow{
		User: u, Sealed: row.Secret, CreatedAt: row.CreatedAt.UTC(), ConfirmedAt: presentTime(row.ConfirmedAt),
		LastStep: row.LastStep,
	}, rowed(err)
}

// DeleteCodes takes the second step of a user away, with its recovery codes.
func (t *storeTx) DeleteCodes(ctx context.Context, u app.UserID) error {
	if err := t.q.DeleteRecoveryCodes(ctx, string(u)); err != nil {
		return err
	}
	return t.q.DeleteTotp(ctx, string(u))
}

// PutRecoveryCodes replaces the recovery codes of a user.
func (t *storeTx) PutRecoveryCodes(ctx context.Context, u app.UserID, digests [][]byte) error {
	if err := t.q.DeleteRecoveryCodes(ctx, string(u)); err != nil {
		return err
	}
	for _, d := range digests {
		err := t.q.InsertRecoveryCode(ctx, db.InsertRecoveryCodeParams{UserID: string(u), Digest: d})
		if err != nil {
			return err
		}
	}
	return nil
}

// TakeRecoveryCode uses a code up; false when the user has no such code.
func (t *storeTx) TakeRecoveryCode(ctx context.Context, u app.UserID, digest []byte) (bool, error) {
	n, err := t.q.TakeRecoveryCode(ctx, db.TakeRecoveryCodeParams{UserID: string(u), Digest: digest})
	return n == 1, err
}

// RecoveryCodes counts the codes that are left.
func (t *storeTx) RecoveryCodes(ctx context.Context, u app.UserID) (int, error) {
	n, err := t.q.CountRecoveryCodes(ctx, string(u))
	return int(n), err
}

// SessionsOf lists the sessions of a user, the one seen last first.
func (t *storeTx) SessionsOf(ctx context.Context, u app.UserID) ([]app.Session, error) {
	rows, err := t.q.SessionsOf(ctx, db.SessionsOfParams{UserID: string(u), Page: listLimit})
	return mapped(rows, sessionOf), err
}

// TouchSession notes when a session was seen.
func (t *storeTx) TouchSession(ctx context.Context, tokenHash []byte, at time.Time) error {
	return t.q.TouchSession(ctx, db.TouchSessionParams{TokenHash: tokenHash, SeenAt: at})
}

func sessionOf(s db.Session) app.Session {
	return app.Session{
		TokenHash: s.TokenHash, User: app.UserID(s.UserID), CreatedAt: s.CreatedAt.UTC(),
		ExpiresAt: s.ExpiresAt.UTC(), Agent: s.Agent, Passkey: s.Passkey, SeenAt: s.SeenAt.UTC(),
	}
}
