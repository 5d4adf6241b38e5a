package match_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/fixtures"
	"github.com/countersign/countersign/services/match"
	"github.com/countersign/countersign/services/parse"
)

var update = flag.Bool("update", false, "write the golden matrices anew")

// today is the day that the golden matrices are rendered for.
func today(t testing.TB) money.Date {
	t.Helper()
	d, err := money.ParseDate("2026-11-21")
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func trades(t testing.TB) *fixtures.Set {
	t.Helper()
	s, err := fixtures.Load(fixtures.Default(), today(t))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// input makes what Match needs of a trade; change may alter the bytes of a paper.
func input(
	t testing.TB, s *fixtures.Set, trade fixtures.Trade, change func(file string, raw []byte) []byte,
) match.Input {
	t.Helper()
	programme, _ := s.Demo.Programme(trade.Plan.Programme)
	seller, _ := s.Demo.Organisation(programme.Seller)
	in := match.Input{Tolerances: programme.Tolerances}
	for _, a := range seller.Accounts {
		in.KnownAccounts = append(in.KnownAccounts, parse.Account{IBAN: a.IBAN, Number: a.Number})
	}
	for _, k := range programme.RequiredPapers {
		in.Required = append(in.Required, parse.Kind(k))
	}
	for _, p := range trade.Plan.Documents {
		raw := trade.Files[p.File]
		if change != nil {
			raw = change(p.File, raw)
		}
		doc, err := parse.Read(raw)
		if err != nil {
			t.Fatalf("%s/%s: %v", trade.Name, p.File, err)
		}
		in.Sources = append(in.Sources, match.Source{ID: p.File, Uploader: p.Uploader, Document: doc})
	}
	return in
}

func matched(t testing.TB, in match.Input) *match.Matrix {
	t.Helper()
	m, err := match.Match(in)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func blocking(m *match.Matrix) []string {
	codes := []string{}
	for _, f := range m.Findings {
		if f.Severity == match.Block {
			codes = append(codes, string(f.Code))
		}
	}
	slices.Sort(codes)
	return slices.Compact(codes)
}

func TestTradesComeOutAsTheirPlansExpect(t *testing.T) {
	s := trades(t)
	for _, trade := range s.Trades {
		m := matched(t, input(t, s, trade, nil))
		if want := match.Verdict(trade.Plan.Expected.Corroboration); m.Verdict != want {
			t.Errorf("%s: %s, want %s", trade.Name, m.Verdict, want)
		}
		if codes := blocking(m); !slices.Equal(codes, trade.Plan.Expected.Findings) {
			t.Errorf("%s: blocked by %v, want %v", trade.Name, codes, trade.Plan.Expected.Findings)
		}
		golden(t, trade.Name, m)
	}
}

func golden(t *testing.T, name string, m *match.Matrix) {
	t.Helper()
	file := filepath.Join("testdata", name+".json")
	got, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	got = append(got, '\n')
	if *update {
		if err := os.WriteFile(file, got, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs from %s; look at it, then run the test with -update", name, file)
	}
}
