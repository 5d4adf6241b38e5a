package report

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// maxText bounds one text of a report; a longer one is cut and says so.
const maxText = 32 << 10

const cutMark = " […cut]"

// undrawn collects the characters that a report could not show, in the order they came.
type undrawn struct {
	runes []rune
	seen  map[rune]bool
}

func (u *undrawn) note(r rune) {
	if u.seen == nil {
		u.seen = map[rune]bool{}
	}
	if !u.seen[r] {
		u.seen[r] = true
		u.runes = append(u.runes, r)
	}
}

// maxUndrawn bounds the list of them in the report.
const maxUndrawn = 200

// String lists the code points: "U+202E U+20BB7".
func (u *undrawn) String() string {
	var b strings.Builder
	for i, r := range u.runes {
		if i == maxUndrawn {
			fmt.Fprintf(&b, " and %d more", len(u.runes)-i)
			break
		}
		fmt.Fprintf(&b, " U+%04X", r)
	}
	return strings.TrimSpace(b.String())
}

// drawable turns a text from outside into what the face can draw: accents composed (NFC),
// line breaks and tabs as spaces, and a visible replacement for whatever has no glyph or is
// invisible (controls, direction overrides, zero-width characters). Each replacement is
// noted, so that the report can say what it does not show.
func (f *fonts) drawable(s string, in *face, missing *undrawn) string {
	if len(s) > maxText {
		cut := maxText
		for cut > maxText-utf8.UTFMax && !utf8.RuneStart(s[cut]) {
			cut--
		}
		s = s[:cut] + cutMark
	}
	var b strings.Builder
	for _, r := range norm.NFC.String(strings.ReplaceAll(s, "\r\n", "\n")) {
		switch {
		case r == '\n' || r == '\r' || r == '\t' || unicode.Is(unicode.Z, r):
			r = ' '
		case unicode.Is(unicode.C, r) || !in.draws(r):
			missing.note(r)
			r = f.replacement
		}
		b.WriteRune(r)
	}
	return strings.TrimSpace(b.String())
}

// noLineStart are the closing marks that no line begins with.
const noLineStart = "，。、；：！？）》」』】〕”’…,.;:!?)]}%"

// wrap breaks a text into lines of at most limit thousandths of the font size: after a
// space, a slash or a hyphen, around ideographs, otherwise wherever the line is full. There is at
// least one line.
func wrap(f *face, s string, limit int) []string {
	runes := []rune(s)
	var lines []string
	for len(runes) > 0 {
		n := lineLength(f, runes, limit)
		lines = append(lines, strings.TrimRight(string(runes[:n]), " "))
		runes = runes[n:]
		for len(runes) > 0 && runes[0] == ' ' {
			runes = runes[1:]
		}
	}
	if lines == nil {
		return []string{""}
	}
	return lines
}

// lineLength is the number of characters that go into the next line, at least one.
func lineLength(f *face, runes []rune, limit int) int {
	width, breakAt := 0, 0
	for i, r := range runes {
		width += f.advance(r)
		if width > limit && r != ' ' && i > 0 {
			if breakAt > 0 {
				return breakAt
			}
			return i
		}
		if i+1 < len(runes) && mayBreak(r, runes[i+1]) {
			breakAt = i + 1
		}
	}
	return len(runes)
}

func mayBreak(left, right rune) bool {
	if strings.ContainsRune(noLineStart, right) {
		return false
	}
	hyphen := left == '-' && !unicode.IsDigit(right) // dates and "sha-256" stay together
	return left == ' ' || hyphen || left == '/' || wide(left) || wide(right)
}

// wide tells whether lines may break on both sides of the character: ideographs, kana and
// hangul, and their full-width marks.
func wide(r rune) bool { return r >= 0x2E80 }

// Lengths of what is kept of a shortened value: enough to tell two digests apart at sight.
const (
	keepHead = 12
	keepTail = 8
)

// shorten keeps the beginning and the end of a long value; the algorithm that leads a digest
// ("sha-256:") is not counted. It tells whether anything was left out.
func shorten(s string) (string, bool) {
	prefix := ""
	if i := strings.IndexByte(s, ':'); i > 0 && i < keepHead {
		prefix, s = s[:i+1], s[i+1:]
	}
	runes := []rune(s)
	if len(runes) <= keepHead+keepTail+4 {
		return prefix + s, false
	}
	short := slices.Concat(runes[:keepHead], []rune{'…'}, runes[len(runes)-keepTail:])
	return prefix + string(short), true
}
