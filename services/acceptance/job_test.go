package acceptance

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/countersign/countersign/fixtures"
	"github.com/countersign/countersign/services/demo"
)

// The trades of the fixtures and where they end.
const (
	pumps      = "01-pump-housings"
	valves     = "02-valves"
	renumbered = "03-renumbered"
)

const notAsExpected = 3 // exit code of the demonstration when a trade ended otherwise

// played is one run of the demonstration.
type played struct {
	result
	data     string // of the node that it made
	outcomes map[string]demo.Outcome
}

// play runs the demonstration in an empty folder: on the fixtures that are built in, or on
// those of a folder.
func play(t *testing.T, by build, folder string) played {
	t.Helper()
	dir := scratch(t)
	args := []string{"demo", "--exit", "--trades", "first", "--data", dir, "--listen", "127.0.0.1:0"}
	if folder != "" {
		args = append(args, "--fixtures", folder)
	}
	p := played{result: run(t, by, args...), outcomes: map[string]demo.Outcome{}}
	p.data = demoFolder(t, dir)
	raw, err := os.ReadFile(filepath.Join(p.data, "outcomes.json"))
	if err != nil {
		t.Fatalf("exit %d: %v\n%s\n%s", p.code, err, p.stdout, p.stderr)
	}
	var list []demo.Outcome
	if err := json.Unmarshal(raw, &list); err != nil {
		t.Fatal(err)
	}
	for _, o := range list {
		p.outcomes[o.Trade] = o
		t.Logf("%s: %s at %s %q", o.Trade, o.Outcome, o.At, o.Reasons)
	}
	return p
}

// has tells whether one of the reasons of an outcome begins with a code.
func has(o demo.Outcome, code string) bool {
	return slices.ContainsFunc(o.Reasons, func(r string) bool { return strings.HasPrefix(r, code+":") })
}

func TestTheJobSettlesOneTradeAndRefusesTwo(t *testing.T) {
	t.Parallel()
	p := play(t, program, "")
	if p.code != 0 {
		t.Fatalf("exit %d\n%s\n%s", p.code, p.stdout, p.stderr)
	}
	if o := p.outcomes[pumps]; o.Outcome != "settled" {
		t.Errorf("trade 1: %+v", o)
	}
	for _, figure := range []string{"1,806,192.00", "19,205.84", "2,006.88", "1,784,979.28", "88 days"} {
		if !strings.Contains(p.stdout, figure) {
			t.Errorf("the price that was told lacks %s", figure)
		}
	}
	o := p.outcomes[valves]
	if o.Outcome != "refused" || o.At != "verify" || !has(o, "match.quantity") ||
		!has(o, "match.packages") || !has(o, "match.weight") {
		t.Errorf("trade 2: %+v", o)
	}
	o = p.outcomes[renumbered]
	if o.Outcome != "refused" || o.At != "verify" || len(o.Reasons) != 1 ||
		o.Reasons[0] != "fingerprint.encumbered: already encumbered: order, goods and amount match" {
		t.Errorf("trade 3: %+v", o)
	}
	if said := strings.Join(o.Reasons, " "); strings.Contains(said, "Yongjiang") {
		t.Errorf("trade 3 was told by whom: %s", said)
	}
	t.Run("the reports are read back", func(t *testing.T) { reports(t, filepath.Join(p.data, "reports")) })
	t.Run("the node's audit is clean", func(t *testing.T) { clean(t, p.data) })
}

// reports reads the files of the demonstration with programs that are not ours.
func reports(t *testing.T, dir string) {
	dossier := pdf(t, filepath.Join(dir, pumps+"-dossier.pdf"))
	for _, text := range []string{
		"宁波蓝桥铸造有限公司", "苍宁装备股份有限公司", "甬江商业银行股份有限公司",
		"2,006,880.00", "1,806,192.00", "19,205.84", "2,006.88", "1,784,979.28", "LQ-10472",
		"林悦", "胡嘉怡", "任涛",
	} {
		if !strings.Contains(dossier, text) {
			t.Errorf("the dossier lacks %s", text)
		}
	}
	list := pdf(t, filepath.Join(dir, pumps+"-audit.pdf"))
	for _, text := range []string{"宁波蓝桥铸造有限公司", "2,006,880.00"} {
		if !strings.Contains(list, text) {
			t.Errorf("the auditor's list lacks %s", text)
		}
	}
	sheet := workbook(t, filepath.Join(dir, pumps+"-audit.xlsx"))
	raw, err := os.ReadFile(filepath.Join(dir, pumps+"-audit.csv"))
	if err != nil {
		t.Fatal(err)
	}
	reader := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(raw, []byte("\ufeff"))))
	reader.FieldsPerRecord = -1
	rows, err := reader.ReadAll()
	if err != nil || len(rows) < 2 {
		t.Fatalf("the list as CSV has %d rows: %v", len(rows), err)
	}
	for _, text := range []string{"宁波蓝桥铸造有限公司", "LQ-10472"} {
		if !strings.Contains(sheet, text) {
			t.Errorf("the workbook lacks %s", text)
		}
		if !bytes.Contains(raw, []byte(text)) {
			t.Errorf("the list as CSV lacks %s", text)
		}
	}
	t.Logf("dossier: %d characters; list: %d characters, workbook: %d bytes of XML, CSV: %d rows",
		len([]rune(dossier)), len([]rune(list)), len(sheet), len(rows))
}

// pdf is the text of a PDF as poppler reads it, without the spaces and line ends that only
// set it out.
func pdf(t *testing.T, file string) string {
	t.Helper()
	reader, err := exec.LookPath("pdftotext")
	if err != nil {
		t.Skip("pdftotext is not installed: install poppler-utils to read the reports back")
	}
	out, err := exec.CommandContext(t.Context(), reader, "-raw", file, "-").Output()
	if err != nil {
		t.Fatalf("reading %s: %v", filepath.Base(file), err)
	}
	return strings.Join(strings.Fields(string(out)), "")
}

// workbook is all XML of an XLSX.
func workbook(t *testing.T, file string) string {
	t.Helper()
	z, err := zip.OpenReader(file)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	var all bytes.Buffer
	for _, part := range z.File {
		r, err := part.Open()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(&all, r); err != nil {
			t.Fatal(err)
		}
		_ = r.Close() // it was only read
	}
	return all.String()
}

// alteration changes one file of a trade.
type alteration struct{ trade, file, from, to string }

func TestAlteredFoldersFlipExactlyThePredictedOutcomes(t *testing.T) {
	t.Parallel()
	const settled, refused = "settled", "refused"
	cases := map[string]struct {
		changes  []alteration
		outcomes map[string]string // of the trades in order
		reason   map[string]string // a code that must be among the reasons
	}{
		"one quantity, less than was delivered": {
			[]alteration{{pumps, "invoice.xml", `unitCode="H87">1200<`, `unitCode="H87">1190<`}},
			map[string]string{pumps: refused, valves: refused, renumbered: settled},
			map[string]string{pumps: "CS-AR-01", valves: "match.quantity"},
		},
		"one quantity": {
			// Trade 1 never comes to the ledger, so nothing encumbers what trade 3 offers.
			[]alteration{{pumps, "invoice.xml", `unitCode="H87">1200<`, `unitCode="H87">1300<`}},
			map[string]string{pumps: refused, valves: refused, renumbered: settled},
			map[string]string{pumps: "match.quantity", valves: "match.quantity"},
		},
		"one account": {
			[]alteration{{pumps, "invoice.xml", "3901209904172630018", "3901209904172630026"}},
			map[string]string{pumps: refused, valves: refused, renumbered: settled},
			map[string]string{pumps: "match.account", valves: "match.quantity"},
		},
		"one seller": {
			[]alteration{{pumps, "order.xml", "91330212XA1Q7K2AXU", "91330206XA2H6P5E34"}},
			map[string]string{pumps: refused, valves: refused, renumbered: settled},
			map[string]string{pumps: "match.party", valves: "match.quantity"},
		},
		"a bill of lading that is right": {
			[]alteration{
				{valves, "bill-of-lading.json", `"quantity": "210"`, `"quantity": "240"`},
				{valves, "bill-of-lading.json", `"packages": "21"`, `"packages": "24"`},
				{valves, "bill-of-lading.json", `"gross_kg": "7350"`, `"gross_kg": "8400"`},
			},
			map[string]string{pumps: settled, valves: settled, renumbered: refused},
			map[string]string{renumbered: "fingerprint.encumbered"},
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			dir := scratch(t)
			if err := os.CopyFS(dir, fixtures.Default()); err != nil {
				t.Fatal(err)
			}
			for _, a := range c.changes {
				alter(t, filepath.Join(dir, "trades", a.trade, a.file), a.from, a.to)
			}
			p := play(t, fast, dir)
			if p.code != notAsExpected {
				t.Errorf("exit %d, %d is wanted\n%s\n%s", p.code, notAsExpected, p.stdout, p.stderr)
			}
			for trade, want := range c.outcomes {
				if o := p.outcomes[trade]; o.Outcome != want {
					t.Errorf("%s: %+v, %s is wanted", trade, o, want)
				}
			}
			for trade, code := range c.reason {
				if o := p.outcomes[trade]; o.At != "verify" || !has(o, code) {
					t.Errorf("%s: %+v, %s at verify is wanted", trade, o, code)
				}
			}
		})
	}
}

// alter replaces a text in a file, everywhere.
func alter(t *testing.T, file, from, to string) {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(raw, []byte(from)) {
		t.Fatalf("%s has no %s", file, from)
	}
	if err := os.WriteFile(file, bytes.ReplaceAll(raw, []byte(from), []byte(to)), 0o600); err != nil {
		t.Fatal(err)
	}
}
