package report_test

import (
	"strings"
	"testing"
)

func TestHostileTextsAreDrawnOrReplacedVisibly(t *testing.T) {
	d := sampleDossier(t)
	long := strings.Repeat("Überlange Firmenbezeichnung 公司 ", 300) + "END-OF-NAME"
	d.Parties[0].Name = long
	d.Parties[1].Name = "Safe\u202Egnp.exe\u200B Ltd"
	d.Parties[2].Name = "line\r\nbreak\tand tab"
	d.Parties[3].Name = "𠮷野 مرحبا"
	d.Parties[4].Name = "Cafe\u0301 Zażółć gęślą jaźń – Ångström ß"
	d.State.Word = strings.Repeat("state ", 400)
	d.Papers[0].Digest = strings.Repeat("f", 10_000)
	d.Receivable.Number = strings.Repeat("W", 10_000)
	d.Matrix.Rows[0].Cells[0].Value = strings.Repeat("值", 3000)
	d.Findings[0].Message = "\x00\xff(\\) <script>=1+1"
	pdf, err := renderer(t).Dossier(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	keep(t, "hostile.pdf", pdf)
	got := readBack(t, pdf)
	inOrder(t, got, "Safe\uFFFDgnp.exe\uFFFD Ltd", "line break and tab", "\uFFFD野",
		"Café Zażółć gęślą jaźń – Ångström ß",
		"(\\) <script>=1+1", "END-OF-NAME", "Characters not drawn", "U+202E U+200B U+20BB7")
	if strings.ContainsAny(got, "\u202E\u200B\x00") {
		t.Fatal("an invisible character was drawn")
	}
}

func TestTextBeyondTheLimitIsCutVisibly(t *testing.T) {
	d := sampleDossier(t)
	d.Parties[0].Name = strings.Repeat("名", 20_000)
	pdf, err := renderer(t).Dossier(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	inOrder(t, readBack(t, pdf), "[…cut]")
}

func TestMoreSourcesThanFitGoIntoAFurtherTable(t *testing.T) {
	d := sampleDossier(t)
	more := d.Matrix.Sources
	d.Matrix.Sources = append(more[:len(more):len(more)], more...)
	for i, row := range d.Matrix.Rows {
		d.Matrix.Rows[i].Cells = append(row.Cells[:len(row.Cells):len(row.Cells)], row.Cells...)
	}
	d.Matrix.Rows[4].Cells[2].State = "contradicts"
	d.Matrix.Rows[4].Cells[2].Value = "210 H87"
	d.Matrix.Rows[4].Cells[2].Place = "/lines/0/quantity"
	d.Matrix.Rows[5].Cells[2].State = "stale"
	pdf, err := renderer(t).Dossier(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	keep(t, "wide.pdf", pdf)
	inOrder(t, readBack(t, pdf), "Sources 1 to 5 of 10", "contradicts", "210 H87", "Sources 6 to 10 of 10",
		"States", "quantity", "bill of lading", "210 H87", "/lines/0/quantity")
}
