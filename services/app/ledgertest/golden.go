package ledgertest

import (
	_ "embed"
	"fmt"
	"strings"
	"testing"

	"github.com/countersign/countersign/services/app"
)

// goldenText holds one line per golden transaction: its name and its effect digest.
//
//go:embed testdata/effects.golden
var goldenText string

type goldenTx struct {
	name       string
	endorsers  []string
	operations [][]string
}

// goldenTxs are the fixed transactions, run one after another. They name no time, no id
// and no organisation by chance, and leave nothing behind, so that a second run on the
// same ledger has the same effects.
func (s *suite) goldenTxs() []goldenTx {
	own, bank, copied := orgCollection(s.supplier), orgCollection(s.bank), copyCollection(s.core)
	two := []string{s.supplier, s.core}
	three := []string{s.supplier, s.core, s.bank}
	return []goldenTx{
		{"create", two, [][]string{
			{"put", "golden/b", "2"},
			{"put", "golden/a", "1"},
			{"put", "golden/ü\u2028<&>", "<&>\u2028"},
			{"policy", "golden/a", s.core, s.supplier},
			{"event", "golden.created", "a"},
			{"get", "golden/a"},
		}},
		{"overwrite", two, [][]string{
			{"get", "golden/a"},
			{"put", "golden/a", "lost"},
			{"put", "golden/a", "3"},
			{"event", "first", "1"},
			{"event", "last", ""},
		}},
		{"empty-value", two, [][]string{{"put", "golden/b", ""}, {"range", "golden/", "golden/~"}}},
		{"composite", two, [][]string{{"put-comp", "v", "golden", "x", "y"}, {"range-comp", "golden", "x"}}},
		{"composite-read", two, [][]string{{"range-comp", "golden", "x"}, {"range", "golden/", "golden0"}}},
		{"private", three, [][]string{
			{"pput", own, "golden/p", "mine"},
			{"pput", bank, "golden/p", "theirs"},
			{"pput", copied, "golden/p", "seen"},
			{"pput", own, "golden/q", "also mine"},
			{"phash", own, "golden/p"},
		}},
		{"private-policy", two, [][]string{
			{"ppolicy", own, "golden/p", s.supplier, s.core}, {"phash", own, "golden/p"},
		}},
		{"private-delete", three, [][]string{
			{"pdel", own, "golden/p"},
			{"pput", own, "golden/q", ""},
			{"pdel", bank, "golden/p"},
			{"pdel", copied, "golden/p"},
			{"pdel", own, "golden/never"},
		}},
		{"policy-removed", two, [][]string{{"policy", "golden/a"}, {"policy-get", "golden/a"}}},
		{"read-only", two, [][]string{{"get", "golden/a"}, {"get", "golden/b"}, {"put", "", "v"}}},
		{"clean-up", two, [][]string{
			{"del", "golden/a"},
			{"del", "golden/b"},
			{"del", "golden/ü\u2028<&>"},
			{"put-comp", "", "golden", "x", "y"},
			{"del", "golden/never"},
		}},
	}
}

func (s *suite) goldenCases() []testCase {
	return []testCase{{"EffectsAreTheGoldenOnes", s.goldenEffects}}
}

func (s *suite) goldenEffects(t *testing.T) {
	var got strings.Builder
	for _, golden := range s.goldenTxs() {
		receipt := s.commit(t, s.call(t, golden.endorsers, golden.operations...), nil)
		tx := s.tx(t, receipt)
		digest, err := app.EffectDigest(tx.Effects)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&got, "%s %s\n", golden.name, digest)
		t.Logf("%s %s answered %s", golden.name, digest, tx.Effects.Response)
	}
	if got.String() != goldenText {
		t.Fatalf("effects differ from testdata/effects.golden; they are now\n%s", got.String())
	}
}
