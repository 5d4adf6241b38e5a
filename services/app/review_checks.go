package app

import (
	"cmp"
	"slices"

	"github.com/countersign/countersign/services/check"
	"github.com/countersign/countersign/services/match"
	"github.com/countersign/countersign/services/policy"
)

// CheckOutcome says how a check came out, the worst first.
type CheckOutcome string

// The outcomes.
const (
	CheckFailed  CheckOutcome = "failed"
	CheckUnknown CheckOutcome = "unknown" // never a pass
	CheckWarned  CheckOutcome = "warned"
	CheckPassed  CheckOutcome = "passed"
)

// The rules of checks that no other package names.
const (
	RulePaperHolds = "document.holds"     // a paper was read and breaks no rule
	RuleFactHolds  = "match.holds"        // the papers agree on a fact
	RuleFactOpen   = "match.open"         // too few papers state a fact
	RuleClear      = "fingerprint.absent" // nobody holds the same claim
)

// Check is one thing that was looked at: what a paper claims, what was found, and where.
type Check struct {
	Question Question
	Outcome  CheckOutcome
	Rule     string
	// Finding is what a reader or a rule says of one paper; its words are told in a language.
	Finding *check.Finding
	// Match is what the papers contradict each other in, Reason what else a verdict rests on, Law what
	// a dated rule says: their words are told in a language too.
	Match   *match.Finding
	Reason  *Reason
	Law     *policy.Finding
	Message string // English; empty for what passed
	Advice  string
	Fact    match.Fact
	Goods   int
	Item    string
	Claimed string
	Found   string
	Papers  []CheckPaper // where it stands, the claim first
}

// CheckPaper is a paper with the place and the value that a check is about.
type CheckPaper struct {
	Document DocumentID
	Value    string
	Measure  match.Measure // the value, where it is told in a language
	Claim    bool
	Path     string
	Offset   int
	Length   int
}

// checksOf makes one list of what the verdicts on a pack rest on, failed first.
func checksOf(p Pack, papers []Document) []Check {
	list := []Check{}
	for _, d := range papers {
		list = append(list, paperChecks(d)...)
	}
	if v := p.Latest; v != nil {
		list = append(list, matrixChecks(v.Matrix)...)
		for _, w := range v.Verdicts {
			list = append(list, verdictChecks(w, list)...)
		}
		list = append(list, lawChecks(v.Policy)...)
	}
	worst := []CheckOutcome{CheckFailed, CheckUnknown, CheckWarned, CheckPassed}
	slices.SortStableFunc(list, func(c, d Check) int {
		return cmp.Compare(slices.Index(worst, c.Outcome), slices.Index(worst, d.Outcome))
	})
	return list
}

// paperChecks are what was found of one paper by itself.
func paperChecks(d Document) []Check {
	list := make([]Check, len(d.Findings))
	for i, f := range d.Findings {
		outcome := CheckWarned
		if f.Severity == check.Fatal {
			outcome = CheckFailed
		}
		list[i] = Check{
			Question: Authenticity, Outcome: outcome, Rule: f.Rule, Finding: &d.Findings[i], Message: f.Message,
			Advice: f.Advice, Claimed: f.Claimed, Found: f.Computed,
			Papers: []CheckPaper{{
				Document: d.ID, Value: f.Claimed, Claim: true, Path: f.Path, Offset: f.Offset, Length: f.Length,
			}},
		}
	}
	if len(list) == 0 && d.State == DocumentParsed {
		list = append(list, Check{
			Question: Authenticity, Outcome: CheckPassed, Rule: RulePaperHolds, Papers: []CheckPaper{{Document: d.ID}},
		})
	}
	return list
}

// Law is what dated rules ask of a trade; no verdict of the papers answers it.
const Law Question = "law"

// lawChecks are what dated rules found, with the citation and the change that would turn it.
func lawChecks(found []policy.Finding) []Check {
	list := make([]Check, len(found))
	for i, f := range found {
		told := f.In(policy.English)
		list[i] = Check{
			Question: Law, Outcome: CheckWarned, Rule: f.Rule, Message: told.Sentence, Advice: told.Advice,
			Claimed: told.Claimed, Found: told.Allowed, Law: &found[i], Papers: []CheckPaper{},
		}
		if f.Severity == policy.Block {
			list[i].Outcome = CheckFailed
		}
	}
	return list
}

// matrixChecks are the findings over all papers, and the facts that they agree on.
func matrixChecks(m match.Matrix) []Check {
	list := []Check{}
	told := map[match.Fact]map[int]bool{}
	for _, f := range m.Findings {
		outcome := CheckWarned
		if f.Severity == match.Block {
			outcome = CheckFailed
		}
		c := Check{
			Question: Corroboration, Outcome: outcome, Rule: string(f.Code), Message: f.Sentence, Advice: f.Advice,
			Fact: f.Fact, Goods: f.Goods, Claimed: f.Claimed, Found: f.Found, Match: &f,
		}
		if told[f.Fact] == nil {
			told[f.Fact] = map[int]bool{}
		}
		told[f.Fact][f.Goods] = true
		for _, r := range m.Rows {
			if f.Fact != "" && r.Fact == f.Fact && r.Goods == f.Goods {
				c.Item, c.Papers = r.Item, placesOf(m, r)
			}
		}
		if len(c.Papers) == 0 {
			for _, s := range f.Sources {
				c.Papers = append(c.Papers, CheckPaper{Document: DocumentID(s)})
			}
		}
		list = append(list, c)
	}
	for _, r := range m.Rows {
		if told[r.Fact][r.Goods] {
			continue
		}
		c := Check{
			Question: Corroboration, Outcome: CheckUnknown, Rule: RuleFactOpen, Fact: r.Fact, Goods: r.Goods,
			Item: r.Item, Papers: placesOf(m, r),
		}
		switch r.State {
		case match.Corroborated:
			c.Outcome, c.Rule = CheckPassed, RuleFactHolds
		case match.Contradicted:
			c.Outcome = CheckFailed
		case match.Unknown:
		}
		list = append(list, c)
	}
	return list
}

// placesOf are the papers that state a fact, with the place of each; the claim first.
func placesOf(m match.Matrix, r match.Row) []CheckPaper {
	list := []CheckPaper{}
	for n, cell := range r.Cells {
		if cell.State == match.Silent || cell.Value == "" || n >= len(m.Columns) {
			continue
		}
		p := CheckPaper{
			Document: DocumentID(m.Columns[n].Source), Value: cell.Value, Measure: cell.Measure, Claim: cell.Claim,
		}
		if len(cell.Places) > 0 {
			p.Path, p.Offset, p.Length = cell.Places[0].Path, cell.Places[0].Offset, cell.Places[0].Length
		}
		list = append(list, p)
	}
	slices.SortStableFunc(list, func(a, b CheckPaper) int {
		switch {
		case a.Claim == b.Claim:
			return 0
		case a.Claim:
			return -1
		}
		return 1
	})
	return list
}

// verdictChecks are the reasons of a verdict that no other check tells already.
func verdictChecks(w Verdict, told []Check) []Check {
	outcome := CheckUnknown
	switch w.Answer {
	case Pass:
		outcome = CheckPassed
	case Fail:
		outcome = CheckFailed
	case Unknown:
	}
	list := []Check{}
	for _, r := range w.Reasons {
		if !slices.ContainsFunc(told, func(c Check) bool { return c.Rule == r.Code }) {
			list = append(list, Check{
				Question: w.Question, Outcome: outcome, Rule: r.Code, Message: r.Message, Advice: r.Advice, Reason: &r,
			})
		}
	}
	if len(list) == 0 && w.Question == Uniqueness && w.Answer == Pass {
		list = append(list, Check{Question: Uniqueness, Outcome: CheckPassed, Rule: RuleClear})
	}
	return list
}
