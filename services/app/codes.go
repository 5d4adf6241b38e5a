package app

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // RFC 6238 codes: what every authenticator app computes
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"encoding/binary"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"
)

// CodesRow is the second step of a user: codes by time. The secret is sealed.
type CodesRow struct {
	User        UserID
	Sealed      []byte
	CreatedAt   time.Time
	ConfirmedAt time.Time // zero: set up and not in use yet
	LastStep    int64     // of the last code that counted: no code counts twice
}

// CodesState is what a user sees of the second step.
type CodesState struct {
	InUse    bool
	Recovery int // codes left
}

// CodesSetup is what an authenticator app is told, once.
type CodesSetup struct {
	Secret string // base32
	URI    string // otpauth://
}

const (
	codeSeconds   = 30 // RFC 6238, 4.1
	codeDigits    = 6
	codeModulus   = 1_000_000
	codeSteps     = 1 // a code of the step before or after counts too
	secretBytes   = 20
	recoveryCodes = 10
	recoveryBytes = 10
)

// codeAt is the code of a step (RFC 4226, 5.3).
func codeAt(secret []byte, step int64) string {
	mac := hmac.New(sha1.New, secret)
	var counter [8]byte
	binary.BigEndian.PutUint64(counter[:], uint64(step)) //nolint:gosec // a step since 1970 is above zero
	mac.Write(counter[:])
	sum := mac.Sum(nil)
	offset := sum[len(sum)-1] & 0xf
	value := binary.BigEndian.Uint32(sum[offset:offset+4]) & 0x7fffffff
	return fmt.Sprintf("%0*d", codeDigits, value%codeModulus)
}

// stepOf finds the step near now whose code it is, after the last that counted; -1 when none is.
func stepOf(secret []byte, code string, now time.Time, last int64) int64 {
	middle := now.Unix() / codeSeconds
	for step := middle - codeSteps; step <= middle+codeSteps; step++ {
		if subtle.ConstantTimeCompare([]byte(codeAt(secret, step)), []byte(code)) == 1 && step > last {
			return step
		}
	}
	return -1
}

// Codes tells whether the actor uses codes.
func (a *App) Codes(ctx context.Context, actor Actor) (CodesState, error) {
	var state CodesState
	err := a.store.Read(ctx, func(ctx context.Context, tx StoreTx) error {
		row, err := tx.Codes(ctx, actor.User)
		if errors.Is(err, ErrNoRow) {
			return nil
		}
		if err != nil {
			return err
		}
		state.InUse = !row.ConfirmedAt.IsZero()
		state.Recovery, err = tx.RecoveryCodes(ctx, actor.User)
		return err
	})
	return state, err
}

// SetUpCodes makes a secret for the actor's app. It is in use once a code of it was shown.
func (a *App) SetUpCodes(ctx context.Context, actor Actor) (CodesSetup, error) {
	secret, err := a.randomBytes(secretBytes)
	if err != nil {
		return CodesSetup{}, err
	}
	sealed, err := a.seal(secret)
	if err != nil {
		return CodesSetup{}, err
	}
	text := base32.StdEncoding.EncodeToString(secret)
	setup := CodesSetup{Secret: text}
	return setup, a.store.Write(ctx, func(ctx context.Context, tx StoreTx) error {
		row, err := tx.Codes(ctx, actor.User)
		if err == nil && !row.ConfirmedAt.IsZero() {
			return fault(CodeInput, "", "codes are in use: turn them off first")
		}
		if err != nil && !errors.Is(err, ErrNoRow) {
			return err
		}
		u, err := tx.User(ctx, actor.User)
		if err != nil {
			return err
		}
		query := url.Values{"secret": {text}, "issuer": {"Countersign"}}
		setup.URI = "otpauth://totp/" + url.PathEscape("Countersign:"+u.Email) + "?" + query.Encode()
		fresh := CodesRow{User: actor.User, Sealed: sealed, CreatedAt: a.wall.Now().UTC()}
		if err := tx.PutCodes(ctx, fresh); err != nil {
			return err
		}
		return a.answered(ctx, tx, setup)
	})
}

// ConfirmCodes takes codes into use and gives the recovery codes, which are shown once.
func (a *App) ConfirmCodes(ctx context.Context, actor Actor, code string) ([]string, error) {
	list, digests := make([]string, recoveryCodes), make([][]byte, recoveryCodes)
	for n := range list {
		raw, err := a.randomBytes(recoveryBytes)
		if err != nil {
			return nil, err
		}
		list[n] = strings.ToLower(base32.StdEncoding.EncodeToString(raw))
		digests[n] = recoveryDigest(list[n])
	}
	return list, a.store.Write(ctx, func(ctx context.Context, tx StoreTx) error {
		row, err := tx.Codes(ctx, actor.User)
		if errors.Is(err, ErrNoRow) || (err == nil && !row.ConfirmedAt.IsZero()) {
			return fault(CodeInput, "", "set the codes up first")
		}
		if err != nil {
			return err
		}
		if err := a.takeCode(ctx, tx, &row, code); err != nil {
			return err
		}
		row.ConfirmedAt = a.wall.Now().UTC()
		if err := tx.PutCodes(ctx, row); err != nil {
			return err
		}
		if err := tx.PutRecoveryCodes(ctx, actor.User, digests); err != nil {
			return err
		}
		if err := a.audit(ctx, tx, actor, deed{"codes.on", "user", string(actor.User)}, nil); err != nil {
			return err
		}
		return a.answered(ctx, tx, list)
	})
}

// RemoveCodes takes codes out of use, for who shows one more.
func (a *App) RemoveCodes(ctx context.Context, actor Actor, code string) error {
	return a.store.Write(ctx, func(ctx context.Context, tx StoreTx) error {
		if err := a.secondStep(ctx, tx, actor.User, code); err != nil {
			return err
		}
		if err := tx.DeleteCodes(ctx, actor.User); err != nil {
			return err
		}
		if err := a.audit(ctx, tx, actor, deed{"codes.off", "user", string(actor.User)}, nil); err != nil {
			return err
		}
		return a.answered(ctx, tx, CodesState{})
	})
}

// secondStep wants a code or a recovery code of a user who uses them, and uses it up.
func (a *App) secondStep(ctx context.Context, tx StoreTx, u UserID, code string) error {
	row, err := tx.Codes(ctx, u)
	if errors.Is(err, ErrNoRow) || (err == nil && row.ConfirmedAt.IsZero()) {
		return nil
	}
	if err != nil {
		return err
	}
	code = strings.ToLower(strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' {
			return -1
		}
		return r
	}, code))
	switch {
	case code == "":
		return fault(CodeCodeWanted, "code", "a code of your authenticator app, or a recovery code, is wanted too")
	case len(code) == codeDigits:
		return a.takeCode(ctx, tx, &row, code)
	}
	taken, err := tx.TakeRecoveryCode(ctx, u, recoveryDigest(code))
	if err == nil && !taken {
		return wrongCode()
	}
	return err
}

// takeCode uses a code of the app up.
func (a *App) takeCode(ctx context.Context, tx StoreTx, row *CodesRow, code string) error {
	secret, err := a.unseal(row.Sealed)
	if err != nil {
		return fmt.Errorf("the codes of %s: %w", row.User, err)
	}
	step := stepOf(secret, code, a.wall.Now(), row.LastStep)
	if step < 0 {
		return wrongCode()
	}
	row.LastStep = step
	return tx.PutCodes(ctx, *row)
}

func wrongCode() error {
	return fault(CodeWrongCode, "code", "this code is wrong, or was used")
}

func recoveryDigest(code string) []byte {
	sum := sha256.Sum256([]byte("countersign/recovery/v1\n" + code))
	return sum[:]
}

// sealing is how secrets are kept in the database: AES-256-GCM under a secret of this node.
func (a *App) sealing() (cipher.AEAD, error) {
	block, err := aes.NewCipher(a.secret)
	if err != nil {
		return nil, fmt.Errorf("the secret of this node: %w", err)
	}
	return cipher.NewGCM(block)
}

func (a *App) seal(plain []byte) ([]byte, error) {
	aead, err := a.sealing()
	if err != nil {
		return nil, err
	}
	nonce, err := a.randomBytes(aead.NonceSize())
	if err != nil {
		return nil, err
	}
	return aead.Seal(nonce, nonce, plain, nil), nil
}

func (a *App) unseal(sealed []byte) ([]byte, error) {
	aead, err := a.sealing()
	if err != nil {
		return nil, err
	}
	if len(sealed) < aead.NonceSize() {
		return nil, errors.New("what is sealed is too short")
	}
	return aead.Open(nil, sealed[:aead.NonceSize()], sealed[aead.NonceSize():], nil)
}
