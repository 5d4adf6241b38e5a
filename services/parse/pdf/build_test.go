package pdf_test

import (
	"strings"
	"testing"

	"github.com/countersign/countersign/services/parse/pdf"
	"github.com/countersign/countersign/services/parse/source"
)

func read(t testing.TB, b []byte) *pdf.File {
	t.Helper()
	f, fault := pdf.Read(source.DefaultLimits(), b)
	if fault != nil {
		t.Fatal(fault)
	}
	return f
}

// refused fails unless the file is refused with the code and a sentence, and answers where.
func refused(t testing.TB, l source.Limits, b []byte, code string) (place string) {
	t.Helper()
	_, fault := pdf.Read(l, b)
	if fault == nil || fault.Code != code || fault.Message == "" {
		t.Fatalf("the fault is %v, want %s", fault, code)
	}
	return fault.Path
}

// finding is the one of a code, nil when there is none.
func finding(f *pdf.File, code string) *pdf.Finding {
	for i := range f.Findings {
		if f.Findings[i].Code == code {
			return &f.Findings[i]
		}
	}
	return nil
}

// shows joins the lines of the text layer.
func shows(f *pdf.File) string {
	var lines []string
	for _, l := range f.Lines {
		lines = append(lines, l.Text)
	}
	return strings.Join(lines, "\n")
}
