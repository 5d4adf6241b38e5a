// Package report renders what people keep: the dossier of one financing as PDF, the
// auditor's list as PDF, XLSX and CSV.
//
// The same input gives the same bytes: there is no clock here, dates come with the input.
// A report never leaves anything out in silence: what a table shortens stands in full in an
// appendix, what the font cannot draw is replaced visibly and listed, what is not known is
// shown as a dash. Every PDF page names the SHA-256 of the input's canonical JSON (RFC 8785)
// and the ledger checkpoint that it was taken from.
package report

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/gowebpki/jcs"

	"github.com/countersign/countersign/services/app"
	"github.com/countersign/countersign/web"
)

// maxRows bounds the rows of a list and of each part of a dossier.
const maxRows = 50_000

// Options configure a Renderer.
type Options struct {
	// FontPaths are TrueType fonts or collections, the preferred one first; the default is
	// DefaultFontPaths.
	FontPaths []string
}

// Renderer implements app.Renderer. It may be used from several goroutines.
type Renderer struct {
	fonts   *fonts
	printer *printer
	words   map[string]map[string]string // the portal's, by language
}

var _ app.Renderer = (*Renderer)(nil)

// New loads the fonts; ErrNoFont says what to install when there are none.
func New(o Options) (*Renderer, error) {
	if len(o.FontPaths) == 0 {
		o.FontPaths = DefaultFontPaths()
	}
	f, err := loadFonts(o.FontPaths)
	if err != nil {
		return nil, err
	}
	p, err := newPrinter(f)
	if err != nil {
		return nil, err
	}
	words := map[string]map[string]string{}
	for _, language := range web.Languages() {
		if words[language], err = web.Words(language); err != nil {
			return nil, err
		}
	}
	return &Renderer{fonts: f, printer: p, words: words}, nil
}

// Digest is the SHA-256 of the canonical JSON (RFC 8785) of a report's input, as the pages
// of the report name it: "sha-256:" and 64 hexadecimal digits.
func Digest(input any) (string, error) {
	plain, err := json.Marshal(input)
	if err != nil {
		return "", fmt.Errorf("report: encode the input: %w", err)
	}
	canonical, err := jcs.Transform(plain)
	if err != nil {
		return "", fmt.Errorf("report: canonical form of the input: %w", err)
	}
	sum := sha256.Sum256(canonical)
	return "sha-256:" + hex.EncodeToString(sum[:]), nil
}

// begin starts a sheet with the title and the lines that every page carries at its foot.
func (r *Renderer) begin(
	ctx context.Context, width, height length, title string, input any, c app.LedgerCheckpoint,
) (*sheet, error) {
	digest, err := Digest(input)
	if err != nil {
		return nil, err
	}
	s := newSheet(ctx, r.fonts, width, height)
	s.title = title
	s.foot = [2]string{"Input " + digest, "Checkpoint " + checkpointText(c)}
	return s, s.err
}

// checkpointText names a checkpoint: block, hash, ledger.
func checkpointText(c app.LedgerCheckpoint) string {
	if c.Hash == "" {
		return "unknown"
	}
	return "block " + strconv.FormatUint(c.Block, 10) + " " + c.Hash
}

// clockText marks every report taken while a demo clock was moved; the note is the ledger's.
func clockText(note string) string { return "This ledger's clock was moved: " + note }

// instant writes a time in UTC to the second; the absent time as unknown.
func instant(t time.Time) string {
	if t.IsZero() {
		return unknown
	}
	return t.UTC().Format("2006-01-02 15:04:05 UTC")
}

// orUnknown shows an absent text as unknown.
func orUnknown(s string) string {
	if s == "" {
		return unknown
	}
	return s
}
