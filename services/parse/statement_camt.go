package parse

import (
	"encoding/xml"
	"slices"
	"strings"

	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/services/parse/source"
	"github.com/countersign/countersign/services/parse/xmltree"
)

// camtMessage is an ISO 20022 message that tells of movements on an account.
type camtMessage struct {
	syntax Syntax
	space  string // begins the namespace of every version; two digits follow
	each   string // the path of what it says of one account
}

func camtMessages() []camtMessage {
	const iso = "urn:iso:std:iso:20022:tech:xsd:"
	return []camtMessage{
		{SyntaxCamt053, iso + "camt.053.001.", "BkToCstmrStmt/Stmt*"},
		{SyntaxCamt054, iso + "camt.054.001.", "BkToCstmrDbtCdtNtfctn/Ntfctn*"},
	}
}

// camtOf finds the message that a root element begins; false for one, or for a version of
// one, that is not read.
func camtOf(root xml.Name) (camtMessage, bool) {
	for _, m := range camtMessages() {
		version, ok := strings.CutPrefix(root.Space, m.space)
		if ok && root.Local == "Document" && slices.Contains(camtVersions[:], version) {
			return m, true
		}
	}
	return camtMessage{}, false
}

// camtVersions are those that are read: between them only the wrapping of the status and
// of the parties' names differs in what is read here.
var camtVersions = [...]string{"02", "03", "04", "05", "06", "07", "08"}

type camtReader struct {
	xmltree.Paths
	limits Limits
	lines  []StatementLine
	stated []Stated
}

func readCamt(l Limits, b []byte) (Statement, *Fault) {
	dtd, crowded := xmltree.Scan(b, l.Attributes)
	if crowded >= 0 {
		return Statement{}, source.TooMany("", "attributes of one element", l.Attributes)
	}
	root := xmltree.Root(b)
	message, ok := camtOf(root)
	switch {
	case root.Local == "":
		return Statement{}, source.New(source.CodeMalformed,
			"", "The XML is broken before its first element; send the whole file.")
	case !ok:
		return Statement{}, source.New(source.CodeUnsupported, "", "This XML is no statement that is read here"+
			"; send camt.053 or camt.054 (versions 02 to 08) or CSV.")
	case dtd >= 0:
		return Statement{}, xmltree.DTDFault("")
	}
	within := l
	within.Repeats = l.Elements // entries repeat, and have a limit of their own
	tree, f := xmltree.Parse(b, xmltree.Options{
		Limits: within, Known: func(space string) bool { return space == root.Space },
	})
	if f != nil {
		return Statement{}, f
	}
	r := camtReader{limits: l}
	r.Name = func(step string) (string, string) { return root.Space, step }
	for _, statement := range r.List(tree, message.each) {
		account := r.account(r.Find(statement, "Acct"))
		r.stated = append(r.stated, r.says(statement, account))
		for _, entry := range r.List(statement, "Ntry*") {
			r.entry(entry, account)
		}
	}
	if r.Fault != nil {
		return Statement{}, r.Fault
	}
	return Statement{Lines: r.lines, Stated: r.stated}, nil
}

// string is the text at a path, "" when absent.
func (r *camtReader) string(n *xmltree.Node, paths ...string) string {
	for _, path := range paths {
		if _, value := r.Leaf(n, path); value != "" {
			return value
		}
	}
	return ""
}

// says is what a statement says of its account beside the entries.
func (r *camtReader) says(n *xmltree.Node, account string) Stated {
	before := r.Fault
	defer func() { r.Fault = before }()
	period := r.Find(n, "FrToDt")
	s := Stated{
		Account: account,
		From:    statedDay(r.string(period, "FrDtTm", "FrDt")),
		To:      statedDay(r.string(period, "ToDtTm", "ToDt")),
	}
	for _, balance := range r.List(n, "Bal*") {
		switch code := r.string(balance, "Tp/CdOrPrtry/Cd"); {
		case s.Opening.IsAbsent() && (code == "OPBD" || code == "PRCD"):
			s.Opening = r.balance(balance)
		case s.Closing.IsAbsent() && code == "CLBD":
			s.Closing = r.balance(balance)
		}
	}
	return s
}

// balance is an amount with its sign; absent when it cannot be read.
func (r *camtReader) balance(n *xmltree.Node) money.Amount {
	node := r.Find(n, "Amt")
	if node == nil {
		return money.Amount{}
	}
	value, f := node.Value()
	if f != nil {
		return money.Amount{}
	}
	amount, f := statementAmount(value, node.Attr("Ccy"), node.Path())
	if f != nil {
		return money.Amount{}
	}
	switch r.string(n, "CdtDbtInd") {
	case "CRDT":
		return amount
	case "DBIT":
		if overdrawn, err := money.New(-amount.Minor(), amount.Currency()); err == nil {
			return overdrawn
		}
	}
	return money.Amount{}
}

// statedDay is the civil date of a period's end, as the bank wrote it.
func statedDay(value string) money.Date {
	written, _, _ := strings.Cut(value, "T")
	d, ok := parseDate(written)
	if !ok {
		return money.Date{}
	}
	return d
}

func (r *camtReader) account(n *xmltree.Node) string {
	return r.string(n, "Id/IBAN", "Id/Othr/Id")
}

// entry adds the lines of one booked entry: one for each of its transactions when they
// state amounts that sum to the entry, otherwise one for the whole.
func (r *camtReader) entry(n *xmltree.Node, account string) {
	status := r.Find(n, "Sts")
	if booked := r.string(status, "Cd"); booked != "BOOK" {
		if status == nil || len(status.Children) > 0 || r.string(n, "Sts") != "BOOK" {
			return
		}
	}
	if r.Find(n, "Amt") == nil && r.Fault == nil {
		r.Fault = source.New(source.CodeValue, n.Path(),
			"This entry has no amount; ask the bank for a corrected statement.")
	}
	whole := StatementLine{
		Account:    account,
		Booked:     r.day(r.Find(n, "BookgDt")),
		Value:      r.day(r.Find(n, "ValDt")),
		Amount:     r.amount(r.Find(n, "Amt")),
		Direction:  r.direction(n),
		Reversal:   r.string(n, "RvslInd") == "true" || r.string(n, "RvslInd") == "1",
		Reference:  r.string(n, "AcctSvcrRef"),
		Remittance: r.string(n, "AddtlNtryInf"),
		Place:      Place{Path: n.Path(), Offset: n.Offset},
	}
	var details []*xmltree.Node
	for _, group := range r.List(n, "NtryDtls*") {
		details = append(details, r.List(group, "TxDtls*")...)
	}
	if r.Fault != nil {
		return
	}
	whole.Entry, whole.EntryAmount = whole.Reference, whole.Amount
	switch {
	case len(details) == 1:
		r.ownReference(details[0], &whole)
		r.detail(details[0], &whole)
		r.add(whole)
	case r.sumsTo(details, whole.Amount):
		for i, node := range details {
			part := whole
			part.Part = i
			part.Amount = r.amount(r.detailAmount(node))
			part.Place = Place{Path: node.Path(), Offset: node.Offset}
			r.ownReference(node, &part)
			r.detail(node, &part)
			r.add(part)
		}
	default:
		r.add(whole)
	}
}

func (r *camtReader) add(line StatementLine) {
	if r.Fault == nil && len(r.lines) >= r.limits.Lines {
		r.Fault = tooManyLines(r.limits)
	}
	if r.Fault == nil {
		r.lines = append(r.lines, line)
	}
}

// ownReference takes the bank's reference of a transaction, where it has one of its own.
func (r *camtReader) ownReference(n *xmltree.Node, line *StatementLine) {
	if own := r.string(n, "Refs/AcctSvcrRef"); own != "" {
		line.Reference = own
	}
}

// detail adds what a transaction says of its payer and purpose.
func (r *camtReader) detail(n *xmltree.Node, line *StatementLine) {
	other := "Dbtr"
	if line.Direction == Debit {
		other = "Cdtr"
	}
	parties := r.Find(n, "RltdPties")
	line.CounterpartyName = r.string(parties, other+"/Pty/Nm", other+"/Nm")
	line.CounterpartyAccount = r.account(r.Find(parties, other+"Acct"))
	if id := r.string(n, "Refs/EndToEndId"); id != "" && id != "NOTPROVIDED" {
		line.References = append(line.References, id)
	}
	remittance := r.Find(n, "RmtInf")
	var texts []string
	for _, text := range r.List(remittance, "Ustrd*") {
		if value, f := text.Value(); f == nil {
			texts = append(texts, value)
		} else {
			r.Fault = f
		}
	}
	if len(texts) > 0 {
		line.Remittance = strings.Join(texts, " ")
	}
	for _, structured := range r.List(remittance, "Strd*") {
		if id := r.string(structured, "CdtrRefInf/Ref"); id != "" {
			line.References = append(line.References, id)
		}
		for _, document := range r.List(structured, "RfrdDocInf*") {
			if id := r.string(document, "Nb"); id != "" {
				line.References = append(line.References, id)
			}
		}
	}
}

// detailAmount is the amount of a transaction inside an entry.
func (r *camtReader) detailAmount(n *xmltree.Node) *xmltree.Node {
	if amount := r.Find(n, "Amt"); amount != nil {
		return amount
	}
	return r.Find(n, "AmtDtls/TxAmt/Amt")
}

// sumsTo tells whether there are transactions that state amounts which sum to the entry's.
func (r *camtReader) sumsTo(details []*xmltree.Node, whole money.Amount) bool {
	var sum money.Amount
	for _, node := range details {
		found := r.detailAmount(node)
		if found == nil {
			return false
		}
		amount := r.amount(found)
		if sum.IsAbsent() {
			sum = amount
			continue
		}
		added, err := sum.Add(amount)
		if err != nil {
			return false
		}
		sum = added
	}
	order, err := sum.Cmp(whole)
	return len(details) > 0 && err == nil && order == 0
}

func (r *camtReader) amount(n *xmltree.Node) money.Amount {
	if n == nil || r.Fault != nil {
		return money.Amount{}
	}
	value, f := n.Value()
	if f == nil {
		var amount money.Amount
		if amount, f = statementAmount(value, n.Attr("Ccy"), n.Path()); f == nil {
			return amount
		}
	}
	r.Fault = f
	return money.Amount{}
}

func (r *camtReader) direction(n *xmltree.Node) Direction {
	switch indicator := r.string(n, "CdtDbtInd"); indicator {
	case "CRDT":
		return Credit
	case "DBIT":
		return Debit
	default:
		if r.Fault == nil {
			r.Fault = source.New(source.CodeValue, n.Path()+"/CdtDbtInd",
				source.Quoted(indicator)+" is neither CRDT nor DBIT; ask the bank for a corrected statement.")
		}
		return ""
	}
}

// day is the civil date of a date or a date and time, as the bank wrote it.
func (r *camtReader) day(n *xmltree.Node) money.Date {
	value := r.string(n, "Dt", "DtTm")
	if value == "" {
		return money.Date{}
	}
	written, _, _ := strings.Cut(value, "T")
	d, ok := parseDate(written)
	if !ok && r.Fault == nil {
		r.Fault = source.New(source.CodeValue, n.Path(),
			source.Quoted(value)+" is not a date; ask the bank for a corrected statement.")
	}
	return d
}
