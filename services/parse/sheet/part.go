package sheet

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strconv"

	"github.com/countersign/countersign/services/parse/source"
)

// The namespaces of SpreadsheetML, transitional and strict (ECMA-376 parts 4 and 1), and of
// package relationships (part 2).
const (
	nsMain       = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
	nsMainStrict = "http://purl.oclc.org/ooxml/spreadsheetml/main"
	nsPackage    = "http://schemas.openxmlformats.org/package/2006/relationships"
)

// visitor takes the elements of one part. Elements of other namespaces, with all in them, are
// left out before.
type visitor interface {
	// open takes the start of an element at a depth from 1; text follows, then close.
	open(depth int, name string, attributes []xml.Attr) *source.Fault
	text(depth int, chars []byte) *source.Fault
	close(depth int) *source.Fault
}

// walk reads one part of a workbook as a stream: a large sheet is never a tree. The archive
// has made sure of its size, encoding and attributes, and that it has no DTD.
func walk(l Limits, part string, b []byte, v visitor) *source.Fault {
	d := xml.NewDecoder(bytes.NewReader(source.TrimBOM(b)))
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil }
	depth, foreign, roots := 0, 0, 0
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) && roots == 1 {
			return nil
		}
		if err != nil {
			return brokenPart(part)
		}
		var f *source.Fault
		switch t := token.(type) {
		case xml.StartElement:
			depth++
			if depth == 1 {
				roots++
			}
			switch {
			case depth > l.Depth:
				return source.New(source.CodeDepth, part, "Elements are nested more than "+strconv.Itoa(l.Depth)+
					" deep, which no workbook needs; save it again.")
			case roots > 1:
				return source.New(source.CodeSecondRoot, part, "This part holds two documents; save the workbook again.")
			case foreign == 0 && !ours(t.Name.Space):
				foreign = depth
			}
			if foreign == 0 {
				f = v.open(depth, t.Name.Local, t.Attr)
			}
		case xml.EndElement:
			switch foreign {
			case 0:
				f = v.close(depth)
			case depth:
				foreign = 0
			}
			depth--
		case xml.CharData:
			if foreign == 0 && depth > 0 {
				f = v.text(depth, t)
			}
		}
		if f != nil {
			return f
		}
	}
}

func ours(space string) bool {
	return space == nsMain || space == nsMainStrict || space == nsPackage
}

func brokenPart(part string) *source.Fault {
	return source.New(source.CodeMalformed, part,
		"This part of the workbook is broken; save the workbook again as XLSX.")
}

// attribute is the value of an attribute; "" when there is none.
func attribute(attributes []xml.Attr, local string) string {
	for _, a := range attributes {
		if a.Name.Local == local {
			return a.Value
		}
	}
	return ""
}
