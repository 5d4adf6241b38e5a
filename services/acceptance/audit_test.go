package acceptance

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

// audited is what an audit prints.
type audited struct {
	Blocks     int    `json:"blocks"`
	Signatures int    `json:"signatures"`
	Invariants int    `json:"invariants"`
	Documents  int    `json:"documents"`
	Projection digest `json:"projection"`
	Broken     []struct {
		Code   string `json:"code"`
		Where  string `json:"where"`
		Detail string `json:"detail"`
	} `json:"broken"`
}

type digest struct {
	Digest string         `json:"digest"`
	Rows   map[string]int `json:"rows"`
}

// audit audits the stopped node of a data folder.
func audit(t *testing.T, data string) (audited, int) {
	t.Helper()
	r := run(t, fast, "audit", "--data", data)
	var a audited
	if err := json.Unmarshal([]byte(r.stdout), &a); err != nil {
		t.Fatalf("audit ended with %d: %v\n%s\n%s", r.code, err, r.stdout, r.stderr)
	}
	return a, r.code
}

// clean wants an audit that finds nothing broken, and something that was audited.
func clean(t *testing.T, data string) audited {
	t.Helper()
	a, code := audit(t, data)
	t.Logf("audit: %d blocks, %d signatures, %d invariants, %d documents, rows %v, %d broken",
		a.Blocks, a.Signatures, a.Invariants, a.Documents, a.Projection.Rows, len(a.Broken))
	if code != 0 || len(a.Broken) != 0 {
		t.Errorf("audit ended with %d and found %v", code, a.Broken)
	}
	if a.Blocks == 0 || a.Signatures == 0 {
		t.Error("the audit looked at nothing")
	}
	return a
}

// rebuilt is what a rebuild prints.
type rebuilt struct {
	Before digest `json:"before"`
	After  digest `json:"after"`
	Equal  bool   `json:"equal"`
}

// rebuild rebuilds the projection of the stopped node of a data folder.
func rebuild(t *testing.T, data string) (rebuilt, int) {
	t.Helper()
	r := run(t, fast, "rebuild", "--data", data)
	var b rebuilt
	if err := json.Unmarshal([]byte(r.stdout), &b); err != nil {
		t.Fatalf("rebuild ended with %d: %v\n%s\n%s", r.code, err, r.stdout, r.stderr)
	}
	t.Logf("rebuild: %s before, %s after, rows %v", b.Before.Digest, b.After.Digest, b.After.Rows)
	return b, r.code
}

func TestAuditFindsAPlantedChangeAndRebuildRepairsIt(t *testing.T) {
	t.Parallel()
	data := newData(t)
	h := open(t, fast, data, nil)
	c, err := h.claimed(t.Context(), "AUDIT", 1)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.confirmed(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	h.stop(t)
	h.again(t)
	h.stop(t) // before it has looked for what a crash left: no failure either

	before := clean(t, data)
	b, code := rebuild(t, data)
	if code != 0 || !b.Equal || b.Before.Digest != b.After.Digest || b.After.Digest != before.Projection.Digest {
		t.Errorf("rebuilding a clean node changed it: exit %d, %+v", code, b)
	}
	for _, kind := range []string{"asset", "block", "transaction", "transition", "fingerprint"} {
		if b.After.Rows[kind] == 0 {
			t.Errorf("the rebuild counts no %s", kind)
		}
	}

	h.again(t)
	rows := psql(t, data, "UPDATE ledger.transitions SET to_phase = 'SETTLED' WHERE asset_id = '"+
		string(c.receivable)+"' AND version = 2 RETURNING asset_id;")
	if !slices.Equal(rows, []string{string(c.receivable)}) {
		t.Fatalf("changed %q", rows)
	}
	h.stop(t)

	a, code := audit(t, data)
	where := "transition/" + string(c.receivable) + "/2"
	t.Logf("planted %s: audit ended with %d and found %v", where, code, a.Broken)
	if code != 1 || len(a.Broken) != 1 || a.Broken[0].Where != where ||
		a.Broken[0].Code != "projection.changed" {
		t.Errorf("audit ended with %d and found %v", code, a.Broken)
	}
	b, code = rebuild(t, data)
	if code == 0 || b.Equal || b.Before.Digest == b.After.Digest || b.After.Digest != before.Projection.Digest {
		t.Errorf("rebuilding a changed projection: exit %d, %+v", code, b)
	}
	if after := clean(t, data); after.Projection.Digest != before.Projection.Digest {
		t.Errorf("the projection is %s, it was %s", after.Projection.Digest, before.Projection.Digest)
	}
}

func TestAuditFindsAPaperWhoseBytesChanged(t *testing.T) {
	t.Parallel()
	data := newData(t)
	h := open(t, fast, data, nil)
	p := papersOf(h.set, "BYTES", 1)
	id, err := h.openPack(t.Context(), sellerMaker, "One paper")
	if err != nil {
		t.Fatal(err)
	}
	d, err := h.upload(t.Context(), sellerMaker, id, "invoice.xml", p.invoice)
	if err != nil {
		t.Fatal(err)
	}
	h.stop(t)
	alter(t, blobFile(data, d.Digest), "<cbc:Percent>13<", "<cbc:Percent>12<")
	a, code := audit(t, data)
	t.Logf("planted %s: audit ended with %d and found %v", d.ID, code, a.Broken)
	if code != 1 || len(a.Broken) != 1 || a.Broken[0].Where != d.ID || !strings.Contains(a.Broken[0].Code, ".") {
		t.Errorf("audit ended with %d and found %v", code, a.Broken)
	}
}
