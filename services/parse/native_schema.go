package parse

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"

	"github.com/countersign/countersign/schemas"
	"github.com/countersign/countersign/services/parse/jsontree"
	"github.com/countersign/countersign/services/parse/source"
)

// schemaBase is the address that the schemas give themselves; nothing is fetched from it.
const schemaBase = "https://github.com/countersign/countersign/schemas/"

// compiledSchemas compiles the embedded schemas at the first use and then keeps them.
var compiledSchemas = sync.OnceValues(compileSchemas)

func compileSchemas() (map[Kind]*jsonschema.Schema, error) {
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	compiler.UseLoader(jsonschema.SchemeURLLoader{}) // nothing beside what is added here
	names, err := fs.Glob(schemas.Documents, "*.schema.json")
	if err != nil {
		return nil, fmt.Errorf("list the embedded schemas: %w", err)
	}
	for _, name := range names {
		file, err := schemas.Documents.Open(name)
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
	compiled := make(map[Kind]*jsonschema.Schema)
	for _, k := range schemaKinds() {
		schema, err := compiler.Compile(schemaBase + string(k) + ".schema.json")
		if err != nil {
			return nil, fmt.Errorf("compile the schema of %s: %w", k, err)
		}
		compiled[k] = schema
	}
	return compiled, nil
}

// checkSchema holds a document against the schema of its kind and says what is wrong where.
func checkSchema(k Kind, tree *jsontree.Node) *Fault {
	compiled, err := compiledSchemas()
	if err != nil {
		// The schemas are part of the program and a test compiles them.
		return source.New(source.CodeSchema, "", "The schemas of this program are broken; tell its operator.")
	}
	err = compiled[k].Validate(tree.Plain())
	if err == nil {
		return nil
	}
	invalid, ok := errors.AsType[*jsonschema.ValidationError](err)
	if !ok {
		return source.New(source.CodeSchema, "", "The document does not follow the schema "+SchemaID(k)+".")
	}
	return joined(schemaFaults(invalid))
}

// schemaFaults turns the leaves of a validation error into faults.
func schemaFaults(e *jsonschema.ValidationError) []Fault {
	pointer := ""
	for _, step := range e.InstanceLocation {
		pointer += "/" + jsontree.Escape(source.Cut(step))
	}
	switch k := e.ErrorKind.(type) {
	case *kind.Required:
		return forEach(k.Missing, pointer, "This member is missing; add it.")
	case *kind.AdditionalProperties:
		return forEach(k.Properties, pointer, "This member is not known here; remove it or correct its name.")
	case *kind.OneOf:
		return []Fault{*source.New(source.CodeSchema, pointer,
			"Give exactly one of the alternatives that the schema names.")}
	case *kind.Enum:
		return []Fault{*source.New(source.CodeSchema, pointer, "Use one of "+listed(k.Want)+".")}
	case *kind.Type:
		return []Fault{*source.New(source.CodeSchema, pointer,
			"This is a "+k.Got+"; write it as "+strings.Join(k.Want, " or ")+".")}
	case *kind.Pattern, *kind.Format:
		return []Fault{*source.New(source.CodeSchema, pointer,
			"This is not written in the form that the schema asks for (exact decimals and dates are texts, "+
				"\"1480.00\" and \"2026-03-20\").")}
	}
	if len(e.Causes) == 0 {
		return []Fault{*source.New(source.CodeSchema, pointer, "This value is outside what the schema allows.")}
	}
	var faults []Fault
	for _, cause := range e.Causes {
		faults = append(faults, schemaFaults(cause)...)
	}
	return faults
}

func forEach(names []string, pointer, message string) []Fault {
	faults := make([]Fault, len(names))
	for i, name := range names {
		faults[i] = *source.New(source.CodeSchema, pointer+"/"+jsontree.Escape(source.Cut(name)), message)
	}
	return faults
}

func listed(values []any) string {
	texts := make([]string, len(values))
	for i, v := range values {
		texts[i] = fmt.Sprint(v)
	}
	return strings.Join(texts, ", ")
}
