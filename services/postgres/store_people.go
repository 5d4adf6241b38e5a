package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/services/app"
	"github.com/countersign/countersign/services/postgres/internal/db"
)

// PutOrganisation inserts or replaces an organisation.
func (t *storeTx) PutOrganisation(ctx context.Context, o app.Organisation) error {
	return t.q.PutOrganisation(ctx, db.PutOrganisationParams{
		ID: string(o.ID), Kind: string(o.Kind), Name: o.Name, NameLocal: optional(o.NameLocal),
		RegistrationID: o.RegistrationID, Lei: optional(o.LEI), VatNumber: optional(o.VAT),
		Country: o.Country, CreatedAt: o.CreatedAt,
	})
}

// Organisation returns an organisation.
func (t *storeTx) Organisation(ctx context.Context, id trade.OrgID) (app.Organisation, error) {
	row, err := t.q.Organisation(ctx, string(id))
	return organisationOf(row), rowed(err)
}

// Organisations lists all, by id.
func (t *storeTx) Organisations(ctx context.Context) ([]app.Organisation, error) {
	rows, err := t.q.Organisations(ctx, listLimit)
	return mapped(rows, organisationOf), err
}

func organisationOf(o db.Organisation) app.Organisation {
	return app.Organisation{
		ID: trade.OrgID(o.ID), Kind: trade.OrgKind(o.Kind), Name: o.Name, NameLocal: present[string](o.NameLocal),
		RegistrationID: o.RegistrationID, LEI: present[string](o.Lei), VAT: present[string](o.VatNumber),
		Country: o.Country, CreatedAt: o.CreatedAt.UTC(),
	}
}

// PutAccount inserts or replaces an account. An account of another organisation is refused.
func (t *storeTx) PutAccount(ctx context.Context, a app.Account) error {
	return t.q.PutAccount(ctx, db.PutAccountParams{
		ID: a.ID, OrgID: string(a.Org), Number: a.Number, Bic: optional(a.BIC), Holder: a.Holder,
		Currency: string(a.Currency),
	})
}

// Accounts lists the accounts of an organisation, by id.
func (t *storeTx) Accounts(ctx context.Context, org trade.OrgID) ([]app.Account, error) {
	rows, err := t.q.AccountsOf(ctx, db.AccountsOfParams{OrgID: string(org), Page: listLimit})
	return mapped(rows, func(a db.Account) app.Account {
		return app.Account{
			ID: a.ID, Org: trade.OrgID(a.OrgID), Number: a.Number, BIC: present[string](a.Bic), Holder: a.Holder,
			Currency: money.Currency(a.Currency),
		}
	}), err
}

// PutUser inserts or replaces a user. Organisation, person and date of creation stay. An
// e-mail or a key that another user has is refused with app.CodeInput.
func (t *storeTx) PutUser(ctx context.Context, u app.User) error {
	err := t.q.PutUser(ctx, db.PutUserParams{
		ID: string(u.ID), OrgID: string(u.Org), PersonID: string(u.Person), Email: u.Email, Name: u.Name,
		Roles: texts[string](u.Roles), PasswordHash: u.PasswordHash, PublicKey: u.PublicKey,
		CreatedAt: u.CreatedAt, Disabled: u.Disabled,
	})
	switch {
	case violates(err, "users_email"):
		return &trade.Fault{Code: app.CodeInput, Path: "email", Message: "this e-mail cannot be used"}
	case violates(err, "users_public_key"):
		return &trade.Fault{Code: app.CodeInput, Path: "public_key", Message: "this key cannot be used"}
	}
	return err
}

// User returns a user; a writer holds it from then on.
func (t *storeTx) User(ctx context.Context, id app.UserID) (app.User, error) {
	read := t.q.User
	if t.writes {
		read = t.q.LockUser
	}
	row, err := read(ctx, string(id))
	return userOf(row), rowed(err)
}

// UserByEmail finds a user by the address, whatever its case.
func (t *storeTx) UserByEmail(ctx context.Context, email string) (app.User, error) {
	row, err := t.q.UserByEmail(ctx, email)
	return userOf(row), rowed(err)
}

// UserByPerson finds the user of an organisation's person.
func (t *storeTx) UserByPerson(
	ctx context.Context, org trade.OrgID, person trade.PersonID,
) (app.User, error) {
	row, err := t.q.UserByPerson(ctx, db.UserByPersonParams{OrgID: string(org), PersonID: string(person)})
	return userOf(row), rowed(err)
}

// Users lists the users of an organisation, by id.
func (t *storeTx) Users(ctx context.Context, org trade.OrgID) ([]app.User, error) {
	rows, err := t.q.UsersOf(ctx, db.UsersOfParams{OrgID: string(org), Page: listLimit})
	return mapped(rows, userOf), err
}

func userOf(u db.User) app.User {
	return app.User{
		ID: app.UserID(u.ID), Org: trade.OrgID(u.OrgID), Person: trade.PersonID(u.PersonID), Email: u.Email,
		Name: u.Name, Roles: texts[trade.Role](u.Roles), PasswordHash: u.PasswordHash, PublicKey: u.PublicKey,
		CreatedAt: u.CreatedAt.UTC(), Disabled: u.Disabled, SuspendedBy: present[trade.CommandID](u.SuspendedBy),
	}
}

// PutSession opens a session.
func (t *storeTx) PutSession(ctx context.Context, s app.Session) error {
	return t.q.InsertSession(ctx, db.InsertSessionParams{
		TokenHash: s.TokenHash, UserID: string(s.User), CreatedAt: s.CreatedAt, ExpiresAt: s.ExpiresAt,
		Agent: s.Agent, Passkey: s.Passkey,
	})
}

// Session finds a session, expired or not, by the hash of its token.
func (t *storeTx) Session(ctx context.Context, tokenHash []byte) (app.Session, error) {
	s, err := t.q.Session(ctx, tokenHash)
	return sessionOf(s), rowed(err)
}

// Caller finds whose session it is, expired or not, by the hash of its token.
func (t *storeTx) Caller(
	ctx context.Context, tokenHash []byte,
) (app.Session, app.User, app.Organisation, error) {
	c, err := t.q.Caller(ctx, tokenHash)
	return sessionOf(c.Session), userOf(c.User), organisationOf(c.Organisation), rowed(err)
}

// DeleteSession ends a session; one that is not there is no error.
func (t *storeTx) DeleteSession(ctx context.Context, tokenHash []byte) error {
	user, err := t.q.DeleteSession(ctx, tokenHash)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	return t.q.TellSessions(ctx, user)
}

// DeleteSessionsOf ends all sessions of a user.
func (t *storeTx) DeleteSessionsOf(ctx context.Context, id app.UserID) error {
	if err := t.q.DeleteSessionsOf(ctx, string(id)); err != nil {
		return err
	}
	return t.q.TellSessions(ctx, string(id))
}

// FailedSignIns is how many sign-ins in a row failed for an e-mail.
func (t *storeTx) FailedSignIns(ctx context.Context, email trade.Digest, now time.Time) (int, error) {
	failed, err := t.q.FailedSignIns(ctx, db.FailedSignInsParams{EmailDigest: string(email), Now: now})
	return int(failed), err
}

// CountFailedSignIn counts one more, beginning anew when those before have expired.
func (t *storeTx) CountFailedSignIn(ctx context.Context, email trade.Digest, now, expires time.Time) error {
	return t.q.CountFailedSignIn(ctx, db.CountFailedSignInParams{
		EmailDigest: string(email), Now: now, ExpiresAt: expires,
	})
}

// ForgetFailedSignIns begins anew.
func (t *storeTx) ForgetFailedSignIns(ctx context.Context, email trade.Digest) error {
	return t.q.ForgetFailedSignIns(ctx, string(email))
}

// expiredLimit bounds how many rows of each kind one call of DeleteExpired deletes; the next
// call takes the rest.
const expiredLimit = 10_000

// DeleteExpired deletes sessions, idempotency keys, failed sign-ins and uploads that ended.
func (t *storeTx) DeleteExpired(ctx context.Context, now time.Time) error {
	_, err := t.q.DeleteExpiredSessions(ctx, db.DeleteExpiredSessionsParams{Now: now, Page: expiredLimit})
	if err != nil {
		return err
	}
	_, err = t.q.DeleteExpiredIdempotencyKeys(
		ctx, db.DeleteExpiredIdempotencyKeysParams{Now: now, Page: expiredLimit},
	)
	if err != nil {
		return err
	}
	_, err = t.q.DeleteExpiredNonces(ctx, db.DeleteExpiredNoncesParams{Now: now, Page: expiredLimit})
	if err != nil {
		return err
	}
	_, err = t.q.DeleteExpiredSignInFailures(
		ctx, db.DeleteExpiredSignInFailuresParams{Now: now, Page: expiredLimit},
	)
	if err != nil {
		return err
	}
	_, err = t.q.DeleteOldEvents(ctx, db.DeleteOldEventsParams{Keep: app.ChangesKept, Page: expiredLimit})
	if err != nil {
		return err
	}
	return t.deleteExpiredUploads(ctx, now)
}
