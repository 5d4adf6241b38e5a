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
		CredentialID: k.Credential, PublicKey: k.Public, IntentID: string(k.Intent), CreatedAt: k.CreatedAt,
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
		Credential: k.CredentialID, Public: k.PublicKey, Intent: trade.CommandID(k.IntentID),
		CreatedAt: k.CreatedAt.UTC(), UsedAt: presentTime(k.UsedAt), SuspendedAt: presentTime(k.SuspendedAt),
	}
}
