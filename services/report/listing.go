package report

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/countersign/countersign/services/app"
)

// maxListing bounds the rows of a listing; a sheet of a workbook takes 1,048,576 (ECMA-376).
const maxListing = 1_000_000

// Listing begins a file of a list: its rows follow one by one, and none of them is kept but by
// the PDF, which takes fewer.
//
// All forms say the same: the titles of the columns, the rows, and at the end how many rows there
// are and what they come to in each currency. Codes are written as the portal's words.
func (r *Renderer) Listing(
	ctx context.Context, w io.Writer, format string, head app.ListingHead,
) (app.ListingWriter, error) {
	if len(head.Columns) == 0 || head.TakenAt.IsZero() {
		return nil, fmt.Errorf("%w: a listing needs columns and the time it was taken", app.ErrReportInput)
	}
	l := listing{ctx: ctx, head: head, say: r.speaker(head.Language)}
	switch format {
	case "csv":
		return l.csv(w)
	case "xlsx":
		return l.xlsx(w)
	case "pdf":
		return &pdfListing{listing: l, renderer: r, out: w}, nil
	}
	return nil, fmt.Errorf("%w: no listing is made as %q", app.ErrReportInput, format)
}

// listing is what the forms share.
type listing struct {
	ctx  context.Context //nolint:containedctx // of the one file that is written
	head app.ListingHead
	say  func(string) string
	rows int64
}

// next counts a row and refuses those that no file takes.
func (l *listing) next(cells []app.ListingCell, most int64) error {
	if len(cells) != len(l.head.Columns) {
		return fmt.Errorf("%w: a row of %d cells", app.ErrReportInput, len(cells))
	}
	if l.rows++; l.rows > most {
		return fmt.Errorf("%w: a list of more than %d rows", app.ErrReportTooLarge, most)
	}
	return l.ctx.Err()
}

func (l *listing) titles() []string {
	titles := make([]string, len(l.head.Columns))
	for i, c := range l.head.Columns {
		titles[i] = l.say("export.column." + c.Word)
	}
	return titles
}

// text is what a cell says where it is neither an amount nor a count.
func (l *listing) text(c app.ListingCell) string {
	if c.Word != "" {
		return l.say(c.Word)
	}
	return c.Text
}

// speaker gives words in a language; what has none is said by its last part, the code.
func (r *Renderer) speaker(language string) func(string) string {
	words := r.words[language]
	if words == nil {
		words = r.words["en"]
	}
	return func(name string) string {
		// Names in the portal have no dots of their own: receivable.confirm is receivable_confirm there.
		if word, ok := words[name]; ok {
			return word
		}
		area, code, _ := strings.Cut(name, ".")
		if sub, rest, ok := strings.Cut(code, "."); ok {
			if word, ok := words[area+"."+sub+"."+strings.ReplaceAll(rest, ".", "_")]; ok {
				return word
			}
			return rest
		}
		return code
	}
}

// about says what the listing is, a line a pair.
func (l *listing) about() [][2]string {
	lines := [][2]string{
		{l.say("export.about.list"), l.say("export.list." + string(l.head.List))},
		{l.say("export.about.for"), l.head.For},
		{l.say("export.about.by"), l.head.By},
		{l.say("export.about.taken"), instant(l.head.TakenAt)},
		{l.say("export.about.filter"), orUnknown(l.head.Query)},
		{l.say("export.about.checkpoint"), checkpointText(l.head.Checkpoint)},
	}
	if l.head.ClockNote != "" {
		lines = append(lines, [2]string{l.say("export.about.clock"), l.head.ClockNote})
	}
	return lines
}
