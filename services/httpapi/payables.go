package httpapi

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/services/app"
	"github.com/countersign/countersign/services/httpapi/internal/api"
	"github.com/countersign/countersign/services/parse/source"
)

// ListReceivables lists the receivables and payables that the organisation holds.
func (s *server) ListReceivables(w http.ResponseWriter, r *http.Request, params api.ListReceivablesParams) {
	page, err := pageOf(params.Cursor, params.Limit)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	filter, err := filterOf(params)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	list, next, err := s.app.Receivables(r.Context(), callOf(r).actor, filter, page)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	out := api.ReceivableList{Items: make([]api.Receivable, 0, len(list)), Next: next}
	for _, p := range list {
		if p.Asset.State == nil {
			continue // its state has not reached this node
		}
		v, err := payableView(r, p, nil)
		if err != nil {
			s.fail(w, r, err)
			return
		}
		out.Items = append(out.Items, v)
	}
	s.reply(w, r, http.StatusOK, out)
}

// GetReceivableSums counts and sums what a filter finds, by phase and currency.
func (s *server) GetReceivableSums(
	w http.ResponseWriter, r *http.Request, params api.GetReceivableSumsParams,
) {
	filter, err := filterOf(api.ListReceivablesParams{
		Side: api.ListReceivablesParamsSide(params.Side), Counterparty: params.Counterparty,
		Currency: params.Currency, DueFrom: params.DueFrom, DueUntil: params.DueUntil, Search: params.Search,
	})
	if err != nil {
		s.fail(w, r, err)
		return
	}
	sums, err := s.app.PhaseSums(r.Context(), callOf(r).actor, filter)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.reply(w, r, http.StatusOK, api.ReceivableSums{Sums: each(sums, sumView)})
}

const (
	maxPhases = 8
	maxSearch = 200
)

// orders are the orders of a list by their names.
func orders() map[string]app.Order {
	return map[string]app.Order{
		"": app.ByMove, "moved": app.ByMove, "due": app.ByDue, "amount": app.ByAmount, "number": app.ByNumber,
	}
}

// filterOf refuses filters that are not described: they would find nothing, which reads as if
// there were nothing.
func filterOf(params api.ListReceivablesParams) (app.ReceivableFilter, error) {
	f := app.ReceivableFilter{
		Standing: app.Standing(params.Side), Phases: params.Phase, Counterparty: params.Counterparty,
		Currency: params.Currency, Disputed: params.Disputed, Search: params.Search,
	}
	var err error
	if f.DueFrom, err = dayOf("due_from", params.DueFrom); err != nil {
		return f, err
	}
	if f.DueUntil, err = dayOf("due_until", params.DueUntil); err != nil {
		return f, err
	}
	if params.Side != "" && !params.Side.Valid() {
		return f, fault(app.CodeInput, "side", "seller, obligor, owner or assigned")
	}
	receivables := []trade.Phase{
		trade.Issued, trade.Rejected, trade.Withdrawn, trade.Open, trade.Matured, trade.Overdue, trade.Settled,
	}
	if len(params.Phase) > maxPhases || slices.ContainsFunc(params.Phase, func(p trade.Phase) bool {
		return !slices.Contains(receivables, p)
	}) {
		return f, fault(app.CodeInput, "phase", "phases of a receivable: %v", receivables)
	}
	if len(params.Search) > maxSearch || strings.ContainsRune(params.Search, 0) {
		return f, fault(app.CodeInput, "search", "at most %d bytes", maxSearch)
	}
	if _, err := money.New(0, f.Currency); params.Currency != "" && err != nil {
		return f, fault(app.CodeInput, "currency", "a code of ISO 4217")
	}
	name, descending := strings.CutPrefix(params.Sort, "-")
	order, known := orders()[name]
	if !known {
		return f, fault(app.CodeInput, "sort", "moved, due, amount or number, with - before it the other way")
	}
	f.Order, f.Descending = order, descending
	if order == app.ByMove { // the last step first
		f.Descending = !descending
	}
	return f, nil
}

// dayOf reads a day of a query; the absent one stays absent.
func dayOf(name, text string) (money.Date, error) {
	if text == "" {
		return money.Date{}, nil
	}
	d, err := money.ParseDate(text)
	if err != nil {
		return d, fault(app.CodeInput, name, "a date, as 2026-03-20")
	}
	return d, nil
}

func sumView(s app.PhaseSum) api.PhaseSum {
	return api.PhaseSum{
		Phase: s.Phase, Disputed: s.Disputed, Count: s.Count, Face: s.Face, Due: s.Owed, Paid: s.Paid,
		InDispute: s.Dispute,
	}
}

func payableView(r *http.Request, p app.Payable, steps []app.Transition) (api.Receivable, error) {
	v, err := receivableView(p.Asset, steps)
	v.Pack, v.Pending = app.PackOf(p.Asset.Record.ID), intentViews(r, p.Pending)
	return v, err
}

// GetReceivable shows a receivable with its history.
func (s *server) GetReceivable(w http.ResponseWriter, r *http.Request, id api.ReceivableID) {
	p, steps, err := s.app.Receivable(r.Context(), callOf(r).actor, id)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	v, err := payableView(r, p, steps)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	w.Header().Set("ETag", assetTag(p.Asset.Record))
	s.reply(w, r, http.StatusOK, v)
}

// ConfirmReceivables prepares the confirmation of many receivables.
func (s *server) ConfirmReceivables(
	w http.ResponseWriter, r *http.Request, _ api.ConfirmReceivablesParams,
) {
	var in api.ConfirmReceivables
	if err := s.decode(r, &in); err != nil {
		s.fail(w, r, err)
		return
	}
	step(s, w, r, s.preparedEach(r), func(ctx context.Context) ([]app.Prepared, error) {
		return s.app.ConfirmReceivables(ctx, callOf(r).actor, in.Receivables, app.PromiseInput{
			Promise: in.Promise, WaivesDefences: in.WaivesDefences, ConsentsToSplit: in.ConsentsToSplit, Text: in.Text,
		})
	})
}

// preparedEach shows what became of each of many receivables.
func (s *server) preparedEach(r *http.Request) func([]app.Prepared) (shown, error) {
	return func(list []app.Prepared) (shown, error) {
		items := make([]api.PreparedItem, len(list))
		for n, p := range list {
			items[n].Receivable, items[n].Stood = p.Receivable, p.Stood
			if p.Refused != nil {
				items[n].Problem = s.problem(r, p.Refused)
				continue
			}
			items[n].Intent = intentView(languageOf(r), p.Intent)
		}
		return shown{status: http.StatusOK, body: api.PreparedList{Items: items}}, nil
	}
}

// ImportPayables keeps a list of payables and holds it against the ledger.
func (s *server) ImportPayables(w http.ResponseWriter, r *http.Request, _ api.ImportPayablesParams) {
	name, err := fileName(r.Header.Get("Content-Disposition"))
	if err != nil {
		s.fail(w, r, err)
		return
	}
	show := func(t app.Taken[app.CheckedList]) (shown, error) {
		return shown{status: takenStatus(t.New), body: checkedListView(r, t.It)}, nil
	}
	step(s, w, r, show, func(ctx context.Context) (app.Taken[app.CheckedList], error) {
		return s.app.ImportPayables(ctx, callOf(r).actor, name, r.Body)
	})
}

// ListPayableLists lists the lists of payables of the organisation.
func (s *server) ListPayableLists(
	w http.ResponseWriter, r *http.Request, params api.ListPayableListsParams,
) {
	page, err := pageOf(params.Cursor, params.Limit)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	list, next, err := s.app.PayableLists(r.Context(), callOf(r).actor, page)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.reply(w, r, http.StatusOK, api.PayableListPage{Items: each(list, payableListView), Next: next})
}

// GetPayableList shows a list of payables row by row.
func (s *server) GetPayableList(w http.ResponseWriter, r *http.Request, id api.PayableListID) {
	c, err := s.app.PayableList(r.Context(), callOf(r).actor, id)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.reply(w, r, http.StatusOK, checkedListView(r, c))
}

// ConfirmPayables prepares the confirmation of what matches in a list.
func (s *server) ConfirmPayables(
	w http.ResponseWriter, r *http.Request, id api.PayableListID, _ api.ConfirmPayablesParams,
) {
	var in api.Promised
	if err := s.decode(r, &in); err != nil {
		s.fail(w, r, err)
		return
	}
	step(s, w, r, s.preparedEach(r), func(ctx context.Context) ([]app.Prepared, error) {
		return s.app.ConfirmPayables(ctx, callOf(r).actor, id, app.PromiseInput{
			Promise: in.Promise, WaivesDefences: in.WaivesDefences, ConsentsToSplit: in.ConsentsToSplit, Text: in.Text,
		})
	})
}

func payableListView(l app.PayableList) api.PayableList {
	return api.PayableList{
		ID: l.ID, Digest: l.Digest, FileName: l.FileName, ImportedBy: l.ImportedBy,
		ImportedAt: l.ImportedAt.UTC(), Count: len(l.Body.Rows), Ignored: l.Body.Ignored,
	}
}

func checkedListView(r *http.Request, c app.CheckedList) api.PayableList {
	v := payableListView(c.List)
	v.Unlisted = c.Unlisted
	for _, row := range c.Rows {
		out := api.PayableRow{
			Row: row.Row, Result: row.Result, Number: row.Number, Supplier: row.Supplier, Amount: row.Amount,
			DueDate: row.DueDate,
			Faults: each(row.Faults, func(f source.Fault) api.Fault {
				return faultView(languageOf(r), trade.Fault{Code: trade.Code(f.Code), Path: f.Path, Message: f.Message})
			}),
			Differences: each(row.Differences, func(d app.Difference) api.RowDifference {
				return api.RowDifference{Field: d.Field, Listed: d.Listed, Claimed: d.Claim}
			}),
		}
		if row.Payable != nil {
			out.Receivable, out.Pending = row.Payable.Asset.Record.ID, intentViews(r, row.Payable.Pending)
		}
		v.Rows = append(v.Rows, out)
	}
	return v
}

const weeksOfCalendar = 12

// GetCalendar sums what falls due.
func (s *server) GetCalendar(w http.ResponseWriter, r *http.Request, params api.GetCalendarParams) {
	asked, err := calendarAsked(params)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	c, err := s.app.Calendar(r.Context(), callOf(r).actor, asked)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	v := api.Calendar{
		Today: c.Today, From: c.From, Until: c.Until,
		Weeks:  each(c.Weeks, func(d app.DueDay) api.DueSum { return dueView(d, d.Day.AddDays(app.DaysOfWeek-1)) }),
		Days:   each(c.Days, func(d app.DueDay) api.DueSum { return dueView(d, d.Day) }),
		Before: each(c.Before, func(d app.DueDay) api.DueSum { return dueView(d, c.From.AddDays(-1)) }),
	}
	s.reply(w, r, http.StatusOK, v)
}

// calendarAsked reads which weeks of which side are wanted.
func calendarAsked(params api.GetCalendarParams) (app.CalendarFilter, error) {
	if params.Side != "" && !params.Side.Valid() {
		return app.CalendarFilter{}, fault(app.CodeInput, "side", "seller, obligor, owner or assigned")
	}
	from, err := dayOf("from", params.From)
	asked := app.CalendarFilter{Standing: app.Standing(params.Side), From: from, Weeks: params.Weeks}
	if asked.Weeks == 0 {
		asked.Weeks = weeksOfCalendar
	}
	return asked, err
}

func dueView(d app.DueDay, until money.Date) api.DueSum {
	return api.DueSum{
		From: d.Day, Until: until, Count: d.Count, Claimed: d.Claimed, Due: d.Due, Overdue: d.Overdue, Paid: d.Paid,
	}
}
