package attestation

import (
	"encoding/json"
	"strings"

	"github.com/countersign/countersign/services/parse/jsontree"
)

// Subject is the data inside a wrapped document as it was before it was wrapped. Every value
// keeps its place in the file; in version 2 that place holds the salt too.
func Subject(version Version, tree *jsontree.Node) *jsontree.Node {
	switch version {
	case V2:
		return unsalted(tree.Member("data"))
	case V3:
		return tree.Member("credentialSubject")
	}
	return nil
}

func unsalted(n *jsontree.Node) *jsontree.Node {
	if n == nil {
		return nil
	}
	plain := *n
	plain.Members = make([]*jsontree.Node, len(n.Members))
	for i, inner := range n.Members {
		plain.Members[i] = unsalted(inner)
	}
	if s, ok := n.Value.(string); ok {
		plain.Value = unsalt(s)
	}
	return &plain
}

// saltLength is that of a UUID and the colon after it.
const saltLength = 37

// unsalt takes the salt and the type off a value: "…:string:EUR", "…:number:5". What is not
// written so stands for itself.
func unsalt(s string) any {
	if len(s) < saltLength || s[saltLength-1] != ':' || strings.Count(s[:saltLength-1], "-") != 4 {
		return s
	}
	kind, value, found := strings.Cut(s[saltLength:], ":")
	if !found {
		return s
	}
	switch kind {
	case "string":
		return value
	case "number":
		if strings.ContainsAny(value[:min(1, len(value))], "-0123456789") && json.Valid([]byte(value)) {
			return json.Number(value)
		}
		return s
	case "boolean":
		return value == "true"
	case "null", "undefined":
		return nil
	default:
		return s
	}
}
