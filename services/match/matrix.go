package match

import (
	"github.com/shopspring/decimal"

	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/services/parse"
)

// Verdict is how far the claim is corroborated. Unknown is never a pass.
type Verdict string

// The verdicts.
const (
	Corroborated Verdict = "corroborated" // two independent parties say so, nobody contradicts
	Contradicted Verdict = "contradicted" // a paper says otherwise
	Unknown      Verdict = "unknown"      // papers are missing, or one party alone says so
)

// Matrix is the outcome of matching. It depends on the set of sources only, not on their
// order.
type Matrix struct {
	Verdict  Verdict   `json:"verdict"`
	Columns  []Column  `json:"columns"`
	Rows     []Row     `json:"rows"`
	Findings []Finding `json:"findings"`
	// Missing lists what the pack lacks; any one of the kinds in an entry would do.
	Missing [][]parse.Kind `json:"missing,omitempty"`
	// Uploaders are the organisations that brought the papers, sorted, each once.
	Uploaders []string `json:"uploaders"`
	// Financeable says for each line of goods that was invoiced how much of it may be financed.
	Financeable []Financeable `json:"financeable,omitempty"`
	// FinanceableAmount is the part of the payable amount that the financeable quantities
	// stand for, rounded down, less credit notes; absent when the papers do not say.
	FinanceableAmount money.Amount `json:"financeable_amount,omitzero"`
}

// Column is a source of the matrix.
type Column struct {
	Source   string     `json:"source"`
	Uploader string     `json:"uploader"`
	Kind     parse.Kind `json:"kind"`
	Number   string     `json:"number"`
}

// Fact names a row.
type Fact string

// The facts. Those of goods have a row for each line of goods.
const (
	FactSeller    Fact = "seller"
	FactBuyer     Fact = "buyer"
	FactOrder     Fact = "order"             // the order that is fulfilled
	FactDespatch  Fact = "despatch"          // the despatch advice referred to
	FactTransport Fact = "transport"         // the transport document referred to
	FactStorage   Fact = "storage"           // the receipt referred to
	FactItem      Fact = "item"              // what the goods are
	FactQuantity  Fact = "quantity"          // how much of them
	FactPrice     Fact = "unit_price"        // of one unit
	FactNet       Fact = "line_net"          // before tax
	FactCurrency  Fact = "currency"          // of all amounts
	FactNetTotal  Fact = "net_total"         // before tax
	FactPayable   Fact = "payable"           // what is to be paid
	FactPackages  Fact = "packages"          // crates, pallets, drums
	FactPieces    Fact = "pieces"            // as packed: packages × pieces in each
	FactWeight    Fact = "gross_weight"      // in kilograms
	FactIssued    Fact = "issued"            // date of the paper; an order comes first
	FactShipped   Fact = "shipped"           // date on board or of despatch
	FactDelivered Fact = "delivered"         // date
	FactLoading   Fact = "port_of_loading"   // UN/LOCODE
	FactDischarge Fact = "port_of_discharge" // UN/LOCODE
	FactVessel    Fact = "vessel"            // IMO number or name
	FactPassage   Fact = "passage"           // from port to port, in the time there was
	FactAccount   Fact = "payee_account"     // where the money is to go
)

// Row is one fact as each source states it.
type Row struct {
	Fact Fact `json:"fact"`
	// Goods numbers the line of goods from 1, in the order of the invoice; 0 for facts of the
	// whole trade. Item is what the goods are called.
	Goods int     `json:"goods,omitempty"`
	Item  string  `json:"item,omitempty"`
	State Verdict `json:"state"`
	Cells []Cell  `json:"cells"` // one for each column, in their order
	// against is what is contradicted when it is no paper, on the day of it where there is one.
	against Against
	on      string
	passage Passage
}

// State is how a cell stands to the claim of its row.
type State string

// The states of a cell.
const (
	Agrees      State = "agrees"
	Within      State = "agrees_within_tolerance"
	Contradicts State = "contradicts"
	Silent      State = "silent" // the source says nothing comparable
	Stale       State = "stale"  // reserved: a source that has changed since
)

// Cell is what one source says of one fact.
type Cell struct {
	State State `json:"state"`
	// Claim is set where the source makes the claim that the others are held against.
	Claim bool `json:"claim,omitempty"`
	// Value is as the paper has it, Normalised as it was compared: in one unit, one spelling.
	Value      string `json:"value,omitempty"`
	Normalised string `json:"normalised,omitempty"`
	// Measure is the value where it is so much of a unit, to be told in any language.
	Measure Measure `json:"measure,omitzero"`
	// Places are where the value stands in the source: several when it was added up.
	Places []parse.Place `json:"places,omitempty"`
}

// Code names a kind of finding; codes are stable.
type Code string

// The codes of findings.
const (
	CodeParty          Code = "match.party"          // another seller or buyer
	CodeReference      Code = "match.reference"      // another order or paper is referred to
	CodeItem           Code = "match.item"           // other goods
	CodeQuantity       Code = "match.quantity"       // more is claimed than ordered or delivered
	CodePrice          Code = "match.price"          // another price than ordered
	CodeAmount         Code = "match.amount"         // more is claimed than ordered
	CodeCurrency       Code = "match.currency"       // another currency
	CodePackages       Code = "match.packages"       // another number of packages
	CodeWeight         Code = "match.weight"         // another weight
	CodeDate           Code = "match.date"           // dates that exclude each other
	CodePlace          Code = "match.place"          // another port or vessel
	CodePassage        Code = "match.passage"        // faster than ships go
	CodeAccount        Code = "match.account"        // an account that the seller is not known by
	CodeMissing        Code = "match.missing"        // a paper that the pack needs is not there
	CodeUploader       Code = "match.uploader"       // one organisation brought everything
	CodeUncorroborated Code = "match.uncorroborated" // one organisation alone says so
	CodeDelivery       Code = "match.delivery"       // nobody but the claimant attests delivery
	CodePartial        Code = "match.partial"        // less is claimed than ordered or delivered
	CodeUnit           Code = "match.unit"           // units that cannot be converted
	CodeRefused        Code = "match.refused"        // the seller did not accept the order
)

// Severity is what a finding means for financing.
type Severity string

// The severities: a blocking finding keeps the claim from being corroborated.
const (
	Block Severity = "block"
	Warn  Severity = "warn"
)

// Finding is something a person should know, in a sentence, with what to do about it.
type Finding struct {
	Code     Code     `json:"code"`
	Severity Severity `json:"severity"`
	Fact     Fact     `json:"fact,omitempty"`
	Goods    int      `json:"goods,omitempty"` // as in Row
	// Sources are those the finding is about: for a contradiction, those that contradict.
	Sources  []string `json:"sources,omitempty"`
	Sentence string   `json:"sentence"`
	Claimed  string   `json:"claimed,omitempty"`
	Found    string   `json:"found,omitempty"`
	Advice   string   `json:"advice"`
	// Said are the particulars, of which In makes the sentence in another language.
	Said Said `json:"said,omitzero"`
}

// Financeable is how much of a line of goods may be financed: the least of what was
// invoiced, ordered, delivered and accepted (invariant I6).
type Financeable struct {
	Goods    int             `json:"goods"`
	Item     string          `json:"item"`
	Invoiced decimal.Decimal `json:"invoiced"`
	Quantity decimal.Decimal `json:"quantity"`
	Unit     string          `json:"unit"` // the unit of both: "piece", "kg", …
}
