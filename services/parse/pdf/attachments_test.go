package pdf_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/countersign/countersign/services/parse/pdf"
	"github.com/countersign/countersign/services/parse/pdf/pdftest"
	"github.com/countersign/countersign/services/parse/source"
)

var someXML = []byte("<?xml version='1.0'?><a/>")

func TestReadFindsAttachmentsHoweverTheyAreNamed(t *testing.T) {
	file := pdftest.Stream("/Type/EmbeddedFile/Filter/FlateDecode", pdftest.Packed(someXML))
	spec := "<</F(factur-x.xml)/EF<</F 8 0 R>>>>"
	for name, change := range map[string]func(p *pdftest.Paper){
		"the tree of names": func(p *pdftest.Paper) {
			p.Catalog("/Names<</EmbeddedFiles<</Kids[7 0 R]>>>>")
			p.Objects[7] = "<</Limits[(a)(z)]/Names[(x)9 0 R]>>"
		},
		"files of the document": func(p *pdftest.Paper) { p.Catalog("/AF[9 0 R]") },
		"one file and no list":  func(p *pdftest.Paper) { p.Catalog("/AF 9 0 R") },
		"files of a page":       func(p *pdftest.Paper) { p.Page("", "/AF[9 0 R]") },
		"an annotation": func(p *pdftest.Paper) {
			p.Page("", "/Annots[<</Subtype/FileAttachment/FS 9 0 R>>]")
		},
		"nothing that leads there": func(*pdftest.Paper) {},
		"a specification in UTF-16": func(p *pdftest.Paper) {
			p.Objects[9] = "<</UF<FEFF006600610063007400750072002D0078002E0078006D006C>/EF<</UF 8 0 R>>>>"
		},
		"no specification": func(p *pdftest.Paper) {
			p.Catalog("/Names<</EmbeddedFiles<</Names[(factur-x.xml)8 0 R]>>>>")
			delete(p.Objects, 9)
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := pdftest.New()
			p.Objects[8], p.Objects[9] = file, spec
			change(p)
			f := read(t, p.Bytes())
			if len(f.Attachments) != 1 || f.Attachments[0].Name != "factur-x.xml" ||
				!bytes.Equal(f.Attachments[0].Bytes, someXML) || f.Attachments[0].Object != 8 {
				t.Errorf("attachments %+v", f.Attachments)
			}
		})
	}
}

func TestReadFindsAttachmentsWhereTheTablesAreWrong(t *testing.T) {
	p := pdftest.New()
	p.Attach("factur-x.xml", someXML)
	b := p.Bytes()
	for name, broken := range map[string][]byte{
		"offsets":       bytes.Replace(b, []byte("%PDF-1.7\n"), []byte("%PDF-1.7\n%moved\n"), 1),
		"no table":      b[:bytes.LastIndex(b, []byte("xref\n0 1"))],
		"no startxref":  bytes.Replace(b, []byte("startxref"), []byte("startxxxx"), 1),
		"wrong lengths": bytes.ReplaceAll(b, []byte("/Length "), []byte("/Length 1")),
		"a mac's lines": bytes.ReplaceAll(b, []byte("\n"), []byte("\r")),
	} {
		t.Run(name, func(t *testing.T) {
			f := read(t, broken)
			if len(f.Attachments) != 1 || !bytes.Equal(f.Attachments[0].Bytes, someXML) {
				t.Errorf("attachments %+v", f.Attachments)
			}
		})
	}
}

func TestReadKeepsTheBytesOfXMLAlone(t *testing.T) {
	p := pdftest.New()
	p.Attach("terms.pdf", []byte("%PDF-1.4"))
	f := read(t, p.Bytes())
	if len(f.Attachments) != 1 || f.Attachments[0].Bytes != nil {
		t.Errorf("attachments %+v", f.Attachments)
	}
}

func TestReadTellsOfAProgramInside(t *testing.T) {
	for name, content := range map[string]string{
		"invoice.pdf.exe": "x", "invoice.xml": "MZ\x90", "setup": "\x7fELF", "run": "#!/bin/sh", "a.JS ": "x",
	} {
		p := pdftest.New()
		p.Attach(name, []byte(content))
		if got := finding(read(t, p.Bytes()), pdf.CodeProgram); got == nil || !got.Fatal {
			t.Errorf("%s: finding %v", name, got)
		}
	}
}

func TestReadBoundsWhatItKeepsOfAnAttachment(t *testing.T) {
	l := source.DefaultLimits()
	l.Bytes = 100
	p := pdftest.New()
	p.Attach("factur-x.xml", append(bytes.Clone(someXML), make([]byte, 1000)...))
	f, fault := pdf.Read(l, p.Bytes())
	if fault != nil || len(f.Attachments[0].Bytes) != l.Bytes+1 {
		t.Errorf("kept %d bytes, fault %v", len(f.Attachments[0].Bytes), fault)
	}
}

func TestReadTakesNoEndOfAttachments(t *testing.T) {
	p := pdftest.New()
	for i := range 1500 {
		p.Objects[100+2*i] = fmt.Sprintf("<</F(%d)/EF<</F %d 0 R>>>>", i, 101+2*i)
		p.Objects[101+2*i] = pdftest.Stream("", "x")
	}
	if n := len(read(t, p.Bytes()).Attachments); n != 1000 {
		t.Errorf("%d attachments", n)
	}
}
