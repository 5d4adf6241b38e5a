package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"time"
	"unicode"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"github.com/countersign/countersign/services/check"
	"github.com/countersign/countersign/services/reading"
)

// printer prints what check finds: JSON for programs, or text for people. A bar on standard
// error shows how far it is, on a terminal only.
type printer struct {
	out    *bufio.Writer
	json   *json.Encoder // nil: text
	live   bool          // standard output is a terminal: each file is shown at once
	colour bool
	bar    *progressbar.ProgressBar // nil where nobody would see it
	files  int
	counts map[reading.Status]int
}

const barPause = 100 * time.Millisecond

func newPrinter(asJSON bool, files int) *printer {
	p := &printer{out: bufio.NewWriter(os.Stdout), files: files, counts: map[reading.Status]int{}}
	p.live = isTerminal(os.Stdout)
	p.colour = p.live && os.Getenv("NO_COLOR") == "" // https://no-color.org
	if asJSON {
		p.json = json.NewEncoder(p.out)
		p.json.SetEscapeHTML(false)
	}
	if files > 1 && isTerminal(os.Stderr) {
		p.bar = progressbar.NewOptions(files, progressbar.OptionSetWriter(os.Stderr),
			progressbar.OptionShowCount(), progressbar.OptionThrottle(barPause),
			progressbar.OptionClearOnFinish(), progressbar.OptionSetDescription("checking"))
	}
	return p
}

func isTerminal(f *os.File) bool {
	return term.IsTerminal(int(f.Fd()))
}

// print prints one file.
func (p *printer) print(c checked) error {
	p.counts[c.Status]++
	if p.bar != nil && p.live { // both on one terminal
		if err := p.bar.Clear(); err != nil {
			return err
		}
	}
	var err error
	if p.json != nil {
		err = p.json.Encode(c)
	} else {
		_, err = p.out.WriteString(p.text(c))
	}
	if err == nil && p.live {
		err = p.out.Flush()
	}
	if err == nil && p.bar != nil {
		err = p.bar.Add(1)
	}
	return err
}

// end prints the sum of all files, for people.
func (p *printer) end() error {
	if p.json == nil && p.files > 1 {
		if _, err := fmt.Fprintf(p.out, "%d files: %d clean, %d violate, %d unsupported, %d unreadable\n",
			p.files, p.counts[reading.Clean], p.counts[reading.Violates], p.counts[reading.Unsupported],
			p.counts[reading.Unreadable]); err != nil {
			return err
		}
	}
	return p.out.Flush()
}

// The colours of a terminal, ECMA-48 section 8.3.117.
const (
	red    = "31"
	green  = "32"
	yellow = "33"
	bold   = "1"
)

func (p *printer) in(colour, s string) string {
	if !p.colour {
		return s
	}
	return "\x1b[" + colour + "m" + s + "\x1b[0m"
}

// text is what was found in a file, for a person.
func (p *printer) text(c checked) string {
	status := map[reading.Status]string{
		reading.Clean: green, reading.Violates: red, reading.Unsupported: yellow, reading.Unreadable: red,
	}[c.Status]
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s", p.in(bold, plain(c.File)), p.in(status, string(c.Status)))
	if c.Kind != "" {
		fmt.Fprintf(&b, " (%s, %s)", strings.ReplaceAll(string(c.Kind), "_", " "), plain(c.Syntax))
	}
	if c.Entries != nil {
		fmt.Fprintf(&b, ", %d entries", *c.Entries)
	}
	if c.Documents > 0 {
		fmt.Fprintf(&b, ", %d documents in %d rows", c.Documents, c.Rows)
	}
	b.WriteByte('\n')
	for _, f := range c.Findings {
		p.finding(&b, f)
	}
	return b.String()
}

// finding writes one finding: what is wrong, by which rule, what to do, and where.
func (p *printer) finding(b *strings.Builder, f check.Finding) {
	colour := yellow
	if f.Severity == check.Fatal {
		colour = red
	}
	const indent = "           "
	severity := p.in(colour, fmt.Sprintf("%-8s", f.Severity))
	fmt.Fprintf(b, "  %s %s  %s\n", severity, plain(f.Rule), plain(f.Message))
	if f.Claimed != "" || f.Computed != "" {
		fmt.Fprintf(b, "%sthe document says %s", indent, or(plain(f.Claimed), "nothing"))
		if f.Computed != "" {
			fmt.Fprintf(b, ", it should be %s", plain(f.Computed))
		}
		b.WriteByte('\n')
	}
	if f.Advice != "" {
		fmt.Fprintf(b, "%s%s\n", indent, plain(f.Advice))
	}
	if f.Path != "" {
		fmt.Fprintf(b, "%sat %s", indent, plain(f.Path))
		if f.Offset > 0 {
			fmt.Fprintf(b, ", byte %d", f.Offset)
		}
		b.WriteByte('\n')
	}
}

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// plain is a text of a document, or a file's name, without anything that a terminal obeys.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsGraphic(r) {
			return r
		}
		return unicode.ReplacementChar
	}, s)
}
