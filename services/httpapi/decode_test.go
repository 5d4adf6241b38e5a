package httpapi

import (
	"errors"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/services/app"
	"github.com/countersign/countersign/services/httpapi/internal/api"
)

const goodQuote = `{"advance_rate":"90","rate":"4.35","kind":"discount","day_count":"ACT/360",
	"fee_rate":"0.1",
	"fee_bearer":"seller","value_date":"2027-03-02","recourse":false,"lapses_at":"2027-03-05T10:00:00Z"}`

// codeOf is the code that an error would be answered with.
func codeOf(t *testing.T, err error) (trade.Code, string) {
	t.Helper()
	if many, ok := errors.AsType[faults](err); ok {
		return many[0].Code, many[0].Path
	}
	f, ok := errors.AsType[*trade.Fault](err)
	if !ok {
		t.Fatalf("%v is no fault", err)
	}
	return f.Code, f.Path
}

func TestDecodeReadsWhatIsDescribed(t *testing.T) {
	s := testServer(t, nil)
	var q api.QuoteFinancing
	if err := s.decode(httptest.NewRequest("POST", "/", strings.NewReader(goodQuote)), &q); err != nil {
		t.Fatal(err)
	}
	if q.Rate != 43_500 || q.AdvanceRate != 900_000 || q.ValueDate.String() != "2027-03-02" || q.Recourse {
		t.Errorf("read %+v", q)
	}
}

func TestDecodeRefuses(t *testing.T) {
	s := testServer(t, nil)
	quote := func(old, replacement string) string { return strings.Replace(goodQuote, old, replacement, 1) }
	for name, c := range map[string]struct {
		body string
		into any
		code trade.Code
		path string
	}{
		"nothing":           {"", &api.Because{}, CodeMalformed, ""},
		"white space":       {" \n", &api.Because{}, CodeMalformed, ""},
		"broken off":        {`{"reason":"x"`, &api.Because{}, CodeMalformed, ""},
		"a second text":     {`{"reason":"x"}{}`, &api.Because{}, CodeMalformed, ""},
		"not UTF-8":         {"{\"reason\":\"\xff\"}", &api.Because{}, CodeMalformed, ""},
		"NUL":               {`{"reason":"a\u0000b"}`, &api.Because{}, CodeMalformed, "reason"},
		"half a character":  {`{"reason":"\ud800"}`, &api.Because{}, CodeMalformed, "reason"},
		"an unknown member": {`{"reason":"x","state":"OPEN"}`, &api.Because{}, CodeMalformed, "state"},
		"a repeated member": {`{"reason":"x","reason":"y"}`, &api.Because{}, CodeMalformed, "reason"},
		"another case":      {`{"Reason":"x"}`, &api.Because{}, CodeMalformed, "Reason"},
		"a Kelvin sign":     {`{"reaſon":"x"}`, &api.Because{}, CodeMalformed, "reaſon"},
		"an absent member":  {`{}`, &api.Because{}, app.CodeInput, "reason"},
		"null for a member": {`{"reason":null}`, &api.Because{}, app.CodeInput, "reason"},
		"an empty text":     {`{"reason":""}`, &api.Because{}, app.CodeInput, "reason"},
		"a text too long": {
			`{"reason":"` + strings.Repeat("x", 201) + `"}`, &api.Because{}, app.CodeInput, "reason",
		},
		"another type":     {`{"reason":7}`, &api.Because{}, CodeMalformed, "reason"},
		"a list":           {`["x"]`, &api.Because{}, CodeMalformed, ""},
		"a rate as number": {quote(`"4.35"`, `4.35`), &api.QuoteFinancing{}, CodeMalformed, "rate"},
		"five decimals":    {quote(`"4.35"`, `"4.35001"`), &api.QuoteFinancing{}, CodeMalformed, ""},
		"no recourse said": {quote(`"recourse":false,`, ``), &api.QuoteFinancing{}, app.CodeInput, "recourse"},
		"no such day":      {quote(`2027-03-02`, `2027-02-29`), &api.QuoteFinancing{}, CodeMalformed, ""},
		"a float amount": {
			`{"amount":{"amount":1.5,"currency":"CNY"},"reason":"x"}`, &api.DisputeReceivable{}, CodeMalformed,
			"amount",
		},
		"more in an amount": {
			`{"amount":{"amount":"1","currency":"CNY","minor":7},"reason":"x"}`, &api.DisputeReceivable{},
			CodeMalformed, "",
		},
		"too fine an amount": {
			`{"amount":{"amount":"1.005","currency":"CNY"},"reason":"x"}`, &api.DisputeReceivable{}, CodeMalformed,
			"",
		},
		"nested too deep": {
			strings.Repeat("[", 40) + strings.Repeat("]", 40), &api.Because{}, CodeMalformed,
			strings.Repeat("[]", 32),
		},
		"a party without a side": {
			`{"title":"x","parties":[{"organisation":"A","side":"seller"},{"organisation":"B"}]}`,
			&api.OpenPack{}, app.CodeInput, "parties[].side",
		},
		"one party": {
			`{"title":"x","parties":[{"organisation":"A","side":"seller"}]}`, &api.OpenPack{}, app.CodeInput,
			"parties",
		},
		"a signature without value": {
			`{"intents":["a"],"signature":{"batch":[]}}`, &api.SignBatch{}, app.CodeInput, "signature.value",
		},
	} {
		t.Run(name, func(t *testing.T) {
			err := s.decode(httptest.NewRequest("POST", "/", strings.NewReader(c.body)), c.into)
			if err == nil {
				t.Fatal("it was read")
			}
			if code, path := codeOf(t, err); code != c.code || path != c.path {
				t.Errorf("%s at %q, want %s at %q", code, path, c.code, c.path)
			}
		})
	}
}

func TestDecodeListsEveryValueAtFault(t *testing.T) {
	s := testServer(t, nil)
	err := s.decode(
		httptest.NewRequest("POST", "/", strings.NewReader(`{"email":"","password":""}`)), &api.Credentials{},
	)
	many, ok := errors.AsType[faults](err)
	if !ok || len(many) != 2 {
		t.Fatalf("%v: want two faults", err)
	}
}

func TestDepthLimitIsExact(t *testing.T) {
	text := func(depth int) []byte {
		return []byte(strings.Repeat("[", depth) + strings.Repeat("]", depth))
	}
	if err := guard(text(maxDepth)); err != nil {
		t.Errorf("at the limit: %v", err)
	}
	if err := guard(text(maxDepth + 1)); err == nil {
		t.Error("one more passes")
	}
}

func TestValueLimitIsExact(t *testing.T) {
	text := func(values int) []byte {
		return []byte("[" + strings.TrimSuffix(strings.Repeat("1,", values-1), ",") + "]")
	}
	if err := guard(text(maxValues)); err != nil {
		t.Errorf("at the limit: %v", err)
	}
	if err := guard(text(maxValues + 1)); err == nil {
		t.Error("one more passes")
	}
}

func TestFileNameKeepsTheLastPartOnly(t *testing.T) {
	for header, want := range map[string]string{
		`attachment; filename="invoice.xml"`:                      "invoice.xml",
		`attachment; filename=invoice.xml`:                        "invoice.xml",
		`attachment; filename="../../etc/passwd"`:                 "passwd",
		`attachment; filename="C:\\Users\\a\\order.pdf"`:          "order.pdf",
		`attachment; filename*=UTF-8''%E5%8F%91%E7%A5%A8.pdf`:     "发票.pdf",
		`attachment; filename="x"; filename*=UTF-8''%C3%A9.pdf`:   "é.pdf",
		`attachment; filename="a b.pdf"; size=7`:                  "a b.pdf",
		`attachment; filename*=UTF-8''..%2F..%2Fsecret%20list.md`: "secret list.md",
	} {
		if got, err := fileName(header); err != nil || got != want {
			t.Errorf("%s: %q, %v; want %q", header, got, err, want)
		}
	}
	for _, header := range []string{
		"", "attachment", `inline; filename="x"`, `attachment; filename=""`, `attachment; filename=".."`,
		`attachment; filename="a/"`, `attachment; filename*=UTF-8''a%00b`,
		`attachment; filename*=UTF-8''a%0D%0AX:%201`,
		`attachment; filename*=UTF-8''%E2%80%AEgnp.exe`, `attachment; filename*=UTF-8''%FF`,
		`attachment; filename="`,
	} {
		if got, err := fileName(header); err == nil {
			t.Errorf("%q: taken as %q", header, got)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(goodQuote))
	f.Add([]byte(`{"a":[{"b":"\u0000"}],"a":1}`))
	f.Add([]byte(`{"amount":{"amount":"1","currency":"CNY"},"reason":"x"}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		for _, into := range []any{
			&api.QuoteFinancing{}, &api.DisputeReceivable{}, &api.OpenPack{}, &api.SignBatch{},
		} {
			err := unmarshal(raw, into)
			if err == nil {
				continue
			}
			if _, ok := errors.AsType[*trade.Fault](err); !ok {
				t.Fatalf("%T: %v is no fault", into, err)
			}
		}
	})
}

func FuzzFileName(f *testing.F) {
	f.Add(`attachment; filename="invoice.xml"`)
	f.Add(`attachment; filename*=UTF-8''%E5%8F%91`)
	f.Fuzz(func(t *testing.T, header string) {
		name, err := fileName(header)
		if err != nil {
			return
		}
		if name == "" || strings.ContainsAny(name, "/\\\x00\r\n") || name == ".." {
			t.Fatalf("%q gives the name %q", header, name)
		}
		w := httptest.NewRecorder()
		sendFile(w, "application/pdf", name, "sha-256:0", nil)
		if got := w.Header().Values("Content-Disposition"); len(got) != 1 || strings.ContainsAny(got[0], "\r\n") {
			t.Fatalf("%q is sent as %q", name, fmt.Sprint(got))
		}
	})
}
