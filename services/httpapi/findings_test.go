package httpapi

import (
	"bytes"
	"net/http"
	"slices"
	"testing"

	"github.com/countersign/countersign/services/app"
	"github.com/countersign/countersign/services/check"
	"github.com/countersign/countersign/services/httpapi/internal/api"
)

// The portal shows a finding in the paper itself, so the bytes that it names must be the value.
func TestAFindingSaysWhatIsWrongWhereAndWhatToDo(t *testing.T) {
	w := newWorld(t)
	var p api.Pack
	w.post(sellerMaker, "/v1/packs", api.OpenPack{Title: "One wrong sum", Parties: []api.PackParty{
		{Organisation: "LanqiaoMSP", Side: app.SideSeller},
		{Organisation: "CangningMSP", Side: app.SideObligor},
	}}, http.StatusCreated, &p)
	const wrong = "1.00"
	invoice := withPayable(t, w.trade().Files["invoice.xml"], wrong)
	var d api.Document
	w.want(w.file(sellerMaker, "/v1/packs/"+string(p.ID)+"/documents", "invoice.xml", invoice),
		http.StatusCreated, &d)
	w.eventually("the paper is read", func() bool {
		w.get(sellerMaker, "/v1/documents/"+string(d.ID), &d)
		return d.State != app.DocumentReceived
	})
	i := slices.IndexFunc(d.Findings, func(f check.Finding) bool { return f.Rule == "BR-CO-16" })
	if d.State != app.DocumentParsed || i < 0 {
		t.Fatalf("%s, findings %+v", d.State, d.Findings)
	}
	f := d.Findings[i]
	if f.Severity != check.Fatal || f.Message == "" || f.Advice == "" || f.Path == "" ||
		f.Claimed == "" || f.Computed == "" || f.Claimed == f.Computed {
		t.Errorf("%+v", f)
	}
	if f.Offset < 0 || f.Length <= 0 || f.Offset+f.Length > len(invoice) ||
		!bytes.Contains(invoice[f.Offset:f.Offset+f.Length], []byte(wrong)) {
		t.Errorf("%+v is no place of %q", f, wrong)
	}
}

// withPayable is an invoice with another payable amount.
func withPayable(t *testing.T, invoice []byte, amount string) []byte {
	t.Helper()
	const name = "cbc:PayableAmount"
	start := bytes.Index(invoice, []byte("<"+name))
	end := bytes.Index(invoice, []byte("</"+name+">"))
	if start < 0 || end < start {
		t.Fatal("the sample has no payable amount")
	}
	start += bytes.IndexByte(invoice[start:], '>') + 1
	return slices.Concat(invoice[:start], []byte(amount), invoice[end:])
}
