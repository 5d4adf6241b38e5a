package trade_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/chaincode/trade/tradetest"
)

// offer drafts another claim in the same world: the first one with something changed.
func offer(w *tradetest.World, change func(*trade.Claim)) tradetest.Draft {
	second := *w
	second.Again()
	second.Claim = w.Claim
	second.Claim.Goods = slices.Clone(w.Claim.Goods)
	second.Document = w.Document
	change(&second.Claim)
	return second.Draft(trade.ReceivableIssue)
}

// What the law says of a match.
const (
	byNumber  = "seller, number and year match"
	byTrade   = "order, goods and amount match"
	byContent = "parties, date and amount match"
)

func nothing(*trade.Claim) {}

func TestSameClaimIsRefusedHoweverItIsWritten(t *testing.T) {
	t.Parallel()
	w, l := tradetest.Start(t)
	w.Claim.Number, w.Claim.Order = "LQ-0042", "PO 88417"
	w.Reach(trade.ReceivableWithdraw)
	for name, c := range map[string]struct {
		change func(*trade.Claim)
		match  string
	}{
		"as it is":       {nothing, byNumber},
		"renumbered":     {func(c *trade.Claim) { c.Number = "LQ-99999" }, byTrade},
		"re-dated":       {redate, byNumber},
		"other case":     {func(c *trade.Claim) { redate(c); c.Number = "lq-0042" }, byNumber},
		"no zeros":       {func(c *trade.Claim) { redate(c); c.Number = "LQ42" }, byNumber},
		"full width":     {func(c *trade.Claim) { redate(c); c.Number = "ＬＱ－４２" }, byNumber},
		"punctuated ids": {func(c *trade.Claim) { redate(c); c.SellerID = "reg-LanqiaoMSP" }, byNumber},
		"renumbered and re-dated": {
			func(c *trade.Claim) { redate(c); c.Number = "LQ-99999" }, byTrade,
		},
		"goods reordered": {
			func(c *trade.Claim) { redate(c); c.Number = "LQ-9"; slices.Reverse(c.Goods) }, byTrade,
		},
		"goods repeated": {
			func(c *trade.Claim) { redate(c); c.Number = "LQ-9"; c.Goods = append(c.Goods, c.Goods[0], " - ") },
			byTrade,
		},
		"a paper of the goods left out": {
			func(c *trade.Claim) { redate(c); c.Number = "LQ-9"; c.Goods = c.Goods[:1] }, byTrade,
		},
		"a paper of the goods added": {
			func(c *trade.Claim) { redate(c); c.Number = "LQ-9"; c.Goods = append(c.Goods, "SB-99") }, byTrade,
		},
		"renumbered, other goods": {
			func(c *trade.Claim) { c.Number = "LQ-9"; c.Goods = nil }, byContent,
		},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := trade.Next(l, w.Transaction(offer(w, c.change)))
			wantCode(t, err, trade.CodeEncumbered)
			f, _ := errors.AsType[*trade.Fault](err)
			if !strings.Contains(f.Message, c.match) {
				t.Errorf("says %q, want %q", f.Message, c.match)
			}
			for _, org := range []trade.OrgID{w.Seller.Org, w.Obligor.Org, w.Bank.Org} {
				if strings.Contains(f.Message, string(org)) {
					t.Errorf("says by whom: %q", f.Message)
				}
			}
		})
	}
}

func redate(c *trade.Claim) { c.IssueDate = c.IssueDate.AddDays(-3) }

func TestDifferentClaimsAreNotTakenForOne(t *testing.T) {
	t.Parallel()
	w, l := tradetest.Start(t)
	w.Claim.Number = "2027-1-12"
	w.Reach(trade.ReceivableWithdraw)
	other := func(c *trade.Claim) { redate(c); c.Goods = nil }
	for _, number := range []string{"2027-11-2", "20271-12", "2027-1-1", "2027-1-120", "A2027-1-12"} {
		d := offer(w, func(c *trade.Claim) { other(c); c.Number = number })
		if _, err := trade.Next(l, w.Transaction(d)); err != nil {
			t.Errorf("number %s beside %s: %v", number, w.Claim.Number, err)
		}
	}
	d := offer(w, func(c *trade.Claim) { c.Number = "7"; c.Order = "PO-7"; redate(c) }) // another delivery
	if _, err := trade.Next(l, w.Transaction(d)); err != nil {
		t.Errorf("another order of the same goods: %v", err)
	}
}

// One invoice number is free for every supplier that has not used it.
func TestInvoiceNumberOfAnotherSellerIsFree(t *testing.T) {
	t.Parallel()
	w, l := tradetest.Start(t)
	w.Reach(trade.ReceivableWithdraw)
	second := *w
	cast := *w.Cast
	second.Cast = &cast
	second.Seller = tradetest.NewParty(t, "BrandlhofMSP", trade.KindSupplier)
	second.Again()
	second.Register(second.Seller)
	second.Claim.Number = w.Claim.Number
	second.Do(trade.DocumentRecord)
	if _, err := trade.Next(l, second.Transaction(second.Draft(trade.ReceivableIssue))); err != nil {
		t.Error(err)
	}
}

// Who could write another registration number into a claim could offer it twice, or block a
// competitor's invoice before it is offered.
func TestClaimIsHeldToTheRegistrationNumbersOfItsParties(t *testing.T) {
	t.Parallel()
	w, l := tradetest.Start(t)
	w.Reach(trade.ReceivableIssue)
	for name, change := range map[string]func(*trade.Claim){
		"seller":  func(c *trade.Claim) { c.SellerID = w.Rival.RegistrationID },
		"obligor": func(c *trade.Claim) { c.ObligorID += "X" },
	} {
		d := with(w.Draft(trade.ReceivableIssue), func(a *trade.IssueReceivable) { change(&a.Claim) })
		t.Run(name, func(t *testing.T) { wantRefusal(t, l, w.Transaction(d), trade.CodeIdentity) })
	}
}

func TestWithdrawnClaimIsFreeAndRejectedClaimLeavesASignal(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		act         trade.Act
		represented bool
	}{{trade.ReceivableWithdraw, false}, {trade.ReceivableReject, true}} {
		w, l := tradetest.Start(t)
		w.Reach(c.act)
		first := w.Receivable
		w.Do(c.act)
		matches, err := trade.Probe(l, w.Keys, w.Claim)
		if err != nil {
			t.Fatal(err)
		}
		if got := len(matches) > 0; got != c.represented {
			t.Errorf("%s: probing finds %v", c.act, matches)
		}
		again := offer(w, nothing)
		w.Must(again)
		second := w.State(again.Subjects[0].ID)
		if second.Receivable.Represented != c.represented {
			t.Errorf("%s, then offered again: represented is %t", c.act, second.Receivable.Represented)
		}
		wantRefusal(t, l, w.Transaction(offer(w, nothing)), trade.CodeEncumbered)
		if first == second.ID {
			t.Error("the second claim is the first")
		}
	}
}

// Presenting a refused claim again and taking it back must not wash the refusal off.
func TestRefusalSurvivesWithdrawal(t *testing.T) {
	t.Parallel()
	w, _ := tradetest.Start(t)
	w.Reach(trade.ReceivableReject)
	w.Do(trade.ReceivableReject)
	for range 2 {
		again := offer(w, nothing)
		w.Must(again)
		w.Receivable = again.Subjects[0].ID
		if !w.State(w.Receivable).Receivable.Represented {
			t.Fatal("the refusal is forgotten")
		}
		w.Do(trade.ReceivableWithdraw)
	}
}

func TestEveryEpochIsProbedAndFreed(t *testing.T) {
	t.Parallel()
	w, l := tradetest.Start(t)
	w.Reach(trade.ReceivableWithdraw) // taken under the first key
	w.Do(trade.KeyringRotate)
	wantRefusal(t, l, w.Transaction(offer(w, nothing)), trade.CodeEncumbered)
	w.Do(trade.ReceivableWithdraw) // freed under the first key, too
	again := offer(w, nothing)
	w.Must(again)
	w.Receivable = again.Subjects[0].ID
	w.Do(trade.KeyringRotate)
	wantRefusal(t, l, w.Transaction(offer(w, nothing)), trade.CodeEncumbered)
}

// Refused under an old key, live under a newer one: the live claim counts.
func TestLiveClaimCountsMoreThanOldRefusal(t *testing.T) {
	t.Parallel()
	w, l := tradetest.Start(t)
	w.Reach(trade.ReceivableReject)
	w.Do(trade.ReceivableReject, trade.KeyringRotate)
	w.Must(offer(w, nothing)) // presented again, live under the second key
	wantRefusal(t, l, w.Transaction(offer(w, nothing)), trade.CodeEncumbered)
}

func TestFingerprintsWantTheKeysCommittedTo(t *testing.T) {
	t.Parallel()
	w, l := tradetest.Start(t)
	w.Reach(trade.ReceivableIssue)
	w.Do(trade.KeyringRotate)
	wrong := []byte("another key of the same length..")
	for name, keys := range map[string]map[int64][]byte{
		"none": nil, "only the old": {1: w.Keys[1]}, "only the new": {2: w.Keys[2]},
		"swapped": {1: w.Keys[2], 2: w.Keys[1]}, "another": {1: w.Keys[1], 2: wrong},
		"short": {1: w.Keys[1], 2: w.Keys[2][:31]},
	} {
		t.Run(name, func(t *testing.T) {
			tx := w.Transaction(w.Draft(trade.ReceivableIssue))
			tx.Keys = keys
			wantRefusal(t, l, tx, trade.CodeKey)
			_, err := trade.Probe(l, keys, w.Claim)
			wantCode(t, err, trade.CodeKey)
		})
	}
}

func TestKeyringGrowsByOneEpochUpToItsLimit(t *testing.T) {
	t.Parallel()
	w, l := tradetest.Start(t)
	d := with(w.Draft(trade.KeyringOpen), func(a *trade.AddEpoch) { a.Number = 2 })
	wantRefusal(t, l, w.Transaction(d), trade.CodeKey)
	w.Do(trade.KeyringOpen)
	for range 7 {
		w.Do(trade.KeyringRotate)
	}
	wantSubmitRefused(t, w, w.Draft(trade.KeyringRotate), trade.CodeKey)
	wantSubmitRefused(t, w, w.Draft(trade.KeyringOpen), trade.CodeExists)
}

func TestClaimIsRefusedWithoutKeyring(t *testing.T) {
	t.Parallel()
	w, l := tradetest.Start(t)
	w.Do(trade.DocumentRecord)
	wantRefusal(t, l, w.Transaction(w.Draft(trade.ReceivableIssue)), trade.CodeKey)
}

// What stands on the ledger in clear says nothing that could be guessed: no name, no number,
// no amount, no plain digest of any of them or of a command.
func TestLedgerHoldsNothingThatCanBeGuessed(t *testing.T) {
	t.Parallel()
	w, l := tradetest.Start(t)
	commands := []trade.Digest{}
	for _, act := range []trade.Act{
		trade.KeyringOpen, trade.DocumentRecord, trade.ProgrammeOpen, trade.ReceivableIssue,
		trade.ReceivableConfirm, trade.FinancingRequest, trade.FinancingQuote, trade.ReceivableReserve,
		trade.FinancingApprove, trade.ReceivableAssign, trade.FinancingDisburse, trade.ReceivablePay,
		trade.FinancingRepay,
	} {
		d := w.Draft(act)
		digest, err := w.Command(d).Digest()
		if err != nil {
			t.Fatal(err)
		}
		commands = append(commands, digest)
		w.Must(d)
	}
	var public strings.Builder
	for _, key := range l.Keys() {
		public.WriteString(key)
		public.Write(l.Public[key])
	}
	for _, out := range l.Outcomes {
		public.Write(out.Event)
		public.Write(out.Response)
	}
	clear := public.String()
	secrets := []string{
		w.Claim.Number, w.Claim.Order, w.Claim.Goods[0], w.Face.Decimal(), "200688000", "180619200", "178497928",
		w.Seller.RegistrationID, "Name of", w.Seller.Account, w.Bank.Account, w.DueDate.String(),
		w.State(w.Receivable).Salt, w.State(w.Financing).Salt,
	}
	for _, s := range secrets {
		if strings.Contains(clear, s) {
			t.Errorf("%q stands on the ledger in clear", s)
		}
		plain := strings.TrimPrefix(string(trade.DigestOf([]byte(s))), "sha-256:")
		if strings.Contains(clear, plain) {
			t.Errorf("the plain digest of %q stands on the ledger", s)
		}
	}
	for _, c := range commands {
		if strings.Contains(clear, strings.TrimPrefix(string(c), "sha-256:")) {
			t.Errorf("the plain digest of a command stands on the ledger: its amount can be tried")
		}
	}
}
