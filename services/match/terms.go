package match

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/services/parse"
)

// Terms are what a claim is recognised by when it comes back renumbered, re-dated or in
// another syntax. Every text is normalised: width folded, upper case, letters and digits
// only; in numbers of papers no leading zeros.
type Terms struct {
	// SellerID and BuyerID are the registration number, else the VAT number, the LEI, the
	// words of the name: whatever the papers give first. A caller that knows the organisation
	// puts its registered number here, so that leaving it off a paper changes nothing.
	SellerID  string       `json:"seller_id"`
	BuyerID   string       `json:"buyer_id"`
	Invoice   string       `json:"invoice"`
	IssueDate money.Date   `json:"issue_date"`
	Payable   money.Amount `json:"payable"`
	Order     string       `json:"order,omitempty"`
	// Goods are the papers that the goods travel or lie under, sorted, each "CARRIER NUMBER"
	// or "WAREHOUSE NUMBER"; Lots are "WAREHOUSE LOT".
	Goods []string `json:"goods,omitempty"`
	Lots  []string `json:"lots,omitempty"`
}

// ErrTerms means that the pack has not exactly one invoice, or the invoice lacks its number, date,
// parties or payable amount.
var ErrTerms = errors.New("match: the papers do not make one claim")

// TermsOf reads the terms of the claim out of a trade pack. The error wraps ErrTerms.
func TermsOf(sources []Source) (Terms, error) {
	in := Input{Sources: sources}
	if err := in.check(); err != nil {
		return Terms{}, fmt.Errorf("%w: %w", ErrTerms, err)
	}
	m := newMatcher(in)
	slices.SortStableFunc(m.columns, func(a, b column) int {
		return cmp.Compare(rank(claimOrder(), a.doc.Kind), rank(claimOrder(), b.doc.Kind))
	})
	if len(m.columns) == 0 || m.columns[0].doc.Kind != parse.Invoice {
		return Terms{}, fmt.Errorf("%w: no invoice", ErrTerms)
	}
	invoice := m.columns[0]
	for _, c := range m.columns[1:] {
		if c.doc.Kind == parse.Invoice && c.paper != invoice.paper {
			return Terms{}, fmt.Errorf("%w: more than one invoice", ErrTerms)
		}
	}
	t := Terms{
		SellerID:  m.termID(func(d *parse.Document) parse.Party { return d.Seller }),
		BuyerID:   m.termID(func(d *parse.Document) parse.Party { return d.Buyer }),
		Invoice:   reference(invoice.doc.Number),
		IssueDate: invoice.doc.IssueDate,
		Order:     m.termOrder(),
	}
	if total := invoice.doc.Totals.Payable; total != nil {
		payable, err := money.Parse(total.String(), money.Currency(invoice.doc.Currency))
		if err != nil {
			return Terms{}, fmt.Errorf("%w: payable amount: %w", ErrTerms, err)
		}
		t.Payable = payable
	}
	t.Goods, t.Lots = m.termGoods()
	if t.SellerID == "" || t.BuyerID == "" || t.Invoice == "" || t.IssueDate.IsZero() ||
		t.Payable.IsAbsent() {
		return Terms{}, fmt.Errorf("%w: number, date, parties and payable amount are wanted", ErrTerms)
	}
	return t, nil
}

// termID is the strongest identifier that any paper gives a party, the invoice first.
func (m *matcher) termID(of func(*parse.Document) parse.Party) string {
	for _, scheme := range []func(parse.Party) string{
		func(p parse.Party) string { return p.RegistrationID },
		func(p parse.Party) string { return p.VAT },
		func(p parse.Party) string { return p.LEI },
		func(p parse.Party) string { return p.Name },
	} {
		for _, c := range m.columns {
			if id := identifier(scheme(of(c.doc))); id != "" {
				return id
			}
		}
	}
	return ""
}

// termOrder is the order the invoice names, else that of the pack.
func (m *matcher) termOrder() string {
	for _, c := range m.columns {
		if o := reference(c.doc.OrderRef); o != "" {
			return o
		}
		if o := reference(c.doc.Number); o != "" && c.doc.Kind == parse.PurchaseOrder {
			return o
		}
	}
	return ""
}

func (m *matcher) termGoods() (goods, lots []string) {
	for _, c := range m.columns {
		holder := parse.Party{}
		switch c.doc.Kind {
		case parse.BillOfLading:
			holder = c.doc.Carrier
		case parse.WarehouseReceipt:
			holder = c.doc.Warehouse
		case parse.PurchaseOrder, parse.OrderResponse, parse.Invoice, parse.CreditNote, parse.DebitNote,
			parse.DespatchAdvice, parse.ReceiptAdvice, parse.PackingList,
			parse.CustomsDeclaration, parse.PaymentAdvice, parse.Other:
			continue
		}
		id := identifier(cmp.Or(holder.RegistrationID, holder.VAT, holder.LEI, holder.Name))
		if n := reference(c.doc.Number); n != "" {
			goods = append(goods, id+" "+n)
		}
		for _, l := range c.doc.Lines {
			if lot := reference(l.Lot); lot != "" && c.doc.Kind == parse.WarehouseReceipt {
				lots = append(lots, id+" "+lot)
			}
		}
	}
	slices.Sort(goods)
	slices.Sort(lots)
	return slices.Compact(goods), slices.Compact(lots)
}

// Claim is the terms as the law takes its fingerprints of them.
func (t Terms) Claim() trade.Claim {
	return trade.Claim{
		SellerID: t.SellerID, ObligorID: t.BuyerID, Number: t.Invoice, IssueDate: t.IssueDate,
		Amount: t.Payable, Order: t.Order, Goods: t.Goods,
	}
}

// Part is a part of the terms that two claims may share.
type Part string

// The parts.
const (
	PartSeller Part = "seller"
	PartBuyer  Part = "buyer"
	PartNumber Part = "number" // of the invoice
	PartYear   Part = "year"   // of issue
	PartDate   Part = "date"   // of issue
	PartAmount Part = "amount" // payable, with its currency
	PartOrder  Part = "order"
	PartGoods  Part = "goods" // a bill of lading, a warehouse receipt or a lot
)

// Same lists which parts two claims share, in the order of the constants. A part that
// either lacks is not shared.
func Same(a, b Terms) []Part {
	shares := func(x, y []string) bool {
		return slices.ContainsFunc(x, func(s string) bool { return slices.Contains(y, s) })
	}
	parts := []Part{}
	for _, p := range []struct {
		part Part
		same bool
	}{
		{PartSeller, a.SellerID != "" && a.SellerID == b.SellerID},
		{PartBuyer, a.BuyerID != "" && a.BuyerID == b.BuyerID},
		{PartNumber, a.Invoice != "" && a.Invoice == b.Invoice},
		{PartYear, !a.IssueDate.IsZero() && a.IssueDate.Year() == b.IssueDate.Year()},
		{PartDate, !a.IssueDate.IsZero() && a.IssueDate == b.IssueDate},
		{PartAmount, !a.Payable.IsAbsent() && a.Payable == b.Payable},
		{PartOrder, a.Order != "" && a.Order == b.Order},
		{PartGoods, shares(a.Goods, b.Goods) || shares(a.Lots, b.Lots)},
	} {
		if p.same {
			parts = append(parts, p.part)
		}
	}
	return parts
}

// Duplicate tells by which of the law's fingerprints two claims with these parts in common
// are one; false when they are two. As in the law, any one paper of the goods in common will
// do.
func Duplicate(parts []Part) (trade.FingerprintKind, bool) {
	all := func(want ...Part) bool {
		return !slices.ContainsFunc(want, func(p Part) bool { return !slices.Contains(parts, p) })
	}
	switch {
	case all(PartSeller, PartNumber, PartYear):
		return trade.FingerprintNumber, true
	case all(PartSeller, PartBuyer, PartOrder, PartGoods, PartAmount):
		return trade.FingerprintTrade, true
	case all(PartSeller, PartBuyer, PartAmount, PartDate):
		return trade.FingerprintContent, true
	}
	return "", false
}
