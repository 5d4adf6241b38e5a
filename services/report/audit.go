package report

import (
	"context"
	"fmt"
	"strconv"

	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/services/app"
)

// AuditPDF renders the auditor's list as PDF, A4 on its side.
func (r *Renderer) AuditPDF(ctx context.Context, l app.AuditList) ([]byte, error) {
	totals, err := checkList(l)
	if err != nil {
		return nil, err
	}
	s, err := r.begin(ctx, a4Long, a4Short, "List of financings, "+l.For, l, l.Checkpoint)
	if err != nil {
		return nil, err
	}
	s.put(margin, s.y, "List of financings", titleText())
	s.y += titleText().line()
	s.paragraph(listText(l), bodyText())
	s.y += tight
	if l.ClockNote != "" {
		s.banner(clockText(l.ClockNote), app.ToneAttention)
	}
	s.totalsPart(totals)
	s.rowsPart(l.Rows)
	s.appendixPart()
	return r.printer.print(s, l.TakenAt)
}

// checkList refuses a list that cannot be right and sums it.
func checkList(l app.AuditList) ([]app.AuditTotal, error) {
	if l.TakenAt.IsZero() {
		return nil, fmt.Errorf("%w: a list needs the time it was taken", app.ErrReportInput)
	}
	if len(l.Rows) > maxRows {
		return nil, fmt.Errorf("%w: a list of %d rows", app.ErrReportTooLarge, len(l.Rows))
	}
	totals, err := l.Totals()
	if err != nil {
		return nil, fmt.Errorf("report: sum the list: %w", err)
	}
	return totals, nil
}

// listText says whose list it is, what it covers and when it was taken.
func listText(l app.AuditList) string {
	out := "For " + orUnknown(l.For) +
		", from " + orUnknown(l.From.String()) + " to " + orUnknown(l.To.String()) +
		", " + strconv.Itoa(len(l.Rows)) + " rows, taken " + instant(l.TakenAt)
	if l.Filter != "" {
		out += ", filter: " + l.Filter
	}
	return out
}

func (s *sheet) totalsPart(totals []app.AuditTotal) {
	s.section("Totals for each currency", 40*point)
	if s.empty(len(totals), "No amounts.") {
		return
	}
	t := s.table(
		column{title: "Currency", share: 12}, column{title: "Rows", share: 10, right: true},
		column{title: "Face", share: 26, right: true},
		column{title: "Rows with an advance", share: 16, right: true},
		column{title: "Advance", share: 26, right: true},
	)
	t.begin()
	for _, total := range totals {
		t.row(cell{text(string(total.Currency))}, cell{text(strconv.Itoa(total.Rows))}, cell{amount(total.Face)},
			cell{text(strconv.Itoa(total.Advanced))}, cell{amount(total.Advance)})
	}
}

func (s *sheet) rowsPart(rows []app.AuditRow) {
	s.section("Financings", 60*point)
	if s.empty(len(rows), "No financing in this period.") {
		return
	}
	t := s.table(
		column{title: "Date", share: 52}, column{title: "Financing, receivable", share: 86},
		column{title: "Seller", share: 90}, column{title: "Buyer", share: 90}, column{title: "Bank", share: 76},
		column{title: "Face", share: 80, right: true}, column{title: "Advance", share: 80, right: true},
		column{title: "Due", share: 52}, column{title: "State", share: 64},
		column{title: "Block, transaction", share: 112},
	)
	t.begin()
	for _, r := range rows {
		t.row(
			cell{closely(r.Date.String())},
			cell{
				{text: orUnknown(r.Financing), style: monoMeta()},
				{text: orUnknown(r.Receivable), style: monoMeta()},
				meta("invoice " + orUnknown(r.Number)),
			},
			cell{closely(r.Seller)}, cell{closely(r.Buyer)}, cell{closely(r.Bank)},
			cell{closeAmount(r.Face)}, cell{closeAmount(r.Advance)},
			cell{closely(r.DueDate.String())}, cell{mark(r.State)},
			// The full transaction id stands in the row: an appendix would be as long as the list.
			cell{meta(strconv.FormatUint(r.Block, 10)), {text: orUnknown(r.TxID), style: txText()}},
		)
	}
}

// closely is a text in a narrow column.
func closely(s string) entry { return entry{text: orUnknown(s), style: closeText()} }

func closeAmount(a money.Amount) entry {
	e := amount(a)
	e.style = closeText()
	return e
}

// txText is small enough for the 64 digits of a transaction id to take two lines.
func txText() style {
	st := monoMeta()
	st.size = 5*point + point/2
	return st
}
