package acceptance

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
)

// amountFields are the fields that are compared as numbers.
func amountFields() []string {
	return []string{"line_total", "tax_exclusive", "tax", "tax_inclusive", "prepaid", "payable", "lines"}
}

// plainField makes two ways of writing one value the same: numbers by value, dates without a
// time zone, account numbers once and in order, texts without white space around them.
func plainField(name string, value any) string {
	switch v := value.(type) {
	case nil:
		return ""
	case []any:
		list := []string{}
		for _, item := range v {
			list = append(list, strings.ReplaceAll(fmt.Sprint(item), " ", ""))
		}
		slices.Sort(list)
		return strings.Join(slices.Compact(list), " ")
	case json.Number:
		value = v.String()
	}
	s := strings.TrimSpace(fmt.Sprint(value))
	const date = len("2016-04-04")
	switch {
	case slices.Contains(amountFields(), name):
		if d, err := decimal.NewFromString(s); err == nil {
			return d.String()
		}
	case strings.HasSuffix(name, "_date") && len(s) > date:
		return s[:date]
	}
	return s
}

// differences are the fields that the label has and the program read otherwise.
func differences(s said, want map[string]any) (wrong []string) {
	for _, name := range slices.Sorted(maps.Keys(want)) {
		got, labelled := plainField(name, s.Fields[name]), plainField(name, want[name])
		if got != labelled {
			wrong = append(wrong, fmt.Sprintf("%s is %q, labelled %q", name, got, labelled))
		}
	}
	return wrong
}

// fields are the key fields of whole documents; each labelled field counts.
func (j judge) fields() *row {
	r := &row{name: "fields", least: 990}
	for _, l := range labels[struct {
		File   string
		Fields map[string]any
	}](j.t, j.dir, "fields.jsonl") {
		wrong := differences(j.of(l.File), l.Fields)
		r.total, r.passed = r.total+len(l.Fields), r.passed+len(l.Fields)-len(wrong)
		if len(wrong) > 0 {
			r.wrong = append(r.wrong, l.File+": "+strings.Join(wrong, "; "))
		}
	}
	return r
}

// pairs are the same invoice in two syntaxes. They may differ where the label says so, or where
// the labelled fields of the two files differ.
func (j judge) pairs() *row {
	r := &row{name: "equivalent pairs, equal fields", least: perMille}
	labelled := map[string]map[string]any{}
	for _, l := range labels[struct {
		File   string
		Fields map[string]any
	}](j.t, j.dir, "fields.jsonl") {
		labelled[l.File] = l.Fields
	}
	for _, l := range labels[struct {
		CII, UBL string
		Differ   []string `json:"fields_differ"`
	}](j.t, j.dir, "equivalent-pairs.jsonl") {
		cii, ubl := j.of(l.CII), j.of(l.UBL)
		wrong := slices.DeleteFunc(differences(ubl, cii.Fields), func(w string) bool {
			name, _, _ := strings.Cut(w, " ")
			a, b := labelled[l.CII], labelled[l.UBL]
			honest := a != nil && b != nil && plainField(name, a[name]) != plainField(name, b[name])
			return honest || slices.Contains(l.Differ, name)
		})
		r.take(len(wrong) == 0 && len(cii.Fields) > 0, l.CII, "%s", strings.Join(wrong, "; "))
	}
	return r
}

// hybrids are PDFs, most with an invoice inside.
func (j judge) hybrids() []*row {
	found := &row{name: "hybrid PDFs, invoice found", least: 970}
	fields := &row{name: "hybrid PDFs, fields", least: 970}
	verdicts := &row{name: "hybrid PDFs, rules of EN 16931", least: 970}
	plain := &row{name: "plain PDFs kept", least: perMille}
	for _, l := range labels[struct {
		File string
		Main *struct {
			Name, EN16931 string
			WellFormed    bool
			Fields        map[string]any
			Fatal         []string `json:"en16931_fatal"`
		} `json:"main_xml"`
	}](j.t, j.dir, "pdf-hybrid.jsonl") {
		s := j.of(l.File)
		if l.Main == nil {
			// The label's maker found no invoice in a damaged one; what we find there counts too.
			kept := s.Kind == "other" && s.Syntax == "pdf" && s.Status == "unsupported"
			plain.take(kept || s.Kind == "invoice", l.File, "%s as %s %s", s.Status, s.Kind, s.Syntax)
			continue
		}
		number := plainField("number", l.Main.Fields["number"])
		// The syntax of a hybrid names what is inside, also where that is not read.
		inside := strings.HasPrefix(s.Syntax, "pdf/")
		found.take(inside, l.File, "%s as %s %s, inside is %s %s", s.Status, s.Kind, s.Syntax, l.Main.Name, number)
		if !inside || s.Kind == "other" {
			continue
		}
		wrong := differences(s, l.Main.Fields)
		fields.total, fields.passed = fields.total+len(l.Main.Fields), fields.passed+len(l.Main.Fields)-len(wrong)
		if len(wrong) > 0 {
			fields.wrong = append(fields.wrong, l.File+": "+strings.Join(wrong, "; "))
		}
		if l.Main.EN16931 != "" {
			want := business(l.Main.Fatal)
			verdicts.take(slices.Equal(s.rules(), want), l.File, "%v, labelled %v", s.rules(), want)
		}
	}
	return []*row{found, fields, verdicts, plain}
}

// dcsaValid are messages that their own schema calls valid.
func (j judge) dcsaValid() *row {
	r := &row{name: "DCSA valid", least: perMille}
	for _, l := range labels[dcsaLabel](j.t, j.dir, "dcsa-schema-validity.jsonl") {
		if l.Schema == "" { // the label has no verdict
			continue
		}
		s := j.of(l.File)
		refused := s.Status != "clean"
		r.take(refused != l.Valid, l.File, "%s %s, valid %t: %v", l.Schema, s.Status, l.Valid, s.Findings)
	}
	return r
}

type dcsaLabel struct {
	File, Schema string
	Valid        bool
	Mutation     []string
	Errors       [][]string // constraint and place
}

// dcsaNegatives are valid messages with one constraint broken; the place must be told.
func (j judge) dcsaNegatives() *row {
	r := &row{name: "DCSA negatives refused at the place", least: 950}
	for _, l := range labels[dcsaLabel](j.t, j.dir, "dcsa-negatives.jsonl") {
		s := j.of(l.File)
		right := false
		for _, f := range s.Findings {
			at := strings.TrimPrefix(f.Path, "/")
			if f.Severity == "fatal" && (at == l.Errors[0][1] || at == l.Mutation[1]) {
				right = true
			}
		}
		r.take(right, l.File, "%s; broken is %v at %q: %v", s.Status, l.Mutation, l.Errors[0][1], s.Findings)
	}
	return r
}

// wrapped are documents of OpenAttestation, intact or tampered with.
func (j judge) wrapped() *row {
	r := &row{name: "OpenAttestation integrity", least: perMille}
	for _, l := range labels[struct {
		File   string
		Target *bool `json:"targetHash_ok"`
		Root   *bool `json:"merkleRoot_ok"`
	}](j.t, j.dir, "tradetrust-integrity.jsonl") {
		// The label of version 3 tells only whether a signature stands in it: all are intact.
		intact := true
		for _, ok := range []*bool{l.Target, l.Root} {
			intact = intact && (ok == nil || *ok)
		}
		s := j.of(l.File)
		tampered := slices.ContainsFunc(s.Findings, func(f finding) bool {
			return strings.HasPrefix(f.Rule, "CS-OA-") && f.Severity == "fatal"
		})
		readable := s.Status == "clean" || s.Status == "violates"
		r.take(readable && tampered != intact, l.File, "%s %s, intact %t: %v", s.Status, s.Kind, intact, s.Findings)
	}
	return r
}

// identifiers puts each labelled number into a document of ours, where the field of its kind
// is, and gives that to the program: a finding must stand there, or none.
func identifiers(t *testing.T, dir string) *row {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(dir, "labels", "identifiers.json"))
	if err != nil {
		t.Fatal(err)
	}
	var labels map[string]struct{ Valid, Invalid []string }
	if err := json.Unmarshal(raw, &labels); err != nil {
		t.Fatal(err)
	}
	r := &row{name: "identifiers", least: perMille}
	type written struct {
		kind, id string
		valid    bool
	}
	folder, papers := scratch(t), map[string]written{}
	write := func(kind, id string, valid bool) {
		paper, ok := paperWith(kind, id)
		if !ok {
			return
		}
		raw, err := json.Marshal(paper)
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(folder, fmt.Sprintf("%04d.json", len(papers)))
		if err := os.WriteFile(file, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		papers[file] = written{kind, id, valid}
	}
	for _, kind := range slices.Sorted(maps.Keys(labels)) {
		for _, id := range labels[kind].Valid {
			write(kind, id, true)
		}
		for _, id := range labels[kind].Invalid {
			write(kind, id, false)
		}
	}
	files := slices.Sorted(maps.Keys(papers))
	all := checkAll(t, files)
	for _, file := range files {
		p, s := papers[file], all[file]
		refused := slices.ContainsFunc(s.Findings, func(f finding) bool {
			return strings.HasPrefix(f.Rule, "CS-ID-") || f.Rule == "document.schema"
		})
		r.take(refused != p.valid, p.kind+" "+p.id, "valid %t: %s %v", p.valid, s.Status, s.Findings)
	}
	return r
}

// paperWith is a document of ours that has one identifier in the field of its kind.
func paperWith(kind, id string) (map[string]any, bool) {
	type object = map[string]any
	item := object{"id": "1", "name": "G", "quantity": "1", "unit": "H87", "unit_price": "1", "net": "1"}
	freight := object{"id": "1", "name": "G", "quantity": "1", "unit": "H87"}
	invoice := object{
		"schema": "countersign-invoice-1", "number": "1", "issue_date": "2026-01-01", "currency": "EUR",
		"seller": object{"name": "S"}, "buyer": object{"name": "B"},
		"lines":  []any{item},
		"totals": object{"lines": "1", "tax_exclusive": "1", "tax_inclusive": "1", "payable": "1"},
	}
	voyage := object{
		"type": "to_order", "vessel": "V", "shipped_on_board": "2026-01-01",
		"port_of_loading": "CNSHA", "port_of_discharge": "NLRTM",
	}
	bill := object{
		"schema": "countersign-bill-of-lading-1", "number": "1", "issue_date": "2026-01-01",
		"carrier": object{"name": "C"}, "seller": object{"name": "S"},
		"transport": voyage, "totals": object{"packages": "1"},
		"lines": []any{freight},
	}
	switch kind {
	case "lei":
		invoice["seller"] = object{"name": "S", "lei": id}
	case "cn_uscc":
		invoice["seller"] = object{"name": "S", "country": "CN", "registration_id": id}
	case "eu_vat":
		invoice["seller"] = object{"name": "S", "vat": id}
	case "iban":
		invoice["accounts"] = []any{object{"iban": id}}
	case "bic":
		invoice["accounts"] = []any{object{"number": "1", "bic": id}}
	case "gs1":
		item["gtin"] = id
	case "iso6346":
		freight["containers"] = []any{id}
		return bill, true
	case "imo":
		voyage["imo"] = id
		return bill, true
	default:
		return nil, false
	}
	return invoice, true
}
