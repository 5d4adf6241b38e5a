package pdf

import (
	"strings"

	"github.com/countersign/countersign/services/parse/pdf/internal/cos"
)

// text runs the text operators of each page (ISO 32000-2, 9.4) and lays the pieces out in
// lines. Pictures of text stay unseen: then there is no text layer.
func (r *reader) text() {
	known := &fonts{reader: r, glyphs: glyphs(), byNumber: map[int]*font{}}
	off, total := r.offLayers(), 0
	for i, p := range r.pages {
		c := &canvas{reader: r, fonts: known, room: r.limits.PDFText - total, box: boxOf(p.box), off: off}
		c.content(r.contents(p.dict["Contents"]), p.resources, 0)
		c.appearances(p)
		if r.done() {
			return
		}
		total += c.size
		r.out.Unknown += c.unknown
		r.out.Lines = append(r.out.Lines, layOut(c.seen(), i+1)...)
	}
}

// contents joins the content of a page, which may be cut anywhere between two words.
func (r *reader) contents(o cos.Object) []byte {
	if s := r.Stream(o); s != nil {
		return r.data(s)
	}
	var all []byte
	for _, part := range r.Array(o) {
		if s := r.Stream(part); s != nil {
			all = append(append(all, r.data(s)...), '\n')
		}
		if r.done() || len(all) > maxContent {
			break
		}
	}
	return all
}

// maxContent bounds the content of a page that is held in memory. Honest pages have a fiftieth.
const maxContent = 16 << 20

// data unpacks a stream, which need not be measured again.
func (r *reader) data(s *cos.Stream) []byte {
	b, _ := r.Decode(s, maxContent)
	if len(b) == maxContent {
		r.out.TextCut = true
	}
	return b
}

// piece is text written at one go.
type piece struct {
	text   string
	x, end fixed // along the line
	y      fixed // of the line, upwards
	size   fixed
	hidden bool
}

// state is what q saves and Q brings back (8.4).
type state struct {
	ctm     matrix
	font    *font
	size    fixed
	char    fixed // extra space after a character
	word    fixed // extra space after a blank
	stretch fixed
	leading fixed
	rise    fixed
	mode    int
	blank   bool // painted in white
}

// canvas takes in the content of one page.
type canvas struct {
	*reader
	fonts   *fonts
	state   state
	saved   []state
	line    matrix // text line matrix
	text    matrix // text matrix
	pieces  []piece
	size    int // bytes of the strings shown
	room    int // bytes of them that are still taken
	unknown int
	started bool
	active  []int // forms that are being drawn
	box     box
	off     map[int]bool // layers that are not shown
	marked  []bool       // for each marked part that is open, whether it is in such a layer
}

const (
	// maxSaved bounds states saved within each other (annex C says 28).
	maxSaved = 256
	// maxForms bounds forms inside forms.
	maxForms = 16
	// maxOperands bounds what stands before an operator; no operator of text takes more.
	maxOperands = 64
	// maxPieces bounds the pieces of text of one page.
	maxPieces = 200_000
)

// content runs the operators of one stream.
func (c *canvas) content(b []byte, resources cos.Dict, depth int) {
	if !c.started {
		c.state, c.started = state{ctm: identity, stretch: unit}, true
	}
	l := cos.NewLexer(b, c.Work())
	var operands []cos.Object
	for !c.done() {
		o, more := l.Next()
		if !more {
			break
		}
		op, isOperator := o.(cos.Operator)
		if !isOperator {
			if len(operands) < maxOperands {
				operands = append(operands, o)
			}
			continue
		}
		switch op {
		case "ID":
			l.SkipImage()
		case "BMC", "BDC", "EMC":
			c.mark(op, operands, resources)
		case "Do":
			if len(operands) == 1 {
				c.form(operands[0], resources, depth)
			}
		case "Tf":
			if len(operands) == 2 {
				name, _ := operands[0].(cos.Name)
				c.state.font = c.fonts.get(c.Dict(resources["Font"])[name])
				c.state.size = number(operands[1])
			}
		default:
			c.run(op, operands)
		}
		operands = operands[:0]
	}
	c.Spent(-1)
}

// form draws a form XObject; one that draws itself is left out, as viewers do.
func (c *canvas) form(name cos.Object, resources cos.Dict, depth int) {
	key, _ := name.(cos.Name)
	s := c.Stream(c.Dict(resources["XObject"])[key])
	if s == nil || c.Name(s.Dict["Subtype"]) != "Form" {
		return
	}
	c.draw(s, resources, depth)
}

func (c *canvas) draw(s *cos.Stream, resources cos.Dict, depth int) {
	if depth >= maxForms {
		return
	}
	for _, number := range c.active {
		if number == s.Number {
			return
		}
	}
	c.active = append(c.active, s.Number)
	marked := c.marked
	if c.isOff(s.Dict["OC"]) {
		c.marked = []bool{true}
	}
	saved, line, text := c.state, c.line, c.text
	if own := c.Dict(s.Dict["Resources"]); own != nil {
		resources = own
	}
	c.state.ctm = matrixOf(c.Array(s.Dict["Matrix"])).times(c.state.ctm)
	c.content(c.data(s), resources, depth+1)
	c.state, c.line, c.text, c.marked = saved, line, text, marked
	c.active = c.active[:len(c.active)-1]
}

// appearances draws what stands on the page as annotations: stamps, and the fields of a form.
func (c *canvas) appearances(p page) {
	for _, o := range c.Array(p.dict["Annots"]) {
		d := c.Dict(o)
		look := c.Resolve(c.Dict(d["AP"])["N"])
		if states, ok := look.(cos.Dict); ok { // a check box has one look for each state
			look = c.Resolve(states[c.Name(d["AS"])])
		}
		s, ok := look.(*cos.Stream)
		if !ok || c.done() {
			continue
		}
		c.state = state{ctm: identity, stretch: unit}
		if rect := c.Array(d["Rect"]); len(rect) == 4 {
			c.state.ctm.e, c.state.ctm.f = number(rect[0]), number(rect[1])
		}
		c.draw(s, p.resources, 0)
	}
}

// run is one operator with its operands.
func (c *canvas) run(op cos.Operator, operands []cos.Object) {
	arg := func(i int) fixed {
		if i < len(operands) {
			return number(operands[i])
		}
		return 0
	}
	switch op {
	case "q":
		if len(c.saved) < maxSaved {
			c.saved = append(c.saved, c.state)
		}
	case "Q":
		if n := len(c.saved); n > 0 {
			c.state, c.saved = c.saved[n-1], c.saved[:n-1]
		}
	case "cm":
		c.state.ctm = matrixOf(operands).times(c.state.ctm)
	case "BT":
		c.line, c.text = identity, identity
	case "Tm":
		c.line = matrixOf(operands)
		c.text = c.line
	case "Td":
		c.move(arg(0), arg(1))
	case "TD":
		c.state.leading = -arg(1)
		c.move(arg(0), arg(1))
	case "TL":
		c.state.leading = arg(0)
	case "T*":
		c.move(0, -c.state.leading)
	case "Tc":
		c.state.char = arg(0)
	case "Tw":
		c.state.word = arg(0)
	case "Tz":
		c.state.stretch = arg(0) / 100
	case "Ts":
		c.state.rise = arg(0)
	case "Tr":
		c.state.mode = int(arg(0) / unit)
	case "g", "rg", "k", "sc", "scn":
		c.state.blank = white(op, operands)
	case "cs":
		c.state.blank = false
	default:
		c.showing(op, operands)
	}
}

// white tells whether a colour is that of the paper.
func white(op cos.Operator, operands []cos.Object) bool {
	full := unit
	if op == "k" || len(operands) == 4 {
		full = 0
	}
	for _, o := range operands {
		if n, ok := cos.FixedOf(o); !ok || fixed(n) != full {
			return false
		}
	}
	return len(operands) > 0
}

// showing runs the operators that write text.
func (c *canvas) showing(op cos.Operator, operands []cos.Object) {
	if len(operands) == 0 {
		return
	}
	last := operands[len(operands)-1]
	switch op {
	case "'":
		c.move(0, -c.state.leading)
	case `"`:
		if len(operands) == 3 {
			c.state.word, c.state.char = number(operands[0]), number(operands[1])
		}
		c.move(0, -c.state.leading)
	case "Tj", "TJ":
	default:
		return
	}
	list, ok := last.(cos.Array)
	if !ok {
		list = cos.Array{last}
	}
	for _, o := range list {
		if s, ok := o.(cos.String); ok {
			c.show(string(s))
			continue
		}
		c.advance(-mul(mul(number(o)/1000, c.state.size), c.state.stretch))
	}
}

func (c *canvas) move(x, y fixed) {
	c.line = matrix{a: unit, d: unit, e: x, f: y}.times(c.line)
	c.text = c.line
}

func (c *canvas) advance(x fixed) { c.text = matrix{a: unit, d: unit, e: x}.times(c.text) }

// show writes one string and files its characters, a piece for each word.
func (c *canvas) show(s string) {
	f := c.state.font
	if f == nil {
		return
	}
	if c.size += len(s); c.size > c.room || len(c.pieces) >= maxPieces {
		c.out.TextCut = true
		return
	}
	var now strings.Builder
	from := c.point()
	flush := func() {
		if now.Len() > 0 {
			c.file(now.String(), from, c.point())
			now.Reset()
		}
	}
	f.each(s, func(text string, width fixed, blank bool) {
		if text == "" {
			c.unknown++
		}
		wide := mul(width, c.state.size) + c.state.char
		if blank {
			wide += c.state.word
		}
		if strings.TrimSpace(text) == "" {
			flush()
			c.advance(mul(wide, c.state.stretch))
			from = c.point()
			return
		}
		now.WriteString(text)
		c.advance(mul(wide, c.state.stretch))
		if c.state.char > c.state.size/3 { // letters set far apart stand for themselves
			flush()
			from = c.point()
		}
	})
	flush()
}

// spot is where text stands along its line, and whether that is on the page.
type spot struct {
	x, y, size fixed
	off        bool
}

// box is the part of the page that is seen, nothing when the file does not say.
type box struct{ left, low, right, high fixed }

func boxOf(list cos.Array) box {
	if len(list) != 4 {
		return box{}
	}
	a, b, c, d := number(list[0]), number(list[1]), number(list[2]), number(list[3])
	return box{min(a, c), min(b, d), max(a, c), max(b, d)}
}

func (b box) misses(x, y fixed) bool {
	return b.left < b.right && b.low < b.high && (x < b.left || x > b.right || y < b.low || y > b.high)
}

// point turns the page so that the text runs from left to right.
func (c *canvas) point() spot {
	m := c.text.times(c.state.ctm)
	x, y := m.e, m.f
	size := mul(c.state.size, max(m.c, -m.c, m.d, -m.d))
	off := c.box.misses(x, y)
	abs := func(n fixed) fixed { return max(n, -n) }
	switch {
	case abs(m.b) > abs(m.a) && m.b > 0: // upwards
		return spot{y, -x, size, off}
	case abs(m.b) > abs(m.a):
		return spot{-y, x, size, off}
	case m.a < 0:
		return spot{-x, -y, size, off}
	default:
		return spot{x, y, size, off}
	}
}

// Text that nobody sees: drawn in no way, or smaller than anything that is read.
const (
	modeInvisible = 3
	modeClip      = 7
	leastSize     = unit
)

func (c *canvas) file(s string, from, to spot) {
	size := max(from.size, -from.size)
	c.pieces = append(c.pieces, piece{
		text: s, x: from.x, end: to.x, y: mul(c.state.rise, unit) + from.y, size: size,
		hidden: c.state.mode == modeInvisible || c.state.mode == modeClip || c.state.blank ||
			c.unseen() || from.off || size < leastSize,
	})
}

// seen leaves out what nobody sees, unless that is all there is: a scan has its text behind
// the picture.
func (c *canvas) seen() []piece {
	visible := make([]piece, 0, len(c.pieces))
	for _, p := range c.pieces {
		if !p.hidden {
			visible = append(visible, p)
		}
	}
	if len(visible) == 0 {
		return c.pieces
	}
	return visible
}
