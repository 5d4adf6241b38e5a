package app

import (
	"time"

	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/chaincode/trade"
)

// RequestState says how far a request for financing has come before and beside the ledger.
type RequestState string

// The states of a request. From RequestSubmitted on, the asset of the same id on the ledger
// says where the financing stands.
const (
	RequestSubmitted RequestState = "submitted"
	RequestRefused   RequestState = "refused" // by rule, before it came to the ledger
)

// FinancingRequest is what the seller asked for, and on what papers. It has the id of the
// financing on the ledger.
type FinancingRequest struct {
	ID         trade.AssetID
	Seller     trade.OrgID
	Bank       trade.OrgID
	Pack       PackID
	Receivable trade.AssetID // empty when it was refused before the receivable was issued
	Programme  trade.AssetID
	// Verification is the one that the request was made on, under the programme's terms.
	Verification string
	Amount       money.Amount
	// Wanted is what the seller would like to have advanced: a wish, which no quote is bound by.
	// Absent: as much as the bank advances.
	Wanted    money.Amount
	State     RequestState
	CreatedBy UserID
	CreatedAt time.Time
	// Reasons of a refusal by rule; what would flip it stays with the bank.
	Reasons []Reason
	Intent  trade.CommandID // the command that brings it to the ledger
}
