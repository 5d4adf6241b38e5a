// Package policy judges a trade by dated rule packs: what a law or a notice says of it on its
// day, with the citation, what was claimed, what is allowed, and the smallest change that would
// turn the answer. It is pure. What a rule finds is for the financier: who is told by how much
// a claim fails can make one that passes.
package policy

import (
	"fmt"
	"time"

	"github.com/countersign/countersign/chaincode/money"
)

// Severity is what a finding means for financing.
type Severity string

// The severities.
const (
	Block Severity = "block" // it is not financed
	Warn  Severity = "warn"  // a person decides, with a note on file
)

// Pack is a set of rules of one source, in force from a day on.
type Pack struct {
	ID           string
	Jurisdiction string // ISO 3166-1 alpha-2
	Effective    money.Date
	Until        money.Date // the zero date: still in force
	Source       string
	rules        func(p Pack, t Trade) []Finding
}

// Trade is what rules look at. An absent date is not known, and no rule finds anything of it.
type Trade struct {
	SellerCountry  string // ISO 3166-1 alpha-2
	ObligorCountry string
	Issued         money.Date // of the invoice
	Delivered      money.Date
	Due            money.Date
}

// Finding is what a rule says of a trade that does not pass it.
type Finding struct {
	Rule         string     `json:"rule"`
	Pack         string     `json:"pack"` // with the day since which this version is in force
	Jurisdiction string     `json:"jurisdiction"`
	Severity     Severity   `json:"severity"`
	Effective    money.Date `json:"effective"`
	Citation     string     `json:"citation"`
	Sentence     string     `json:"sentence"`
	Claimed      string     `json:"claimed"` // what the papers say
	Allowed      string     `json:"allowed"` // what the rule says
	// Flips is the last due date with which it would pass, all else being as it is.
	Flips  money.Date `json:"flips"`
	Advice string     `json:"advice"`
}

// Judge holds a trade against every pack that was in force on the day of its invoice. What
// passes finds nothing.
func Judge(t Trade) []Finding {
	findings := []Finding{}
	if t.Issued.IsZero() || t.Due.IsZero() {
		return findings
	}
	for _, p := range Packs() {
		ended := !p.Until.IsZero() && p.Until.Before(t.Issued)
		if t.Issued.Before(p.Effective) || ended {
			continue
		}
		findings = append(findings, p.rules(p, t)...)
	}
	return findings
}

// version names the version of a pack.
func (p Pack) version() string { return p.ID + "@" + p.Effective.String() }

// Packs are the rules that are known, each from its primary text.
func Packs() []Pack {
	return []Pack{
		{
			ID: "cn-receivables-vouchers", Jurisdiction: "CN", Effective: day(2025, time.June, 15),
			Source: "银发〔2025〕77号, notice of six ministries on supply chain finance", rules: vouchers,
		},
		{
			ID: "cn-sme-payments", Jurisdiction: "CN", Effective: day(2025, time.June, 1),
			Source: "保障中小企业款项支付条例, regulation on payments to small and medium enterprises",
			rules:  payments,
		},
	}
}

func day(year int, month time.Month, d int) money.Date {
	return money.DateOf(time.Date(year, month, d, 0, 0, 0, 0, time.UTC))
}

// domestic tells whether both sides of a trade are in the land of the pack.
func (p Pack) domestic(t Trade) bool {
	return t.SellerCountry == p.Jurisdiction && t.ObligorCountry == p.Jurisdiction
}

// The rules.
const (
	ruleTermMax     = "cn.voucher.term_max"
	ruleTermUsual   = "cn.voucher.term_usual"
	rulePaymentDays = "cn.sme.payment_days"
)

// Sentences that are read again to be told in another language.
const (
	claimedForm = "%d days, due on %s"
	paidForm    = "It is to be paid %d days after the delivery."
)

const (
	usualMonths = 6  // of a voucher, in principle
	mostMonths  = 12 // of a voucher, ever
	paymentDays = 60 // from the delivery, unless the trade agreed otherwise
)

// vouchers: a receivable on a platform runs six months in principle, and never longer than a year.
func vouchers(p Pack, t Trade) []Finding {
	if !p.domestic(t) {
		return nil
	}
	usual, most := months(t.Issued, usualMonths), months(t.Issued, mostMonths)
	f := p.finding(t)
	switch {
	case most.Before(t.Due):
		f.Rule, f.Severity, f.Flips = ruleTermMax, Block, most
		f.Sentence = fmt.Sprintf("The term of payment, %s, is longer than a year.", term(t))
		f.Allowed = "one year at most: due on " + most.String() + " or before"
		f.Advice = "Do not finance it. A claim that falls due within a year of its invoice could be."
	case usual.Before(t.Due):
		f.Rule, f.Severity, f.Flips = ruleTermUsual, Warn, usual
		f.Sentence = fmt.Sprintf("The term of payment, %s, is longer than six months.", term(t))
		f.Allowed = "six months in principle: due on " + usual.String() + " or before"
		f.Advice = "Put on file why the trade needs so long a term before you quote."
	default:
		return nil
	}
	f.Citation = "银发〔2025〕77号: term within six months in principle, at most one year"
	return []Finding{f}
}

// payments: a large enterprise pays a small one within 60 days of delivery, unless they agreed
// otherwise as their industry does.
func payments(p Pack, t Trade) []Finding {
	if !p.domestic(t) || t.Delivered.IsZero() {
		return nil
	}
	last := t.Delivered.AddDays(paymentDays)
	if !last.Before(t.Due) {
		return nil
	}
	f := p.finding(t)
	f.Rule, f.Severity, f.Flips = rulePaymentDays, Warn, last
	f.Sentence = fmt.Sprintf(paidForm, t.Delivered.DaysUntil(t.Due))
	f.Allowed = "60 days from the delivery, unless agreed otherwise as is usual in the industry: due on " +
		last.String() + " or before"
	f.Citation = "保障中小企业款项支付条例, art. 9"
	f.Advice = "Ask for the contract that agrees the longer term, and what is usual in the industry."
	return []Finding{f}
}

// finding is what every finding of a pack has in common.
func (p Pack) finding(t Trade) Finding {
	return Finding{
		Pack: p.version(), Jurisdiction: p.Jurisdiction, Effective: p.Effective,
		Claimed: fmt.Sprintf(claimedForm, t.Issued.DaysUntil(t.Due), t.Due.String()),
	}
}

func term(t Trade) string { return fmt.Sprintf("%d days", t.Issued.DaysUntil(t.Due)) }

// months is the same day so many months later; the last day of a month that has no such day.
func months(d money.Date, n int) money.Date {
	at, err := time.Parse(time.DateOnly, d.String())
	if err != nil {
		return money.Date{} // a Date is always one of these
	}
	later := time.Date(at.Year(), at.Month()+time.Month(n), at.Day(), 0, 0, 0, 0, time.UTC)
	if later.Day() != at.Day() {
		later = later.AddDate(0, 0, -later.Day())
	}
	return money.DateOf(later)
}
