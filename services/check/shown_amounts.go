package check

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/shopspring/decimal"
)

// writtenAmount is a number as people write it, with all that it can mean: 1.234 is a
// thousand in one country and a little over one in another.
type writtenAmount struct {
	text     string
	readings []decimal.Decimal
	money    bool // written with two decimals
}

func (a writtenAmount) reads(d decimal.Decimal) bool {
	for _, r := range a.readings {
		if r.Equal(d) {
			return true
		}
	}
	return false
}

// maxDigits bounds the characters of a number.
const maxDigits = 30

// separators stand between the digits of a number; blanks are dealt with between words.
const separators = ".,'’"

// amountsIn lists the numbers of a line. "20 198,00" is read as two numbers and as one, since
// a blank may group digits or part columns.
func amountsIn(line string) []writtenAmount {
	var out []writtenAmount
	group := "" // digits before this number that a blank may group with it
	for _, word := range words(line) {
		if word.text == "" {
			group = ""
			continue
		}
		readings, money := readNumber(word.text)
		a := writtenAmount{text: word.text, readings: readings, money: money}
		if group != "" && word.joined && startsWithThree(word.text) {
			more, _ := readNumber(group + word.text)
			a.readings = append(a.readings, more...)
			if money {
				a.text = group + word.text
			}
		} else {
			group = ""
		}
		out = append(out, a)
		if isDigits(word.text) && len(group)+len(word.text) <= maxDigits &&
			(group == "" && len(word.text) <= 3 || len(word.text) == 3) {
			group += word.text
		} else {
			group = ""
		}
	}
	return out
}

type numberWord struct {
	text   string // "" for anything that is no number
	joined bool   // one blank stands between it and the word before
}

// words cuts a line into numbers and what stands between them.
func words(line string) []numberWord {
	var out []numberWord
	blanks := 0
	for len(line) > 0 {
		r, size := utf8.DecodeRuneInString(line)
		switch {
		case unicode.IsSpace(r):
			blanks++
			line = line[size:]
			continue
		case r >= '0' && r <= '9':
			end := numberEnd(line)
			text := strings.TrimRight(line[:end], separators)
			if len(text) <= maxDigits {
				out = append(out, numberWord{text: text, joined: blanks == 1})
			}
			line = line[end:]
		default:
			out = append(out, numberWord{})
			line = line[size:]
		}
		blanks = 0
	}
	return out
}

func numberEnd(line string) int {
	for i, r := range line {
		if (r < '0' || r > '9') && !strings.ContainsRune(separators, r) {
			return i
		}
	}
	return len(line)
}

func isDigits(s string) bool { return strings.Trim(s, "0123456789") == "" }

func startsWithThree(s string) bool {
	return len(s) >= 3 && isDigits(s[:3]) && (len(s) == 3 || s[3] < '0' || s[3] > '9')
}

// readNumber gives the meanings of digits with separators between them.
func readNumber(s string) (readings []decimal.Decimal, money bool) {
	last := strings.LastIndexAny(s, separators)
	add := func(whole, fraction string) {
		d, err := decimal.NewFromString(digitsOf(whole) + "." + fraction + "0")
		if err == nil {
			readings = append(readings, d)
		}
	}
	if last < 0 {
		add(s, "")
		return readings, false
	}
	_, size := utf8.DecodeRuneInString(s[last:])
	mark, whole, fraction := s[last:last+size], s[:last], s[last+size:]
	repeated := strings.Contains(whole, mark)
	if !repeated && mark != "'" && mark != "’" {
		add(whole, fraction)
		money = len(fraction) == 2
	}
	if len(fraction) == 3 {
		add(whole+fraction, "")
	}
	return readings, money
}

func digitsOf(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}

// dueWords announce the amount to pay in the languages of the invoices that are read.
const dueWords = "zahlbetrag|zu zahlen|rechnungsbetrag|endbetrag|gesamtbetrag|gesamtsumme|fälliger betrag|" +
	"amount due|total due|balance due|amount payable|total payable|grand total|invoice total|total amount|" +
	"net à payer|solde à payer|montant à payer|reste à payer|total ttc|" +
	"totale da pagare|netto a pagare|totale documento|totale fattura|" +
	"total a pagar|importe a pagar|total factura|te betalen|totaalbedrag|" +
	"do zapłaty|k úhradě|att betala|at betale|å betale|应付金额|价税合计"

// notDue are words of another total that holds one of those above.
const notDue = "zuschl|abschl|netto|skonto|ohne|steuer|hors|excl|without|before|discount"

// announces is where the words before an amount to pay end in a line, -1 when there are none.
func announces(line string) int {
	lower := strings.ToLower(line)
	if len(lower) != len(line) {
		return -1 // a letter whose small form has other bytes; no word above has one
	}
	for word := range strings.SplitSeq(dueWords, "|") {
		i := strings.Index(lower, word)
		if i < 0 {
			continue
		}
		for other := range strings.SplitSeq(notDue, "|") {
			if strings.Contains(lower, other) && word != "netto a pagare" {
				return -1
			}
		}
		return i + len(word)
	}
	return -1
}

// ibansIn lists the account numbers with right check digits in a line. The length comes from
// the country, for what follows may stand close by.
func ibansIn(line string) []string {
	var out []string
	compact := make([]byte, 0, len(line))
	starts := []int{} // where a word begins, in compact
	ends := map[int]bool{}
	boundary := true
	line = strings.NewReplacer("IBAN", " IBAN ", "BIC", " BIC").Replace(line) // glued on without a gap
	for _, r := range line {
		if r < utf8.RuneSelf && (unicode.IsDigit(r) || unicode.IsUpper(r)) {
			if boundary {
				starts = append(starts, len(compact))
				ends[len(compact)] = true
			}
			compact, boundary = append(compact, byte(r)), false //nolint:gosec // ASCII
			continue
		}
		if !unicode.IsSpace(r) { // anything else ends a number
			compact = append(compact, ' ')
		}
		boundary = true
	}
	ends[len(compact)] = true
	for _, start := range starts {
		rest := compact[start:]
		if len(rest) < 4 {
			continue
		}
		structure, known := structureOf(ibanStructures, string(rest[:2]))
		length := 4 + structureLength(structure)
		if !known || length > len(rest) {
			continue
		}
		ended := ends[start+length] || rest[min(length, len(rest)-1)] == ' '
		if iban := string(rest[:length]); ended && !strings.Contains(iban, " ") && ValidIBAN(iban) {
			out = append(out, iban)
		}
	}
	return out
}

// structureLength is the number of characters of a structure without alternatives.
func structureLength(structure string) int {
	total, n := 0, 0
	for _, r := range structure {
		if r >= '0' && r <= '9' {
			n = n*10 + int(r-'0')
			continue
		}
		total, n = total+n, 0
	}
	return total
}
