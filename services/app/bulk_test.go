package app_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/services/app"
	"github.com/countersign/countersign/services/parse"
)

// invoices is a bulk file with invoices of these numbers, each the template's example.
func invoices(t *testing.T, numbers ...string) []byte {
	t.Helper()
	columns, _ := parse.BulkTemplate(parse.Invoice)
	rows := make([][]string, 1+len(numbers))
	for i, c := range columns {
		rows[0] = append(rows[0], c.Name)
		for n, number := range numbers {
			rows[n+1] = append(rows[n+1], c.Example)
			if i == 0 {
				rows[n+1][0] = number
			}
		}
	}
	var out bytes.Buffer
	ok(t, csv.NewWriter(&out).WriteAll(rows))
	return out.Bytes()
}

func (n *node) importBulk(t *testing.T, by person, file []byte) (app.Taken[app.BulkImport], error) {
	t.Helper()
	return n.ImportBulk(t.Context(), by.Actor, app.BulkInput{FileName: "x.csv", Body: bytes.NewReader(file)})
}

func TestBulkFileOverTheQuotaLeavesNothing(t *testing.T) {
	file := invoices(t, "1", "2", "3")
	n := openNodeWithin(t, int64(len(file))+500) // room for the file and none for its documents
	seller := n.with("lanqiao", trade.Maker)[0]
	_, err := n.importBulk(t, seller, file)
	wantCode(t, err, app.CodeQuota)
	list, _, err := n.Documents(t.Context(), seller.Actor, app.Page{Limit: app.MaxPage})
	ok(t, err)
	if len(list) != 0 {
		t.Errorf("%d documents are kept", len(list))
	}
}

func TestBulkFileNeedsAMaker(t *testing.T) {
	n := openNode(t)
	_, err := n.importBulk(t, n.with("lanqiao", trade.Checker)[0], invoices(t, "1"))
	wantCode(t, err, app.CodeForbidden)
}

func TestBulkFaultsComeTogether(t *testing.T) {
	n := openNode(t)
	file := bytes.ReplaceAll(invoices(t, "1", "2"), []byte("1200"), []byte("1.2e3"))
	_, err := n.importBulk(t, n.with("lanqiao", trade.Maker)[0], file)
	several, found := errors.AsType[app.Faults](err)
	if !found || len(several) != 2 || several[1].Path != "row 3, column quantity" ||
		!strings.HasPrefix(string(several[0].Code), "bulk.") {
		t.Errorf("%v", err)
	}
}

// Files that share documents and come at the same moment keep each document once.
func TestBulkFilesAtOnceKeepEachDocumentOnce(t *testing.T) {
	n := openNode(t)
	seller := n.with("lanqiao", trade.Maker)[0]
	var all sync.WaitGroup
	for range 8 {
		for _, file := range [][]byte{invoices(t, "1", "2", "3"), invoices(t, "3", "2", "1")} {
			all.Go(func() {
				if _, err := n.importBulk(t, seller, file); err != nil {
					t.Error(err)
				}
			})
		}
	}
	all.Wait()
	list, _, err := n.Documents(t.Context(), seller.Actor, app.Page{Limit: app.MaxPage})
	ok(t, err)
	if len(list) != 3 {
		t.Errorf("%d documents are kept, want 3", len(list))
	}
}
