package parse_test

import (
	"bytes"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/countersign/countersign/services/parse"
)

// seed adds the samples of a folder that have one of the endings.
func seed(f *testing.F, folder string, endings ...string) {
	f.Helper()
	for _, path := range samples(f, folder) {
		for _, ending := range endings {
			if !strings.HasSuffix(path, ending) {
				continue
			}
			b, err := os.ReadFile(path)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(b)
		}
	}
}

// sound holds what is true of every answer: a document or a Fault with a code and a
// sentence, the same both times, and places that lie inside the file.
func sound(t *testing.T, b []byte) {
	t.Helper()
	doc, err := parse.Read(b)
	_, again := parse.Read(b)
	if (err == nil) != (again == nil) || (err != nil && err.Error() != again.Error()) {
		t.Fatalf("two readings differ: %v and %v", err, again)
	}
	if err != nil {
		if fault, ok := errors.AsType[*parse.Fault](err); !ok || fault.Code == "" || fault.Message == "" {
			t.Fatalf("not a fault that can be shown: %v", err)
		}
		return
	}
	if doc.Kind == "" || doc.Syntax == "" {
		t.Fatalf("a document without kind or syntax: %+v", doc)
	}
	if doc.PDF != nil && doc.PDF.Invoice != nil {
		b = doc.PDF.Invoice.Bytes // where the places of its values are
	}
	for key, place := range doc.Places {
		if place.Path == "" || place.Offset < 0 || place.Length < 0 || place.Offset+place.Length > len(b) {
			t.Fatalf("the place of %s is %+v in a file of %d bytes", key, place, len(b))
		}
	}
}

func FuzzReadUBL(f *testing.F) {
	seed(f, "read", ".xml")
	f.Fuzz(func(t *testing.T, b []byte) { sound(t, b) })
}

func FuzzReadJSON(f *testing.F) {
	for _, k := range nativeKinds() {
		f.Add(exampleOf(f, k))
	}
	seed(f, "broken", ".json")
	f.Fuzz(func(t *testing.T, b []byte) { sound(t, b) })
}

// FuzzXMLGuard keeps the envelope of an invoice around what it tries, so that the guard is
// reached every time, and holds the guard to what it promises.
func FuzzXMLGuard(f *testing.F) {
	for _, path := range samples(f, "broken") {
		b, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		if _, body, ok := bytes.Cut(b, []byte("-2\">")); ok {
			f.Add(bytes.TrimSuffix(body, []byte("</Invoice>")))
		}
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		b := ubl(string(body))
		sound(t, b)
		_, err := parse.Read(b)
		outside := bytes.Contains(body, []byte("<!--")) || bytes.Contains(body, []byte("<![CDATA[")) ||
			bytes.Contains(body, []byte("<?"))
		if err == nil && bytes.Contains(body, []byte("<!")) && !outside {
			t.Fatal("a declaration was read")
		}
	})
}

func FuzzReadStatement(f *testing.F) {
	seed(f, "statement", ".xml", ".csv")
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := parse.ReadStatement(b)
		if err != nil {
			if fault, ok := errors.AsType[*parse.Fault](err); !ok || fault.Code == "" || fault.Message == "" {
				t.Fatalf("not a fault that can be shown: %v", err)
			}
			return
		}
		for _, line := range s.Lines {
			if line.Amount.IsAbsent() || line.Amount.Sign() < 0 || line.Place.Path == "" ||
				(line.Direction != parse.Credit && line.Direction != parse.Debit) {
				t.Fatalf("not a movement: %+v", line)
			}
		}
	})
}
