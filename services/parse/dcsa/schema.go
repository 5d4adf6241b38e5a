package dcsa

import (
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"

	"github.com/countersign/countersign/schemas"
	"github.com/countersign/countersign/services/parse/jsontree"
	"github.com/countersign/countersign/services/parse/source"
)

// maxFaults bounds the faults that are told of one message; the first ones tell enough.
const maxFaults = 100

// schemaBase is the address that the schemas give themselves; nothing is fetched from it.
const schemaBase = "https://github.com/countersign/countersign/schemas/"

// definedIn tells which schema file defines a message.
func definedIn(n Name) string {
	switch n {
	case TransportDocument, TransportDocumentAmend, TransportDocumentNotice, ApproveTransportDraft:
		return "transport_document"
	case CreateInstructions, UpdateInstructions, ShippingInstructions, InstructionsNotice,
		InstructionsCreated, CancelInstructions:
		return "shipping_instructions"
	case SurrenderRequest, SurrenderAnswer, EndorsementChain, EndorsementChains:
		return "surrender"
	case IssuanceRequest, IssuanceResponse:
		return "issuance"
	case Envelope, ErrorAnswer:
		return "exchange"
	}
	return ""
}

// names are all messages that have a schema.
func names() []Name {
	return []Name{
		TransportDocument, TransportDocumentAmend, TransportDocumentNotice, ApproveTransportDraft,
		CreateInstructions, UpdateInstructions, ShippingInstructions, InstructionsNotice,
		InstructionsCreated, CancelInstructions, IssuanceRequest, IssuanceResponse,
		SurrenderRequest, SurrenderAnswer, EndorsementChain, EndorsementChains, Envelope, ErrorAnswer,
	}
}

// compiled compiles the embedded schemas at the first use and then keeps them.
var compiled = sync.OnceValues(compile)

func compile() (map[Name]*jsonschema.Schema, error) {
	compiler := jsonschema.NewCompiler()
	compiler.UseLoader(jsonschema.SchemeURLLoader{}) // nothing beside what is added here
	compiler.UseRegexpEngine(ecmaScript)
	files, err := fs.Glob(schemas.DCSA, "dcsa/*.schema.json")
	if err != nil {
		return nil, fmt.Errorf("list the embedded schemas of DCSA: %w", err)
	}
	for _, name := range files {
		file, err := schemas.DCSA.Open(name)
		if err != nil {
			return nil, fmt.Errorf("open schema %s: %w", name, err)
		}
		content, err := jsonschema.UnmarshalJSON(file)
		if err = errors.Join(err, file.Close()); err != nil {
			return nil, fmt.Errorf("read schema %s: %w", name, err)
		}
		if err := compiler.AddResource(schemaBase+name, content); err != nil {
			return nil, fmt.Errorf("add schema %s: %w", name, err)
		}
	}
	all := make(map[Name]*jsonschema.Schema)
	for _, n := range names() {
		schema, err := compiler.Compile(schemaBase + "dcsa/" + definedIn(n) + ".schema.json#/$defs/" + string(n))
		if err != nil {
			return nil, fmt.Errorf("compile the schema of %s: %w", n, err)
		}
		all[n] = schema
	}
	return all, nil
}

// ecmaScript compiles a pattern with the white space and the line ends of ECMA-262, which JSON
// Schema asks for; Go's own are those of ASCII. No pattern of the schemas has a class in a class.
func ecmaScript(pattern string) (jsonschema.Regexp, error) {
	const space = `\s\v\p{Z}\x{FEFF}`
	compiled, err := regexp.Compile(strings.NewReplacer(
		`\S`, "[^"+space+"]", `\s`, "["+space+"]", `\.`, `\.`, `.`, `[^\n\r\x{2028}\x{2029}]`,
	).Replace(pattern))
	if err != nil {
		return nil, fmt.Errorf("compile pattern %s: %w", pattern, err)
	}
	return compiled, nil
}

// Validate holds a message against its schema and says what is wrong where, in the order of
// the places; at most maxFaults. The path of a fault is where JSON Schema places it: a missing
// member is the fault of the object that lacks it.
func Validate(n Name, tree *jsontree.Node) []source.Fault {
	all, err := compiled()
	if err != nil || all[n] == nil {
		// The schemas are part of the program and a test compiles them.
		return []source.Fault{*source.New(source.CodeDCSA, "",
			"The schemas of this program are broken; tell its operator.")}
	}
	if at, ok := unwieldy(tree, ""); ok {
		return []source.Fault{*source.New(source.CodeDCSA, at, "This number is beyond what any cargo has.")}
	}
	err = all[n].Validate(tree.Plain())
	if err == nil {
		return nil
	}
	invalid, ok := errors.AsType[*jsonschema.ValidationError](err)
	if !ok {
		return []source.Fault{*source.New(source.CodeDCSA, "", "The message does not follow the schema of "+
			string(n)+".")}
	}
	faults := leaves(invalid)
	slices.SortStableFunc(faults, func(a, b source.Fault) int {
		return strings.Compare(a.Path+" "+a.Message, b.Path+" "+b.Message)
	})
	faults = slices.CompactFunc(faults, func(a, b source.Fault) bool {
		return a.Path == b.Path && a.Message == b.Message
	})
	return faults[:min(len(faults), maxFaults)]
}

// leaves turns the ends of a validation error into faults. An alternative of which none fits
// is one fault, at the place of the alternative.
func leaves(e *jsonschema.ValidationError) []source.Fault {
	switch k := e.ErrorKind.(type) {
	case *kind.AnyOf:
		return fault(e, alternatives(e))
	case *kind.OneOf:
		if len(k.Subschemas) > 1 {
			return fault(e, "More than one of the alternatives of the standard is given; keep one.")
		}
		return fault(e, alternatives(e))
	}
	if len(e.Causes) == 0 {
		return fault(e, sentence(e))
	}
	var faults []source.Fault
	for _, cause := range e.Causes {
		faults = append(faults, leaves(cause)...)
	}
	return faults
}

func fault(e *jsonschema.ValidationError, message string) []source.Fault {
	var pointer strings.Builder
	for _, step := range e.InstanceLocation {
		pointer.WriteString("/" + jsontree.Escape(source.Cut(step)))
	}
	return []source.Fault{*source.New(source.CodeDCSA, pointer.String(), message)}
}

// alternatives says why none of several alternatives fits: what is wrong with a member that is
// there, else which members would do.
func alternatives(e *jsonschema.ValidationError) string {
	var missing []string
	for _, end := range ends(e) {
		if k, ok := end.ErrorKind.(*kind.Required); ok {
			missing = append(missing, k.Missing...)
			continue
		}
		if n := len(end.InstanceLocation); n > len(e.InstanceLocation) {
			return "In " + source.Quoted(end.InstanceLocation[n-1]) + ": " + sentence(end)
		}
	}
	if len(missing) == 0 {
		return "This is none of the alternatives that the standard names."
	}
	return "One of the members " + strings.Join(missing, ", ") + " is missing; add it."
}

func ends(e *jsonschema.ValidationError) []*jsonschema.ValidationError {
	if len(e.Causes) == 0 {
		return []*jsonschema.ValidationError{e}
	}
	var all []*jsonschema.ValidationError
	for _, cause := range e.Causes {
		all = append(all, ends(cause)...)
	}
	return all
}

// sentence says one violation in words.
func sentence(e *jsonschema.ValidationError) string {
	switch k := e.ErrorKind.(type) {
	case *kind.Required:
		return "The member " + strings.Join(k.Missing, ", ") + " is missing; add it."
	case *kind.Enum:
		return "Use one of " + listed(k.Want) + "."
	case *kind.Type:
		return "This is a " + k.Got + "; write it as " + strings.Join(k.Want, " or ") + "."
	case *kind.MaxLength:
		return "This has more than " + strconv.Itoa(k.Want) + " characters; shorten it."
	case *kind.MinLength:
		return "This has less than " + strconv.Itoa(k.Want) + " characters."
	case *kind.MaxItems:
		return "There are more than " + strconv.Itoa(k.Want) + " entries."
	case *kind.MinItems:
		return "There are less than " + strconv.Itoa(k.Want) + " entries."
	case *kind.Pattern:
		return "This is not written in the form that the standard asks for."
	default:
		return "This value is outside what the standard allows."
	}
}

func listed(values []any) string {
	texts := make([]string, len(values))
	for i, v := range values {
		texts[i] = fmt.Sprint(v)
	}
	return strings.Join(texts, ", ")
}
