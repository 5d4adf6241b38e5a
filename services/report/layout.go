package report

import (
	"context"
	"fmt"
	"strconv"

	"github.com/countersign/countersign/services/app"
)

// length is a distance on paper in hundredths of a point (1/7200 inch).
type length int

// point is one typographic point.
const point length = 100

// Paper is A4; spacing goes by 4, 8, 12, 16.
const (
	a4Short  length = 59528
	a4Long   length = 84189
	margin          = 40 * point
	topSpace        = 62 * point // from the edge to the body: running title and hairline
	bottom          = 62 * point // from the body to the edge: digest and checkpoint

	tight  = 4 * point
	small  = 8 * point
	medium = 12 * point
	large  = 16 * point
)

// maxPages bounds a report.
const maxPages = 3000

// style is how a line of text looks.
type style struct {
	mono   bool
	size   length
	colour rgb
}

func (s style) line() length { return s.size * 3 / 2 }

func bodyText() style  { return style{size: 850, colour: ink()} }
func closeText() style { return style{size: 750, colour: ink()} } // in narrow columns
func metaText() style  { return style{size: 700, colour: grey()} }
func monoText() style  { return style{mono: true, size: 700, colour: ink()} }
func monoMeta() style  { return style{mono: true, size: 600, colour: grey()} }
func titleText() style { return style{size: 2000, colour: ink()} }
func headText() style  { return style{size: 1150, colour: accent()} }

// op is one thing drawn on a page: exactly one of its parts is set.
type op struct {
	x, y   length // text: beginning of the base line; else upper left corner
	text   string
	style  style
	w, h   length // a filled box; a hairline is a box that is thin
	fill   rgb
	shape  []polygon // filled outlines scaled to w
	isText bool
}

// page is what one page shows, in the order of reading.
type page struct{ ops []op }

// sheet lays a report out on pages, from the top down. After the first error it does
// nothing more; err says what it was.
type sheet struct {
	ctx           context.Context //nolint:containedctx // lives as long as one rendering
	fonts         *fonts
	width, height length
	title         string // on every page
	foot          [2]string
	pages         []page
	y             length
	missing       undrawn
	appendix      appendix
	err           error
}

func newSheet(ctx context.Context, f *fonts, width, height length) *sheet {
	s := &sheet{ctx: ctx, fonts: f, width: width, height: height}
	s.newPage()
	return s
}

func (s *sheet) newPage() {
	if s.err != nil {
		return
	}
	if s.err = s.ctx.Err(); s.err != nil {
		return
	}
	if len(s.pages) == maxPages {
		s.err = fmt.Errorf("%w: over %d pages", app.ErrReportTooLarge, maxPages)
		return
	}
	s.pages = append(s.pages, page{})
	s.y = topSpace
}

// need starts a new page unless h fits on this one; it tells whether it did.
func (s *sheet) need(h length) bool {
	if s.y+h <= s.height-bottom || s.y == topSpace {
		return false
	}
	s.newPage()
	return true
}

// content is the width between the margins.
func (s *sheet) content() length { return s.width - 2*margin }

func (s *sheet) face(st style) *face {
	if st.mono {
		return &s.fonts.mono
	}
	return &s.fonts.text
}

// clean makes a text from outside drawable in the style.
func (s *sheet) clean(text string, st style) string {
	return s.fonts.drawable(text, s.face(st), &s.missing)
}

// measure is the width of a clean text.
func (s *sheet) measure(text string, st style) length {
	return length(s.face(st).width(text)) * st.size / 1000
}

// lines wraps a clean text to a width.
func (s *sheet) lines(text string, st style, width length) []string {
	return wrap(s.face(st), text, int(width*1000/st.size))
}

func (s *sheet) draw(o op) {
	if s.err == nil {
		p := &s.pages[len(s.pages)-1]
		p.ops = append(p.ops, o)
	}
}

// put draws a clean text in the line that begins at y.
func (s *sheet) put(x, y length, text string, st style) {
	if text != "" {
		s.draw(op{x: x, y: y + st.size*11/10, text: text, style: st, isText: true})
	}
}

// rule draws a hairline at y from margin to margin.
func (s *sheet) rule(y length, colour rgb) {
	s.draw(op{x: margin, y: y, w: s.content(), h: point / 2, fill: colour})
}

// paragraph sets a text over the full width.
func (s *sheet) paragraph(text string, st style) {
	for _, line := range s.lines(s.clean(text, st), st, s.content()) {
		s.need(st.line())
		s.put(margin, s.y, line, st)
		s.y += st.line()
	}
}

// section begins a part of the report; room is how much of it must follow on the same page.
func (s *sheet) section(title string, room length) {
	st := headText()
	if s.y > topSpace {
		s.y += large
	}
	s.need(st.line() + small + room)
	s.put(margin, s.y, title, st)
	s.y += st.line() + tight
}

// mark draws a status: shape and word, on a ground when it is a pill.
func (s *sheet) mark(x, y length, word string, tone app.Tone, st style, ground bool) {
	lk := lookOf(tone)
	side := shapeSide(st)
	st.colour = lk.text
	if ground {
		width := markIndent(st) + s.measure(word, st) + tight
		s.draw(op{x: x, y: y - st.size/10, w: width, h: st.line() + st.size/10, fill: lk.ground})
	}
	s.shape(x+tight, y+(st.line()-side)/2-st.size/20, side, lk)
	s.put(x+markIndent(st), y, word, st)
}

// shape draws the shape of a tone into a square.
func (s *sheet) shape(x, y, side length, lk look) {
	s.draw(op{x: x, y: y, w: side, h: side, fill: lk.text, shape: lk.shape})
}

// markIndent is where the word of a status begins, right of its shape.
func markIndent(st style) length { return tight + shapeSide(st) + tight }

func shapeSide(st style) length { return st.size * 3 / 4 }

// banner draws a full-width notice that cannot be overlooked.
func (s *sheet) banner(text string, tone app.Tone) {
	st, lk := bodyText(), lookOf(tone)
	st.colour = lk.text
	side := st.size
	lines := s.lines(s.clean(text, st), st, s.content()-2*small-side-small)
	height := length(len(lines))*st.line() + 2*tight
	s.need(height)
	s.draw(op{x: margin, y: s.y, w: s.content(), h: height, fill: lk.ground})
	s.shape(margin+small, s.y+tight+(st.line()-side)/2, side, lk)
	for i, line := range lines {
		s.put(margin+2*small+side, s.y+tight+length(i)*st.line(), line, st)
	}
	s.y += height + small
}

// finish draws what every page carries, now that their number is known: the running title,
// page x of y, and the digest of the input with the ledger's checkpoint.
func (s *sheet) finish() []page {
	last := len(s.pages)
	st, mono := metaText(), monoMeta()
	title := s.clean(s.title, st)
	if fits := s.lines(title, st, s.content()-100*point); len(fits) > 1 {
		title = fits[0] + "…"
	}
	for i := range s.pages {
		body := s.pages[i].ops
		s.pages[i].ops = nil
		on := &sheet{fonts: s.fonts, pages: s.pages[i : i+1], width: s.width, height: s.height}
		on.put(margin, 32*point, title, st)
		number := "Page " + strconv.Itoa(i+1) + " of " + strconv.Itoa(last)
		on.put(s.width-margin-s.measure(number, st), 32*point, number, st)
		on.rule(46*point, hairline())
		s.pages[i].ops = append(s.pages[i].ops, body...)
		y := s.height - bottom + medium
		on.rule(y, hairline())
		for k, line := range s.foot {
			on.put(margin, y+tight+length(k)*mono.line(), s.clean(line, mono), mono)
		}
	}
	return s.pages
}
