package app_test

import (
	"slices"
	"testing"

	"github.com/countersign/countersign/services/app"
)

// change is what somebody does to the database behind the node's back.
type change struct {
	name string
	sql  string
	code string // of what the audit finds
}

// planted lists one change of every kind of row of the projection, and of every kind of
// change.
func planted() []change {
	const (
		changed = "projection.changed"
		oneOf   = " WHERE ctid = (SELECT min(ctid) FROM "
	)
	return []change{
		{
			"an asset's phase", `UPDATE ledger.assets SET record = replace(record::text, '"SETTLED"', '"OPEN"')::json
				WHERE phase = 'SETTLED'`, changed,
		},
		{"an asset's state is gone", `UPDATE ledger.assets SET state = NULL WHERE phase = 'SETTLED'`, changed},
		{
			"an asset's record is no record", `UPDATE ledger.assets SET record = json_build_object(
				'id', id, 'version', 1, 'time', 1, 'kind', '', 'phase', '', 'parties', 7), state = NULL
				WHERE phase = 'SETTLED'`, changed,
		},
		{"a holder more", `INSERT INTO ledger.holders SELECT asset_id, 'AldermoorMSP', true, value_hash, false
			FROM ledger.holders WHERE org_id = 'CangningMSP' LIMIT 1`, changed},
		{"a holder less", "DELETE FROM ledger.holders" + oneOf + "ledger.holders)", changed},
		{"a step's phase", `UPDATE ledger.transitions SET to_phase = 'OPEN' WHERE to_phase = 'SETTLED'`, changed},
		{
			"a step's signatures", `UPDATE ledger.transitions SET signed = json_build_object('signatures', 'none')
				WHERE to_phase = 'SETTLED'`, changed,
		},
		{"a step less", "DELETE FROM ledger.transitions" + oneOf + "ledger.transitions)", "projection.missing"},
		{
			"a step more", `INSERT INTO ledger.transitions SELECT asset_id, 99, block, position, act, command_id,
				from_phase, to_phase FROM ledger.transitions LIMIT 1`, "projection.extra",
		},
		{"a transaction's creator", "UPDATE ledger.transactions SET creator = 'NoMSP' WHERE block = 3", changed},
		{"a claim made free", "UPDATE ledger.fingerprints SET freed = true", changed},
		{"a block's time", "UPDATE ledger.blocks SET at = at + interval '1 us' WHERE number = 2", changed},
		{"a clock that was never moved", "UPDATE ledger.blocks SET clock_note = ''", changed},
	}
}

// finds plants a change: the audit finds it, and a rebuild undoes it.
func (n *node) finds(t *testing.T, c change) {
	t.Helper()
	live, err := n.DigestProjection(t.Context())
	ok(t, err)
	n.plant(t, c)
	before, after, err := n.Rebuild(t.Context())
	ok(t, err)
	if before.Digest == after.Digest || after.Digest != live.Digest {
		t.Errorf("rebuilt: from %v to %v, was %v", before, after, live)
	}
}

// findsYounger plants a checkpoint behind the rows: nothing of them is believed.
func (n *node) findsYounger(t *testing.T) {
	t.Helper()
	n.plant(t, change{sql: "UPDATE ledger.checkpoint SET block = block - 1", code: "projection.extra"})
	n.exec(t, "UPDATE ledger.checkpoint SET block = block + 1")
	report, err := n.Audit(t.Context())
	ok(t, err)
	if len(report.Broken) > 0 {
		t.Errorf("audit: %v", report.Broken)
	}
}

// plant makes a change and asserts that the audit finds it.
func (n *node) plant(t *testing.T, c change) {
	t.Helper()
	if n.exec(t, c.sql) == 0 {
		t.Fatal("the change changed nothing")
	}
	report, err := n.Audit(t.Context())
	ok(t, err)
	if !slices.ContainsFunc(report.Broken, func(b app.Break) bool { return b.Code == c.code }) {
		t.Errorf("the audit found %v", report.Broken)
	}
}
