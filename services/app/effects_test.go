package app_test

import (
	"slices"
	"testing"

	"github.com/countersign/countersign/services/app"
)

func someEffects() app.Effects {
	return app.Effects{
		Writes: []app.Write{{Key: "b", Value: []byte("2")}, {Key: "a", Value: []byte("gone"), Deleted: true}},
		Metadata: []app.Metadata{
			{Collection: "org_B", Key: "00", Endorsers: []string{"B", "A"}}, {Key: "z"},
		},
		Private: []app.PrivateHash{
			{Collection: "org_B", KeyHash: []byte{2}, ValueHash: []byte{9}},
			{Collection: "org_B", KeyHash: []byte{1}, ValueHash: []byte{9}, Deleted: true},
			{Collection: "copy_A", KeyHash: []byte{3}, ValueHash: []byte{9}},
		},
		Event:    &app.Event{Name: "e", Payload: []byte{}},
		Response: []byte{},
	}
}

func TestEffectDigestIsTheSameInEveryOrderAndForEveryEmptyValue(t *testing.T) {
	want, err := app.EffectDigest(someEffects())
	if err != nil {
		t.Fatal(err)
	}
	const golden = "sha-256:925b49f0b1fa184ea5350e21736178812a69d157f8aba03538f62d3179664b9a"
	if want != golden {
		t.Errorf("digest %s, want %s", want, golden)
	}
	other := someEffects()
	slices.Reverse(other.Writes)
	slices.Reverse(other.Metadata)
	slices.Reverse(other.Metadata[1].Endorsers)
	slices.Reverse(other.Private)
	other.Metadata[0].Endorsers = []string{}
	other.Writes[0].Value = nil
	other.Event.Payload, other.Response = nil, nil
	if got, err := app.EffectDigest(other); err != nil || got != want {
		t.Errorf("digest %s of the same effects in another order, want %s: %v", got, want, err)
	}
}

func TestEffectDigestDiffersWithEachEffect(t *testing.T) {
	same, err := app.EffectDigest(someEffects())
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*app.Effects){
		"a value":             func(e *app.Effects) { e.Writes[0].Value = []byte("3") },
		"a deletion":          func(e *app.Effects) { e.Writes[1].Deleted = false },
		"a policy":            func(e *app.Effects) { e.Metadata[0].Endorsers = []string{"A"} },
		"a policy's place":    func(e *app.Effects) { e.Metadata[0].Collection = "" },
		"a private hash":      func(e *app.Effects) { e.Private[0].ValueHash = []byte{8} },
		"a private deletion":  func(e *app.Effects) { e.Private[1].Deleted = false },
		"no event":            func(e *app.Effects) { e.Event = nil },
		"an event's payload":  func(e *app.Effects) { e.Event.Payload = []byte("x") },
		"the response":        func(e *app.Effects) { e.Response = []byte("x") },
		"one write less":      func(e *app.Effects) { e.Writes = e.Writes[:1] },
		"one metadata less":   func(e *app.Effects) { e.Metadata = e.Metadata[:1] },
		"one collection more": func(e *app.Effects) { e.Private[2].Collection = "copy_B" },
	} {
		e := someEffects()
		change(&e)
		if got, err := app.EffectDigest(e); err != nil || got == same {
			t.Errorf("%s does not change the digest: %v", name, err)
		}
	}
}

func TestSortedLeavesItsInputAlone(t *testing.T) {
	e := someEffects()
	_ = e.Sorted()
	if e.Writes[0].Key != "b" || e.Metadata[0].Endorsers[0] != "B" || e.Private[0].KeyHash[0] != 2 {
		t.Fatalf("the effects were sorted in place: %+v", e)
	}
}
