package app

import (
	"time"

	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/chaincode/trade"
)

// Identifiers of what only this node keeps. Like the ledger's they are [A-Za-z0-9._-]{1,64}.
type (
	// UserID names a person's way into one organisation.
	UserID string
	// DocumentID names one version of one paper; on the ledger its commitment has the same id.
	DocumentID string
	// PackID names the papers of one trade.
	PackID string
	// StatementID and LineID name a bank statement and one line of it.
	StatementID string
	// LineID names a line of a bank statement; a payment on the ledger has the same id.
	LineID string
	// EntryID names what a bank booked, which may be several lines.
	EntryID string
	// ReportID names a report that was made.
	ReportID string
)

// Organisation is an organisation as this node knows it.
type Organisation struct {
	ID             trade.OrgID   `json:"id"` // MSP id
	Kind           trade.OrgKind `json:"kind"`
	Name           string        `json:"name"`
	NameLocal      string        `json:"name_local,omitempty"` // in its own script
	RegistrationID string        `json:"registration_id"`      // national number, USCC in China
	LEI            string        `json:"lei,omitempty"`
	VAT            string        `json:"vat,omitempty"`
	Country        string        `json:"country"` // ISO 3166-1 alpha-2
	CreatedAt      time.Time     `json:"created_at"`
}

// Account is a bank account of an organisation that money may be paid to.
type Account struct {
	ID       string         `json:"id"`
	Org      trade.OrgID    `json:"organisation"`
	Number   string         `json:"number"` // IBAN or national number, without spaces
	BIC      string         `json:"bic"`
	Holder   string         `json:"holder"`
	Currency money.Currency `json:"currency"`
}

// User is a person's way into one organisation. The password opens a session; rights are
// moved only by the person's key.
type User struct {
	ID           UserID         `json:"id"`
	Org          trade.OrgID    `json:"organisation"`
	Person       trade.PersonID `json:"person"`
	Email        string         `json:"email"`
	Name         string         `json:"name"`
	Roles        []trade.Role   `json:"roles"`
	PasswordHash string         `json:"password_hash"` // argon2id, PHC string format
	PublicKey    []byte         `json:"public_key"`    // PKIX, P-256
	CreatedAt    time.Time      `json:"created_at"`
	Disabled     bool           `json:"-"`
	// SuspendedBy is the revocation that stops the user here while it is on its way.
	SuspendedBy trade.CommandID `json:"-"`
}

// Session is an open session; only the hash of its token is kept.
type Session struct {
	TokenHash []byte // SHA-256
	User      UserID
	CreatedAt time.Time
	ExpiresAt time.Time
	Agent     string
	Passkey   bool // opened by one; otherwise by password
	SeenAt    time.Time
}

// Actor is who acts: a signed-in person of one organisation. It is an explicit argument of
// every step.
type Actor struct {
	User   UserID
	Person trade.PersonID
	Name   string
	Org    trade.OrgID
	Kind   trade.OrgKind
	Roles  []trade.Role
}

// Has tells whether the actor has one of the roles.
func (a Actor) Has(roles ...trade.Role) bool {
	for _, have := range a.Roles {
		for _, want := range roles {
			if have == want {
				return true
			}
		}
	}
	return false
}
