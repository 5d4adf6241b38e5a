package postgres_test

import (
	"context"
	"slices"
	"testing"

	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/services/app"
	"github.com/countersign/countersign/services/postgres/postgrestest"
)

// claimed puts receivables on the ledger; all parties but OtherMSP hold them.
const claimed = `WITH claims AS (
	SELECT id, phase, '{"id":"' || id || '","kind":"receivable","version":1,"phase":"' || phase ||
		'","receivable":{"seller":"' || seller || '","obligor":"' || obligor || '","owner":"' || owner ||
		'","due_date":"' || due || '","disputed":' || disputed ||
		',"assigned_disputed":0,"claim":{"number":"' || id || '"}}}' AS state
	FROM (VALUES
		('r-late', 'ISSUED', 'SellerMSP', 'BuyerMSP', 'SellerMSP', '2026-09-30', 0),
		('r-soon', 'ISSUED', 'SellerMSP', 'BuyerMSP', 'SellerMSP', '2026-04-01', 0),
		('r-next', 'ISSUED', 'SellerMSP', 'BuyerMSP', 'SellerMSP', '2026-05-01', 0),
		('r-ours', 'ISSUED', 'BuyerMSP', 'OtherMSP', 'BuyerMSP', '2026-12-31', 0),
		('r-over', 'OVERDUE', 'SellerMSP', 'BuyerMSP', 'BankMSP', '2026-01-15', 0),
		('r-open', 'OPEN', 'SellerMSP', 'BuyerMSP', 'SellerMSP', '2026-03-15', 0),
		('r-held', 'OPEN', 'SellerMSP', 'BuyerMSP', 'BankMSP', '2026-10-15', 600),
		('r-paid', 'SETTLED', 'SellerMSP', 'BuyerMSP', 'SellerMSP', '2026-02-15', 0)
	) v (id, phase, seller, obligor, owner, due, disputed)
), kept AS (
	INSERT INTO ledger.assets (id, record, state)
	SELECT id, json_build_object('id', id, 'kind', 'receivable', 'version', 1, 'phase', phase, 'time', 0,
		'commitment', 'sha-256:' || encode(sha256(convert_to(state, 'UTF8')), 'hex')), state::json FROM claims
	RETURNING id
)
INSERT INTO ledger.holders (asset_id, org_id, consent, value_hash, missing)
SELECT id, org, true, sha256(''), false FROM kept, unnest(ARRAY['SellerMSP', 'BuyerMSP', 'BankMSP']) org`

func TestClaimsThatWaitAreThoseDueFirstOfEachKind(t *testing.T) {
	pool := postgrestest.New(t)
	s := open(t, pool)
	mustExec(t, pool, claimed)
	for _, c := range []struct {
		org  string
		page int
		want []string
	}{
		{"BuyerMSP", 10, []string{"r-held", "r-late", "r-next", "r-ours", "r-over", "r-soon"}},
		{"BuyerMSP", 2, []string{"r-held", "r-next", "r-ours", "r-over", "r-soon"}},
		{"BuyerMSP", 1, []string{"r-held", "r-ours", "r-over", "r-soon"}},
		{"SellerMSP", 1, []string{"r-held", "r-over", "r-soon"}},
		{"BankMSP", 10, []string{"r-held", "r-over"}},
		{"OtherMSP", 10, []string{}}, // its obligor, which holds nothing here
	} {
		list := read(s, func(ctx context.Context, tx app.StoreTx) ([]app.Asset, error) {
			return tx.ClaimsThatWait(ctx, trade.OrgID(c.org), c.page)
		})
		got := []string{}
		for _, a := range list {
			got = append(got, string(a.Record.ID))
		}
		slices.Sort(got)
		same(t, nil, got, c.want)
	}
}
