package match

import (
	"cmp"
	"math/big"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/services/parse"
)

// judge says what is missing, who stands behind the claim, and what follows.
func (m *matcher) judge() {
	for _, c := range m.columns {
		m.matrix.Uploaders = append(m.matrix.Uploaders, c.Uploader)
	}
	slices.Sort(m.matrix.Uploaders)
	m.matrix.Uploaders = slices.Compact(m.matrix.Uploaders)
	m.missing()
	m.refusedOrders()
	if len(m.matrix.Uploaders) < 2 {
		m.find(Finding{Code: CodeUploader, Severity: Block})
	} else {
		m.uncorroborated()
		m.undelivered()
	}
	m.financeableAmount()
	m.sortFindings()
	m.matrix.Verdict = m.verdict()
}

func (m *matcher) verdict() Verdict {
	if slices.ContainsFunc(m.matrix.Rows, func(r Row) bool { return r.State == Contradicted }) {
		return Contradicted
	}
	if slices.ContainsFunc(m.matrix.Findings, func(f Finding) bool { return f.Severity == Block }) {
		return Unknown
	}
	return Corroborated
}

// missing names what the pack lacks: an order, an invoice and a proof of delivery always,
// and what the programme asks for.
func (m *matcher) missing() {
	wanted := [][]parse.Kind{
		{parse.PurchaseOrder},
		{parse.Invoice},
		{parse.BillOfLading, parse.WarehouseReceipt, parse.ReceiptAdvice},
	}
	for _, k := range m.in.Required {
		if !slices.ContainsFunc(wanted, func(w []parse.Kind) bool { return len(w) == 1 && w[0] == k }) {
			wanted = append(wanted, []parse.Kind{k})
		}
	}
	for _, kinds := range wanted {
		if slices.ContainsFunc(m.columns, func(c column) bool { return m.serves(c, kinds) }) {
			continue
		}
		m.matrix.Missing = append(m.matrix.Missing, kinds)
		m.find(Finding{Code: CodeMissing, Severity: Block, Said: Said{Kinds: kinds}})
	}
}

// serves tells whether a paper is of one of the kinds; a despatch advice that the claimant
// did not bring serves as a proof of delivery.
func (m *matcher) serves(c column, kinds []parse.Kind) bool {
	if slices.Contains(kinds, c.doc.Kind) {
		return true
	}
	return len(kinds) > 1 && c.doc.Kind == parse.DespatchAdvice &&
		!slices.Contains(m.claimants(), c.Uploader)
}

// claimants are the organisations that brought invoices.
func (m *matcher) claimants() []string {
	out := []string{}
	for _, c := range m.columns {
		if c.doc.Kind == parse.Invoice {
			out = append(out, c.Uploader)
		}
	}
	return out
}

// uncorroborated names the facts that a claim stands on and that one organisation alone
// states, or nobody: the parties, the quantity of everything that is invoiced, and an
// amount, before tax or payable.
func (m *matcher) uncorroborated() {
	rows := make(map[Fact]Row)
	for _, r := range m.matrix.Rows {
		rows[r.Fact] = r
	}
	m.alone(FactSeller, rows[FactSeller])
	m.alone(FactBuyer, rows[FactBuyer])
	for _, r := range m.invoicedQuantities() {
		m.alone(FactQuantity, r)
	}
	if rows[FactNetTotal].State != Corroborated {
		m.alone(FactPayable, rows[FactPayable])
	}
}

// invoicedQuantities are the rows of the quantities of all invoiced goods; where no paper
// states a quantity, a row without cells.
func (m *matcher) invoicedQuantities() []Row {
	stated := map[int]Row{}
	for _, r := range m.matrix.Rows {
		if r.Fact == FactQuantity {
			stated[r.Goods] = r
		}
	}
	out := []Row{}
	for i := range m.articles {
		if !m.invoiced(&m.articles[i]) {
			continue
		}
		r := stated[i+1]
		r.Fact, r.Goods, r.Item = FactQuantity, i+1, m.articles[i].name
		out = append(out, r)
	}
	return out
}

// alone adds a finding for a row that no two organisations state. The zero row counts: what
// nobody states, nobody confirms.
func (m *matcher) alone(fact Fact, r Row) {
	if r.State == Corroborated || r.State == Contradicted {
		return
	}
	f := Finding{
		Code: CodeUncorroborated, Severity: Block, Fact: fact, Goods: r.Goods, Said: Said{Item: r.Item},
	}
	for i, c := range r.Cells {
		if c.State == Agrees || c.State == Within {
			f.Sources = append(f.Sources, m.columns[i].ID)
			f.Claimed, f.Said.Claimed = c.Value, c.Measure
		}
	}
	m.find(f)
}

// undelivered names the invoiced goods whose delivery nobody but the claimant attests.
func (m *matcher) undelivered() {
	claimants := m.claimants()
	for _, r := range m.invoicedQuantities() {
		attested := r.State == Contradicted
		for i, c := range r.Cells {
			col := m.columns[i]
			attested = attested || ((c.State == Agrees || c.State == Within) && delivers(col.doc.Kind) &&
				!slices.Contains(claimants, col.Uploader))
		}
		if !attested {
			m.find(Finding{
				Code: CodeDelivery, Severity: Block, Fact: FactQuantity, Goods: r.Goods, Said: Said{Item: r.Item},
			})
		}
	}
}

// financeableAmount is payable × Σ(net × financeable ÷ invoiced) ÷ Σ net over the invoiced
// goods, less credit notes, rounded down and never below zero.
func (m *matcher) financeableAmount() {
	share, ok := m.financeableShare()
	if !ok || m.payable == nil {
		return
	}
	amount := new(big.Rat).Mul(m.payable.Rat(), share)
	for _, c := range m.columns {
		if c.doc.Kind != parse.CreditNote {
			continue
		}
		if c.doc.Totals.Payable == nil || c.doc.Currency != m.currency {
			return
		}
		amount.Sub(amount, c.doc.Totals.Payable.Rat())
	}
	currency := money.Currency(m.currency)
	places, known := currency.Decimals()
	if !known {
		return
	}
	if amount.Sign() < 0 {
		amount.SetInt64(0)
	}
	for range places {
		amount.Mul(amount, big.NewRat(10, 1))
	}
	minor := new(big.Int).Quo(amount.Num(), amount.Denom())
	if !minor.IsInt64() {
		return
	}
	if out, err := money.New(minor.Int64(), currency); err == nil {
		m.matrix.FinanceableAmount = out
	}
}

// financeableShare is the part of the invoiced value that may be financed; false when an
// invoice does not give the net amount and the quantity of each line.
func (m *matcher) financeableShare() (*big.Rat, bool) {
	nets := map[int]decimal.Decimal{}
	for i := range m.articles {
		a := &m.articles[i]
		for _, at := range a.lines {
			c := m.columns[at.column]
			if c.doc.Kind != parse.Invoice {
				continue
			}
			net := c.doc.Lines[at.index].Net
			if net == nil {
				return nil, false
			}
			nets[i+1] = nets[i+1].Add(*net)
		}
	}
	whole, part := new(big.Rat), new(big.Rat)
	for _, net := range nets {
		whole.Add(whole, net.Rat())
	}
	for _, f := range m.matrix.Financeable {
		if f.Invoiced.Sign() <= 0 {
			part.Add(part, nets[f.Goods].Rat())
			continue
		}
		n := new(big.Rat).Mul(nets[f.Goods].Rat(), f.Quantity.Rat())
		part.Add(part, n.Quo(n, f.Invoiced.Rat()))
	}
	if whole.Sign() <= 0 {
		return nil, false
	}
	return part.Quo(part, whole), true
}

// sortFindings puts what blocks first, then by code and place in the matrix.
func (m *matcher) sortFindings() {
	slices.SortStableFunc(m.matrix.Findings, func(a, b Finding) int {
		if a.Severity != b.Severity {
			if a.Severity == Block {
				return -1
			}
			return 1
		}
		return cmp.Or(cmp.Compare(a.Code, b.Code), cmp.Compare(a.Goods, b.Goods),
			cmp.Compare(a.Fact, b.Fact), cmp.Compare(a.Found, b.Found))
	})
}
