package sandbox

import (
	"bytes"
	"encoding/json"
	"testing"
)

// A worker that a document has taken over may answer anything.
func FuzzReply(f *testing.F) {
	var good bytes.Buffer
	if err := writeReply(&good, reply{answered, []byte(`{"document":{"kind":"invoice"}}`)}); err != nil {
		f.Fatal(err)
	}
	f.Add(good.Bytes())
	f.Add([]byte{0, 0, 0, 0})
	f.Add([]byte{0xff, 0xff, 0xff, 0xff, 'a'})
	const most = 1 << 10
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := readReply(bytes.NewReader(b), most)
		if err != nil {
			return
		}
		if len(r.body) > most {
			t.Fatalf("a body of %d bytes was taken", len(r.body))
		}
		var again bytes.Buffer
		if err := writeReply(&again, r); err != nil || !bytes.HasPrefix(b, again.Bytes()) {
			t.Errorf("%q was read as %q, %v", b, again.Bytes(), err)
		}
	})
}

// Whatever stands in a file, a worker answers it with a document or a fault, and does not panic.
func FuzzHandle(f *testing.F) {
	for _, head := range []string{
		`{"do":"document","today":"2026-01-01"}`, `{"do":"summary","today":"2026-01-01"}`, `{"do":"syntax"}`,
		`{"do":"statement"}`, `{"do":"typed","kind":"invoice","today":"2026-01-01"}`,
	} {
		for _, file := range []string{
			`<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"/>`,
			`{"schema":"countersign-invoice-1","number":"1"}`, "%PDF-1.7\n", "PK\x03\x04", "account,booked\n", "",
		} {
			f.Add([]byte(head + "\n" + file))
		}
	}
	f.Fuzz(func(t *testing.T, request []byte) {
		var a answer
		if err := json.Unmarshal(Handle(request), &a); err != nil {
			t.Fatalf("%q: %v", request, err)
		}
		if a.Fault != nil && (a.Fault.Code == "" || a.Fault.Message == "") {
			t.Errorf("%q: an empty fault %v", request, a.Fault)
		}
		if a.Unasked == "" && a.Fault == nil && a.Document == nil && a.Summary == nil && a.Statement == nil &&
			a.Syntax == "" && !bytes.Contains(request, []byte("statement")) {
			t.Errorf("%q: no answer", request)
		}
	})
}
