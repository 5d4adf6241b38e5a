package httpapi

import (
	"fmt"
	"net/http"
	"runtime"
	"testing"
	"time"

	"github.com/countersign/countersign/services/app"
	"github.com/countersign/countersign/services/httpapi/internal/api"
)

// many is how many rows a list must give out within half a minute.
const many = 100_000

// manyPapers and manyClaims copy a paper and a claim of the world until there are many.
const (
	manyPapers = `INSERT INTO documents (id, org_id, uploaded_by, uploaded_at, digest, size, media_type,
		filename, version, state, fields, canonical_digest, parsed_at, reader, findings, edit)
	SELECT 'doc-many-' || n, d.org_id, d.uploaded_by, d.uploaded_at + n * interval '1 second',
		'sha-256:' || encode(sha256(n::text::bytea), 'hex'), d.size, d.media_type, '发票 ' || n || '.xml', 1,
		d.state, d.fields, d.canonical_digest, d.parsed_at, d.reader, d.findings, 1
	FROM documents d, generate_series($1::int, $2::int) n WHERE d.id = $3`
	manyClaims = `WITH made AS (
		SELECT 'rcv-many-' || n AS id, a.record::jsonb AS record, jsonb_set(jsonb_set(a.state::jsonb,
			'{receivable,claim,number}', to_jsonb(lpad(n::text, 8, '0'))), '{receivable,face}',
			to_jsonb(100000 + n))::text AS state
		FROM ledger.assets a, generate_series($1::int, $2::int) n WHERE a.id = $3)
	INSERT INTO ledger.assets (id, record, state)
	SELECT id, (record || jsonb_build_object('id', id, 'commitment',
		'sha-256:' || encode(sha256(convert_to(state, 'UTF8')), 'hex')))::json, state::json FROM made`
	theirHolders = `INSERT INTO ledger.holders (asset_id, org_id, consent, value_hash, missing)
	SELECT a.id, h.org_id, h.consent, h.value_hash, h.missing FROM ledger.assets a, ledger.holders h
	WHERE a.id IN (SELECT 'rcv-many-' || n FROM generate_series($1::int, $2::int) n) AND h.asset_id = $3`
)

// BenchmarkAListOfAHundredThousandRows tells how long a file of many rows takes from the request
// to the report that is made, and how much the heap grew at most meanwhile:
//
//	go test ./services/httpapi -run xxx -bench AListOfAHundredThousandRows -benchtime 1x
func BenchmarkAListOfAHundredThousandRows(b *testing.B) {
	w := newWorld(b)
	w.open()
	w.confirm()
	const part = 5_000 // at once, so that no statement takes too long
	for n := 1; n < many; n += part {
		w.seed(manyPapers, n, n+part-1, string(w.papers["invoice.xml"]))
		w.seed(manyClaims, n, n+part-1, string(w.receivable))
		w.seed(theirHolders, n, n+part-1, string(w.receivable))
	}
	w.seed("ANALYZE")
	for _, c := range []struct{ list, format, query string }{
		{"documents", "csv", "sort=number"},
		{"documents", "xlsx", ""},
		{"receivables", "csv", "side=obligor&sort=due"},
		{"receivables", "xlsx", "side=obligor&sort=-amount"},
	} {
		b.Run(fmt.Sprintf("%s/%s", c.list, c.format), func(b *testing.B) {
			for b.Loop() {
				var before runtime.MemStats
				runtime.GC()
				runtime.ReadMemStats(&before)
				began := wall{}.Now()
				made, most := w.waited(c.list, c.query, c.format)
				b.ReportMetric(wall{}.Now().Sub(began).Seconds(), "s/file")
				b.ReportMetric(float64(*made.Rows), "rows")       //nolint:forbidigo // the testing package's own
				b.ReportMetric(float64(made.Size)/1e6, "MB/file") //nolint:forbidigo // as above
				grown := most - before.HeapAlloc
				b.ReportMetric(float64(grown)/1e6, "MB-heap-growth") //nolint:forbidigo // as above
			}
		})
	}
}

// waited has a list made and looks at the heap until it is.
func (w *world) waited(list, query, format string) (api.Report, uint64) {
	w.t.Helper()
	var made api.Report
	w.post(obligorOfMany(list), "/v1/exports", api.ExportList{List: list, Query: query, Format: format},
		http.StatusAccepted, &made)
	most := uint64(0)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for made.State == "waiting" {
		<-tick.C
		var now runtime.MemStats
		runtime.ReadMemStats(&now)
		most = max(most, now.HeapAlloc)
		w.get(obligorOfMany(list), "/v1/reports/"+string(made.ID), &made)
	}
	if made.State != string(app.ReportMade) || *made.Rows < many {
		w.t.Fatalf("%s as %s: %s %s, %d rows", list, format, made.State, made.Fault, *made.Rows)
	}
	return made, most
}

func obligorOfMany(list string) string {
	if list == "documents" {
		return sellerMaker
	}
	return obligorMaker
}
