package report

import (
	"bytes"
	"fmt"
	"time"

	"github.com/signintech/gopdf"
)

// printer hands finished pages to the PDF library. The fonts are parsed once and shared by
// all documents; each document embeds only the glyphs it uses.
type printer struct{ container *gopdf.FontContainer }

func newPrinter(f *fonts) (*printer, error) {
	p := &printer{container: &gopdf.FontContainer{}}
	for _, face := range []*face{&f.text, &f.mono} {
		if err := p.container.AddTTFFontData(face.name, face.ttf); err != nil {
			return nil, fmt.Errorf("report: load the font %s: %w", face.name, err)
		}
	}
	return p, nil
}

// print writes the pages of a sheet as PDF. The date in the file is the input's.
func (p *printer) print(s *sheet, at time.Time) ([]byte, error) {
	pages := s.finish()
	if s.err != nil {
		return nil, s.err
	}
	doc := &gopdf.GoPdf{}
	doc.Start(gopdf.Config{PageSize: gopdf.Rect{W: points(s.width), H: points(s.height)}})
	doc.SetInfo(gopdf.PdfInfo{
		Title: s.clean(s.title, metaText()), Creator: "Countersign", CreationDate: at.UTC(),
	})
	for _, face := range []*face{&s.fonts.text, &s.fonts.mono} {
		if err := doc.AddTTFFontFromFontContainer(face.name, p.container); err != nil {
			return nil, fmt.Errorf("report: use the font %s: %w", face.name, err)
		}
	}
	for i, pg := range pages {
		if err := s.ctx.Err(); err != nil {
			return nil, err
		}
		doc.AddPage()
		for _, o := range pg.ops {
			if err := paint(doc, o, s.face(o.style)); err != nil {
				return nil, fmt.Errorf("report: draw page %d: %w", i+1, err)
			}
		}
	}
	var out bytes.Buffer
	if _, err := doc.WriteTo(&out); err != nil {
		return nil, fmt.Errorf("report: write the PDF: %w", err)
	}
	return out.Bytes(), nil
}

func paint(doc *gopdf.GoPdf, o op, f *face) error {
	if o.isText {
		if err := doc.SetFont(f.name, "", points(o.style.size)); err != nil {
			return err
		}
		doc.SetTextColor(o.style.colour.r, o.style.colour.g, o.style.colour.b)
		doc.SetXY(points(o.x), points(o.y))
		return doc.Text(o.text)
	}
	doc.SetFillColor(o.fill.r, o.fill.g, o.fill.b)
	if o.shape == nil {
		doc.RectFromUpperLeftWithStyle(points(o.x), points(o.y), points(o.w), points(o.h), "F")
		return nil
	}
	for _, outline := range o.shape {
		var corners []gopdf.Point
		for _, c := range outline {
			corners = append(corners, gopdf.Point{
				X: points(o.x + o.w*length(c.x)/shapeGrid),
				Y: points(o.y + o.w*length(c.y)/shapeGrid),
			})
		}
		doc.Polygon(corners, "F")
	}
	return nil
}

// points is a length in the floating points of the PDF library; the only float of the
// package, and no amount ever gets here.
func points(l length) float64 { //nolint:forbidigo // geometry on paper, the library's type
	return float64(l) / 100 //nolint:forbidigo // as above
}
