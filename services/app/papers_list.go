package app

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/services/parse"
)

// PaperRow is a paper as a list shows it: without its texts.
type PaperRow struct {
	ID         DocumentID
	Org        trade.OrgID
	UploadedAt time.Time
	FileName   string
	MediaType  string
	Size       int64
	Version    int
	State      DocumentState
	Kind       parse.Kind // empty: not read yet
	Number     string
	Fatal      int // findings of this weight
	Warnings   int
}

// PaperFilter narrows a list of papers. What is empty narrows nothing.
type PaperFilter struct {
	Kinds    []string // of parse.Kind, or "unread" for papers without fields
	States   []DocumentState
	Origins  []trade.OrgID // who uploaded it
	Words    string        // within the number or the file's name
	Findings string        // "fatal", "warning" (and nothing fatal) or "none"
	Since    time.Time
	Until    time.Time // not including
}

// PaperSorts are what a list of papers can be sorted by.
func PaperSorts() []string { return []string{"uploaded", "number", "file", "kind", "state"} }

// Window is a part of a list that has a fixed order: what it is sorted by and where it begins.
type Window struct {
	Sort      string
	Backwards bool
	Skip      int
	Limit     int
}

// MaxSkip is how far into a list a window may begin.
const MaxSkip = 1_000_000

const (
	maxWords  = 200
	maxChoice = 30 // values of one filter
)

// check refuses values that are not described: they would find nothing, which reads as if there
// were nothing.
func (f PaperFilter) check() error {
	states := []DocumentState{DocumentReceived, DocumentNeedsFields, DocumentParsed, DocumentUnreadable}
	switch {
	case slices.ContainsFunc(f.Kinds, func(k string) bool {
		return k != "unread" && !slices.Contains(parse.Kinds(), parse.Kind(k))
	}):
		return fault(CodeInput, "kind", "a kind of paper, or unread")
	case slices.ContainsFunc(f.States, func(s DocumentState) bool { return !slices.Contains(states, s) }):
		return fault(CodeInput, "state", "received, needs_fields, parsed or unreadable")
	case len(f.Words) > maxWords || !utf8.ValidString(f.Words) || strings.ContainsRune(f.Words, 0):
		return fault(CodeInput, "q", "a text of at most %d bytes", maxWords)
	case !slices.Contains([]string{"", "fatal", "warning", "none"}, f.Findings):
		return fault(CodeInput, "findings", "fatal, warning or none")
	case len(f.Kinds) > maxChoice || len(f.States) > maxChoice || len(f.Origins) > maxChoice:
		return fault(CodeInput, "", "at most %d values in one filter", maxChoice)
	}
	return nil
}

func (w Window) check(sorts []string) error {
	switch {
	case !slices.Contains(sorts, w.Sort):
		return fault(CodeInput, "sort", "one of %s, with a minus before it for the other way round",
			strings.Join(sorts, ", "))
	case w.Skip < 0 || w.Skip > MaxSkip:
		return fault(CodeInput, "offset", "0 to %d", MaxSkip)
	case w.Limit < 1 || w.Limit > MaxPage:
		return fault(CodeInput, "limit", "1 to %d items", MaxPage)
	}
	return nil
}

// Papers is a window of the papers that the actor's organisation may see, and how many the
// filter leaves in all.
func (a *App) Papers(ctx context.Context, actor Actor, f PaperFilter, w Window) ([]PaperRow, int, error) {
	if err := f.check(); err != nil {
		return nil, 0, err
	}
	if err := w.check(PaperSorts()); err != nil {
		return nil, 0, err
	}
	var rows []PaperRow
	var total int
	err := a.store.Read(ctx, func(ctx context.Context, tx StoreTx) error {
		var err error
		rows, total, err = tx.Papers(ctx, actor.Org, f, w)
		return err
	})
	return rows, total, err
}
