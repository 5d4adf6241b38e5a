package trade

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/gowebpki/jcs"
)

// FuzzOrdered holds the short way to canonical JSON to the general one.
func FuzzOrdered(f *testing.F) {
	for _, s := range []string{
		`{"b":1,"a":[true,false,null,{"z":-7,"y":"text"}],"c":{}}`, `[]`, `0`, `-0`, `1e3`, `1.5`, `"\\u0041"`,
		`{"a":1,"a":2}`, `{"\u00e9":1,"z":2}`, `999999999999999`, `9999999999999999`,
		`{"b":{"d":1,"c":2},"a":"<&>"}`,
		`"\u2028"`, `{"":0}`, `[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]`, "\"\xff\"",
		`{"aa":1,"a":2,"A":3,"_":4}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		raw, err := json.Marshal(json.RawMessage(b))
		if err != nil {
			return
		}
		short, ok := ordered(raw)
		if !ok {
			return
		}
		general, err := jcs.Transform(raw)
		if err != nil || !bytes.Equal(short, general) {
			t.Errorf("%s is %s in short, in general %s: %v", raw, short, general, err)
		}
	})
}

// What the ledger holds takes the short way.
func TestStatesTakeTheShortWay(t *testing.T) {
	t.Parallel()
	raw, err := json.Marshal(State{
		ID: "rcv.1", Kind: KindReceivable, Parties: []OrgID{"LanqiaoMSP"},
		Receivable: &Receivable{Face: 200_688_000},
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := ordered(raw); !ok {
		t.Errorf("the general way is taken for %s", raw)
	}
}
