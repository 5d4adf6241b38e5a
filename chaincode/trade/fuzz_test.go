package trade_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"testing"

	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/chaincode/trade/tradetest"
)

// ready is a trade that stands where an act is possible.
type ready struct {
	w     *tradetest.World
	l     *tradetest.Ledger
	draft tradetest.Draft
}

func readyForEachAct(t testing.TB) []ready {
	t.Helper()
	all := []ready{}
	for _, spec := range trade.Acts() {
		w, l := tradetest.Start(t)
		w.Reach(spec.Act)
		all = append(all, ready{w, l, w.Draft(spec.Act)})
	}
	return all
}

// FuzzNextCommand changes a right transaction of any act: its arguments, and then the command
// is signed again by those who must; or the command, signatures, a state or a key as they
// come. The law never panics, and whatever it accepts adds up.
func FuzzNextCommand(f *testing.F) {
	acts := readyForEachAct(f)
	for i := range acts {
		for part := range uint8(5) {
			f.Add(uint8(i), part, uint16(20), uint8(4), []byte(`"x"`))
		}
		f.Add(uint8(i), uint8(0), uint16(0), uint8(255), []byte(`{}`))
		f.Add(uint8(i), uint8(0), uint16(0), uint8(255), []byte(`null`))
	}
	f.Fuzz(func(t *testing.T, act, part uint8, at uint16, length uint8, patch []byte) {
		r := acts[int(act)%len(acts)]
		r.w.T = t
		cut := func(b []byte) []byte {
			from := min(int(at), len(b))
			to := min(from+int(length), len(b))
			return slices.Concat(b[:from], patch, b[to:])
		}
		tx := r.w.Transaction(r.draft)
		switch part % 5 {
		case 0: // signed arguments
			c := r.w.Command(r.draft)
			args, err := trade.Canonical(json.RawMessage(cut(c.Args)))
			if err != nil {
				return
			}
			d := r.draft
			d.Args = json.RawMessage(args)
			tx = r.w.Transaction(d)
		case 1:
			tx.Command = cut(tx.Command)
		case 2:
			tx.Signatures = cut(tx.Signatures)
		case 3:
			for id := range tx.States {
				tx.States[id] = cut(tx.States[id])
			}
		case 4:
			tx.Keys = map[int64][]byte{int64(act): patch, 1: cut(r.w.Keys[1])}
		}
		out, err := trade.Next(r.l, tx)
		if err == nil {
			wantSound(t, out)
			return
		}
		if _, ok := errors.AsType[*trade.Fault](err); !ok {
			t.Errorf("%v is no fault", err)
		}
		if len(outcome(out)) > 0 {
			t.Error("refused, and has an outcome")
		}
	})
}

// wantSound checks that what would be written can be read back and adds up.
func wantSound(t *testing.T, out trade.Outcome) {
	t.Helper()
	for _, p := range out.Private {
		s, err := trade.Decode[trade.State](p.Value, p.Key)
		if err != nil {
			t.Fatalf("%s could not be read back: %v", p.Key, err)
		}
		if err := s.CheckInvariants(); err != nil {
			t.Errorf("%s does not add up: %v", p.Key, err)
		}
	}
	for _, w := range out.Writes {
		if bytes.HasPrefix([]byte(w.Key), []byte("fp.")) {
			continue
		}
		if _, err := trade.Decode[trade.Record](w.Value, w.Key); err != nil {
			t.Errorf("record %s could not be read back: %v", w.Key, err)
		}
	}
}

// FuzzDecodeState reads a state, as a quorum of outsiders might have written it: what is read
// is written back to the same bytes, and checking it never panics.
func FuzzDecodeState(f *testing.F) {
	w, _ := tradetest.Start(f)
	w.Reach(trade.FinancingRepay)
	for _, id := range []trade.AssetID{w.Receivable, w.Programme, w.Financing, w.Document, trade.KeyringID} {
		b, err := trade.Canonical(w.State(id))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Add([]byte(`null`))
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := trade.Decode[trade.State](b, "state")
		if err != nil {
			wantCode(t, err, trade.CodeMalformed)
			return
		}
		if again, err := trade.Canonical(s); err != nil || !bytes.Equal(again, b) {
			t.Errorf("read from %q, written back as %q: %v", b, again, err)
		}
		if err := s.CheckInvariants(); err != nil {
			wantCode(t, err, trade.Codes()...)
		}
	})
}

// A state that could not be read back would stand there for ever: it is not written.
func TestNothingIsWrittenThatCannotBeReadBack(t *testing.T) {
	t.Parallel()
	w, l := tradetest.Start(t)
	w.Reach(trade.ReceivableDispute)
	state := w.State(w.Receivable)
	r := *state.Receivable
	for range 99 {
		r.Payments = append(r.Payments, trade.Payment{
			ID: tradetest.Salt(t), Amount: 1, Account: string(bytes.Repeat([]byte("A"), 2400)),
		})
	}
	r.Paid = 99
	state.Receivable = &r
	l.Forge(t, state)
	if size := len(marshal(t, state)); size > trade.MaxInput {
		t.Fatalf("the forged state of %d bytes is too large to begin with", size)
	}
	second := dispute(t, w, "1.00") // signed by six persons with long batches
	digest, err := w.Command(second).Digest()
	if err != nil {
		t.Fatal(err)
	}
	batch := []trade.Digest{digest}
	for len(batch) < 200 {
		batch = append(batch, trade.DigestOf([]byte{byte(len(batch))}))
	}
	signatures := []trade.Signature{}
	for _, p := range []*tradetest.Person{w.Obligor.Maker, w.Obligor.Checker, w.Seller.Maker, w.Seller.Checker} {
		signatures = append(signatures, p.Sign(t, batch...))
	}
	wantRefusal(t, l, w.Bring(second, w.Command(second), signatures), trade.CodeMalformed)
}

func BenchmarkNextReserve(b *testing.B) {
	w, l := tradetest.Start(b)
	w.Reach(trade.ReceivableReserve)
	tx := w.Transaction(w.Draft(trade.ReceivableReserve))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := trade.Next(l, tx); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkVerify is the floor of BenchmarkNextReserve: the two signatures alone.
func BenchmarkVerify(b *testing.B) {
	w, _ := tradetest.Start(b)
	digest := trade.DigestOf([]byte("a command"))
	maker := w.Seller.Maker
	signature, key := maker.Sign(b, digest), maker.PublicKey(b)
	for b.Loop() {
		for range 2 {
			if err := signature.Verify(key, digest); err != nil {
				b.Fatal(err)
			}
		}
	}
}
