// Package api holds what travels over HTTP: the types and the interface of the server,
// generated from schemas/openapi.yaml, and the few values that the generator cannot write.
package api

import (
	"github.com/countersign/countersign/chaincode/money"
)

//go:generate oapi-codegen --config=oapi-codegen.yaml ../../../../schemas/openapi.yaml

// Rate is a rate as it travels: a text in per cent, "4.35".
type Rate money.Rate

// MarshalText writes the rate in per cent.
func (r Rate) MarshalText() ([]byte, error) { return []byte(money.Rate(r).Percent()), nil }

// UnmarshalText reads a rate in per cent with at most four decimals.
func (r *Rate) UnmarshalText(b []byte) error {
	rate, err := money.ParsePercent(string(b))
	*r = Rate(rate)
	return err
}
