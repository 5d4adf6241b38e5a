package match

import "github.com/shopspring/decimal"

// unit is what quantities are compared in, and how many of it one of a code is. Codes are
// those of UN/ECE Recommendation 20; a code that is not listed is a unit of its own.
type unit struct {
	name   string
	factor decimal.Decimal
}

// The units that quantities are compared in.
const (
	piece       = "piece"
	kilogram    = "kg"
	metre       = "m"
	squareMetre = "m2"
	litre       = "l"
)

// unitOf reads a code of UN/ECE Recommendation 20.
func unitOf(code string) unit {
	one := func(name string) unit { return unit{name, decimal.NewFromInt(1)} }
	scaled := func(name string, value int64, exponent int32) unit {
		return unit{name, decimal.New(value, exponent)}
	}
	switch code {
	case "H87", "C62", "EA", "NAR", "PCE", "PCS":
		return one(piece)
	case "NPR", "PR":
		return scaled(piece, 2, 0)
	case "DZN":
		return scaled(piece, 12, 0)
	case "CEN":
		return scaled(piece, 1, 2)
	case "MIL":
		return scaled(piece, 1, 3)
	case "KGM":
		return one(kilogram)
	case "TNE":
		return scaled(kilogram, 1, 3)
	case "DTN":
		return scaled(kilogram, 1, 2)
	case "GRM":
		return scaled(kilogram, 1, -3)
	case "LBR":
		return scaled(kilogram, 45359237, -8)
	case "MTR":
		return one(metre)
	case "KMT":
		return scaled(metre, 1, 3)
	case "CMT":
		return scaled(metre, 1, -2)
	case "MMT":
		return scaled(metre, 1, -3)
	case "MTK":
		return one(squareMetre)
	case "LTR":
		return one(litre)
	case "MTQ":
		return scaled(litre, 1, 3)
	case "HLT":
		return scaled(litre, 1, 2)
	case "MLT":
		return scaled(litre, 1, -3)
	}
	return one(code)
}

// isPackage tells a package of UN/ECE Recommendation 21 from a unit: the codes that goods
// are packed in, with or without the X that Recommendation 20 puts before them.
func isPackage(code string) bool {
	if len(code) == 3 && code[0] == 'X' {
		code = code[1:]
	}
	switch code {
	case "CR", "CS", "CT", "BX", "PK", "PX", "PA", "BG", "BA", "DR", "RL", "SA", "CN", "BE",
		"8A", "8B", "8C", "7A", "7B", "4H", "IA", "IB", "ZZ":
		return true
	}
	return false
}
