package parse

import "github.com/countersign/countersign/services/parse/source"

// The terms in which every reader speaks of its source; see package source.
type (
	// Place is where in the source a value stands.
	Place = source.Place
	// Fault is why a document cannot be read.
	Fault = source.Fault
	// Limits bound what a reader takes in.
	Limits = source.Limits
)

// DefaultLimits are those of package source.
func DefaultLimits() Limits { return source.DefaultLimits() }
