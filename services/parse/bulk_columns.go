package parse

import "slices"

// BulkForm says how the cells of a column are written.
type BulkForm string

// The forms.
const (
	FormText   BulkForm = "text"
	FormDate   BulkForm = "date"   // YYYY-MM-DD, or a day of a spreadsheet
	FormNumber BulkForm = "number" // an exact decimal: a point, no grouping
)

// BulkColumn is a column of a template. The names are stable: a file made from an older
// template stays readable.
type BulkColumn struct {
	Name     string
	Form     BulkForm
	Required bool
	About    string // what stands in it, one sentence
	Example  string

	// path is where the value stands in our own JSON of the kind: a column that begins with
	// lines stands in every row, any other once for each document.
	path []string
}

// ofLine tells whether a column tells of a line and not of the whole document.
func (c BulkColumn) ofLine() bool { return c.path[0] == "lines" }

// BulkKinds lists the kinds that a spreadsheet may hold many of.
func BulkKinds() []Kind { return []Kind{PurchaseOrder, Invoice, DespatchAdvice, ReceiptAdvice} }

// BulkTemplate gives the columns of the template of a kind, in their order; false for a kind
// that has none. The first one holds the number that tells the documents of a file apart.
func BulkTemplate(k Kind) ([]BulkColumn, bool) {
	switch k {
	case PurchaseOrder:
		return slices.Concat(orderColumns(), pricedColumns(), totalColumns(false)), true
	case Invoice:
		return slices.Concat(invoiceColumns(), pricedColumns(), totalColumns(true), accountColumns()), true
	case DespatchAdvice:
		return slices.Concat(despatchColumns(), movedColumns(), packedColumns()), true
	case ReceiptAdvice:
		return slices.Concat(receiptColumns(), movedColumns(), packedColumns()), true
	case OrderResponse, CreditNote, DebitNote, BillOfLading, WarehouseReceipt, PackingList,
		CustomsDeclaration, PaymentAdvice, Other:
	}
	return nil, false
}

// The columns are made with these; the path is that of the canonical document.
func needed(name string, form BulkForm, about, example string, path ...string) BulkColumn {
	return BulkColumn{Name: name, Form: form, Required: true, About: about, Example: example, path: path}
}

func optional(name string, form BulkForm, about, example string, path ...string) BulkColumn {
	return BulkColumn{Name: name, Form: form, About: about, Example: example, path: path}
}

func orderColumns() []BulkColumn {
	return slices.Concat([]BulkColumn{
		needed("order_number", FormText, "Number of the order. Rows with the same number are one order.",
			"CN-PO-7741", "number"),
		needed("issue_date", FormDate, "Day of issue.", "2026-03-02", "issue_date"),
		optional("due_date", FormDate, "Day by which payment falls due.", "2026-06-30", "due_date"),
		needed("currency", FormText, "ISO 4217 code; every amount is in it.", "CNY", "currency"),
	}, partyColumns("buyer", true), partyColumns("seller", true), partyColumns("consignee", false),
		[]BulkColumn{
			optional("contract_ref", FormText, "Number of the frame contract.", "CN-FC-2026", "contract_ref"),
		})
}

func invoiceColumns() []BulkColumn {
	return slices.Concat([]BulkColumn{
		needed("invoice_number", FormText, "Number of the invoice. Rows with the same number are one invoice.",
			"LQ-10472", "number"),
		needed("issue_date", FormDate, "Day of issue.", "2026-03-20", "issue_date"),
		optional("due_date", FormDate, "Day on which payment falls due.", "2026-06-18", "due_date"),
		optional("delivery_date", FormDate, "Day on which the goods were delivered.", "2026-03-16",
			"delivery_date"),
		needed("currency", FormText, "ISO 4217 code; every amount is in it.", "CNY", "currency"),
	}, partyColumns("seller", true), partyColumns("buyer", true),
		[]BulkColumn{
			optional("order_ref", FormText, "Number of the buyer's order.", "CN-PO-7741", "order_ref"),
			optional("contract_ref", FormText, "Number of the contract.", "CN-FC-2026", "contract_ref"),
		})
}

func despatchColumns() []BulkColumn {
	return slices.Concat([]BulkColumn{
		needed("despatch_number", FormText,
			"Number of the despatch advice. Rows with the same number are one despatch advice.",
			"LQ-DA-0318", "number"),
		needed("issue_date", FormDate, "Day of issue.", "2026-03-14", "issue_date"),
		optional("delivery_date", FormDate, "Day of delivery.", "2026-03-16", "delivery_date"),
	}, partyColumns("seller", true), partyColumns("buyer", true), partyColumns("consignee", false),
		[]BulkColumn{
			optional("order_ref", FormText, "Number of the buyer's order.", "CN-PO-7741", "order_ref"),
		})
}

func receiptColumns() []BulkColumn {
	return slices.Concat([]BulkColumn{
		needed("receipt_number", FormText,
			"Number of the goods receipt. Rows with the same number are one goods receipt.",
			"CN-GR-5120", "number"),
		needed("issue_date", FormDate, "Day of issue.", "2026-03-16", "issue_date"),
		needed("delivery_date", FormDate, "Day on which the goods were received.", "2026-03-16",
			"delivery_date"),
	}, partyColumns("seller", true), partyColumns("buyer", true),
		[]BulkColumn{
			optional("order_ref", FormText, "Number of the buyer's order.", "CN-PO-7741", "order_ref"),
		})
}

// partyColumns tell of a party; the example of each is the same one.
func partyColumns(role string, required bool) []BulkColumn {
	name := optional
	if required {
		name = needed
	}
	examples := map[string][4]string{
		"seller":    {"Ningbo Lanqiao Castings Co., Ltd.", "91330212XA1Q7K2AXU", "CN", "18 Zhuji Road, Ningbo"},
		"buyer":     {"Cangning Equipment Co., Ltd.", "91370211XA3C9M4B8L", "CN", "6 Jiangdong Avenue, Nanjing"},
		"consignee": {"Cangning Equipment, works 2", "", "CN", "9 Harbour Road, Nanjing"},
	}
	e := examples[role]
	return []BulkColumn{
		name(role+"_name", FormText, "Legal name of the "+role+".", e[0], role, "name"),
		optional(role+"_vat", FormText, "VAT number of the "+role+", with its country prefix.", "", role, "vat"),
		optional(role+"_registration_id", FormText,
			"National registration number of the "+role+"; in China the unified social credit code.",
			e[1], role, "registration_id"),
		optional(role+"_country", FormText, "ISO 3166-1 code of the country of the "+role+".", e[2],
			role, "country"),
		optional(role+"_address", FormText, "Address of the "+role+" on one line.", e[3], role, "address"),
	}
}

// goodsColumns tell what the goods of a line are.
func goodsColumns() []BulkColumn {
	return []BulkColumn{
		needed("line_id", FormText, "Number of the line, once in each document.", "1", "lines", "id"),
		optional("line_order_ref", FormText, "Line of the order that this line fulfils.", "1",
			"lines", "order_line_ref"),
		needed("item_name", FormText, "Description of the goods.", "Pump housing PH-200", "lines", "name"),
		optional("seller_item_id", FormText, "Article number of the seller.", "PH-200",
			"lines", "seller_item_id"),
		optional("buyer_item_id", FormText, "Article number of the buyer.", "", "lines", "buyer_item_id"),
		optional("gtin", FormText, "GS1 global trade item number.", "", "lines", "gtin"),
		optional("hs_code", FormText, "Code of the Harmonised System.", "841391", "lines", "hs"),
		needed("quantity", FormNumber, "Quantity in the unit.", "1200", "lines", "quantity"),
		needed("unit", FormText, "UN/ECE Recommendation 20 code: H87 is piece, KGM kilogram.", "H87",
			"lines", "unit"),
		optional("lot", FormText, "Lot or batch.", "", "lines", "lot"),
	}
}

func pricedColumns() []BulkColumn {
	return append(goodsColumns(),
		needed("unit_price", FormNumber, "Price without tax of one price base.", "1480.00",
			"lines", "unit_price"),
		optional("price_base", FormNumber, "Quantity that the price is for; 1 when empty.", "",
			"lines", "price_base"),
		optional("line_allowances", FormNumber, "Sum of the allowances of the line.", "",
			"lines", "allowances"),
		optional("line_charges", FormNumber, "Sum of the charges of the line.", "", "lines", "charges"),
		needed("line_net", FormNumber, "Net amount of the line, without tax.", "1776000.00", "lines", "net"),
		optional("tax_category", FormText, "UNCL 5305 code: S standard, Z zero, E exempt, G export.", "S",
			"lines", "tax_category"),
		optional("tax_percent", FormNumber, "Tax rate in per cent.", "13", "lines", "tax_percent"),
	)
}

// totalColumns tell of the sums of the whole document.
func totalColumns(required bool) []BulkColumn {
	sum := optional
	if required {
		sum = needed
	}
	return []BulkColumn{
		sum("total_lines", FormNumber, "Sum of the net amounts of all lines.", "1776000.00", "totals", "lines"),
		optional("total_allowances", FormNumber, "Sum of the allowances on the whole document.", "",
			"totals", "allowances"),
		optional("total_charges", FormNumber, "Sum of the charges on the whole document.", "",
			"totals", "charges"),
		sum("total_without_tax", FormNumber, "Sum before tax.", "1776000.00", "totals", "tax_exclusive"),
		optional("total_tax", FormNumber, "Sum of the tax.", "230880.00", "totals", "tax"),
		sum("total_with_tax", FormNumber, "Sum with tax.", "2006880.00", "totals", "tax_inclusive"),
		sum("total_payable", FormNumber, "Amount to be paid.", "2006880.00", "totals", "payable"),
	}
}

func accountColumns() []BulkColumn {
	return []BulkColumn{
		optional("account_iban", FormText, "IBAN of the account to be paid.", "", "accounts", "iban"),
		optional("account_number", FormText, "Number of the account where there is no IBAN.",
			"3901009900005500017", "accounts", "number"),
		optional("account_bic", FormText, "BIC of the bank.", "YJCBCN2N", "accounts", "bic"),
		optional("account_holder", FormText, "Holder of the account.", "Ningbo Lanqiao Castings Co., Ltd.",
			"accounts", "holder"),
	}
}

// movedColumns tell of goods that were sent or received.
func movedColumns() []BulkColumn {
	return append(goodsColumns(),
		optional("quantity_rejected", FormNumber, "What of the quantity the receiver refuses.", "",
			"lines", "quantity_rejected"),
		optional("packages", FormNumber, "Number of packages.", "60", "lines", "packages"),
		optional("package_unit", FormText, "UN/ECE Recommendation 21 code: PX is pallet, CT carton.", "PX",
			"lines", "package_unit"),
		optional("per_package", FormNumber, "Pieces in one package.", "20", "lines", "per_package"),
		optional("gross_kg", FormNumber, "Gross weight of the line in kilograms.", "", "lines", "gross_kg"),
	)
}

func packedColumns() []BulkColumn {
	return []BulkColumn{
		optional("total_gross_kg", FormNumber, "Gross weight of everything in kilograms.", "",
			"totals", "gross_kg"),
		optional("total_packages", FormNumber, "Number of all packages.", "60", "totals", "packages"),
	}
}
