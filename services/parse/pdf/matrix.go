package pdf

import (
	"math/bits"

	"github.com/countersign/countersign/services/parse/pdf/internal/cos"
)

// fixed is a coordinate in 65536ths: text needs no more, and there is no floating point here.
type fixed int64

const (
	unit fixed = 1 << 16
	// farthest bounds every coordinate, so that sums cannot overflow.
	farthest fixed = 1 << 48
)

func clamp(n fixed) fixed { return min(max(n, -farthest), farthest) }

// mul is a product, bounded by farthest.
func mul(a, b fixed) fixed {
	negative := (a < 0) != (b < 0)
	high, low := bits.Mul64(uint64(max(a, -a)), uint64(max(b, -b))) //nolint:gosec // neither is below 0
	n := farthest
	if high < 1<<15 {
		n = min(fixed(high<<48|low>>16), farthest) //nolint:gosec // high is below 2^15
	}
	if negative {
		return -n
	}
	return n
}

// matrix is [a b c d e f] of 8.3.4: x' = a·x + c·y + e, y' = b·x + d·y + f.
type matrix struct{ a, b, c, d, e, f fixed }

var identity = matrix{a: unit, d: unit}

// times is m followed by n.
func (m matrix) times(n matrix) matrix {
	return matrix{
		a: clamp(mul(m.a, n.a) + mul(m.b, n.c)), b: clamp(mul(m.a, n.b) + mul(m.b, n.d)),
		c: clamp(mul(m.c, n.a) + mul(m.d, n.c)), d: clamp(mul(m.c, n.b) + mul(m.d, n.d)),
		e: clamp(mul(m.e, n.a) + mul(m.f, n.c) + n.e), f: clamp(mul(m.e, n.b) + mul(m.f, n.d) + n.f),
	}
}

// number is a value as a coordinate, 0 when it is none.
func number(o cos.Object) fixed {
	n, _ := cos.FixedOf(o)
	return clamp(fixed(n))
}

// matrixOf reads six numbers; the identity when they are not six.
func matrixOf(list []cos.Object) matrix {
	if len(list) < 6 {
		return identity
	}
	return matrix{
		number(list[0]), number(list[1]), number(list[2]), number(list[3]), number(list[4]), number(list[5]),
	}
}
