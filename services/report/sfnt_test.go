package report

import (
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// tinyFont is the smallest font that the reader accepts: glyph 0 is blank, glyph 1 has an
// outline, 'A' is glyph 1.
func tinyFont() []byte {
	u16 := func(vs ...int) []byte {
		var out []byte
		for _, v := range vs {
			out = binary.BigEndian.AppendUint16(out, uint16(v))
		}
		return out
	}
	head := make([]byte, 54)
	copy(head[18:], u16(1000))
	hhea := make([]byte, 36)
	copy(hhea[34:], u16(2))
	cmap := append(u16(0, 1, 3, 1, 0, 12),
		u16(4, 32, 0, 4, 4, 1, 0, 'A', 0xFFFF, 0, 'A', 0xFFFF, 1-'A', 1, 0, 0)...)
	return joinTables([]fontTable{
		{"OS/2", 0, make([]byte, 96)},
		{"cmap", 0, cmap},
		{"glyf", 0, make([]byte, 12)},
		{"head", 0, head},
		{"hhea", 0, hhea},
		{"hmtx", 0, u16(500, 0, 600, 0)},
		{"loca", 0, u16(0, 0, 6)},
		{"maxp", 0, u16(1, 0, 2)},
		{"name", 0, u16(0, 0, 6)},
		{"post", 0, make([]byte, 32)},
	})
}

// collection puts a font into a collection of one face.
func collection(font []byte) []byte {
	const header = 16
	out := append([]byte("ttcf\x00\x01\x00\x00\x00\x00\x00\x01"), 0, 0, 0, header)
	out = append(out, font...)
	for i := range int(binary.BigEndian.Uint16(font[4:])) {
		at := header + 12 + 16*i + 8
		binary.BigEndian.PutUint32(out[at:], binary.BigEndian.Uint32(out[at:])+header)
	}
	return out
}

func TestFaceCutFromACollectionStandsAlone(t *testing.T) {
	f, err := cutFace(collection(tinyFont()), 0)
	if err != nil {
		t.Fatal(err)
	}
	again, err := cutFace(f.ttf, 0)
	if err != nil || string(again.ttf) != string(f.ttf) {
		t.Fatalf("the cut face reads differently: %v", err)
	}
	if !f.draws('A') || f.draws('B') || f.width("AAB") != 600+600+500 {
		t.Fatalf("A %v, B %v, width %d", f.draws('A'), f.draws('B'), f.width("AAB"))
	}
}

func TestFontReaderRefusesWhatContradictsItself(t *testing.T) {
	good := tinyFont()
	if _, err := cutFace(good, 0); err != nil {
		t.Fatal(err)
	}
	entry := func(b []byte, tag string) int { return strings.Index(string(b), tag) }
	for name, broken := range map[string]func(b []byte) []byte{
		"empty":             func([]byte) []byte { return nil },
		"CFF outlines":      func(b []byte) []byte { copy(b, "OTTO"); return b },
		"table after end":   func(b []byte) []byte { b[entry(b, "hmtx")+12] = 0x7F; return b },
		"no cmap":           func(b []byte) []byte { copy(b[entry(b, "cmap"):], "xmap"); return b },
		"table twice":       func(b []byte) []byte { copy(b[entry(b, "post"):], "name"); return b },
		"too many tables":   func(b []byte) []byte { b[4] = 0xFF; return b },
		"too many faces":    func([]byte) []byte { return []byte("ttcf\x00\x01\x00\x00\x00\x00\xFF\xFFxxxx") },
		"glyph beyond glyf": func(b []byte) []byte { b[tableAt(b, "loca")+5] = 0x7F; return b },
		"cmap not to FFFF":  func(b []byte) []byte { b[tableAt(b, "cmap")+12+16] = 0xF0; return b },
		"cmap format":       func(b []byte) []byte { b[tableAt(b, "cmap")+13] = 6; return b },
		"cmap outside":      func(b []byte) []byte { b[tableAt(b, "cmap")+12+28] = 0x40; return b },
		"no units":          func(b []byte) []byte { copy(b[tableAt(b, "head")+18:], "\x00\x00"); return b },
	} {
		if _, err := cutFace(broken(append([]byte(nil), good...)), 0); !errors.Is(err, errFont) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := cutFace(good, 1); !errors.Is(err, errFont) {
		t.Errorf("second face of a plain font: %v", err)
	}
}

func tableAt(font []byte, tag string) int {
	return int(binary.BigEndian.Uint32(font[strings.Index(string(font), tag)+8:]))
}

func TestMissingFontSaysWhichPackageToInstall(t *testing.T) {
	blank := filepath.Join(t.TempDir(), "blank.ttf")
	if err := os.WriteFile(blank, tinyFont(), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := New(Options{FontPaths: []string{"/nowhere/font.ttc", blank}})
	if !errors.Is(err, ErrNoFont) {
		t.Fatal(err)
	}
	for _, want := range []string{
		"fonts-wqy-microhei", "/nowhere/font.ttc", blank, "U+0021 is missing or blank",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q does not say %q", err, want)
		}
	}
}

func TestSecondFontIsTakenWhenTheFirstIsMissing(t *testing.T) {
	path := DefaultFontPaths()[0]
	if _, err := os.Stat(path); err != nil {
		t.Skipf("%v; would run with Debian's fonts-wqy-microhei", err)
	}
	if _, err := New(Options{FontPaths: []string{"/nowhere", path}}); err != nil {
		t.Error(err)
	}
}

func TestWrapLosesNothingAndKeepsToTheWidth(t *testing.T) {
	f, err := cutFace(tinyFont(), 0)
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		s := strings.Join(strings.Fields(rapid.StringOf(rapid.RuneFrom([]rune("AB -/，中国"))).Draw(t, "s")), " ")
		limit := rapid.IntRange(600, 6000).Draw(t, "limit")
		lines := wrap(&f, s, limit)
		for _, line := range lines {
			if utf8.RuneCountInString(line) > 1 && f.width(line) > limit {
				t.Fatalf("%q is %d wide, limit %d", line, f.width(line), limit)
			}
		}
		if got := strings.ReplaceAll(strings.Join(lines, ""), " ", ""); got != strings.ReplaceAll(s, " ", "") {
			t.Fatalf("%q became %q", s, lines)
		}
	})
}

func TestShortenKeepsBothEndsOfADigest(t *testing.T) {
	for in, want := range map[string]string{
		"sha-256:0123456789abcdef0123456789abcdef01234567": "sha-256:0123456789ab…01234567",
		"rcv-1": "rcv-1",
	} {
		got, cut := shorten(in)
		if got != want || cut != (got != in) {
			t.Errorf("%q: %q, %v", in, got, cut)
		}
	}
}

func FuzzCutFace(f *testing.F) {
	f.Add(tinyFont(), 0)
	f.Add(collection(tinyFont()), 0)
	f.Fuzz(func(t *testing.T, file []byte, index int) {
		face, err := cutFace(file, index)
		if err != nil {
			return
		}
		for r := range rune(0x10000) {
			face.draws(r)
			face.advance(r)
		}
		again, err := cutFace(face.ttf, 0)
		if err != nil || string(again.ttf) != string(face.ttf) {
			t.Fatalf("a face that was cut cannot be read again: %v", err)
		}
	})
}
