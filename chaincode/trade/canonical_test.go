package trade_test

import (
	"bytes"
	"encoding/json"
	"slices"
	"testing"

	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/chaincode/trade/tradetest"
)

func TestActRefusesInputThatIsNotCanonical(t *testing.T) {
	t.Parallel()
	eachAct(t, func(t *testing.T, w *tradetest.World, l *tradetest.Ledger, d tradetest.Draft) {
		right := w.Transaction(d)
		for name, spoil := range spoilers() {
			tx := right
			tx.Command = spoil(right.Command)
			if !bytes.Equal(tx.Command, right.Command) {
				t.Run(name+" command", func(t *testing.T) { wantRefusal(t, l, tx, trade.CodeMalformed) })
			}
		}
		args := []byte(w.Command(d).Args)
		for name, spoil := range spoilers() {
			tx := right
			tx.Command = bytes.Replace(right.Command, args, spoil(args), 1)
			if !bytes.Equal(tx.Command, right.Command) {
				t.Run(name+" arguments", func(t *testing.T) { wantRefusal(t, l, tx, trade.CodeMalformed) })
			}
		}
		for name, spoil := range spoilers() {
			tx := right
			tx.Signatures = spoil(right.Signatures)
			if !bytes.Equal(tx.Signatures, right.Signatures) {
				t.Run(name+" signatures", func(t *testing.T) { wantRefusal(t, l, tx, trade.CodeMalformed) })
			}
		}
	})
}

// spoilers change canonical JSON into other JSON that careless readers take for the same.
func spoilers() map[string]func([]byte) []byte {
	first := func(b []byte, add string) []byte { return bytes.Replace(b, []byte(`{`), []byte(`{`+add), 1) }
	return map[string]func([]byte) []byte{
		"white space before":  func(b []byte) []byte { return append([]byte(" "), b...) },
		"white space after":   func(b []byte) []byte { return append(slices.Clone(b), '\n') },
		"white space inside":  func(b []byte) []byte { return bytes.Replace(b, []byte(`:`), []byte(`: `), 1) },
		"unknown key":         func(b []byte) []byte { return first(b, `"_unknown":1,`) },
		"null for the object": func([]byte) []byte { return nil },
		"second value":        func(b []byte) []byte { return append(slices.Clone(b), b...) },
		"escaped letter": func(b []byte) []byte {
			return bytes.Replace(b, []byte(`"a`), []byte(`"\u0061`), 1)
		},
		"key in capitals": func(b []byte) []byte {
			if i := bytes.Index(b, []byte(`{"`)); i >= 0 && i+2 < len(b) {
				return slices.Concat(b[:i+2], bytes.ToUpper(b[i+2:i+3]), b[i+3:])
			}
			return b
		},
		"reordered keys": func(b []byte) []byte {
			var members map[string]json.RawMessage
			if json.Unmarshal(b, &members) != nil || len(members) < 2 {
				return b
			}
			keys := []string{}
			for k := range members {
				keys = append(keys, k)
			}
			slices.Sort(keys)
			slices.Reverse(keys)
			return object(keys, members)
		},
		"duplicate key": func(b []byte) []byte {
			var members map[string]json.RawMessage
			if json.Unmarshal(b, &members) != nil || len(members) == 0 {
				return b
			}
			keys := []string{}
			for k := range members {
				keys = append(keys, k)
			}
			slices.Sort(keys)
			return object(append(keys[:1:1], keys...), members)
		},
	}
}

func object(keys []string, members map[string]json.RawMessage) []byte {
	b := []byte("{")
	for i, k := range keys {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, `"`+k+`":`...)
		b = append(b, members[k]...)
	}
	return append(b, '}')
}
