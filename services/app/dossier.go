package app

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/countersign/countersign/chaincode/money"
)

// Renderer turns what the application knows into files that people keep. It has no clock
// and no random: the same input gives the same bytes. Errors are ErrReportInput and
// ErrReportTooLarge, or an internal fault of the renderer.
type Renderer interface {
	Lister
	// Dossier renders the report of one financing as PDF.
	Dossier(ctx context.Context, d Dossier) ([]byte, error)
	// AuditPDF, AuditXLSX and AuditCSV render the same list: every row of one is in the others.
	AuditPDF(ctx context.Context, l AuditList) ([]byte, error)
	AuditXLSX(ctx context.Context, l AuditList) ([]byte, error)
	AuditCSV(ctx context.Context, l AuditList) ([]byte, error)
	// TemplateXLSX and TemplateCSV render the empty form of a bulk file, with what its columns hold.
	TemplateXLSX(ctx context.Context, t Template) ([]byte, error)
	TemplateCSV(ctx context.Context, t Template) ([]byte, error)
}

var (
	// ErrReportInput means that the input contradicts itself (a matrix row with too few cells, a time
	// that is missing). It is a mistake of the caller.
	ErrReportInput = errors.New("report: input is inconsistent")
	// ErrReportTooLarge means more rows or pages than a report may have; narrow the filter.
	ErrReportTooLarge = errors.New("report: too large")
)

// Dossier is all that the report of one financing says, as plain values. An empty text, an
// absent amount and a zero date or time mean "not known", which the report shows as such.
type Dossier struct {
	Financing  string            `json:"financing"` // id of the financing
	State      StatusMark        `json:"state"`     // of the financing
	TakenAt    time.Time         `json:"taken_at"`  // when the facts were read; the report's only "now"
	TakenFor   string            `json:"taken_for"` // person and organisation that asked
	Parties    []DossierParty    `json:"parties"`
	Receivable DossierReceivable `json:"receivable"`
	Papers     []DossierPaper    `json:"papers"`
	// Verdicts are separate and stay separate: authenticity, corroboration, uniqueness.
	Verdicts []DossierVerdict `json:"verdicts"`
	// Terms says under what terms the verdicts were taken; empty: not known.
	Terms      string               `json:"terms,omitempty"`
	Uniqueness UniquenessClaim      `json:"uniqueness"`
	Matrix     DossierMatrix        `json:"matrix"`
	Findings   []DossierFinding     `json:"findings"`
	Quote      *DossierQuote        `json:"quote,omitempty"` // nil when no bank has quoted
	Decisions  []DossierDecision    `json:"decisions"`
	Ledger     []DossierTransaction `json:"ledger"`
	Checkpoint LedgerCheckpoint     `json:"checkpoint"`
	// ClockNote is set when the node ran on a demo clock that had been moved.
	ClockNote string `json:"clock_note,omitempty"`
}

// StatusMark is a state as a person reads it: a word, and the tone that picks its shape
// and colour. The word alone carries the meaning.
type StatusMark struct {
	Word string `json:"word"`
	Tone Tone   `json:"tone"`
}

// Tone groups states by what they ask of the reader.
type Tone string

// The tones of the visual language, one for each way a state can look.
const (
	ToneNeutral   Tone = "neutral"   // received, draft, settled, released
	ToneProgress  Tone = "progress"  // verifying, in progress
	ToneVerified  Tone = "verified"  // verified, confirmed
	ToneAttention Tone = "attention" // exception, needs review, due soon, unknown
	ToneOffered   Tone = "offered"   // quoted, offered
	ToneFinanced  Tone = "financed"  // financed, paid
	ToneRefused   Tone = "refused"   // rejected, mismatch, overdue, revoked
)

// DossierParty is one party of the trade with the identifiers it is known by.
type DossierParty struct {
	Role        string              `json:"role"` // "seller", "buyer", "bank", …
	Name        string              `json:"name"`
	MSP         string              `json:"msp,omitempty"` // its organisation on the ledger
	Country     string              `json:"country,omitempty"`
	Identifiers []DossierIdentifier `json:"identifiers"`
}

// DossierIdentifier is a number in a scheme: "USCC", "LEI", "VAT", "IBAN".
type DossierIdentifier struct {
	Scheme string `json:"scheme"`
	Value  string `json:"value"`
}

// DossierReceivable is the receivable with its balances, all in one currency.
type DossierReceivable struct {
	ID        string       `json:"id"`
	Number    string       `json:"number"` // of the invoice
	IssueDate money.Date   `json:"issue_date,omitzero"`
	DueDate   money.Date   `json:"due_date,omitzero"`
	Phase     StatusMark   `json:"phase"`
	Overlays  []StatusMark `json:"overlays,omitempty"` // dispute hold, court freeze, source doubt
	Owner     string       `json:"owner"`
	// Confirmation is the kind of promise the obligor made and whether defences are waived.
	Confirmation string       `json:"confirmation,omitempty"`
	Face         money.Amount `json:"face,omitzero"`
	Confirmed    money.Amount `json:"confirmed,omitzero"`
	Diluted      money.Amount `json:"diluted,omitzero"`
	Disputed     money.Amount `json:"disputed,omitzero"`
	Held         money.Amount `json:"held,omitzero"`
	Assigned     money.Amount `json:"assigned,omitzero"`
	Free         money.Amount `json:"free,omitzero"`
	Paid         money.Amount `json:"paid,omitzero"`
	Outstanding  money.Amount `json:"outstanding,omitzero"` // money lent and not repaid
}

// DossierPaper is one paper as it was received.
type DossierPaper struct {
	Kind       string    `json:"kind"` // in words: "invoice", "bill of lading"
	Number     string    `json:"number"`
	Version    int       `json:"version,omitempty"` // 0 and 1: the first
	Uploader   string    `json:"uploader"`          // person
	Org        string    `json:"org"`               // the person's organisation
	Digest     string    `json:"digest"`            // of the original bytes: "sha-256:…"
	ReceivedAt time.Time `json:"received_at"`
}

// DossierVerdict is one of the three verdicts.
type DossierVerdict struct {
	Question  string     `json:"question"` // "authenticity", "corroboration", "uniqueness"
	Answer    StatusMark `json:"answer"`
	Reason    string     `json:"reason"`
	RulePack  string     `json:"rule_pack,omitempty"` // id and version
	TakenAt   time.Time  `json:"taken_at,omitzero"`
	ExpiresAt time.Time  `json:"expires_at,omitzero"`
}

// UniquenessClaim bounds what may be said: not encumbered among these members at this
// time, and what the public registry search covered; never "not financed".
type UniquenessClaim struct {
	Encumbered bool       `json:"encumbered"` // a member has already encumbered it
	Matched    string     `json:"matched,omitempty"`
	Members    int        `json:"members"` // members whose registrations were compared
	At         time.Time  `json:"at,omitzero"`
	Registry   string     `json:"registry,omitempty"` // public registry; empty: none was searched
	SearchedOn money.Date `json:"searched_on,omitzero"`
}

// DossierMatrix is the corroboration matrix: each fact as each source states it. Every row
// has exactly one cell for each source, in the order of Sources.
type DossierMatrix struct {
	Sources []DossierSource `json:"sources"`
	Rows    []DossierFact   `json:"rows"`
	// Colluders is the smallest set of parties who would all have to lie for the claim to
	// be false; Independence is the grade and its reason in a sentence.
	Colluders    []string `json:"colluders,omitempty"`
	Independence string   `json:"independence,omitempty"`
}

// DossierSource is a column of the matrix.
type DossierSource struct {
	Name  string `json:"name"`  // "invoice", "bill of lading"
	Paper string `json:"paper"` // its number
	By    string `json:"by"`    // the organisation that brought it
}

// DossierFact is a row of the matrix.
type DossierFact struct {
	Fact  string        `json:"fact"`
	Cells []DossierCell `json:"cells"`
}

// DossierCell is what one source says of one fact.
type DossierCell struct {
	State CellState `json:"state"`
	Value string    `json:"value,omitempty"`
	Place string    `json:"place,omitempty"` // where it stands in the source
}

// CellState says how a cell stands to the others of its row.
type CellState string

// The states of a matrix cell. A silent source says nothing of the fact: that is no
// agreement.
const (
	CellAgrees      CellState = "agrees"
	CellTolerated   CellState = "tolerated" // agrees within the programme's tolerance
	CellContradicts CellState = "contradicts"
	CellSilent      CellState = "silent"
	CellStale       CellState = "stale"
)

// DossierFinding is a check that did not pass.
type DossierFinding struct {
	Rule     string     `json:"rule"`
	Severity StatusMark `json:"severity"`
	Message  string     `json:"message"`
	Source   string     `json:"source"` // the paper it concerns
	Place    string     `json:"place,omitempty"`
	Claimed  string     `json:"claimed,omitempty"`
	Found    string     `json:"found,omitempty"`
	Remedy   string     `json:"remedy,omitempty"` // what to do
}

// DossierQuote is what the bank offered.
type DossierQuote struct {
	Bank        string         `json:"bank"`
	AdvanceRate money.Rate     `json:"advance_rate"` // share of the face, in millionths
	Advance     money.Amount   `json:"advance"`
	Rate        money.Rate     `json:"rate"`      // per year, in millionths
	RateKind    string         `json:"rate_kind"` // "discount on the advance", "interest on the advance"
	DayCount    money.DayCount `json:"day_count"`
	From        money.Date     `json:"from,omitzero"` // first day counted
	To          money.Date     `json:"to,omitzero"`   // last day, not counted
	Days        int            `json:"days"`
	Roll        string         `json:"roll,omitempty"` // roll rule and calendar
	Discount    money.Amount   `json:"discount"`
	Fees        []DossierFee   `json:"fees"`
	AllIn       money.Rate     `json:"all_in"` // effective annual, fees included, in millionths
	Cash        money.Amount   `json:"cash"`   // what the seller receives
	CashDate    money.Date     `json:"cash_date,omitzero"`
	Recourse    string         `json:"recourse"`
	LapsesAt    time.Time      `json:"lapses_at,omitzero"`
}

// DossierFee is one fee and who bears it.
type DossierFee struct {
	Name   string       `json:"name"`
	Amount money.Amount `json:"amount"`
	Bearer string       `json:"bearer"`
}

// DossierDecision is one act that moved a right, with the persons who signed its command.
type DossierDecision struct {
	Act       string          `json:"act"`
	Outcome   StatusMark      `json:"outcome"`
	At        time.Time       `json:"at"`
	Signers   []DossierSigner `json:"signers"`
	CommandID string          `json:"command_id"`
	Command   string          `json:"command"` // digest that was signed: "sha-256:…"
	Reason    string          `json:"reason,omitempty"`
	RulePack  string          `json:"rule_pack,omitempty"`
}

// DossierSigner is a person who signed a command.
type DossierSigner struct {
	Person       string `json:"person"`
	Role         string `json:"role"` // "maker", "checker", "approver"
	Organisation string `json:"organisation"`
	Signature    string `json:"signature"` // kind: "ES256", "passkey"
}

// DossierTransaction is a transaction of the ledger that concerns the financing.
type DossierTransaction struct {
	TxID      string    `json:"tx_id"`
	Block     uint64    `json:"block"`
	Time      time.Time `json:"time"`
	Act       string    `json:"act"`
	Endorsers []string  `json:"endorsers"` // MSP ids whose nodes endorsed
}

// LedgerCheckpoint names the state of the ledger that a report was taken from.
type LedgerCheckpoint struct {
	Ledger string    `json:"ledger"` // its name, and what kind of ledger it is
	Block  uint64    `json:"block"`  // last block read
	Hash   string    `json:"hash"`   // of that block: "sha-256:…"
	Time   time.Time `json:"time,omitzero"`
}

// AuditList is the auditor's list of financings.
type AuditList struct {
	For        string           `json:"for"` // organisation whose list this is
	TakenAt    time.Time        `json:"taken_at"`
	From       money.Date       `json:"from,omitzero"` // first day of the list
	To         money.Date       `json:"to,omitzero"`   // last day of the list
	Filter     string           `json:"filter,omitempty"`
	Rows       []AuditRow       `json:"rows"`
	Checkpoint LedgerCheckpoint `json:"checkpoint"`
	ClockNote  string           `json:"clock_note,omitempty"`
}

// AuditRow is one financing in the list. Face and advance are of one currency; the advance
// is absent when no money was lent.
type AuditRow struct {
	Date       money.Date   `json:"date,omitzero"`
	Financing  string       `json:"financing"`
	Receivable string       `json:"receivable"`
	Number     string       `json:"number"` // of the invoice
	Seller     string       `json:"seller"`
	Buyer      string       `json:"buyer"`
	Bank       string       `json:"bank"`
	Face       money.Amount `json:"face,omitzero"`
	Advance    money.Amount `json:"advance,omitzero"`
	DueDate    money.Date   `json:"due_date,omitzero"`
	State      StatusMark   `json:"state"`
	Block      uint64       `json:"block"`
	TxID       string       `json:"tx_id"`
}

// AuditTotal sums the rows of one currency.
type AuditTotal struct {
	Currency money.Currency `json:"currency"`
	Rows     int            `json:"rows"`
	Face     money.Amount   `json:"face"`
	Advanced int            `json:"advanced"` // rows with an advance
	Advance  money.Amount   `json:"advance"`
}

// Totals sums face and advance for each currency, sorted by its code; amounts of two
// currencies are never added. Rows without any amount are in no total. ErrReportInput when
// a row mixes currencies, ErrReportTooLarge when a sum is beyond money.MaxMinor.
func (l AuditList) Totals() ([]AuditTotal, error) {
	var totals []AuditTotal
	for _, r := range l.Rows {
		c := r.Face.Currency()
		if r.Face.IsAbsent() {
			c = r.Advance.Currency()
		}
		if c == "" {
			continue
		}
		i := slices.IndexFunc(totals, func(t AuditTotal) bool { return t.Currency == c })
		if i < 0 {
			zero, err := money.New(0, c)
			if err != nil {
				return nil, err
			}
			i = len(totals)
			totals = append(totals, AuditTotal{Currency: c, Face: zero, Advance: zero})
		}
		if err := totals[i].add(r); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(totals, func(a, b AuditTotal) int {
		if a.Currency < b.Currency {
			return -1
		}
		return 1
	})
	return totals, nil
}

func (t *AuditTotal) add(r AuditRow) error {
	t.Rows++
	for _, term := range []struct {
		sum *money.Amount
		add money.Amount
	}{{&t.Face, r.Face}, {&t.Advance, r.Advance}} {
		if term.add.IsAbsent() {
			continue
		}
		sum, err := term.sum.Add(term.add)
		if errors.Is(err, money.ErrCurrency) {
			return errors.Join(ErrReportInput, err)
		}
		if err != nil {
			return errors.Join(ErrReportTooLarge, err)
		}
		*term.sum = sum
	}
	if !r.Advance.IsAbsent() {
		t.Advanced++
	}
	return nil
}
