// Package cos reads the object layer of a PDF (ISO 32000-2, 7.2 to 7.5): values, the tables
// that say where each object stands, and streams with their filters.
//
// It takes broken files, as other readers of PDFs do, and it takes hostile ones: each table,
// loop and decoded byte counts against a limit, and the first limit that is passed is the
// fault of the file. There is no floating point; coordinates are 65536ths.
package cos

// Object is one value: nil for null, or bool, Int, Fixed, Name, String, Array, Dict, *Stream,
// Ref. Operator stands among them in the content of a page only.
type Object any

// The values of a PDF besides null and booleans.
type (
	// Int is a whole number.
	Int int64
	// Fixed is a number with a fraction, in 65536ths.
	Fixed int64
	// Name is a name without its slash, its #xx resolved.
	Name string
	// String is a string as its bytes, escapes resolved.
	String string
	// Operator is a bare word.
	Operator string
	// Array is a list of values.
	Array []Object
	// Dict is a set of values by name; of a name that stands twice the last counts.
	Dict map[Name]Object
	// Ref points to an object of the file by its number and its generation.
	Ref struct{ Number, Generation int }
)

// Stream is a dictionary with bytes. Raw are the bytes as they stand in the file.
type Stream struct {
	Dict   Dict
	Raw    []byte
	Number int // of the object
}

// one is 1 as a Fixed.
const one = 1 << 16

// maxFixed bounds a number with a fraction so that sums of some thousands cannot overflow.
const maxFixed = 1 << 48

// FixedOf is a number as a Fixed, false when the value is none.
func FixedOf(o Object) (Fixed, bool) {
	switch n := o.(type) {
	case Fixed:
		return n, true
	case Int:
		const most = maxFixed / one
		return Fixed(min(max(n, -most), most) * one), true
	default:
		return 0, false
	}
}
