package refused

import (
	"maps"
	"slices"
)

type counter struct{ n int }

func (c *counter) add() { c.n++ }

type stater interface{ state() }

var (
	calls    int
	order    = []string{"b", "a"}
	rates    = map[string]int{"CNY": 1}
	one      counter
	pointer  = &counter{}     // want "variable pointer can hold state"
	any1     any              // want "variable any1 can hold state"
	holder   stater           // want "variable holder can hold state"
	nested   struct{ p *int } // want "variable nested can hold state"
	_        = order
	registry = map[string]*counter{} // want "variable registry can hold state"
)

func init() { // want "init function"
	calls = 1 // want "write to package-level variable calls"
}

func writes(extra map[string]int) *int {
	calls++                      // want "write to package-level variable calls"
	order[0] = "x"               // want "write to package-level variable order"
	(order)[1] = "y"             // want "write to package-level variable order"
	one.n = 2                    // want "write to package-level variable one"
	one.add()                    // want "write to package-level variable one"
	delete(rates, "CNY")         // want "write to package-level variable rates"
	slices.Sort(order)           // want "write to package-level variable order"
	slices.Sort[[]string](order) // want "write to package-level variable order"
	maps.Copy(rates, extra)      // want "write to package-level variable rates"
	_ = append(order[:0], "z")   // want "write to package-level variable order"
	for calls = range 3 {        // want "write to package-level variable calls"
	}
	return &calls // want "address of package-level variable calls"
}
