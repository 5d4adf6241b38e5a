package report

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// ErrNoFont is returned when none of the font files can draw a report. The message names the Debian package
// to install and says why each file was passed over.
var ErrNoFont = errors.New("report: no usable font")

// DefaultFontPaths are the font files looked for when none are named: the collection of
// Debian's fonts-wqy-microhei, which draws Chinese, Japanese, Korean and Latin with accents.
// (That of fonts-wqy-zenhei has no minus sign, U+2212.)
func DefaultFontPaths() []string {
	return []string{"/usr/share/fonts/truetype/wqy/wqy-microhei.ttc"}
}

// fonts are the two faces of a report, from one file.
type fonts struct {
	text, mono  face
	replacement rune // drawn where a face has no glyph
}

// mustDraw are the characters without which a report would say something else than it
// means: a font that misses one is passed over. Fonts exist that have every ideograph and
// blank digits.
func mustDraw() string {
	var b strings.Builder
	for r := '!'; r <= '~'; r++ {
		b.WriteRune(r)
	}
	return b.String() + "\u2212\u2026·—é中国元"
}

// loadFonts takes the first of the files that can draw a report.
func loadFonts(paths []string) (*fonts, error) {
	var why []string
	for _, path := range paths {
		file, err := readFontFile(path)
		if err == nil {
			var f *fonts
			if f, err = cutFonts(file); err == nil {
				return f, nil
			}
		}
		why = append(why, fmt.Sprintf("%s: %v", path, err))
	}
	return nil, fmt.Errorf("%w: install the Debian package fonts-wqy-microhei, "+
		"or name a TrueType font with Latin and Chinese characters; tried %s",
		ErrNoFont, strings.Join(why, "; "))
}

func readFontFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // opened for reading
	file, err := io.ReadAll(io.LimitReader(f, maxFontBytes+1))
	if err != nil {
		return nil, fmt.Errorf("read font: %w", err)
	}
	return file, nil
}

// cutFonts takes the first face for text and, where there is one, the second for digests:
// in Debian's collection the second is the one of even widths.
func cutFonts(file []byte) (*fonts, error) {
	text, err := cutFace(file, 0)
	if err != nil {
		return nil, err
	}
	mono := text
	if n, _ := faceCount(file); n > 1 {
		if mono, err = cutFace(file, 1); err != nil {
			return nil, err
		}
	}
	text.name, mono.name = "CountersignText", "CountersignMono"
	f := &fonts{text: text, mono: mono, replacement: '?'}
	for _, face := range []*face{&text, &mono} {
		for _, r := range mustDraw() {
			if !face.draws(r) {
				return nil, fmt.Errorf("%w: U+%04X is missing or blank", errFont, r)
			}
		}
		if !face.draws(' ') {
			return nil, fmt.Errorf("%w: no space", errFont)
		}
	}
	for _, r := range "\u25A1\uFFFD" { // the last one wins
		if text.draws(r) && mono.draws(r) {
			f.replacement = r
		}
	}
	return f, nil
}
