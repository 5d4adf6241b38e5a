package cos

import (
	"bytes"
	"compress/zlib"
	"encoding/ascii85"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/countersign/countersign/services/parse/source"
)

// newFile is a file without any bytes, for its limits.
func newFile() *File {
	l := source.DefaultLimits()
	return &File{
		limits: l, decoded: l.PDFTotal, rawLeft: l.PDFTotal, work: l.PDFWork, unpacked: map[int]bool{},
	}
}

// unpack runs the filters that a dictionary names over some bytes.
func unpack(t testing.TB, dict string, raw []byte) ([]byte, bool) {
	t.Helper()
	work := 1 << 20
	d, ok := NewLexer([]byte(dict), &work).value(0).(Dict)
	if !ok {
		t.Fatalf("%s is no dictionary", dict)
	}
	f := newFile()
	out, whole := f.Decode(&Stream{Dict: d, Raw: raw}, 1<<20)
	if f.Fault != nil {
		t.Fatal(f.Fault)
	}
	return out, whole
}

func deflated(t testing.TB, b []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	w := zlib.NewWriter(&out)
	if _, err := w.Write(b); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestDecodeUndoesEachFilter(t *testing.T) {
	// The example of ISO 32000-2, 7.4.4.2.
	lzw := []byte{0x80, 0x0B, 0x60, 0x50, 0x22, 0x0C, 0x0C, 0x85, 0x01}
	sample := string([]byte{45, 45, 45, 45, 45, 65, 45, 45, 45, 66})
	for name, c := range map[string]struct{ dict, raw, want string }{
		"none":             {"<<>>", "abc", "abc"},
		"hexadecimal":      {"<</Filter/ASCIIHexDecode>>", "61 62\n637>junk", "abcp"},
		"base 85":          {"<</Filter[/A85]>>", "<~87cUR\nD]~>junk", "Hello"},
		"runs":             {"<</Filter/RL>>", "\x02abc\xFEx\x80junk", "abcxxx"},
		"LZW":              {"<</Filter/LZWDecode>>", string(lzw), sample},
		"Flate":            {"<</Filter/Fl>>", string(deflated(t, []byte("abc"))), "abc"},
		"a chain":          {"<</Filter[/AHx/RL]>>", "02616263>", "abc"},
		"no encryption":    {"<</Filter[/Crypt/AHx]>>", "61>", "a"},
		"a wrong checksum": {"<</Filter/FlateDecode>>", string(deflated(t, []byte("abc"))[:9]) + "xxxx", "abc"},
	} {
		t.Run(name, func(t *testing.T) {
			if got, _ := unpack(t, c.dict, []byte(c.raw)); string(got) != c.want {
				t.Errorf("unpacked to %q, want %q", got, c.want)
			}
		})
	}
}

func TestDecodeSaysWhatIsNotWhole(t *testing.T) {
	if _, whole := unpack(t, "<</Filter/DCTDecode>>", []byte("x")); whole {
		t.Error("a picture was unpacked")
	}
	var text []byte
	for i := range 5000 {
		text = strconv.AppendInt(text, int64(i*i), 10)
	}
	long := deflated(t, text)
	got, whole := unpack(t, "<</Filter/FlateDecode>>", long[:len(long)/2])
	if whole || len(got) < 1000 || !bytes.HasPrefix(text, got) {
		t.Errorf("a stream that breaks off gives %d bytes, whole %v", len(got), whole)
	}
	if _, whole := unpack(t, "<</Filter/LZWDecode>>", []byte{0x80, 0x7F, 0xFF, 0xFF, 0x01}); whole {
		t.Error("a wrong code of LZW was taken")
	}
}

// pngRows packs rows as PNG's filters do (RFC 2083, 6), each row with the filter given.
func pngRows(b []byte, columns, step int, filters []byte) []byte {
	var out []byte
	above := make([]byte, columns)
	for i := 0; len(b) > 0; i++ {
		row := b[:columns]
		kind := filters[i%len(filters)]
		out = append(out, kind)
		for x, v := range row {
			var left, corner byte
			if x >= step {
				left, corner = row[x-step], above[x-step]
			}
			mean := byte((int(left) + int(above[x])) / 2)
			predicted := [5]byte{0, left, above[x], mean, paeth(left, above[x], corner)}
			out = append(out, v-predicted[kind])
		}
		above, b = row, b[columns:]
	}
	return out
}

func TestDecodeUndoesPredictors(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		columns := rapid.IntRange(1, 9).Draw(t, "columns")
		colors := rapid.IntRange(1, 4).Draw(t, "colors")
		rows := rapid.IntRange(1, 6).Draw(t, "rows")
		width := columns * colors
		want := rapid.SliceOfN(rapid.Byte(), width*rows, width*rows).Draw(t, "bytes")
		filters := rapid.SliceOfN(rapid.ByteRange(0, 4), 1, 6).Draw(t, "filters")
		f := newFile()
		var packed bytes.Buffer
		w := zlib.NewWriter(&packed)
		if _, err := w.Write(pngRows(want, width, colors, filters)); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		got, whole := f.Decode(&Stream{Raw: packed.Bytes(), Dict: Dict{
			"Filter":      Name("FlateDecode"),
			"DecodeParms": Dict{"Predictor": Int(15), "Columns": Int(columns), "Colors": Int(colors)},
		}}, 1<<20)
		if !whole || !bytes.Equal(got, want) {
			t.Fatalf("got %v, want %v", got, want)
		}
	})
	rows := deflated(t, []byte{1, 1, 1, 5, 0, 1})
	got, _ := unpack(t, "<</Filter/Fl/DecodeParms<</Predictor 2/Columns 3>>>>", rows)
	if !bytes.Equal(got, []byte{1, 2, 3, 5, 5, 6}) {
		t.Errorf("the predictor of TIFF gives %v", got)
	}
}

func TestDecodeUndoesWhatBase85Makes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.SliceOf(rapid.Byte()).Draw(t, "bytes")
		raw := make([]byte, ascii85.MaxEncodedLen(len(want)))
		raw = append(raw[:ascii85.Encode(raw, want)], "~>"...)
		f := newFile()
		got, whole := f.Decode(&Stream{Raw: raw, Dict: Dict{"Filter": Name("ASCII85Decode")}}, 1<<20)
		if !whole || !bytes.Equal(got, want) {
			t.Fatalf("got %v, want %v", got, want)
		}
	})
}

func TestLexerReadsEveryKindOfValue(t *testing.T) {
	for text, want := range map[string]string{
		"12":                    "cos.Int 12",
		"-12":                   "cos.Int -12",
		"--5":                   "cos.Int -5",
		"99999999999999999999":  "cos.Int 999999999999999",
		".5":                    "cos.Fixed 32768",
		"-1.25":                 "cos.Fixed -81920",
		"/A#20B#":               "cos.Name A B#",
		`(a\(b\)\n\101\8(c))`:   "cos.String a(b)\nA8(c)",
		"<41 4>":                "cos.String A@",
		"true":                  "bool true",
		"[1 2 R 3 0 R /A]":      "cos.Array [{1 2} {3 0} A]",
		"<</A 1 0 R/B[]/C(x)>>": "cos.Dict map[A:{1 0} B:[] C:x]",
		"<</A/B/C>>":            "cos.Dict map[A:B]",
		"% comment\nBT":         "cos.Operator BT",
		"]]5":                   "cos.Int 5",
		"<</A<</B 1":            "cos.Dict map[A:map[B:1]]",
	} {
		work := 1 << 20
		o, ok := NewLexer([]byte(text), &work).Next()
		if got := fmt.Sprintf("%T %v", o, o); !ok || got != want {
			t.Errorf("%q is read as %s, want %s", text, got, want)
		}
	}
}

func TestLexerEndsWithItsBudget(t *testing.T) {
	work := 1000
	l := NewLexer([]byte(strings.Repeat("(x) ", 1000)), &work)
	n := 0
	for {
		if _, more := l.Next(); !more {
			break
		}
		n++
	}
	if n == 0 || n > 100 || work > 0 {
		t.Errorf("%d values for a budget that ends at %d", n, work)
	}
}

// packLZW packs bytes as LZWEncode does, with the change of width one code early.
func packLZW(b []byte) []byte {
	var out []byte
	bits, held := uint32(0), 0
	put := func(code, width int) {
		bits, held = bits<<width|uint32(code), held+width
		for held >= 8 {
			held -= 8
			out = append(out, byte(bits>>held))
		}
	}
	codes, width := map[string]int{}, lzwWidth
	next := lzwEnd + 1
	codeOf := func(s string) int {
		if len(s) == 1 {
			return int(s[0])
		}
		return codes[s]
	}
	put(lzwClear, width)
	word := ""
	for _, c := range b {
		longer := word + string([]byte{c})
		if _, known := codes[longer]; known || len(longer) == 1 {
			word = longer
			continue
		}
		put(codeOf(word), width)
		codes[longer] = next
		if next++; next+1 > 1<<width && width < 12 {
			width++
		}
		if next == lzwCodes-1 {
			put(lzwClear, width)
			codes, width, next = map[string]int{}, lzwWidth, lzwEnd+1
		}
		word = string([]byte{c})
	}
	if word != "" {
		put(codeOf(word), width)
		if next++; next+1 > 1<<width && width < 12 {
			width++
		}
	}
	put(lzwEnd, width)
	put(0, 7)
	return out
}

func TestDecodeUndoesWhatLZWMakes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		piece := rapid.SliceOfN(rapid.ByteRange(0, 9), 1, 300).Draw(t, "piece")
		var want []byte
		for i := range rapid.IntRange(1, 200).Draw(t, "times") {
			want = append(append(want, piece...), byte(i))
		}
		got, whole := newFile().Decode(&Stream{Raw: packLZW(want), Dict: Dict{"Filter": Name("LZWDecode")}}, 1<<20)
		if !whole || !bytes.Equal(got, want) {
			t.Fatalf("%d bytes came out of %d, whole %v", len(got), len(want), whole)
		}
	})
}
