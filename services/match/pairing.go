package match

import (
	"cmp"
	"slices"
	"strings"

	"github.com/countersign/countersign/services/parse"
)

// lineAt is a line of a column.
type lineAt struct{ column, index int }

// article is what was traded, as lines of several papers tell of it.
type article struct {
	lines []lineAt // by column, then by line
	name  string   // as the claim has it
}

// pairing joins lines of several papers that tell of the same goods. It goes from the
// strongest identifier to the weakest. Each level looks at the groups that the level before
// left, decides for all of them, and only then joins: so the order of lines never matters.
type pairing struct {
	m     *matcher
	lines []pairLine
	root  []int // union-find over lines
}

// pairLine is a line with its normalised identifiers.
type pairLine struct {
	at                         lineAt
	order, gtin, seller, buyer string
	name                       string
}

// pair groups the lines of all papers that measure goods.
func (m *matcher) pair() []article {
	p := &pairing{m: m}
	orders, only := m.orderLines()
	for i, c := range m.columns {
		if !measures(c.doc.Kind) || m.answeredAgain(c.doc) {
			continue
		}
		for j, l := range c.doc.Lines {
			p.lines = append(p.lines, pairLine{
				at: lineAt{i, j}, order: orderLine(c.doc, l, orders, only),
				gtin: gtin(l.GTIN), seller: identifier(l.SellerItemID), buyer: identifier(l.BuyerItemID),
				name: strings.Join(nameWords(l.Name), " "),
			})
			p.root = append(p.root, len(p.root))
		}
	}
	for _, l := range levels() {
		p.join(l)
	}
	return p.articles()
}

// orderLines are the keys of the lines of all orders in the pack, and the number of the
// order when there is just one.
func (m *matcher) orderLines() (keys map[string]bool, only string) {
	keys = map[string]bool{}
	numbers := []string{}
	for _, c := range m.columns {
		if c.doc.Kind != parse.PurchaseOrder {
			continue
		}
		number := reference(c.doc.Number)
		if number == "" {
			continue
		}
		if !slices.Contains(numbers, number) {
			numbers = append(numbers, number)
		}
		for _, l := range c.doc.Lines {
			keys[number+"/"+reference(l.ID)] = true
		}
	}
	if len(numbers) == 1 {
		only = numbers[0]
	}
	return keys, only
}

// orderLine is the line of the order that a line fulfils; empty when it names none, or one
// that the orders in the pack do not have.
func orderLine(d *parse.Document, l parse.Line, orders map[string]bool, only string) string {
	number, line := reference(d.OrderRef), reference(l.OrderLineRef)
	if d.Kind == parse.PurchaseOrder {
		number, line = reference(d.Number), reference(l.ID)
	}
	if number == "" {
		number = only
	}
	if number == "" || line == "" {
		return ""
	}
	key := number + "/" + line
	if len(orders) > 0 && !orders[key] {
		return ""
	}
	return key
}

func (p *pairing) find(i int) int {
	for p.root[i] != i {
		p.root[i] = p.root[p.root[i]]
		i = p.root[i]
	}
	return i
}

// traits are what the lines of a group say of its identity.
type traits struct {
	tied                bool // to a line of an order
	gtin, seller, buyer string
}

// several stands where the lines of one group bear different identifiers.
const several = "\x00"

func merge(a, b string) string {
	if a == "" || a == b {
		return b
	}
	if b == "" {
		return a
	}
	return several
}

// with takes in what another line or group says; tied is left to the caller.
func (t traits) with(u traits) traits {
	t.gtin, t.seller, t.buyer = merge(t.gtin, u.gtin), merge(t.seller, u.seller), merge(t.buyer, u.buyer)
	return t
}

// level is one kind of identifier. Groups that share it are the same goods unless their
// stronger identifiers differ.
type level struct {
	key      func(pairLine) string
	stronger func(traits) []string
	always   bool // a line of the order decides alone
}

func levels() []level {
	return []level{
		{key: func(l pairLine) string { return l.order }, always: true},
		{
			key:      func(l pairLine) string { return l.gtin },
			stronger: func(traits) []string { return nil },
		},
		{
			key:      func(l pairLine) string { return l.seller },
			stronger: func(t traits) []string { return []string{t.gtin} },
		},
		{
			key:      func(l pairLine) string { return l.buyer },
			stronger: func(t traits) []string { return []string{t.gtin, t.seller} },
		},
		{
			key:      func(l pairLine) string { return l.name },
			stronger: func(t traits) []string { return []string{t.gtin, t.seller, t.buyer} },
		},
	}
}

// join unites the groups that share a key of the level. Groups that are all tied to lines of
// an order stay apart; but when one that is tied to none shares their key, its lines tell of
// all of them together.
func (p *pairing) join(l level) {
	groups := map[int]traits{}
	members := map[string][]int{} // roots by key
	for i, line := range p.lines {
		root := p.find(i)
		t := groups[root].with(traits{false, line.gtin, line.seller, line.buyer})
		t.tied = t.tied || line.order != ""
		groups[root] = t
		if k := l.key(line); k != "" {
			members[k] = append(members[k], root)
		}
	}
	for _, roots := range members {
		slices.Sort(roots)
		roots = slices.Compact(roots)
		if !l.always && !l.unites(groups, roots) {
			continue
		}
		for _, r := range roots[1:] {
			p.root[p.find(r)] = p.find(roots[0])
		}
	}
}

func (l level) unites(groups map[int]traits, roots []int) bool {
	all, loose := traits{}, false
	for _, r := range roots {
		all = all.with(groups[r])
		loose = loose || !groups[r].tied
	}
	return loose && !slices.Contains(l.stronger(all), several)
}

// articles lists the groups in the order of the invoice's lines, then of the other papers'.
func (p *pairing) articles() []article {
	byRoot := map[int]*article{}
	out := []*article{}
	for i, l := range p.lines {
		root := p.find(i)
		a := byRoot[root]
		if a == nil {
			a = &article{}
			byRoot[root] = a
			out = append(out, a)
		}
		a.lines = append(a.lines, l.at)
	}
	order := claimOrder()
	compare := func(x, y lineAt) int {
		kind := func(l lineAt) int { return rank(order, p.m.columns[l.column].doc.Kind) }
		return cmp.Or(
			cmp.Compare(kind(x), kind(y)), cmp.Compare(x.column, y.column), cmp.Compare(x.index, y.index))
	}
	first := func(a *article) lineAt { return slices.MinFunc(a.lines, compare) }
	slices.SortFunc(out, func(a, b *article) int { return compare(first(a), first(b)) })
	articles := make([]article, len(out))
	for i, a := range out {
		x := first(a)
		a.name = p.m.columns[x.column].doc.Lines[x.index].Name
		articles[i] = *a
	}
	return articles
}
