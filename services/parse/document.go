// Package parse turns the bytes of a trade document into one canonical Document.
//
// Syntax is detected from content, never from a file name. Every reader sits behind a guard
// (size, depth, counts, no DTD, one root, known namespaces). A reader keeps what the paper
// says and where it says it; it judges nothing: that is package check.
package parse

import (
	"github.com/shopspring/decimal"

	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/services/parse/attestation"
	"github.com/countersign/countersign/services/parse/dcsa"
	"github.com/countersign/countersign/services/parse/semantic"
)

// Kind is what a trade document is, in the field's standard terms.
type Kind string

// The kinds of trade documents.
const (
	PurchaseOrder      Kind = "purchase_order"
	OrderResponse      Kind = "order_response" // the seller's answer to an order
	Invoice            Kind = "invoice"
	CreditNote         Kind = "credit_note"
	DebitNote          Kind = "debit_note"
	DespatchAdvice     Kind = "despatch_advice" // delivery note
	ReceiptAdvice      Kind = "receipt_advice"  // goods receipt
	BillOfLading       Kind = "bill_of_lading"  // negotiable or waybill, see Transport.Type
	WarehouseReceipt   Kind = "warehouse_receipt"
	PackingList        Kind = "packing_list"
	CustomsDeclaration Kind = "customs_declaration"
	PaymentAdvice      Kind = "payment_advice"
	Other              Kind = "other"
)

// Document is the canonical model: what the paper says, nothing derived. An absent text is
// "", an absent number nil, an absent date the zero Date: absent is never zero.
type Document struct {
	Kind   Kind   `json:"kind"`
	Syntax string `json:"syntax"` // "ubl-2.1", "cii-d16b", "countersign-json", "pdf"
	// TypeCode is the code the document gives itself (UNTDID 1001: 380 invoice, 381 credit
	// note); of an order response the answer (UNTDID 4343: AP accepted, RE rejected).
	TypeCode string `json:"type_code,omitempty"`
	Profile  string `json:"profile,omitempty"` // customization id or schema id

	Number       string     `json:"number"`
	IssueDate    money.Date `json:"issue_date,omitzero"`
	DueDate      money.Date `json:"due_date,omitzero"`
	DeliveryDate money.Date `json:"delivery_date,omitzero"` // actual delivery or receipt
	Currency     string     `json:"currency,omitempty"`     // ISO 4217

	Seller    Party `json:"seller"`    // supplier, shipper's principal, depositor
	Buyer     Party `json:"buyer"`     // obligor of an invoice
	Carrier   Party `json:"carrier"`   // of a transport document
	Warehouse Party `json:"warehouse"` // operator that issued a receipt
	Consignee Party `json:"consignee"`
	Payee     Party `json:"payee"` // when another than the seller

	OrderRef    string   `json:"order_ref,omitempty"`
	ContractRef string   `json:"contract_ref,omitempty"`
	InvoiceRefs []string `json:"invoice_refs,omitempty"` // of a credit note or payment
	// Despatch, transport and storage papers this document names.
	DespatchRefs  []string `json:"despatch_refs,omitempty"`
	TransportRefs []string `json:"transport_refs,omitempty"`
	ReceiptRefs   []string `json:"receipt_refs,omitempty"`

	Lines []Line `json:"lines,omitempty"`
	// Adjustments are the allowances and charges of the whole document.
	Adjustments []Adjustment `json:"adjustments,omitempty"`

	Taxes     []Tax     `json:"taxes,omitempty"`
	Totals    Totals    `json:"totals"`
	Accounts  []Account `json:"accounts,omitempty"` // payee accounts named for payment
	Transport Transport `json:"transport"`
	Storage   Storage   `json:"storage,omitzero"`

	// Flaws are single values that could not be read, or not be trusted, while the rest could.
	// Package check makes each a fatal finding.
	Flaws []Fault `json:"flaws,omitempty"`

	// Places says where in the source each value stands: key is the path of the value in
	// this model ("lines[0].quantity", "buyer.vat"), value is the place in the source.
	Places map[string]Place `json:"places,omitempty"`

	// Semantic is the invoice in the terms of EN 16931, which package check holds its rules
	// against. It is there right after reading an invoice in UBL or CII and is never stored.
	Semantic *semantic.Invoice `json:"-"`
	// DCSA is the whole message where the document was read from one of DCSA eBL: package check
	// judges what the fields above have no room for. It is no part of the canonical document.
	DCSA *dcsa.Message `json:"-"`
	// Wrapped is whether a wrapped document is as it was wrapped; nil for others.
	Wrapped *attestation.Verdict `json:"-"`
	// tree is what Locate looks in.
	tree located
	// PDF is what package check judges of the PDF that the document was read from.
	PDF *PDF `json:"-"`
}

// Refuses tells whether the document is the answer that an order is not accepted (UNTDID
// 4343: RE rejected; UNTDID 1225, which older files use: 27 not accepted).
func (d *Document) Refuses() bool {
	return d.Kind == OrderResponse && (d.TypeCode == ResponseRejected || d.TypeCode == "27")
}

// The answers of UNTDID 4343 that an order response is written with where its source has no
// code but a yes or a no.
const (
	ResponseAccepted = "AP"
	ResponseRejected = "RE"
)

// Party is an organisation as a document names it.
type Party struct {
	Name           string `json:"name,omitempty"`
	VAT            string `json:"vat,omitempty"`
	RegistrationID string `json:"registration_id,omitempty"` // national number, USCC in China
	LEI            string `json:"lei,omitempty"`
	GLN            string `json:"gln,omitempty"`
	Country        string `json:"country,omitempty"` // ISO 3166-1 alpha-2
	Address        string `json:"address,omitempty"`
}

// Line is one line of goods.
type Line struct {
	ID           string           `json:"id,omitempty"`
	OrderLineRef string           `json:"order_line_ref,omitempty"`
	Name         string           `json:"name,omitempty"`
	SellerItemID string           `json:"seller_item_id,omitempty"`
	BuyerItemID  string           `json:"buyer_item_id,omitempty"`
	GTIN         string           `json:"gtin,omitempty"`
	HS           string           `json:"hs,omitempty"`
	Quantity     *decimal.Decimal `json:"quantity,omitempty"`
	// QuantityRejected is what of Quantity was refused: goods by a receipt advice, an order by
	// its response.
	QuantityRejected *decimal.Decimal `json:"quantity_rejected,omitempty"`
	Unit             string           `json:"unit,omitempty"` // UN/ECE Rec 20 or 21
	UnitPrice        *decimal.Decimal `json:"unit_price,omitempty"`
	PriceBase        *decimal.Decimal `json:"price_base,omitempty"` // quantity the price is for; absent is 1
	Net              *decimal.Decimal `json:"net,omitempty"`
	TaxCategory      string           `json:"tax_category,omitempty"` // UNCL 5305
	TaxPercent       *decimal.Decimal `json:"tax_percent,omitempty"`
	// Charges and Allowances of the line, as sums.
	Charges    *decimal.Decimal `json:"charges,omitempty"`
	Allowances *decimal.Decimal `json:"allowances,omitempty"`
	// Packing, for transport and storage papers.
	Packages     *decimal.Decimal `json:"packages,omitempty"`      // number of packages
	PackageUnit  string           `json:"package_unit,omitempty"`  // UN/ECE Rec 21
	PerPackage   *decimal.Decimal `json:"per_package,omitempty"`   // pieces in a package
	GrossKG      *decimal.Decimal `json:"gross_kg,omitempty"`      // gross weight in kilograms
	Lot          string           `json:"lot,omitempty"`           // lot or batch
	Quality      string           `json:"quality,omitempty"`       // grade or condition as attested
	StoragePlace string           `json:"storage_place,omitempty"` // bay of a warehouse
	Containers   []string         `json:"containers,omitempty"`    // ISO 6346
}

// Adjustment is an allowance, or a charge, on the whole document.
type Adjustment struct {
	Charge      bool             `json:"charge"`
	Amount      *decimal.Decimal `json:"amount,omitempty"`
	TaxCategory string           `json:"tax_category,omitempty"` // UNCL 5305
	TaxPercent  *decimal.Decimal `json:"tax_percent,omitempty"`
}

// Tax is one row of the tax breakdown.
type Tax struct {
	Category string           `json:"category,omitempty"`
	Percent  *decimal.Decimal `json:"percent,omitempty"`
	Base     *decimal.Decimal `json:"base,omitempty"`
	Amount   *decimal.Decimal `json:"amount,omitempty"`
}

// Totals are the document's own totals, in Currency.
type Totals struct {
	Lines        *decimal.Decimal `json:"lines,omitempty"` // sum of line net amounts
	Allowances   *decimal.Decimal `json:"allowances,omitempty"`
	Charges      *decimal.Decimal `json:"charges,omitempty"`
	TaxExclusive *decimal.Decimal `json:"tax_exclusive,omitempty"`
	Tax          *decimal.Decimal `json:"tax,omitempty"`
	TaxInclusive *decimal.Decimal `json:"tax_inclusive,omitempty"`
	Prepaid      *decimal.Decimal `json:"prepaid,omitempty"`
	Rounding     *decimal.Decimal `json:"rounding,omitempty"`
	Payable      *decimal.Decimal `json:"payable,omitempty"`
	GrossKG      *decimal.Decimal `json:"gross_kg,omitempty"`
	Packages     *decimal.Decimal `json:"packages,omitempty"`
}

// Account is a bank account named for payment.
type Account struct {
	IBAN   string `json:"iban,omitempty"`
	Number string `json:"number,omitempty"` // where there is no IBAN
	BIC    string `json:"bic,omitempty"`
	Holder string `json:"holder,omitempty"`
}

// The types of bills of lading and waybills. A waybill of any mode is never a document of
// title.
const (
	TypeToOrder     = "to_order"
	TypeStraight    = "straight"
	TypeBlank       = "blank"
	TypeSeaWaybill  = "sea_waybill"
	TypeRailWaybill = "rail_waybill"
	TypeRoadWaybill = "road_waybill"
	TypeAirWaybill  = "air_waybill"
	TypeWaybill     = "waybill" // of several modes, of another one, or of one not stated
)

// Transport is what a bill of lading, waybill or despatch advice says of the journey.
type Transport struct {
	Type            string     `json:"type,omitempty"` // see the types of bills
	Vessel          string     `json:"vessel,omitempty"`
	IMO             string     `json:"imo,omitempty"`
	Voyage          string     `json:"voyage,omitempty"`
	PortOfLoading   string     `json:"port_of_loading,omitempty"`   // UN/LOCODE
	PortOfDischarge string     `json:"port_of_discharge,omitempty"` // UN/LOCODE
	PlaceOfDelivery string     `json:"place_of_delivery,omitempty"`
	ShippedOnBoard  money.Date `json:"shipped_on_board,omitzero"`
	Originals       *int       `json:"originals,omitempty"` // number of original bills
}

// Storage is what a warehouse receipt says beside the parties, the goods and the day they
// came in (DeliveryDate): room for the content of article 10 of the UNCITRAL-UNIDROIT Model
// Law on Warehouse Receipts (2024). Which of it an enacting law demands is for a rule pack.
type Storage struct {
	Negotiable       *bool            `json:"negotiable,omitempty"`
	DeliverTo        string           `json:"deliver_to,omitempty"` // "order", "bearer", "named"
	Holder           Party            `json:"holder,omitzero"`      // when not the depositor
	Location         string           `json:"location,omitempty"`
	Until            money.Date       `json:"until,omitzero"`
	Commingled       *bool            `json:"commingled,omitempty"`
	QuantityAsStated *bool            `json:"quantity_as_stated,omitempty"` // by the depositor, not ascertained
	Charges          string           `json:"charges,omitempty"`
	ChargesDue       *decimal.Decimal `json:"charges_due,omitempty"`
	OperatorInterest *bool            `json:"operator_interest,omitempty"` // the operator owns goods of it
	Encumbrances     string           `json:"encumbrances,omitempty"`
	Insured          *bool            `json:"insured,omitempty"`
	Insurer          string           `json:"insurer,omitempty"`
	Policy           string           `json:"policy,omitempty"`
	InsuredAmount    *decimal.Decimal `json:"insured_amount,omitempty"`
	InsuredUntil     money.Date       `json:"insured_until,omitzero"`
	SignedBy         string           `json:"signed_by,omitempty"`
}
