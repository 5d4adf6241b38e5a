package match

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/countersign/countersign/services/check/texts"
	"github.com/countersign/countersign/services/parse"
)

// Said are the particulars of a finding, of which its sentence is made in any language.
type Said struct {
	Papers    []Paper      `json:"papers,omitempty"`    // that say so
	Claimants []Paper      `json:"claimants,omitempty"` // papers that claim otherwise
	Item      string       `json:"item,omitempty"`      // what the goods are called
	Kinds     []parse.Kind `json:"kinds,omitempty"`     // one of them is wanted
	Order     string       `json:"order,omitempty"`     // number of the order that is refused
	// Against is what contradicts when it is no paper; On is the day of it.
	Against Against `json:"against,omitempty"`
	On      string  `json:"on,omitempty"`
	Passage Passage `json:"passage,omitzero"`
	Claimed Measure `json:"claimed,omitzero"`
	Found   Measure `json:"found,omitzero"`
}

// IsZero tells that there are no particulars.
func (s Said) IsZero() bool {
	return len(s.Papers)+len(s.Claimants)+len(s.Kinds) == 0 && s.Item+s.Order+s.On == "" &&
		s.Against == "" && s.Passage == Passage{} && s.Claimed == Measure{} && s.Found == Measure{}
}

// Paper is a paper as a sentence names it.
type Paper struct {
	Kind   parse.Kind `json:"kind"`
	Number string     `json:"number,omitempty"`
}

// Passage is the way between two ports, UN/LOCODEs, and how many days it takes at least; no miles
// where it is not known how far it is.
type Passage struct {
	From  string `json:"from"`
	To    string `json:"to"`
	Miles int64  `json:"miles,omitempty"` // by sea
	Days  int64  `json:"days,omitempty"`  // at the knots
	Knots int64  `json:"knots,omitempty"`
}

// Against is what a paper contradicts when that is no other paper's statement of the fact.
type Against string

// What may be contradicted.
const (
	AgainstNothing  Against = "nothing"  // there is no register of the seller's accounts
	AgainstRegister Against = "register" // the accounts that the seller is registered with
	AgainstEvents   Against = "events"   // the goods had been shipped, delivered or invoiced
	AgainstShipment Against = "shipment" // the goods had been shipped
	AgainstSea      Against = "sea"      // how far it is
)

// Measure is how much of something, in words of any language; or when goods went on board or came.
type Measure struct {
	// Number is in digits, in groups of three.
	Number string `json:"number,omitempty"`
	// Unit is a code of UN/ECE Recommendation 20 or 21, or the unit that quantities are compared
	// in: "piece", "kg", "m", "m2", "l", or several of them, "+".
	Unit string `json:"unit,omitempty"`
	// Whole and Refused are set where a part was refused: Number is the whole less that.
	Whole   string `json:"whole,omitempty"`
	Refused string `json:"refused,omitempty"`
	// Unlisted is set where a paper lists its goods and these are not among them.
	Unlisted bool `json:"unlisted,omitempty"`
	// Boarded is the day on board, between the ports; Came the day of a receipt, so many days later.
	Ports   string `json:"ports,omitempty"`
	Boarded string `json:"boarded,omitempty"`
	Came    string `json:"came,omitempty"`
	Later   string `json:"later,omitempty"`
}

// severalUnits stands for the unit of a sum of quantities in several.
const severalUnits = "+"

// In tells a measure in a language; a unit without words there is told by its code.
func (m Measure) In(language string) string {
	switch {
	case m.Unlisted:
		return texts.Say("@match unlisted", language)
	case m.Boarded != "":
		return texts.Say("@match boarded", language, "ports", m.Ports, "on", m.Boarded)
	case m.Came != "":
		return texts.Say("@match came", language, "on", m.Came, "days", m.Later)
	}
	unit := texts.Say("@unit "+m.Unit, language)
	if unit == "" {
		unit = m.Unit
	}
	text := strings.TrimSpace(m.Number + " " + unit)
	if m.Refused == "" {
		return text
	}
	return texts.Say("@match refused part", language, "kept", text, "whole", m.Whole, "refused", m.Refused)
}

// In tells a matrix in a language. It is kept in English; a finding of an earlier day, which has
// no particulars, is told by its code alone.
func (x Matrix) In(language string) Matrix {
	rows := make([]Row, len(x.Rows))
	for i, r := range x.Rows {
		cells := make([]Cell, len(r.Cells))
		for j, c := range r.Cells {
			if c.Measure != (Measure{}) {
				c.Value = c.Measure.In(language)
			}
			cells[j] = c
		}
		r.Cells = cells
		rows[i] = r
	}
	findings := make([]Finding, len(x.Findings))
	for i, f := range x.Findings {
		findings[i] = f.In(language)
	}
	x.Rows, x.Findings = rows, findings
	return x
}

// In tells a finding in a language.
func (f Finding) In(language string) Finding {
	text, _ := texts.Of(string(f.Code), language)
	if f.Said.IsZero() && f.Code != CodeUploader {
		if language != texts.English && text.Title != "" {
			f.Sentence, f.Advice = text.Title, text.Advice
		}
		return f
	}
	if f.Said.Claimed != (Measure{}) {
		f.Claimed = f.Said.Claimed.In(language)
	}
	if f.Said.Found != (Measure{}) {
		f.Found = f.Said.Found.In(language)
	}
	f.Sentence, f.Advice = capital(f.sentence(language)), text.Advice
	if f.Said.Against == AgainstNothing {
		f.Advice = texts.Say("@match no register advice", language)
	}
	return f
}

// sentence makes the sentence of a finding of its particulars.
func (f Finding) sentence(language string) string {
	s := f.Said
	say := func(key string, particulars ...string) string {
		return texts.Say("@match "+key, language, append(particulars,
			"item", s.Item, "order", s.Order, "claimed", f.Claimed, "found", f.Found, "on", s.On,
			"papers", named(language, s.Papers), "claimants", named(language, s.Claimants),
			"from", s.Passage.From, "to", s.Passage.To, "miles", strconv.FormatInt(s.Passage.Miles, 10),
			"days", strconv.FormatInt(s.Passage.Days, 10), "knots", strconv.FormatInt(s.Passage.Knots, 10))...)
	}
	switch f.Code {
	case CodeMissing:
		names := []string{}
		for _, k := range s.Kinds {
			names = append(names, texts.Say("@kind "+string(k), language))
		}
		if len(names) == 1 {
			return say("missing", "kinds", names[0])
		}
		return say("missing", "kinds", say("missing proof", "kinds", joined(language, "or", names)))
	case CodeUploader:
		return say("uploader")
	case CodeUncorroborated:
		return say("uncorroborated", "subject", f.subject(language))
	case CodeDelivery:
		return say("delivery")
	case CodePartial:
		return say("partial")
	case CodeUnit:
		return say("unit")
	case CodeRefused:
		return say("refused")
	case CodeAccount, CodeParty, CodeReference, CodeItem, CodeQuantity, CodePrice, CodeAmount, CodeCurrency,
		CodePackages, CodeWeight, CodeDate, CodePlace, CodePassage:
	}
	if f.Code == CodePassage && s.Passage.Miles == 0 {
		return say("unknown passage")
	}
	if s.Against == AgainstNothing {
		return say("no register")
	}
	found := say(oneOrMany("says", len(s.Papers)))
	key := "contradiction"
	switch {
	case s.Against != "":
		key += " " + string(s.Against)
	case len(s.Claimants) > 0:
		key += " claimed"
	}
	return say(key, "subject", f.subject(language), "said", found, "otherwise",
		say(oneOrMany("claims", len(s.Claimants))))
}

// subject is the fact that a finding is about, with the goods that it is a fact of.
func (f Finding) subject(language string) string {
	fact := texts.Say("@fact "+string(f.Fact), language)
	if f.Said.Item == "" {
		return fact
	}
	return texts.Say("@match subject", language, "fact", fact, "item", f.Said.Item)
}

// oneOrMany is the row for one or for many.
func oneOrMany(key string, n int) string {
	if n > 1 {
		return key + " many"
	}
	return key
}

// named lists papers: "the invoice 1, the order 2 and the bill of lading 3".
func named(language string, papers []Paper) string {
	names := []string{}
	for _, p := range papers {
		names = append(names, strings.TrimSpace(texts.Say("@match paper", language,
			"kind", texts.Say("@kind "+string(p.Kind), language), "number", p.Number)))
	}
	return joined(language, "and", names)
}

// joined writes "a, b and c", or "a, b or c".
func joined(language, last string, names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	end := len(names) - 1
	return texts.Say("@join "+last, language,
		"list", strings.Join(names[:end], texts.Say("@join comma", language)), "last", names[end])
}

// capital raises the first letter of a sentence, where its script has capitals.
func capital(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	if size == 0 {
		return s
	}
	return string(unicode.ToUpper(first)) + s[size:]
}

// Codes lists the codes of findings.
func Codes() []Code {
	return []Code{
		CodeParty, CodeReference, CodeItem, CodeQuantity, CodePrice, CodeAmount, CodeCurrency, CodePackages,
		CodeWeight, CodeDate, CodePlace, CodePassage, CodeAccount, CodeMissing, CodeUploader, CodeUncorroborated,
		CodeDelivery, CodePartial, CodeUnit, CodeRefused,
	}
}

// Facts lists the facts.
func Facts() []Fact {
	return []Fact{
		FactSeller, FactBuyer, FactOrder, FactDespatch, FactTransport, FactStorage, FactItem, FactQuantity,
		FactPrice, FactNet, FactCurrency, FactNetTotal, FactPayable, FactPackages, FactPieces, FactWeight,
		FactIssued, FactShipped, FactDelivered, FactLoading, FactDischarge, FactVessel, FactPassage,
		FactAccount,
	}
}
