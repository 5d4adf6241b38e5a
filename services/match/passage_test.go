package match_test

import (
	"slices"
	"testing"

	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/services/match"
	"github.com/countersign/countersign/services/parse"
)

// shipped is the simple trade with a bill of lading from Ningbo and the buyer's receipt so many days later.
func shipped(t *testing.T, to string, days int) *match.Matrix {
	t.Helper()
	board, err := money.ParseDate("2026-03-01")
	if err != nil {
		t.Fatal(err)
	}
	s := simple()
	s[1].Document.Transport = parse.Transport{
		PortOfLoading: "CNNGB", PortOfDischarge: to, ShippedOnBoard: board,
	}
	receipt := paper(parse.ReceiptAdvice, "G-1", buyer, moved("1", "100"))
	receipt.Document.DeliveryDate = board.AddDays(days)
	return matched(t, pack(append(s, receipt)...))
}

func passage(m *match.Matrix) (match.Row, []match.Finding) {
	found := []match.Finding{}
	for _, f := range m.Findings {
		if f.Code == match.CodePassage {
			found = append(found, f)
		}
	}
	i := slices.IndexFunc(m.Rows, func(r match.Row) bool { return r.Fact == match.FactPassage })
	if i < 0 {
		return match.Row{}, found
	}
	return m.Rows[i], found
}

func TestGoodsDoNotCrossTheSeaFasterThanShipsGo(t *testing.T) {
	row, found := passage(shipped(t, "SEGOT", 6))
	if row.State != match.Contradicted || len(found) != 1 || found[0].Severity != match.Block ||
		found[0].Claimed == "" || found[0].Found == "" || found[0].Advice == "" {
		t.Errorf("six days: %+v, %+v", row, found)
	}
	row, found = passage(shipped(t, "SEGOT", 38))
	if row.State != match.Corroborated || len(found) > 0 {
		t.Errorf("38 days: %+v, %+v", row, found)
	}
	if row, found = passage(shipped(t, "CNTAO", 0)); row.State != match.Corroborated || len(found) > 0 {
		t.Errorf("a short way on the day: %+v, %+v", row, found)
	}
}

func TestAPassageBetweenPortsThatNobodyKnowsIsUnknown(t *testing.T) {
	row, found := passage(shipped(t, "SEXYZ", 6))
	if row.State != match.Unknown || len(found) != 1 || found[0].Severity != match.Warn {
		t.Errorf("%+v, %+v", row, found)
	}
}
