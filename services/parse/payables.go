package parse

import (
	"slices"
	"strconv"
	"strings"

	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/services/parse/sheet"
	"github.com/countersign/countersign/services/parse/source"
)

// PayablesTemplate is the name under which the template of a list of payables is asked for.
const PayablesTemplate = "payables"

// MaxPayables bounds the rows of a list: as many as one gesture signs.
const MaxPayables = 200

// PayableList is a list of payables from the books of who owes them.
type PayableList struct {
	Rows []PayableRow `json:"rows"`
	// Ignored are the columns of the file that say nothing here.
	Ignored []string `json:"ignored,omitempty"`
}

// PayableRow is one payable as the books state it. A row with faults lacks what they are about.
type PayableRow struct {
	Row      int          `json:"row"`    // of the sheet, from 1
	Number   string       `json:"number"` // of the invoice
	Supplier string       `json:"supplier"`
	Amount   money.Amount `json:"amount,omitzero"`
	DueDate  money.Date   `json:"due_date,omitzero"`
	Faults   []Fault      `json:"faults,omitempty"`
}

// PayableColumns are the columns of the template of a list of payables.
func PayableColumns() []BulkColumn {
	return []BulkColumn{
		needed("invoice_number", FormText, "Number of the supplier's invoice, as the invoice writes it.",
			"LQ-10472", "number"),
		needed("supplier", FormText, "The supplier's name or registration number.",
			"Ningbo Lanqiao Castings Co., Ltd.", "supplier"),
		needed("amount", FormNumber, "What your books say is owed, with a point for the decimals.",
			"2006880.00", "amount"),
		needed("currency", FormText, "ISO 4217 code of the amount.", "CNY", "currency"),
		needed("due_date", FormDate, "Day on which it falls due.", "2026-06-18", "due_date"),
	}
}

// payableNames are other names that books give to the columns.
func payableNames() map[string]string {
	return map[string]string{
		"invoice": "invoice_number", "invoice_no": "invoice_number", "invoice_no.": "invoice_number",
		"reference": "invoice_number", "发票号": "invoice_number", "发票号码": "invoice_number",
		"vendor": "supplier", "supplier_name": "supplier", "vendor_name": "supplier", "供应商": "supplier",
		"供应商名称": "supplier", "金额": "amount", "应付金额": "amount", "币种": "currency", "due": "due_date",
		"net_due_date": "due_date", "到期日": "due_date", "付款到期日": "due_date",
	}
}

// ReadPayables reads a list of payables, CSV or XLSX. The first row names the columns, in any
// order; what the books have beside them is ignored, and said. The error is a *Fault when the
// file is no such list; a row that cannot be read says so and leaves the others as they are.
func ReadPayables(b []byte) (PayableList, error) {
	list, f := readPayables(b)
	if f != nil {
		return PayableList{}, f
	}
	return list, nil
}

func readPayables(b []byte) (PayableList, *Fault) {
	switch {
	case len(b) == 0:
		return PayableList{}, source.New(source.CodeEmpty, "", "The file is empty; choose it again.")
	case isDocument(b):
		return PayableList{}, source.New(source.CodeUnsupported, "",
			"This is no spreadsheet; export the list from your books as CSV or XLSX.")
	}
	table, f := sheet.Read(sheet.DefaultLimits(), b)
	if f != nil {
		return PayableList{}, f
	}
	rows := slices.DeleteFunc(table.Rows, func(r sheet.Row) bool { return strings.HasPrefix(r.Text(0), "#") })
	if len(rows) < 2 {
		return PayableList{}, source.New(source.CodeEmpty, "", "There are no rows below the names of the columns.")
	}
	if len(rows)-1 > MaxPayables {
		return PayableList{}, source.TooMany("row "+strconv.Itoa(rows[MaxPayables+1].Number), "rows", MaxPayables)
	}
	at, ignored, f := payableHeader(rows[0])
	if f != nil {
		return PayableList{}, f
	}
	list := PayableList{Rows: make([]PayableRow, 0, len(rows)-1), Ignored: ignored}
	for _, row := range rows[1:] {
		r := payableReader{row: row, at: at, out: PayableRow{Row: row.Number}}
		list.Rows = append(list.Rows, r.read())
	}
	return list, nil
}

// payableHeader finds where each column stands.
func payableHeader(row sheet.Row) (at map[string]int, ignored []string, f *Fault) {
	at, faults := map[string]int{}, []bulkFault{}
	refuse := func(column, message string) {
		place := "row " + strconv.Itoa(row.Number) + ", column " + source.Cut(column)
		faults = append(faults, bulkFault{*source.New(source.CodeBulkColumn, place, message), row.Number})
	}
	known := PayableColumns()
	for n, cell := range row.Cells {
		name := columnKey(cell.Text)
		if other, ok := payableNames()[name]; ok {
			name = other
		}
		_, twice := at[name]
		switch {
		case name == "":
		case !slices.ContainsFunc(known, func(c BulkColumn) bool { return c.Name == name }):
			ignored = append(ignored, source.Cut(cell.Text))
		case twice:
			refuse(cell.Text, "This column stands twice; remove one of them.")
		default:
			at[name] = n
		}
	}
	for _, c := range known {
		if _, ok := at[c.Name]; !ok {
			refuse(c.Name, "This column is needed; add it as in the template.")
		}
	}
	if len(faults) > 0 {
		return nil, nil, listedFaults(faults)
	}
	return at, ignored, nil
}

// payableReader reads one row.
type payableReader struct {
	row sheet.Row
	at  map[string]int
	out PayableRow
}

func (r *payableReader) read() PayableRow {
	r.out.Number, r.out.Supplier = r.text("invoice_number"), r.text("supplier")
	amount, currency, due := r.text("amount"), r.text("currency"), r.text("due_date")
	if due != "" {
		d, err := money.ParseDate(due)
		if err != nil {
			r.fault("due_date", source.CodeBulkValue, source.Quoted(due)+" is not a date; write it as 2026-03-20.")
		}
		r.out.DueDate = d
	}
	if amount == "" || currency == "" {
		return r.out
	}
	a, err := money.Parse(amount, money.Currency(strings.ToUpper(currency)))
	if err != nil || a.Sign() <= 0 {
		r.fault("amount", source.CodeBulkValue, source.Quoted(amount)+" "+source.Quoted(currency)+
			" is not an amount above zero; write it as 1480.00 beside a code such as CNY.")
		return r.out
	}
	r.out.Amount = a
	return r.out
}

// maxPayableText bounds the text of a cell that is kept, in bytes.
const maxPayableText = 400

// text is what stands in a column; "" with a fault when it cannot be taken for what was meant.
func (r *payableReader) text(column string) string {
	n := r.at[column]
	text := r.row.Text(n)
	if n < len(r.row.Cells) {
		switch r.row.Cells[n].Flaw {
		case sheet.Lossy:
			r.fault(column, source.CodeBulkValue, "A spreadsheet keeps 15 digits of a number and this one had more; "+
				"format the column as text and enter it again.")
			return ""
		case sheet.Failed:
			r.fault(column, source.CodeBulkValue,
				"This is a formula without a result; put the value itself into the cell.")
			return ""
		}
	}
	switch {
	case text == "":
		r.fault(column, source.CodeBulkMissing, "This cell is empty; fill it.")
	case len(text) > maxPayableText:
		r.fault(column, source.CodeBulkValue, "This text is too long; at most 400 bytes are read.")
		return ""
	}
	return text
}

func (r *payableReader) fault(column, code, message string) {
	place := "row " + strconv.Itoa(r.row.Number) + ", column " + column
	r.out.Faults = append(r.out.Faults, *source.New(code, place, message))
}
