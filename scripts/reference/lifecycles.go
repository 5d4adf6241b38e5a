package main

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/countersign/countersign/chaincode/trade"
)

// edge is a change of phase that some acts make; from is "[*]" where an asset begins.
type edge struct{ from, to trade.Phase }

const start trade.Phase = "[*]"

// lifecycles tells the life of each kind of asset: a diagram, and the acts in a table.
func lifecycles(acts []trade.ActSpec) []byte {
	var b bytes.Buffer
	b.WriteString("# Lifecycles\n\n" + generatedBy)
	b.WriteString("What may happen to each kind of asset, and whose signatures it takes. " +
		"Two duties of one act are\nnever met by one person. An act without a signature only says " +
		"what the ledger's time proves, or\ncommits to a document of its own organisation.\n")
	for _, kind := range kindsOf(acts) {
		own := slices.DeleteFunc(slices.Clone(acts), func(a trade.ActSpec) bool {
			return a.Subjects[0].Kind != kind
		})
		name := string(kind)
		fmt.Fprintf(&b, "\n## %s%s\n\n", strings.ToUpper(name[:1]), name[1:])
		diagram(&b, own)
		table(&b, own)
	}
	return b.Bytes()
}

// kindsOf lists the kinds in the order in which acts first name them.
func kindsOf(acts []trade.ActSpec) []trade.Kind {
	var kinds []trade.Kind
	for _, a := range acts {
		if kind := a.Subjects[0].Kind; !slices.Contains(kinds, kind) {
			kinds = append(kinds, kind)
		}
	}
	return kinds
}

// diagram draws the phases; acts that make the same change share an arrow.
func diagram(b *bytes.Buffer, acts []trade.ActSpec) {
	var order []edge
	labels := map[edge][]string{}
	for _, a := range acts {
		for _, e := range edgesOf(a) {
			if labels[e] == nil {
				order = append(order, e)
			}
			labels[e] = append(labels[e], verb(a.Act))
		}
	}
	b.WriteString("```mermaid\nstateDiagram-v2\n")
	for _, e := range order {
		fmt.Fprintf(b, "  %s --> %s: %s\n", e.from, e.to, strings.Join(labels[e], ", "))
	}
	b.WriteString("```\n\n")
}

// edgesOf lists the changes of phase of an act's first subject. An act whose phases before
// and after overlap leaves the asset in its phase, or moves it to one it did not come from.
func edgesOf(a trade.ActSpec) []edge {
	from := a.Subjects[0].From
	if a.Subjects[0].Access == trade.Create {
		from = []trade.Phase{start}
	} else if len(from) == 0 {
		from = a.To // any phase: the act leaves it as it is
	}
	var edges []edge
	for _, f := range from {
		stays := slices.Contains(a.To, f)
		for _, to := range a.To {
			if to == f || !stays || !slices.Contains(from, to) {
				edges = append(edges, edge{f, to})
			}
		}
	}
	return edges
}

// table lists the acts with the assets they touch and the signatures they need.
func table(b *bytes.Buffer, acts []trade.ActSpec) {
	b.WriteString("| Act | Signed by | With | What happens |\n|---|---|---|---|\n")
	for _, a := range acts {
		fmt.Fprintf(b, "| `%s` | %s | %s | %s |\n", a.Act, signers(a.Needs), others(a.Subjects[1:]), a.Summary)
	}
}

func signers(needs []trade.Need) string {
	if len(needs) == 0 {
		return "nobody"
	}
	texts := make([]string, len(needs))
	for i, n := range needs {
		texts[i] = orList(n.Sides) + ": " + orList(n.Roles)
	}
	return strings.Join(texts, "; ")
}

func others(subjects []trade.SubjectSpec) string {
	if len(subjects) == 0 {
		return "–"
	}
	texts := make([]string, len(subjects))
	for i, s := range subjects {
		texts[i] = string(s.Kind) + ", " + accessWord(s.Access)
		if len(s.From) > 0 {
			texts[i] += " in " + orList(s.From)
		}
		if s.Optional {
			texts[i] += ", if there is one"
		}
	}
	return strings.Join(texts, "; ")
}

func accessWord(a trade.Access) string {
	switch a {
	case trade.Create:
		return "created"
	case trade.Change:
		return "changed"
	case trade.Opened:
		return "read"
	case trade.Seen:
		return "only its record seen"
	}
	return string(a)
}

func orList[T ~string](items []T) string {
	texts := make([]string, len(items))
	for i, item := range items {
		texts[i] = string(item)
	}
	return strings.Join(texts, " or ")
}

// verb is the second half of an act's name.
func verb(a trade.Act) string {
	_, verb, _ := strings.Cut(string(a), ".")
	return verb
}
