package sheet

import (
	"encoding/xml"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/countersign/countersign/services/parse/source"
)

// workbook is what the cells of a sheet refer to.
type workbook struct {
	limits Limits
	// texts are those that cells share, by number.
	texts []string
	// shows tells for each cell style what a number in it is shown as.
	shows     []shown
	since1904 bool
}

// readXLSX reads the first sheet of a workbook (ECMA-376 part 1, SpreadsheetML).
func readXLSX(l Limits, b []byte) (*Table, *source.Fault) {
	a, f := openArchive(l, b)
	if f != nil {
		return nil, f
	}
	w := &workbook{limits: l}
	main, f := a.target("", "officeDocument")
	if f != nil {
		return nil, f
	}
	if main == "" {
		return nil, source.New(source.CodeUnsupported, "",
			"This archive is no XLSX workbook; send XLSX or CSV, made from the template.")
	}
	first := &sheetList{}
	if f := a.visit(main, first); f != nil {
		return nil, f
	}
	w.since1904 = first.since1904
	for _, part := range []struct {
		kind string
		read visitor
	}{{"sharedStrings", &sharedTexts{book: w}}, {"styles", &styles{book: w, custom: map[int]shown{}}}} {
		name, f := a.target(main, part.kind)
		if f == nil && name != "" {
			f = a.visit(name, part.read)
		}
		if f != nil {
			return nil, f
		}
	}
	name, f := a.targetByID(main, first.id)
	if f != nil {
		return nil, f
	}
	if name == "" {
		return nil, brokenPart(main)
	}
	t := &Table{Spreadsheet: true}
	if f := a.visit(name, &cells{book: w, table: t, part: name}); f != nil {
		return nil, f
	}
	return t, nil
}

// visit walks a part that must be there.
func (a *archive) visit(name string, v visitor) *source.Fault {
	b, f := a.part(name)
	if f != nil {
		return f
	}
	if b == nil {
		return brokenPart(name)
	}
	return walk(a.limits, name, b, v)
}

// target is the part that another one refers to by a kind of relation; "" when there is none.
func (a *archive) target(from, kind string) (string, *source.Fault) {
	return a.related(from, func(r relation) bool { return path.Base(r.kind) == kind })
}

func (a *archive) targetByID(from, id string) (string, *source.Fault) {
	return a.related(from, func(r relation) bool { return r.id == id && path.Base(r.kind) == "worksheet" })
}

func (a *archive) related(from string, wanted func(relation) bool) (string, *source.Fault) {
	name := path.Join(path.Dir(from), "_rels", path.Base(from)+".rels")
	if from == "" {
		name = "_rels/.rels"
	}
	b, f := a.part(name)
	if f != nil || b == nil {
		return "", f
	}
	var all relations
	if f := walk(a.limits, name, b, &all); f != nil {
		return "", f
	}
	i := slices.IndexFunc(all, wanted)
	if i < 0 || all[i].external {
		return "", nil
	}
	if strings.HasPrefix(all[i].to, "/") {
		return strings.TrimPrefix(all[i].to, "/"), nil
	}
	return path.Join(path.Dir(from), all[i].to), nil
}

// relation is how one part refers to another (ECMA-376 part 2, 9.3).
type relation struct {
	id, kind, to string
	external     bool
}

type relations []relation

func (r *relations) open(_ int, name string, attributes []xml.Attr) *source.Fault {
	if name == "Relationship" {
		*r = append(*r, relation{
			id: attribute(attributes, "Id"), kind: attribute(attributes, "Type"), to: attribute(attributes, "Target"),
			external: attribute(attributes, "TargetMode") == "External",
		})
	}
	return nil
}

func (r *relations) text(int, []byte) *source.Fault { return nil }
func (r *relations) close(int) *source.Fault        { return nil }

// sheetList finds the first sheet of a workbook that a person sees.
type sheetList struct {
	id        string
	since1904 bool
}

func (s *sheetList) open(_ int, name string, attributes []xml.Attr) *source.Fault {
	switch name {
	case "workbookPr":
		s.since1904 = isYes(attribute(attributes, "date1904"))
	case "sheet":
		if state := attribute(attributes, "state"); s.id == "" && (state == "" || state == "visible") {
			s.id = relationID(attributes)
		}
	}
	return nil
}

func (s *sheetList) text(int, []byte) *source.Fault { return nil }
func (s *sheetList) close(int) *source.Fault        { return nil }

// relationID is the attribute id that stands in the namespace of relationships: a sheet also
// has a number of its own.
func relationID(attributes []xml.Attr) string {
	for _, a := range attributes {
		if a.Name.Local == "id" && strings.HasSuffix(a.Name.Space, "/relationships") {
			return a.Value
		}
	}
	return ""
}

func isYes(s string) bool { return s == "1" || s == "true" || s == "on" }

// sharedTexts reads the texts that cells refer to by number. How they are read aloud (rPh) is
// no part of them.
type sharedTexts struct {
	book    *workbook
	names   []string
	builder strings.Builder
}

func (s *sharedTexts) open(depth int, name string, _ []xml.Attr) *source.Fault {
	s.names = append(s.names[:depth-1], name)
	if depth == 2 && name == "si" {
		if len(s.book.texts) >= s.book.limits.Texts {
			return source.TooMany("", "shared texts", s.book.limits.Texts)
		}
		s.builder.Reset()
	}
	return nil
}

func (s *sharedTexts) text(_ int, chars []byte) *source.Fault {
	if len(s.names) == 0 || s.names[len(s.names)-1] != "t" || slices.Contains(s.names, "rPh") {
		return nil
	}
	if s.builder.Len()+len(chars) > s.book.limits.Cell {
		return source.TooMany("text "+strconv.Itoa(len(s.book.texts)+1), "bytes in one cell", s.book.limits.Cell)
	}
	s.builder.Write(chars)
	return nil
}

func (s *sharedTexts) close(depth int) *source.Fault {
	if depth == 2 && s.names[1] == "si" {
		s.book.texts = append(s.book.texts, s.builder.String())
	}
	s.names = s.names[:depth-1]
	return nil
}

// shown is what a number is shown as.
type shown int

const (
	asNumber shown = iota
	asDay
	asPercent // the number times a hundred, with a sign
)

// styles tells what each cell style shows a number as.
type styles struct {
	book   *workbook
	custom map[int]shown
	inside bool // in the list of styles that cells refer to
}

func (s *styles) open(depth int, name string, attributes []xml.Attr) *source.Fault {
	switch {
	case depth == 2:
		s.inside = name == "cellXfs"
	case name == "numFmt":
		if id, err := strconv.Atoi(attribute(attributes, "numFmtId")); err == nil {
			s.custom[id] = shownBy(attribute(attributes, "formatCode"))
		}
	case depth == 3 && s.inside && name == "xf":
		if len(s.book.shows) >= s.book.limits.Texts {
			return source.TooMany("", "cell styles", s.book.limits.Texts)
		}
		id, err := strconv.Atoi(attribute(attributes, "numFmtId"))
		form := s.custom[id]
		switch {
		case err != nil:
			form = asNumber
		case isDayFormat(id):
			form = asDay
		case id == 9 || id == 10:
			form = asPercent
		}
		s.book.shows = append(s.book.shows, form)
	}
	return nil
}

func (s *styles) text(int, []byte) *source.Fault { return nil }
func (s *styles) close(int) *source.Fault        { return nil }

// isDayFormat tells the formats that every spreadsheet knows by number and that show a day
// (ECMA-376 part 1, 18.8.30; those from 27 on are of East Asian languages).
func isDayFormat(id int) bool {
	return (id >= 14 && id <= 17) || id == 22 || (id >= 27 && id <= 31) || id == 36 || (id >= 50 && id <= 58)
}

// shownBy tells whether a number format shows a year or a day, or a percentage, outside quoted
// text, escapes and brackets.
func shownBy(format string) shown {
	quoted, bracket, skip := false, false, false
	for _, c := range strings.ToLower(format) {
		switch {
		case skip:
			skip = false
		case c == '\\' || c == '_' || c == '*':
			skip = true
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '[':
			bracket = true
		case c == ']':
			bracket = false
		case !bracket && (c == 'y' || c == 'd'):
			return asDay
		case !bracket && c == '%':
			return asPercent
		}
	}
	return asNumber
}
