package match

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/countersign/countersign/services/parse"
)

// goods adds the rows of each article: what it is, how much, at what price, for how much.
func (m *matcher) goods() {
	m.currency = m.currencyRow()
	m.articles = m.pair()
	listed := m.listedKeys()
	for i := range m.articles {
		a := &m.articles[i]
		m.item(a, i+1)
		m.quantity(a, i+1, listed)
		m.price(a, i+1)
		m.net(a, i+1)
	}
}

func (m *matcher) articleRow(f Fact, a *article, number int) Row {
	r := m.newRow(f)
	r.Goods, r.Item = number, a.name
	return r
}

// byColumn calls fn for each column that has lines of the article, in order.
func (m *matcher) byColumn(a *article, fn func(column int, lines []int)) {
	for i := 0; i < len(a.lines); {
		column, lines := a.lines[i].column, []int{}
		for ; i < len(a.lines) && a.lines[i].column == column; i++ {
			lines = append(lines, a.lines[i].index)
		}
		fn(column, lines)
	}
}

// linePlaces are where a field of the lines stands.
func linePlaces(d *parse.Document, lines []int, field string) []parse.Place {
	out := []parse.Place{}
	for _, i := range lines {
		out = append(out, place(d, "lines["+strconv.Itoa(i)+"]."+field)...)
	}
	return out
}

// item compares what the goods are. The first identifier that both sides bear decides;
// where they share none, a paper calls the goods what it likes: that is no agreement, and
// only another chapter of the Harmonised System is a contradiction.
func (m *matcher) item(a *article, number int) {
	row := m.articleRow(FactItem, a, number)
	readings, ids := []reading{}, map[int]parse.Line{}
	m.byColumn(a, func(column int, lines []int) {
		d := m.columns[column].doc
		l := d.Lines[lines[0]]
		readings = append(readings, reading{
			column: column, value: itemText(l), normalised: itemID(l),
			places: append(linePlaces(d, lines[:1], "name"), linePlaces(d, lines[:1], "gtin")...),
		})
		ids[column] = l
	})
	claims, _ := m.claims(readings)
	claim := ids[claims[0].column]
	for _, r := range readings {
		row.set(r, compareItems(claim, ids[r.column]))
	}
	m.markClaim(&row, claims)
	m.add(row, CodeItem)
}

func itemID(l parse.Line) string {
	for _, id := range [][2]string{
		{"gtin", gtin(l.GTIN)},
		{"seller", identifier(l.SellerItemID)},
		{"buyer", identifier(l.BuyerItemID)},
	} {
		if id[1] != "" {
			return id[0] + ":" + id[1]
		}
	}
	return "name:" + strings.Join(nameWords(l.Name), " ")
}

// itemText is the name with the identifier that decides.
func itemText(l parse.Line) string {
	id := cmp.Or(l.GTIN, l.SellerItemID, l.BuyerItemID)
	if id == "" {
		return l.Name
	}
	return strings.TrimSpace(l.Name + " (" + id + ")")
}

// chapter is how much of a Harmonised System code all countries share.
const chapter = 6

func compareItems(claim, l parse.Line) State {
	for _, id := range [][2]string{
		{gtin(claim.GTIN), gtin(l.GTIN)},
		{identifier(claim.SellerItemID), identifier(l.SellerItemID)},
		{identifier(claim.BuyerItemID), identifier(l.BuyerItemID)},
	} {
		if id[0] != "" && id[1] != "" {
			if id[0] == id[1] {
				return Agrees
			}
			return Contradicts
		}
	}
	a, b := identifier(claim.HS), identifier(l.HS)
	if len(a) >= chapter && len(b) >= chapter && a[:chapter] != b[:chapter] {
		return Contradicts
	}
	if slices.Equal(nameWords(claim.Name), nameWords(l.Name)) {
		return Agrees
	}
	return Silent
}

// amountOf is the quantity of a line in the unit that it is compared in; false when the line
// does not say. Packages count as what is in them, where the line says how much that is. What
// was refused of a line does not count.
func amountOf(l parse.Line) (decimal.Decimal, string, bool) {
	kept, refused := keptOf(l)
	switch {
	case l.Quantity != nil && isPackage(l.Unit):
		if l.PerPackage == nil {
			return kept, l.Unit, true
		}
		return kept.Mul(*l.PerPackage), piece, true
	case l.Quantity != nil:
		u := unitOf(l.Unit)
		return kept.Mul(u.factor), u.name, true
	case refused: // of what, the line does not say
		return decimal.Decimal{}, "", false
	case l.Packages != nil && l.PerPackage != nil:
		return l.Packages.Mul(*l.PerPackage), piece, true
	}
	return decimal.Decimal{}, "", false
}

// keptOf is the quantity of a line without what was refused of it, in the line's own unit,
// and whether anything was. Nobody keeps less than nothing.
func keptOf(l parse.Line) (kept decimal.Decimal, refused bool) {
	if l.Quantity != nil {
		kept = *l.Quantity
	}
	if l.QuantityRejected == nil || l.QuantityRejected.Sign() <= 0 {
		return kept, false
	}
	return decimal.Max(kept.Sub(*l.QuantityRejected), decimal.Decimal{}), true
}

// quantities adds up the quantity of the article in each column. The unit is the claim's;
// a column in another one is not compared, and the row says so.
func (m *matcher) quantities(a *article, row *Row) (all []stated, unit string) {
	type sum struct {
		stated
		unit string
	}
	sums, readings := []sum{}, []reading{}
	m.byColumn(a, func(column int, lines []int) {
		d, s := m.columns[column].doc, sum{}
		for i, index := range lines {
			n, u, ok := amountOf(d.Lines[index])
			if !ok {
				return
			}
			if i > 0 && u != s.unit {
				u = several
			}
			s.number, s.unit = s.number.Add(n), u
		}
		s.column, s.normalised = column, numberText(s.number, s.unit)
		s.measure = quantityMeasure(d, lines, s.number, s.unit)
		s.places = append(linePlaces(d, lines, "quantity"), linePlaces(d, lines, "quantity_rejected")...)
		if len(s.places) == 0 {
			s.places = linePlaces(d, lines, "packages")
		}
		sums, readings = append(sums, s), append(readings, s.reading)
	})
	if len(sums) == 0 {
		return nil, ""
	}
	claims, _ := m.claims(readings)
	for _, s := range sums {
		if s.column == claims[0].column {
			unit = s.unit
		}
	}
	for _, s := range sums {
		if s.unit != unit || unit == several || unit == "" {
			row.set(s.reading, Silent)
			m.otherUnit(row, s.reading)
			continue
		}
		all = append(all, s.stated)
	}
	return all, unit
}

func (m *matcher) otherUnit(row *Row, r reading) {
	m.find(Finding{
		Code: CodeUnit, Severity: Warn, Fact: row.Fact, Goods: row.Goods,
		Sources: []string{m.columns[r.column].ID},
		Said:    Said{Papers: []Paper{m.paper(r.column)}, Item: row.Item, Found: r.measure},
	})
}

// quantityMeasure is the quantity as the paper has it, where one line states it.
func quantityMeasure(d *parse.Document, lines []int, sum decimal.Decimal, unit string) Measure {
	l := d.Lines[lines[0]]
	if unit == several {
		unit = severalUnits
	}
	if len(lines) > 1 || l.Quantity == nil {
		return Measure{Number: grouped(sum), Unit: unit}
	}
	if _, refused := keptOf(l); refused {
		return Measure{
			Number: grouped(sum), Unit: unit, Whole: grouped(*l.Quantity), Refused: grouped(*l.QuantityRejected),
		}
	}
	return Measure{Number: grouped(*l.Quantity), Unit: l.Unit}
}

func (m *matcher) quantity(a *article, number int, listed map[parse.Kind]keySet) {
	row := m.articleRow(FactQuantity, a, number)
	all, unit := m.quantities(a, &row)
	out := m.compareSums(&row, all, m.in.Tolerances.Quantity)
	invoiced := m.invoiced(a)
	missing := invoiced && m.notListed(a, &row, unit, listed)
	row = m.add(row, CodeQuantity)
	if !invoiced || len(all) == 0 {
		return
	}
	if out.partial && row.State != Contradicted {
		m.find(Finding{
			Code: CodePartial, Severity: Warn, Fact: FactQuantity, Goods: number,
			Said: Said{Item: a.name, Claimed: Measure{Number: grouped(out.claim), Unit: unit}},
		})
	}
	if missing || !out.delivered {
		out.least = decimal.Decimal{}
	}
	m.matrix.Financeable = append(m.matrix.Financeable, Financeable{
		Goods: number, Item: a.name, Invoiced: out.claim, Quantity: out.least, Unit: unit,
	})
}

// invoiced tells whether an invoice names the article.
func (m *matcher) invoiced(a *article) bool {
	return slices.ContainsFunc(a.lines, func(l lineAt) bool {
		return m.columns[l.column].doc.Kind == parse.Invoice
	})
}

// price compares the price of one unit. An article that a paper lists at several prices must
// be claimed at one of them.
func (m *matcher) price(a *article, number int) {
	row := m.articleRow(FactPrice, a, number)
	readings, prices := []reading{}, map[int][]decimal.Decimal{}
	m.byColumn(a, func(column int, lines []int) {
		d := m.columns[column].doc
		if d.Currency != m.currency || d.Currency == "" {
			return
		}
		set, texts, norms := []decimal.Decimal{}, []string{}, []string{}
		had := map[string]bool{}
		for _, i := range lines {
			p, ok := unitPrice(d.Lines[i])
			if !ok {
				return
			}
			if value := p.String(); !had[value] {
				had[value] = true
				set, texts = append(set, p), append(texts, priceText(d.Lines[i], p)+" "+d.Currency)
				norms = append(norms, numberText(p, d.Currency))
			}
		}
		slices.Sort(texts)
		slices.Sort(norms)
		slices.SortFunc(set, decimal.Decimal.Cmp)
		prices[column] = set
		readings = append(readings, reading{
			column: column, value: strings.Join(texts, ", "), normalised: strings.Join(norms, ", "),
			places: linePlaces(d, lines, "unit_price"),
		})
	})
	claims, others := m.claims(readings)
	for _, r := range claims {
		row.set(r, Agrees)
	}
	for _, r := range others {
		state := Agrees
		for _, c := range claims {
			for _, p := range prices[c.column] {
				state = worse(state, nearest(p, prices[r.column], m.in.Tolerances.Price))
			}
		}
		row.set(r, state)
	}
	m.markClaim(&row, claims)
	m.add(row, CodePrice)
}

// nearest is how a claimed price stands to the best of a paper's prices, which are in ascending
// order. What a tolerance lets through does not grow faster than the price, so the best one is
// the next below or above.
func nearest(claim decimal.Decimal, prices []decimal.Decimal, t Tolerance) State {
	at, found := slices.BinarySearchFunc(prices, claim, decimal.Decimal.Cmp)
	if found {
		return Agrees
	}
	for _, p := range prices[max(at-1, 0):min(at+1, len(prices))] {
		if equal(p, claim, t) == Within {
			return Within
		}
	}
	return Contradicts
}

// pricePlaces is to how many decimals a price of one unit is worked out from a price of
// several: one fraction always comes out as the same decimal.
const pricePlaces = 18

// unitPrice is the price of one piece, kilogram, …
func unitPrice(l parse.Line) (decimal.Decimal, bool) {
	if l.UnitPrice == nil {
		return decimal.Decimal{}, false
	}
	per := unitOf(l.Unit).factor
	if isPackage(l.Unit) && l.PerPackage != nil {
		per = *l.PerPackage
	}
	if l.PriceBase != nil {
		per = per.Mul(*l.PriceBase)
	}
	if per.Sign() <= 0 {
		return decimal.Decimal{}, false
	}
	return l.UnitPrice.DivRound(per, pricePlaces), true
}

// priceText is the price as the paper has it when it is of one unit, else worked out.
func priceText(l parse.Line, one decimal.Decimal) string {
	if l.UnitPrice.Equal(one) {
		return grouped(*l.UnitPrice)
	}
	return grouped(one)
}

// net compares the sums of the lines before tax.
func (m *matcher) net(a *article, number int) {
	row := m.articleRow(FactNet, a, number)
	all := []stated{}
	m.byColumn(a, func(column int, lines []int) {
		d := m.columns[column].doc
		if d.Currency != m.currency || d.Currency == "" {
			return
		}
		s := stated{}
		for _, i := range lines {
			if _, refused := keptOf(d.Lines[i]); refused || d.Lines[i].Net == nil {
				return // what a part of a line is worth, the paper does not say
			}
			s.number = s.number.Add(*d.Lines[i].Net)
		}
		s.reading = reading{
			column: column, value: grouped(s.number) + " " + d.Currency,
			normalised: numberText(s.number, d.Currency), places: linePlaces(d, lines, "net"),
		}
		all = append(all, s)
	})
	m.compareSums(&row, all, m.in.Tolerances.Amount)
	m.add(row, CodeAmount)
}
