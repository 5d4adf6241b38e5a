// Package pdftest builds small PDFs for tests, honest ones and hostile ones.
package pdftest

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Paper builds a small PDF. Objects 1 to 3 are the catalog, the tree of pages and a page;
// what a test wants otherwise it sets.
type Paper struct {
	Objects map[int]string
	Trailer string // further keys of it
	next    int
}

// New is a paper of one page that shows "Invoice 4711".
func New() *Paper {
	p := &Paper{Objects: map[int]string{}, next: 10}
	p.Objects[1] = "<</Type/Catalog/Pages 2 0 R>>"
	p.Objects[2] = "<</Type/Pages/Kids[3 0 R]/Count 1>>"
	p.Page("BT /F1 12 Tf 50 700 Td (Invoice 4711) Tj ET", "")
	p.Objects[5] = "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>"
	return p
}

// Page sets what the one page shows, and further keys of its dictionary.
func (p *Paper) Page(content, more string) {
	p.Objects[3] = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R" +
		"/Resources<</Font<</F1 5 0 R>>>>" + more + ">>"
	p.Objects[4] = Stream("", content)
}

// Catalog adds keys to the catalog.
func (p *Paper) Catalog(more string) {
	p.Objects[1] = "<</Type/Catalog/Pages 2 0 R" + more + ">>"
}

// Add gives an object the next free number.
func (p *Paper) Add(object string) int {
	p.next++
	p.Objects[p.next] = object
	return p.next
}

// Attach adds an embedded file and names it in the catalog.
func (p *Paper) Attach(name string, content []byte) {
	file := p.Add(Stream("/Type/EmbeddedFile", string(content)))
	spec := p.Add(fmt.Sprintf("<</Type/Filespec/F(%s)/UF(%s)/EF<</F %d 0 R>>>>", name, name, file))
	p.Catalog(fmt.Sprintf("/Names<</EmbeddedFiles<</Names[(%s)%d 0 R]>>>>", name, spec))
}

// Show puts lines of text on the page, in the encoding of Windows.
func (p *Paper) Show(lines ...string) {
	content := "BT /F1 12 Tf 15 TL 50 700 Td"
	escape := strings.NewReplacer("(", `\(`, ")", `\)`, "€", "\x80")
	for _, line := range lines {
		content += " (" + escape.Replace(line) + ") Tj T*"
	}
	p.Page(content+" ET", "")
}

// Stream is an object with bytes, and further keys in its dictionary.
func Stream(keys, content string) string {
	return "<<" + keys + "/Length " + strconv.Itoa(len(content)) + ">>stream\n" + content + "\nendstream"
}

// Packed is content as FlateDecode unpacks it.
func Packed(content []byte) string {
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	if _, err := w.Write(content); err != nil {
		return err.Error()
	}
	if err := w.Close(); err != nil {
		return err.Error()
	}
	return b.String()
}

// Bytes writes the file with its table.
func (p *Paper) Bytes() []byte {
	out := []byte("%PDF-1.7\n%\xE2\xE3\xCF\xD3\n")
	return p.write(out, -1)
}

// write appends the objects, a table of them and a trailer.
func (p *Paper) write(out []byte, prev int) []byte {
	offsets := map[int]int{}
	for _, n := range slices.Sorted(maps.Keys(p.Objects)) {
		offsets[n] = len(out)
		out = append(out, fmt.Sprintf("%d 0 obj%s endobj\n", n, p.Objects[n])...)
	}
	at := len(out)
	out = append(out, "xref\n0 1\n0000000000 65535 f \n"...)
	for _, n := range slices.Sorted(maps.Keys(offsets)) {
		out = append(out, fmt.Sprintf("%d 1\n%010d 00000 n \n", n, offsets[n])...)
	}
	trailer := p.Trailer
	if prev >= 0 {
		trailer += fmt.Sprintf("/Prev %d", prev)
	}
	out = append(out, fmt.Sprintf("trailer<</Size 1000/Root 1 0 R%s>>\n", trailer)...)
	return append(out, fmt.Sprintf("startxref\n%d\n%%%%EOF\n", at)...)
}

// Update saves the file again with some objects anew.
func Update(b []byte, objects map[int]string) []byte {
	i := bytes.LastIndex(b, []byte("startxref\n"))
	line, _, _ := bytes.Cut(b[i+len("startxref\n"):], []byte("\n"))
	prev, err := strconv.Atoi(string(line))
	if err != nil {
		return nil
	}
	return (&Paper{Objects: objects}).write(slices.Clone(b), prev)
}

// Crossed writes the paper with a table that is a stream; entries overrule it by kind, place
// and index.
func Crossed(p *Paper, entries map[int][3]int) []byte {
	out := []byte("%PDF-1.7\n")
	rows := map[int][3]int{}
	for _, n := range slices.Sorted(maps.Keys(p.Objects)) {
		rows[n] = [3]int{1, len(out), 0}
		out = append(out, fmt.Sprintf("%d 0 obj%s endobj\n", n, p.Objects[n])...)
	}
	maps.Copy(rows, entries)
	const size = 100
	rows[size-1] = [3]int{1, len(out), 0}
	var table []byte
	for n := range size {
		row := rows[n]
		for i, shift := range [5]int{0, 16, 8, 0, 0} {
			table = append(table, byte(row[[5]int{0, 1, 1, 1, 2}[i]]>>shift)) //nolint:gosec // one byte of it
		}
	}
	at := len(out)
	return append(out, fmt.Sprintf("%d 0 obj%s endobj\nstartxref\n%d\n%%%%EOF\n", size-1,
		Stream(fmt.Sprintf("/Type/XRef/Size %d/W[1 3 1]/Root 1 0 R%s", size, p.Trailer), string(table)), at)...)
}
