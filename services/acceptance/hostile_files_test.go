package acceptance

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/countersign/countersign/services/demo"
)

// hostile is a file that wants to hurt whoever reads it.
type hostile struct {
	name string
	file []byte
	// rule is what the program says of it: the code of a fault, or a finding.
	rule string
	// paper is what it says of the file as a paper, where that differs: a workbook is none.
	paper string
}

// hostiles are all of them, small and made here; docs/hostile-files.md lists what they try.
func hostiles(t *testing.T) []hostile {
	t.Helper()
	return slices.Concat(
		hostileXML(), hostileValues(), hostileJSON(), hostileArchives(t), hostilePDFs(), hostileImages())
}

// Every file is told apart by its code within the budget of a document: one that reaches the
// budget would be told as document.too_costly, and one that breaks a reader as
// document.reader_failed.
func TestCheckNamesEveryHostileFile(t *testing.T) {
	t.Parallel()
	all := hostiles(t)
	contents, names := map[string]string{}, []string{}
	for _, h := range all {
		name := strings.ReplaceAll(h.name, "/", " ")
		if contents[name] != "" {
			t.Fatalf("two files are called %q", h.name)
		}
		contents[name], names = string(h.file), append(names, name)
	}
	contents["clean"] = cleanInvoice // the files beside it do not hurt it
	files := filesOf(t, contents, append(names, "clean")...)
	said := checkAll(t, files)
	for i, h := range all {
		s := said[files[i]]
		rules := []string{}
		for _, f := range s.Findings {
			rules = append(rules, f.Rule)
		}
		t.Logf("%-44s %-12s %s", h.name, s.Status, h.rule)
		if !slices.Contains(rules, h.rule) || s.Status == "" {
			t.Errorf("%s: %s %v, %s is wanted", h.name, s.Status, rules, h.rule)
		}
	}
	if s := said[files[len(all)]]; s.Status != "clean" {
		t.Errorf("the clean invoice among them is %s %v", s.Status, s.Findings)
	}
}

// The same files as papers of a pack: each is kept and told with its code, and the node works on.
func TestNodeOutlivesEveryHostileFile(t *testing.T) {
	t.Parallel()
	h := open(t, fast, newData(t), nil)
	ctx := t.Context()
	all := hostiles(t)
	const perPerson = 40 // uploads in a minute, fewer than are let through
	var pack string
	for i, one := range all {
		email := hand("lanqiao", i/perPerson)
		if i%perPerson == 0 {
			p, err := h.openPack(ctx, email, "Hostile")
			if err != nil {
				t.Fatal(err)
			}
			pack = p
		}
		d, err := h.upload(ctx, email, pack, "paper.bin", one.file)
		if err == nil {
			err = h.read(ctx, h.must(t, email), &d)
		}
		if err != nil {
			t.Errorf("%s: %v", one.name, err)
			continue
		}
		rules := []string{}
		for _, f := range d.Findings {
			rules = append(rules, f.Rule)
		}
		want := one.rule
		if one.paper != "" {
			want = one.paper
		}
		if !slices.Contains(rules, want) {
			t.Errorf("%s: %s %v, %s is wanted", one.name, d.State, rules, want)
		}
	}
	last := hand("lanqiao", (len(all)-1)/perPerson)
	t.Run("names", func(t *testing.T) { hostileNames(t, h, pack, last) })
	d, err := h.upload(ctx, last, pack, "invoice.json", []byte(cleanInvoice))
	if err == nil {
		err = h.read(ctx, h.must(t, last), &d)
	}
	if err != nil || d.State != "parsed" {
		t.Errorf("an honest paper after them is %s %v: %v", d.State, d.Findings, err)
	}
	data := h.data
	h.stop(t)
	clean(t, data)
}

// hostileNames uploads under names that want to be paths, headers or devices. A name is a label:
// its last part is kept, or it is refused; no file is ever called by it.
func hostileNames(t *testing.T, h *house, pack, email string) {
	const refused = "input.invalid"
	s := h.must(t, email)
	for i, c := range []struct{ header, name, code string }{
		{`attachment; filename="../../../etc/passwd"`, "passwd", ""},
		{`attachment; filename="..\\..\\boot.ini"`, "boot.ini", ""},
		{`attachment; filename="` + strings.Repeat("../", 1<<10) + `invoice.xml"`, "invoice.xml", ""},
		{`attachment; filename="CON"`, "CON", ""},
		{`attachment; filename="NUL.xml"`, "NUL.xml", ""},
		{`attachment; filename=".."`, "", refused},
		{`attachment; filename*=UTF-8''a%00.xml`, "", refused},
		{`attachment; filename*=UTF-8''a%0D%0AX-Evil:%201`, "", refused},
		{`attachment; filename*=UTF-8''invoice%E2%80%AEfdp.exe`, "", refused},
		{`attachment; filename="` + strings.Repeat("a", 4<<10) + `.xml"`, "", refused},
	} {
		var d struct {
			Name string `json:"file_name"`
		}
		paper := []byte(cleanInvoice + strings.Repeat(" ", i+1)) // none is a paper that is there
		err := s.Send(t.Context(), http.MethodPost, "/v1/packs/"+pack+"/documents", paper, http.Header{
			"Content-Type": {"application/octet-stream"}, "Content-Disposition": {c.header},
		}, &d)
		told := ""
		if p, ok := demo.Refused(err); ok {
			told = p.Code
		} else if err != nil {
			t.Errorf("%.60s: %v", c.header, err)
		}
		if told != c.code || d.Name != c.name {
			t.Errorf("%.60s: kept as %q and told %q, want %q and %q", c.header, d.Name, told, c.name, c.code)
		}
	}
}
