package parse

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/countersign/countersign/services/parse/attestation"
	"github.com/countersign/countersign/services/parse/dcsa"
	"github.com/countersign/countersign/services/parse/jsontree"
	"github.com/countersign/countersign/services/parse/source"
)

// kinds that have a schema of their own, in the order in which messages list them.
func schemaKinds() []Kind {
	return []Kind{
		PurchaseOrder, OrderResponse, Invoice, CreditNote, DebitNote, DespatchAdvice, ReceiptAdvice,
		BillOfLading, WarehouseReceipt, PackingList, CustomsDeclaration, PaymentAdvice,
	}
}

// Kinds lists every kind of paper, the ones without a schema of their own last.
func Kinds() []Kind { return append(schemaKinds(), Other) }

// SchemaID is the value of the member "schema" that a document of the kind carries in our
// own JSON: "countersign-bill-of-lading-1".
func SchemaID(k Kind) string {
	return "countersign-" + strings.ReplaceAll(string(k), "_", "-") + "-1"
}

// Typed makes a document of fields that a person typed in from a paper that is not read
// here, a PDF or a scan. The fields are JSON of our own schema of the kind; the error is a
// *Fault whose More lists every field that is wrong.
func Typed(k Kind, fields []byte) (*Document, error) {
	l := DefaultLimits()
	if len(fields) > l.Bytes {
		return nil, source.TooMany("", "bytes", l.Bytes)
	}
	tree, f := jsontree.Parse(fields, l)
	if f != nil {
		return nil, f
	}
	named, ok := schemaOf(tree)
	if !ok || named != k {
		return nil, source.New(source.CodeSchema, "/schema", "The fields are not those of a "+string(k)+
			"; send them with \"schema\": "+strconv.Quote(SchemaID(k))+".")
	}
	doc, f := nativeDocument(k, tree, source.TrimBOM(fields))
	if f != nil {
		return nil, f
	}
	doc.Syntax = string(SyntaxTyped)
	return doc, nil
}

func readJSON(l Limits, b []byte) (*Document, *Fault) {
	tree, f := jsontree.Parse(b, l)
	if f != nil {
		return nil, f
	}
	if kind, ok := schemaOf(tree); ok {
		return nativeDocument(kind, tree, source.TrimBOM(b))
	}
	if version, ok := attestation.Detect(tree); ok {
		if attestation.Sprawls(tree) {
			return nil, source.New(source.CodeTooLarge, "", "The names in this document are longer than anyone "+
				"writes them, again and again; ask the sender for a document in a form of TradeTrust.")
		}
		return readWrapped(version, tree, b), nil
	}
	if name, ok := dcsa.Detect(tree); ok {
		return readDCSA(name, tree, b), nil
	}
	if attestation.Credential(tree) {
		return nil, unsupported("This is a verifiable credential whose proof is not verified here")
	}
	return nil, unsupported("This JSON is neither of a schema of Countersign, nor a message of DCSA eBL, " +
		"nor a wrapped document of OpenAttestation")
}

// schemaOf tells which of our schemas a JSON document says it follows.
func schemaOf(tree *jsontree.Node) (Kind, bool) {
	member := tree.Member("schema")
	if member == nil {
		return "", false
	}
	for _, k := range schemaKinds() {
		if member.Value == SchemaID(k) {
			return k, true
		}
	}
	return "", false
}

// jsonSyntax tells for Detect which JSON this is.
func jsonSyntax(b []byte) Syntax {
	tree, f := jsontree.Parse(b, DefaultLimits())
	if f != nil {
		return SyntaxForeign
	}
	if _, ok := schemaOf(tree); ok {
		return SyntaxJSON
	}
	if version, ok := attestation.Detect(tree); ok {
		return Syntax(version)
	}
	if _, ok := dcsa.Detect(tree); ok {
		return SyntaxDCSA
	}
	return SyntaxForeign
}

// nativeDocument maps our own JSON. Its members have the names of the fields of Document, so
// that once the schema has refused every other member, decoding is the mapping.
func nativeDocument(k Kind, tree *jsontree.Node, b []byte) (*Document, *Fault) {
	if f := checkSchema(k, tree); f != nil {
		return nil, f
	}
	doc := &Document{}
	if err := json.Unmarshal(b, doc); err != nil {
		return nil, source.New(source.CodeValue,
			"", "A value does not fit its field; send the document as its schema says.")
	}
	doc.Kind = k
	doc.Syntax = string(SyntaxJSON)
	doc.Profile = SchemaID(k)
	doc.Places = map[string]Place{}
	doc.tree = tree
	nativePlaces(doc.Places, tree, "", "")
	delete(doc.Places, "schema")
	return witnessed(doc, b), nil
}

// nativePlaces notes where each single value stands.
func nativePlaces(places map[string]Place, n *jsontree.Node, key, pointer string) {
	switch {
	case n.Object:
		for i, name := range n.Keys {
			inner := name
			if key != "" {
				inner = key + "." + name
			}
			nativePlaces(places, n.Members[i], inner, pointer+"/"+jsontree.Escape(name))
		}
	case n.Array:
		for i, item := range n.Members {
			nativePlaces(places, item, indexed(key, i), pointer+"/"+strconv.Itoa(i))
		}
	default:
		places[key] = Place{Path: pointer, Offset: n.Start, Length: n.End - n.Start}
	}
}

// joined lists the first of many faults as one that carries the others.
func joined(faults []Fault) *Fault {
	slices.SortFunc(faults, func(a, b Fault) int {
		return strings.Compare(a.Path+" "+a.Message, b.Path+" "+b.Message)
	})
	faults = slices.CompactFunc(faults, func(a, b Fault) bool {
		return a.Path == b.Path && a.Message == b.Message
	})
	if len(faults) > maxFlaws {
		faults = faults[:maxFlaws]
	}
	first := faults[0]
	first.More = faults[1:]
	return &first
}
