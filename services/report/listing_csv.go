package report

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"

	"github.com/countersign/countersign/services/app"
)

// csvListing writes CSV (RFC 4180, UTF-8 with a byte order mark). Amounts are plain decimals
// with all their digits, texts are as they are but for those that a spreadsheet would read as a
// formula. Below the rows stand comments, as readers of bulk files leave them out: the number of
// rows, and a line for each currency with its sums in the columns that they are the sums of.
type csvListing struct {
	listing

	out    *csv.Writer
	record []string
}

func (l listing) csv(w io.Writer) (app.ListingWriter, error) {
	if _, err := io.WriteString(w, byteOrderMark); err != nil {
		return nil, fmt.Errorf("report: write CSV: %w", err)
	}
	c := &csvListing{listing: l, out: csv.NewWriter(w), record: make([]string, len(l.head.Columns))}
	c.out.UseCRLF = true
	return c, c.write(l.titles())
}

func (c *csvListing) write(record []string) error {
	if err := c.out.Write(record); err != nil {
		return fmt.Errorf("report: write CSV line %d: %w", c.rows, err)
	}
	return nil
}

// Row writes a row.
func (c *csvListing) Row(cells []app.ListingCell) error {
	if err := c.next(cells, maxListing); err != nil {
		return err
	}
	for i, cell := range cells {
		switch {
		case cell.Count != nil:
			c.record[i] = strconv.FormatInt(*cell.Count, 10)
		case !cell.Amount.IsAbsent():
			c.record[i] = cell.Amount.Decimal()
		default:
			c.record[i] = inert(c.text(cell))
		}
	}
	return c.write(c.record)
}

// Close writes the foot.
func (c *csvListing) Close(foot app.ListingFoot) error {
	blank := func() []string { return make([]string, len(c.head.Columns)) }
	line := blank()
	line[0] = comment + c.say("export.foot.rows") + " " + strconv.FormatInt(foot.Rows, 10)
	if err := c.write(line); err != nil {
		return err
	}
	for _, sum := range foot.Sums {
		line := blank()
		for i, column := range c.head.Columns {
			switch {
			case column.Form == app.FormCurrency:
				line[i] = string(sum.Currency)
			case column.Sum && !sum.Amounts[i].IsAbsent():
				line[i] = sum.Amounts[i].Decimal()
			}
		}
		line[0] = comment + c.say("export.foot.sum") + " " + strconv.FormatInt(sum.Rows, 10)
		if err := c.write(line); err != nil {
			return err
		}
	}
	c.out.Flush()
	if err := c.out.Error(); err != nil {
		return fmt.Errorf("report: write CSV: %w", err)
	}
	return nil
}
