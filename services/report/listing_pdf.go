package report

import (
	"fmt"
	"io"
	"strconv"

	"github.com/countersign/countersign/services/app"
)

// maxPrinted bounds the rows of a listing that is printed: they are laid out together.
const maxPrinted = 5_000

// pdfListing gathers the rows of a listing and prints them, A4 on its side.
type pdfListing struct {
	listing

	renderer *Renderer
	out      io.Writer
	kept     [][]app.ListingCell
}

// Row keeps a row.
func (p *pdfListing) Row(cells []app.ListingCell) error {
	if err := p.next(cells, maxPrinted); err != nil {
		return err
	}
	p.kept = append(p.kept, append([]app.ListingCell(nil), cells...))
	return nil
}

// printed is what the digest at the foot of each page is taken of.
type printed struct {
	Head app.ListingHead     `json:"head"`
	Rows [][]app.ListingCell `json:"rows"`
	Foot app.ListingFoot     `json:"foot"`
}

// Close lays the pages out and writes them.
func (p *pdfListing) Close(foot app.ListingFoot) error {
	name := p.say("export.list." + string(p.head.List))
	s, err := p.renderer.begin(
		p.ctx, a4Long, a4Short, name+", "+p.head.For, printed{p.head, p.kept, foot}, p.head.Checkpoint,
	)
	if err != nil {
		return err
	}
	s.put(margin, s.y, name, titleText())
	s.y += titleText().line()
	for _, line := range p.about()[1:5] {
		s.paragraph(line[0]+": "+line[1], bodyText())
	}
	s.y += tight
	if p.head.ClockNote != "" {
		s.banner(p.say("export.about.clock")+": "+p.head.ClockNote, app.ToneAttention)
	}
	p.totals(s, foot)
	p.table(s)
	s.appendixPart()
	out, err := p.renderer.printer.print(s, p.head.TakenAt)
	if err != nil {
		return err
	}
	if _, err := p.out.Write(out); err != nil {
		return fmt.Errorf("report: write the listing: %w", err)
	}
	return nil
}

// totals counts the rows and sums them by currency.
func (p *pdfListing) totals(s *sheet, foot app.ListingFoot) {
	s.section(p.say("export.totals"), 40*point)
	s.paragraph(p.say("export.foot.rows")+": "+strconv.FormatInt(foot.Rows, 10), bodyText())
	columns := []column{
		{title: p.say("export.column.currency"), share: 12},
		{title: p.say("export.foot.rows"), share: 10, right: true},
	}
	for _, c := range p.head.Columns {
		if c.Sum {
			columns = append(columns, column{title: p.say("export.column." + c.Word), share: 24, right: true})
		}
	}
	if len(foot.Sums) == 0 || len(columns) == 2 {
		return
	}
	t := s.table(columns...)
	t.begin()
	for _, sum := range foot.Sums {
		row := []cell{{text(string(sum.Currency))}, {text(strconv.FormatInt(sum.Rows, 10))}}
		for i, c := range p.head.Columns {
			if c.Sum {
				row = append(row, cell{amount(sum.Amounts[i])})
			}
		}
		t.row(row...)
	}
}

// table prints the rows; the column of currencies is left out, since each amount names its own,
// and what only programs need.
func (p *pdfListing) table(s *sheet) {
	s.section(p.say("export.list."+string(p.head.List)), 60*point)
	if s.empty(len(p.kept), p.say("export.none")) {
		return
	}
	columns, shown := []column{}, []int{}
	for i, c := range p.head.Columns {
		if c.Form == app.FormCurrency || c.Machine {
			continue
		}
		share := 72 // a time with its title
		if c.Wide {
			share = 90
		}
		if c.Form == app.FormAmount {
			share = 82
		}
		if c.Form == app.FormCount {
			share = 40
		}
		columns = append(columns, column{
			title: p.say("export.column." + c.Word), share: share,
			right: c.Form == app.FormAmount || c.Form == app.FormCount,
		})
		shown = append(shown, i)
	}
	t := s.table(columns...)
	t.begin()
	for _, row := range p.kept {
		cells := make([]cell, len(shown))
		for n, i := range shown {
			switch c := row[i]; {
			case c.Count != nil:
				cells[n] = cell{closely(strconv.FormatInt(*c.Count, 10))}
			case p.head.Columns[i].Form == app.FormAmount:
				cells[n] = cell{closeAmount(c.Amount)}
			default:
				cells[n] = cell{closely(p.text(c))}
			}
		}
		t.row(cells...)
	}
}
