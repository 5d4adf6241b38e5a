package witness

import "strings"

// Form is which form of TradeTrust a wrapped document follows.
type Form string

// The forms; a paper in any other one has nothing but an id.
const (
	FormBill    Form = "bill"
	FormInvoice Form = "invoice"
	FormOther   Form = "other"
)

// Wrapped reads the data in a document of OpenAttestation, of version 3 in its credential subject
// and of version 2 behind salts; false as in UBL.
func Wrapped(b []byte, salted bool, form Form) (Reading, bool) {
	within := "credentialSubject."
	if salted {
		within = "data."
	}
	r := Reading{}
	ok := walkJSON(unmarked(b), func(path string, v scalar) {
		inner, in := strings.CutPrefix(path, within)
		if !in {
			return
		}
		if salted && v.string {
			v = unsalted(v.text)
		}
		text := strings.Join(strings.Fields(v.text), " ")
		if field := formField(form, inner); field == "totals.payable" {
			r.first(field, plain(text))
		} else if field != "" && v.string {
			r.first(field, text)
		}
	})
	r["issue_date"] = day(r["issue_date"])
	r.settle("buyer.name", "/company", "/person")
	return settled(r, ok)
}

// formField is the field that a member of a form is of, "" when it is of none.
func formField(form Form, path string) string {
	switch form {
	case FormBill:
		switch path {
		case "blNumber":
			return "number"
		case "dateOfIssueBL":
			return "issue_date"
		case "carrierName":
			return "carrier.name"
		case "shipper.name":
			return "seller.name"
		}
	case FormInvoice:
		switch path {
		case "id":
			return "number"
		case "date":
			return "issue_date"
		case "currency":
			return "currency"
		case "total":
			return "totals.payable"
		case "billFrom.name":
			return "seller.name"
		case "billTo.name":
			return "buyer.name/person"
		case "billTo.company.name":
			return "buyer.name/company"
		}
	case FormOther:
		if path == "id" {
			return "number"
		}
	}
	return ""
}

// unsalted is a value without the UUID before it, which is told by its four hyphens, and without
// its type. What is not written so stands for itself; a flag and nothing at all are no value.
func unsalted(s string) scalar {
	const uuid, hyphens = len("00000000-0000-0000-0000-000000000000"), 4
	plain := scalar{s, true}
	if len(s) <= uuid || s[uuid] != ':' || strings.Count(s[:uuid], "-") != hyphens {
		return plain
	}
	kind, value, typed := strings.Cut(s[uuid+1:], ":")
	switch {
	case !typed:
		return plain
	case kind == "string":
		return scalar{value, true}
	case kind == "number" && isNumber(value):
		return scalar{text: value}
	case kind == "boolean" || kind == "null" || kind == "undefined":
		return scalar{}
	default:
		return plain
	}
}

// isNumber tells a number as JSON writes it (RFC 8259 section 6).
func isNumber(s string) bool {
	s = strings.TrimRight(s, space)
	digits := func() int {
		n := len(s) - len(strings.TrimLeft(s, "0123456789"))
		s = s[n:]
		return n
	}
	s = strings.TrimPrefix(s, "-")
	leading := strings.HasPrefix(s, "0")
	if whole := digits(); whole == 0 || leading && whole > 1 {
		return false
	}
	if fraction, is := strings.CutPrefix(s, "."); is {
		s = fraction
		if digits() == 0 {
			return false
		}
	}
	if s != "" && (s[0] == 'e' || s[0] == 'E') {
		s = s[1:]
		if s != "" && (s[0] == '+' || s[0] == '-') {
			s = s[1:]
		}
		if digits() == 0 {
			return false
		}
	}
	return s == ""
}
