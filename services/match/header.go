package match

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/countersign/countersign/services/parse"
)

// currencyRow compares the currencies and returns the claim's.
func (m *matcher) currencyRow() string {
	row := m.texts(FactCurrency, CodeCurrency, "currency", func(d *parse.Document) string {
		return d.Currency
	})
	for _, c := range row.Cells {
		if c.Claim && c.State == Agrees {
			return c.Normalised
		}
	}
	return ""
}

// texts adds a row of one text of each paper.
func (m *matcher) texts(f Fact, code Code, path string, of func(*parse.Document) string) Row {
	row, readings := m.newRow(f), []reading{}
	for i, c := range m.columns {
		if v := of(c.doc); v != "" {
			readings = append(readings, reading{i, v, identifier(v), place(c.doc, path), Measure{}})
		}
	}
	m.compareTexts(&row, readings)
	return m.add(row, code)
}

// references compares which papers refer to which.
func (m *matcher) references() {
	row := m.newRow(FactOrder)
	readings := []reading{}
	for i, c := range m.columns {
		number, path := c.doc.OrderRef, "order_ref"
		if c.doc.Kind == parse.PurchaseOrder {
			number, path = c.doc.Number, "number"
		}
		if reference(number) != "" {
			readings = append(readings, reading{i, number, reference(number), place(c.doc, path), Measure{}})
		}
	}
	m.compareTexts(&row, readings)
	m.add(row, CodeReference)
	m.named(naming{
		FactDespatch, "despatch_refs", func(d *parse.Document) []string { return d.DespatchRefs },
		[]parse.Kind{parse.DespatchAdvice},
	})
	m.named(naming{
		FactTransport, "transport_refs", func(d *parse.Document) []string { return d.TransportRefs },
		[]parse.Kind{parse.BillOfLading},
	})
	m.named(naming{
		FactStorage, "receipt_refs", func(d *parse.Document) []string { return d.ReceiptRefs },
		[]parse.Kind{parse.WarehouseReceipt, parse.ReceiptAdvice},
	})
}

// naming is how papers name papers of some kinds.
type naming struct {
	fact Fact
	path string
	refs func(*parse.Document) []string
	own  []parse.Kind // the kinds that are named
}

// named compares the papers of some kinds with those that the others refer to: a paper that
// the claim does not name belongs to another trade.
func (m *matcher) named(n naming) {
	row := m.newRow(n.fact)
	readings, sets, referred := []reading{}, map[int][]string{}, false
	for i, c := range m.columns {
		numbers, places := n.refs(c.doc), []parse.Place{}
		for j := range numbers {
			places = append(places, place(c.doc, fmt.Sprintf("%s[%d]", n.path, j))...)
		}
		if slices.Contains(n.own, c.doc.Kind) {
			numbers, places = []string{c.doc.Number}, place(c.doc, "number")
		} else {
			referred = referred || len(numbers) > 0
		}
		set := []string{}
		for _, number := range numbers {
			if reference(number) != "" {
				set = append(set, reference(number))
			}
		}
		if len(set) > 0 {
			slices.Sort(set)
			sets[i] = set
			value, normalised := strings.Join(numbers, ", "), strings.Join(set, ", ")
			readings = append(readings, reading{i, value, normalised, places, Measure{}})
		}
	}
	if !referred {
		return
	}
	claims, _ := m.claims(readings)
	claimed := []string{}
	for _, r := range claims {
		claimed = append(claimed, sets[r.column]...)
	}
	for _, r := range readings {
		state := Contradicts
		for _, number := range sets[r.column] {
			if slices.Contains(claimed, number) {
				state = Agrees
			}
		}
		row.set(r, state)
	}
	m.markClaim(&row, claims)
	m.add(row, CodeReference)
}

// number is a number of the whole paper, and where it stands.
type number struct {
	value  *decimal.Decimal
	places []parse.Place
}

// measure is a number of whole papers, with how it is compared.
type measure struct {
	fact      Fact
	code      Code
	tolerance Tolerance
	unit      string
	of        func(*parse.Document) number
}

// totals compares the sums in money.
func (m *matcher) totals() {
	m.sum(measure{
		FactNetTotal, CodeAmount, m.in.Tolerances.Amount, m.currency, m.inClaimCurrency(netTotal),
	})
	m.payable = m.sum(measure{
		FactPayable, CodeAmount, m.in.Tolerances.Amount, m.currency,
		m.inClaimCurrency(payable),
	})
}

// inClaimCurrency keeps amounts in other currencies out of a comparison.
func (m *matcher) inClaimCurrency(of func(*parse.Document) number) func(*parse.Document) number {
	return func(d *parse.Document) number {
		if d.Currency != m.currency || m.currency == "" {
			return number{}
		}
		return of(d)
	}
}

func netTotal(d *parse.Document) number {
	if d.Totals.TaxExclusive != nil {
		return number{d.Totals.TaxExclusive, place(d, "totals.tax_exclusive")}
	}
	return number{d.Totals.Lines, place(d, "totals.lines")}
}

// payable is what a paper comes to with tax. Many orders are written before tax is known and
// repeat their net sum: such an order is silent about it.
func payable(d *parse.Document) number {
	t := d.Totals
	net := netTotal(d).value
	untaxed := t.Tax == nil && t.TaxInclusive == nil && len(d.Taxes) == 0
	if d.Kind == parse.PurchaseOrder && untaxed && net != nil && t.Payable != nil && net.Equal(*t.Payable) {
		return number{}
	}
	return number{t.Payable, place(d, "totals.payable")}
}

// packing compares packages, pieces as packed and weight.
func (m *matcher) packing() {
	t := m.in.Tolerances
	m.sum(measure{FactPackages, CodePackages, t.Quantity, "", func(d *parse.Document) number {
		if d.Totals.Packages != nil {
			return number{d.Totals.Packages, place(d, "totals.packages")}
		}
		return added(d, "packages", func(l parse.Line) *decimal.Decimal { return l.Packages })
	}})
	m.sum(measure{FactPieces, CodeQuantity, t.Quantity, piece, packed})
	m.sum(measure{FactWeight, CodeWeight, t.Weight, kilogram, func(d *parse.Document) number {
		if d.Totals.GrossKG != nil {
			return number{d.Totals.GrossKG, place(d, "totals.gross_kg")}
		}
		return added(d, "gross_kg", func(l parse.Line) *decimal.Decimal { return l.GrossKG })
	}})
}

// packed counts pieces: packages × pieces in each where every line says so, else the
// quantities where all are pieces.
func packed(d *parse.Document) number {
	if n := added(d, "packages", func(l parse.Line) *decimal.Decimal {
		if _, refused := keptOf(l); refused || l.Packages == nil || l.PerPackage == nil {
			return nil
		}
		pieces := l.Packages.Mul(*l.PerPackage)
		return &pieces
	}); n.value != nil {
		return n
	}
	return added(d, "quantity", func(l parse.Line) *decimal.Decimal {
		if n, unit, ok := amountOf(l); ok && unit == piece {
			return &n
		}
		return nil
	})
}

// added sums a field over the lines; absent unless every line has it.
func added(d *parse.Document, field string, of func(parse.Line) *decimal.Decimal) number {
	if len(d.Lines) == 0 {
		return number{}
	}
	sum, all := decimal.Decimal{}, make([]int, len(d.Lines))
	for i, l := range d.Lines {
		n := of(l)
		if n == nil {
			return number{}
		}
		sum, all[i] = sum.Add(*n), i
	}
	return number{&sum, linePlaces(d, all, field)}
}

// sum adds the row of a measure and returns what is claimed; nil when nothing is.
func (m *matcher) sum(x measure) *decimal.Decimal {
	row, all := m.newRow(x.fact), []stated{}
	for i, c := range m.columns {
		n := x.of(c.doc)
		if !measures(c.doc.Kind) || c.doc.Kind == parse.OrderResponse || n.value == nil {
			continue // a response answers some lines of an order, and its sums are of those
		}
		r := reading{column: i, normalised: numberText(*n.value, x.unit), places: n.places}
		r.measure = Measure{Number: grouped(*n.value), Unit: x.unit}
		all = append(all, stated{r, *n.value})
	}
	out := m.compareSums(&row, all, x.tolerance)
	m.add(row, x.code)
	if len(all) == 0 {
		return nil
	}
	return &out.claim
}

// journey compares ports and vessel.
func (m *matcher) journey() {
	m.texts(FactLoading, CodePlace, "transport.port_of_loading", func(d *parse.Document) string {
		return d.Transport.PortOfLoading
	})
	m.texts(FactDischarge, CodePlace, "transport.port_of_discharge", func(d *parse.Document) string {
		return d.Transport.PortOfDischarge
	})
	m.vessel()
}

// vessel compares IMO numbers where every paper that names a vessel has one, else names.
func (m *matcher) vessel() {
	row, readings, numbered := m.newRow(FactVessel), []reading{}, true
	for i, c := range m.columns {
		t := c.doc.Transport
		if t.Vessel == "" && t.IMO == "" {
			continue
		}
		numbered = numbered && t.IMO != ""
		places := append(place(c.doc, "transport.vessel"), place(c.doc, "transport.imo")...)
		readings = append(readings, reading{i, cmp.Or(t.Vessel, t.IMO), "", places, Measure{}})
	}
	for i := range readings {
		t := m.columns[readings[i].column].doc.Transport
		readings[i].normalised = identifier(t.Vessel)
		if numbered {
			readings[i].normalised = strings.TrimPrefix(identifier(t.IMO), "IMO")
		}
	}
	m.compareTexts(&row, readings)
	m.add(row, CodePlace)
}

// account holds the accounts that papers name for payment against those that the seller is
// registered with. Agreement among papers does not help: a forger alters all of them. So an
// account that agrees is corroborated by the register, and without one nothing is known.
func (m *matcher) account() {
	known := map[string]bool{}
	for _, a := range m.in.KnownAccounts {
		known[accountID(a)] = true
	}
	row := m.newRow(FactAccount)
	row.against = AgainstRegister
	if len(known) > 0 {
		row.State = Corroborated
	}
	for i, c := range m.columns {
		if len(c.doc.Accounts) == 0 {
			continue
		}
		r, state := reading{column: i}, Agrees
		values, ids := []string{}, []string{}
		for j, a := range c.doc.Accounts {
			id := accountID(a)
			values, ids = append(values, cmp.Or(a.IBAN, a.Number)), append(ids, id)
			key := fmt.Sprintf("accounts[%d]", j)
			r.places = append(r.places, place(c.doc, key+".iban", key+".number")...)
			if !known[id] {
				state = Contradicts
			}
		}
		r.value, r.normalised = strings.Join(values, ", "), strings.Join(ids, ", ")
		if len(known) == 0 {
			state = Silent
			m.unregistered(r)
		}
		row.set(r, state)
		row.Cells[i].Claim = true
	}
	m.add(row, CodeAccount)
}

func (m *matcher) unregistered(r reading) {
	m.find(Finding{
		Code: CodeAccount, Severity: Block, Fact: FactAccount,
		Sources: []string{m.columns[r.column].ID}, Claimed: r.value, Said: Said{Against: AgainstNothing},
	})
}

func accountID(a parse.Account) string { return identifier(cmp.Or(a.IBAN, a.Number)) }
