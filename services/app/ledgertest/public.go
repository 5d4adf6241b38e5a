package ledgertest

import (
	"strings"
	"testing"
)

// publicCases: what a transaction sees and leaves in public state.
func (s *suite) publicCases() []testCase {
	return []testCase{
		{"ReadsDoNotSeeOwnWrites", s.readsDoNotSeeOwnWrites},
		{"LastWriteWins", s.lastWriteWins},
		{"EmptyValueDeletes", s.emptyValueDeletes},
		{"EmptyKeyIsAnError", s.emptyKeyIsAnError},
		{"RangesAreInByteOrder", s.rangesAreInByteOrder},
		{"RangesDoNotSeeOwnWrites", s.rangesDoNotSeeOwnWrites},
		{"CompositeKeysStayOutsideSimpleRanges", s.compositeKeysStayOutside},
		{"EvaluateWritesNothing", s.evaluateWritesNothing},
	}
}

func (s *suite) readsDoNotSeeOwnWrites(t *testing.T) {
	k := s.key(t, "k")
	s.submit(t, []string{"ok", "nil"}, []string{"put", k, "first"}, []string{"get", k})
	s.submit(t, []string{"ok", "=first"}, []string{"put", k, "second"}, []string{"get", k})
	s.submit(t, []string{"ok", "=second", "==second;nil"}, []string{"del", k}, []string{"get", k},
		[]string{"get-many", k, k + "-none"})
	s.see(t, s.supplier, []string{"nil"}, []string{"get", k})
}

func (s *suite) lastWriteWins(t *testing.T) {
	a, b, c := s.key(t, "a"), s.key(t, "b"), s.key(t, "c")
	s.submit(t, nil,
		[]string{"put", a, "1"}, []string{"put", a, "2"},
		[]string{"put", b, "1"}, []string{"del", b},
		[]string{"del", c}, []string{"put", c, "3"})
	s.see(t, s.supplier, []string{"=2", "nil", "=3"},
		[]string{"get", a}, []string{"get", b}, []string{"get", c})
}

func (s *suite) emptyValueDeletes(t *testing.T) {
	k := s.key(t, "k")
	s.submit(t, []string{"ok"}, []string{"put", k, "v"})
	receipt := s.submit(t, []string{"ok"}, []string{"put", k, ""})
	s.see(t, s.supplier, []string{"nil", "="}, []string{"get", k}, []string{"range", k, k + "~"})
	if writes := s.tx(t, receipt).Effects.Writes; len(writes) != 1 || !writes[0].Deleted {
		t.Fatalf("writes %+v, want one deletion", writes)
	}
}

func (s *suite) emptyKeyIsAnError(t *testing.T) {
	s.see(t, s.supplier, []string{"error", "error"},
		[]string{"put", "", "v"}, []string{"pput", orgCollection(s.supplier), "", "v"})
}

func (s *suite) rangesAreInByteOrder(t *testing.T) {
	p := s.key(t, "")
	names := []string{"é", "a", "B", "a/b", "~", "a0"}
	var puts [][]string
	for _, name := range names {
		puts = append(puts, []string{"put", p + name, "v"})
	}
	s.submit(t, nil, puts...)
	list := func(names ...string) string {
		var shown []string
		for _, name := range names {
			shown = append(shown, p+name+"=v")
		}
		return "=" + strings.Join(shown, ";")
	}
	s.see(t, s.supplier,
		[]string{list("B", "a", "a/b", "a0", "~", "é"), list("a", "a/b"), list("a0", "~"), "="},
		[]string{"range", p, p + "\U0010ffff"},
		[]string{"range", p + "a", p + "a0"}, // the first is in, the end is out
		[]string{"range", p + "a0", p + "é"},
		[]string{"range", p + "~", p + "a"}, // nothing between an end and a later start
	)
}

func (s *suite) rangesDoNotSeeOwnWrites(t *testing.T) {
	p := s.key(t, "")
	s.submit(t, nil, []string{"put", p + "1", "old"})
	s.submit(t, []string{"ok", "ok", "=" + p + "1=old"},
		[]string{"put", p + "1", "new"}, []string{"put", p + "2", "new"},
		[]string{"range", p, p + "~"})
}

func (s *suite) compositeKeysStayOutside(t *testing.T) {
	kind := "kind " + s.key(t, "") // a composite key may hold spaces and slashes
	s.submit(t, nil,
		[]string{"put-comp", "1", kind, "b", "x"}, []string{"put-comp", "2", kind, "a", "y"},
		[]string{"put-comp", "3", kind, "a", "x"}, []string{"put-comp", "4", kind, "ab", "x"})
	shown := func(entries ...string) string {
		for i, entry := range entries {
			entries[i] = "/" + kind + "/" + entry
		}
		return "=" + strings.Join(entries, ";")
	}
	s.see(t, s.supplier, []string{
		shown("a/x/=3", "a/y/=2", "ab/x/=4", "b/x/=1"), shown("a/x/=3", "a/y/=2"), "=",
	}, []string{"range-comp", kind}, []string{"range-comp", kind, "a"}, []string{"range-comp", kind, "c"})
	s.see(t, s.supplier, []string{"error"}, []string{"put-comp", "v", kind, "a\x00b"})
	s.see(t, s.supplier, []string{"error"}, []string{"range", "\x00" + kind, ""})

	receipt, err := s.ledger.Evaluate(t.Context(), s.call(t, nil, []string{"range", "", ""}))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(receipt), kind) {
		t.Fatal("an open range over simple keys lists a composite key")
	}
}

func (s *suite) evaluateWritesNothing(t *testing.T) {
	k := s.key(t, "k")
	s.see(t, s.supplier, []string{"ok"}, []string{"put", k, "v"})
	s.see(t, s.supplier, []string{"nil"}, []string{"get", k})
}
