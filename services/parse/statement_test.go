package parse_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/countersign/countersign/services/parse"
	"github.com/countersign/countersign/services/parse/source"
)

func mustReadStatement(t *testing.T, b []byte) []parse.StatementLine {
	t.Helper()
	s, err := parse.ReadStatement(b)
	if err != nil {
		t.Fatal(err)
	}
	return s.Lines
}

func TestReadStatementReadsBothShapesOfCamt053(t *testing.T) {
	for _, name := range []string{"camt053-02.xml", "camt053-08.xml"} {
		lines := mustReadStatement(t, sample(t, "statement", name))
		if len(lines) != 4 {
			t.Fatalf("%s has %d booked lines, want 4: a pending entry is none", name, len(lines))
		}
		first := lines[0]
		if first.Account != "DE89370400440532013000" || first.Amount.String() != "1100.00 EUR" ||
			first.Direction != parse.Credit || first.Booked.String() != "2026-04-30" ||
			first.Value.String() != "2026-05-02" || first.Reference != "B-1" ||
			first.CounterpartyName != "Hollevik Vinduer AS" || first.CounterpartyAccount != "DK5000400440116243" ||
			first.Remittance != "Invoice TG-881" || !slices.Equal(first.References, []string{"E2E-1", "TG-881"}) {
			t.Errorf("%s: the first line is %+v", name, first)
		}
		last := lines[3]
		if last.Direction != parse.Debit || !last.Reversal || last.CounterpartyName != "Skagen Linjer AS" {
			t.Errorf("%s: the reversal is %+v", name, last)
		}
	}
}

func TestReadStatementReadsNotificationsOfEveryVersion(t *testing.T) {
	old := string(sample(t, "statement", "camt054-02.xml"))
	files := map[string]string{"02": old}
	for _, version := range []string{"03", "04", "05", "06", "07", "08"} {
		text := strings.Replace(old, "001.02", "001."+version, 1)
		text = strings.ReplaceAll(text, "<Sts>BOOK</Sts>", "<Sts><Cd>BOOK</Cd></Sts>")
		text = strings.ReplaceAll(text, "<Dbtr><Nm>", "<Dbtr><Pty><Nm>")
		files[version] = strings.ReplaceAll(text, "</Nm></Dbtr>", "</Nm></Pty></Dbtr>")
	}
	for version, text := range files {
		if got := parse.Detect([]byte(text)); got != parse.SyntaxCamt054 {
			t.Errorf("version %s is %s", version, got)
		}
		lines := mustReadStatement(t, []byte(text))
		if len(lines) != 2 {
			t.Fatalf("version %s has %d lines, want the two parts of the booked entry", version, len(lines))
		}
		for i, want := range []string{"B-7-1", "B-7"} {
			l := lines[i]
			if l.Reference != want || l.Entry != "B-7" || l.EntryAmount.String() != "300.00 EUR" || l.Part != i ||
				l.Account != "DE89370400440532013000" || l.CounterpartyName == "" || l.Direction != parse.Credit {
				t.Errorf("version %s, part %d: %+v", version, i, l)
			}
		}
	}
	_, err := parse.ReadStatement([]byte(strings.Replace(old, "001.02", "001.01", 1)))
	wantCode(t, err, source.CodeUnsupported)
	_, err = parse.Read([]byte(old))
	wantCode(t, err, source.CodeUnsupported)
}

// The number of an entry names it within one message only; another message has another.
func TestReadStatementTakesNoNumberOfAnEntryForTheBanksReference(t *testing.T) {
	text := string(sample(t, "statement", "camt054-02.xml"))
	text = strings.ReplaceAll(text, "<AcctSvcrRef>B-7</AcctSvcrRef>", "")
	for i, l := range mustReadStatement(t, []byte(text)) {
		if l.Entry != "" || (l.Reference == "") != (i == 1) {
			t.Errorf("part %d: entry %q, reference %q", i, l.Entry, l.Reference)
		}
	}
}

func TestReadStatementSplitsABatchWhoseTransactionsSumToIt(t *testing.T) {
	b := sample(t, "statement", "camt053-08.xml")
	lines := mustReadStatement(t, b)
	if lines[1].Amount.String() != "100.00 EUR" || lines[2].Amount.String() != "200.00 EUR" ||
		!slices.Equal(lines[2].References, []string{"TG-883"}) {
		t.Errorf("the batch is read as %+v, %+v", lines[1], lines[2])
	}
	short := bytes.Replace(b, []byte(`<Amt Ccy="EUR">200.00</Amt>`), []byte(`<Amt Ccy="EUR">199.00</Amt>`), 1)
	if lines := mustReadStatement(t, short); len(lines) != 3 || lines[1].Amount.String() != "300.00 EUR" {
		t.Errorf("a batch that does not sum is read as %+v", lines)
	}
}

func TestReadStatementReadsCSV(t *testing.T) {
	lines := mustReadStatement(t, sample(t, "statement", "statement.csv"))
	if len(lines) != 2 || lines[0].Amount.String() != "1100.00 EUR" ||
		lines[0].Remittance != "Invoice TG-881, with thanks" ||
		lines[1].Direction != parse.Debit || !lines[1].Value.IsZero() || lines[1].Place.Path != "line 3" {
		t.Errorf("the statement is read as %+v", lines)
	}
}

func TestReadStatementNamesItsFaults(t *testing.T) {
	camt := string(sample(t, "statement", "camt053-08.xml"))
	const amount = `<Amt Ccy="EUR">1100.00</Amt>`
	header := strings.Join(parse.StatementHeader(), ",") + "\n"
	row := func(amount, direction, text string) string {
		return header + "A1,2026-04-30,," + amount + ",EUR," + direction + ",R," + text + ",,\n"
	}
	for name, c := range map[string]struct{ in, code string }{
		"empty":               {" \n", source.CodeEmpty},
		"another version":     {strings.Replace(camt, "001.08", "001.99", 1), source.CodeUnsupported},
		"another message":     {strings.Replace(camt, "camt.053", "camt.052", 1), source.CodeUnsupported},
		"a document":          {string(sample(t, "read", "invoice.xml")), source.CodeUnsupported},
		"broken off":          {camt[:len(camt)/2], source.CodeMalformed},
		"a DTD":               {strings.Replace(camt, "<Document", "<!DOCTYPE x><Document", 1), source.CodeDTD},
		"a foreign element":   {strings.Replace(camt, "<GrpHdr>", `<GrpHdr xmlns="x">`, 1), source.CodeNamespace},
		"two amounts":         {strings.Replace(camt, amount, amount+amount, 1), source.CodeDuplicate},
		"no amount":           {strings.Replace(camt, amount, "", 1), source.CodeValue},
		"a negative amount":   {strings.Replace(camt, ">1100.00<", ">-1100.00<", 1), source.CodeValue},
		"three decimals":      {strings.Replace(camt, ">1100.00<", ">1100.001<", 1), source.CodeValue},
		"a cut amount":        {strings.Replace(camt, ">1100.00<", ">1<!-- -->100.00<", 1), source.CodeSplitText},
		"no direction":        {strings.Replace(camt, "<CdtDbtInd>CRDT</CdtDbtInd>", "", 1), source.CodeValue},
		"a date":              {strings.Replace(camt, "2026-04-30", "2026-04-31", 1), source.CodeValue},
		"CSV without header":  {"A1,2026-04-30\n", source.CodeUnsupported},
		"CSV columns":         {header + "A1,2026-04-30\n", source.CodeMalformed},
		"CSV quotes":          {header + "A1,\"2026\"x,,1.00,EUR,credit,R,,,\n", source.CodeMalformed},
		"CSV amount":          {row("-1.00", "credit", ""), source.CodeValue},
		"CSV direction":       {row("1.00", "in", ""), source.CodeValue},
		"CSV formula":         {row("1.00", "credit", "=HYPERLINK(1)"), source.CodeValue},
		"CSV formula by sign": {row("1.00", "credit", "+cmd|x"), source.CodeValue},
		"CSV encoding":        {row("1.00", "credit", "\xff"), source.CodeEncoding},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := parse.ReadStatement([]byte(c.in))
			wantCode(t, err, c.code)
		})
	}
}

func TestReadStatementTakesEntriesUpToItsLimit(t *testing.T) {
	l := small()
	header := strings.Join(parse.StatementHeader(), ",") + "\n"
	line := "A1,2026-04-30,,1.00,EUR,credit,R,,,\n"
	if _, err := parse.ReadStatementWithin(l, []byte(header+strings.Repeat(line, l.Lines))); err != nil {
		t.Errorf("at the limit: %v", err)
	}
	_, err := parse.ReadStatementWithin(l, []byte(header+strings.Repeat(line, l.Lines+1)))
	wantCode(t, err, source.CodeTooLarge)

	l = parse.DefaultLimits()
	l.Lines = 4
	b := sample(t, "statement", "camt053-08.xml")
	if _, err := parse.ReadStatementWithin(l, b); err != nil {
		t.Errorf("at the limit: %v", err)
	}
	l.Lines = 3
	_, err = parse.ReadStatementWithin(l, b)
	wantCode(t, err, source.CodeTooLarge)
}

func TestReadStatementTellsBalancesAndPeriod(t *testing.T) {
	balance := func(code, amount, way string) string {
		return "<Bal><Tp><CdOrPrtry><Cd>" + code + "</Cd></CdOrPrtry></Tp><Amt Ccy=\"EUR\">" + amount +
			"</Amt><CdtDbtInd>" + way + "</CdtDbtInd><Dt><Dt>2026-03-01</Dt></Dt></Bal>"
	}
	read := func(said string) parse.Stated {
		t.Helper()
		s, err := parse.ReadStatement([]byte(`<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08">` +
			"<BkToCstmrStmt><Stmt><FrToDt><FrDtTm>2026-03-01T00:00:00</FrDtTm><ToDtTm>2026-03-02T23:59:59</ToDtTm>" +
			"</FrToDt><Acct><Id><IBAN>DE02</IBAN></Id></Acct>" + said + "</Stmt></BkToCstmrStmt></Document>"))
		if err != nil || len(s.Stated) != 1 {
			t.Fatalf("%+v, %v", s, err)
		}
		return s.Stated[0]
	}
	got := read(balance("PRCD", "12.50", "DBIT") + balance("CLAV", "1.00", "CRDT") +
		balance("CLBD", "100.00", "CRDT"))
	if got.Account != "DE02" || got.Opening.String() != "-12.50 EUR" || got.Closing.String() != "100.00 EUR" ||
		got.From.String() != "2026-03-01" || got.To.String() != "2026-03-02" {
		t.Errorf("%+v", got)
	}
	// What of it cannot be read is not told; the movements count all the same.
	if got := read(balance("CLBD", "a lot", "CRDT")); !got.Closing.IsAbsent() || !got.Opening.IsAbsent() {
		t.Errorf("%+v", got)
	}
}
