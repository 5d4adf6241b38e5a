package httpapi

import (
	"context"
	"net/http"
	"slices"

	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/services/app"
	"github.com/countersign/countersign/services/httpapi/internal/api"
)

// ImportStatement reads a bank statement. A name of the file is kept where one is given.
func (s *server) ImportStatement(w http.ResponseWriter, r *http.Request, _ api.ImportStatementParams) {
	name := ""
	if given := r.Header.Get("Content-Disposition"); given != "" {
		var err error
		if name, err = fileName(given); err != nil {
			s.fail(w, r, err)
			return
		}
	}
	show := func(t app.Taken[app.StatementFacts]) (shown, error) {
		v := statementView(r, t.It)
		var err error
		v.Lines, err = lineViews(r, t.It.Settling)
		return shown{status: takenStatus(t.New), location: "/v1/statements/" + string(t.It.ID), body: v}, err
	}
	step(s, w, r, show, func(ctx context.Context) (app.Taken[app.StatementFacts], error) {
		st, created, err := s.app.ImportStatement(ctx, callOf(r).actor, name, r.Body)
		return app.Taken[app.StatementFacts]{It: st, New: created}, err
	})
}

// ListStatements lists the bank statements of the organisation.
func (s *server) ListStatements(w http.ResponseWriter, r *http.Request, params api.ListStatementsParams) {
	page, err := pageOf(params.Cursor, params.Limit)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	list, next, err := s.app.Statements(r.Context(), callOf(r).actor, page)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	view := func(st app.StatementFacts) api.Statement { return statementView(r, st) }
	s.reply(w, r, http.StatusOK, api.StatementList{Items: each(list, view), Next: next})
}

// GetStatement shows a bank statement.
func (s *server) GetStatement(w http.ResponseWriter, r *http.Request, id api.StatementID) {
	st, err := s.app.Statement(r.Context(), callOf(r).actor, id)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.reply(w, r, http.StatusOK, statementView(r, st))
}

// lineStates are the states by which lines may be narrowed.
func lineStates() []app.LineState {
	return []app.LineState{
		app.LineWaiting, app.LinePrepared, app.LineUnderway, app.LineRecorded, app.LineSetAside, app.LineDebit,
	}
}

// ListLines lists statement lines of the organisation.
func (s *server) ListLines(w http.ResponseWriter, r *http.Request, params api.ListLinesParams) {
	page, err := pageOf(params.Cursor, params.Limit)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	for _, state := range params.State {
		if !slices.Contains(lineStates(), state) {
			s.fail(w, r, fault(app.CodeInput, "state", "there is no state %q of a line", state))
			return
		}
	}
	filter := app.LineFilter{Statement: params.Statement, Receivable: params.Receivable, States: params.State}
	list, next, err := s.app.Lines(r.Context(), callOf(r).actor, filter, page)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	items, err := lineViews(r, list)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.reply(w, r, http.StatusOK, api.LineList{Items: items, Next: next})
}

// ApplyPayment prepares what a line pays.
func (s *server) ApplyPayment(
	w http.ResponseWriter, r *http.Request, id api.LineID, _ api.ApplyPaymentParams,
) {
	var in api.ApplyPayment
	if err := s.decode(r, &in); err != nil {
		s.fail(w, r, err)
		return
	}
	step(s, w, r, preparedAll(r), func(ctx context.Context) ([]app.Intent, error) {
		return s.app.ApplyPayment(ctx, callOf(r).actor, id, in.Receivable)
	})
}

// SetAsideLine says that a credit pays no receivable.
func (s *server) SetAsideLine(
	w http.ResponseWriter, r *http.Request, id api.LineID, _ api.SetAsideLineParams,
) {
	var in api.SetAsideLine
	if err := s.decode(r, &in); err != nil {
		s.fail(w, r, err)
		return
	}
	show := func(l app.SettlingLine) (shown, error) {
		v, err := lineView(r, l)
		return shown{status: http.StatusOK, body: v}, err
	}
	step(s, w, r, show, func(ctx context.Context) (app.SettlingLine, error) {
		return s.app.SetAsideLine(ctx, callOf(r).actor, id, in.Reason)
	})
}

func statementView(r *http.Request, st app.StatementFacts) api.Statement {
	return api.Statement{
		ID: st.ID, Organisation: st.Org, Digest: st.Digest, Syntax: st.Syntax, FileName: st.FileName,
		ImportedBy: st.ImportedBy, ImportedByName: st.ByName, Own: st.ImportedBy == callOf(r).actor.User,
		ImportedAt: st.ImportedAt.UTC(), Known: st.Known(),
		Accounts: each(st.Accounts, func(a app.StatementAccount) api.StatementAccount {
			v := api.StatementAccount{
				Account: a.Account, From: a.From, To: a.To, Opening: a.Opening, Closing: a.Closing,
				Lines: a.Lines, Credits: a.Credits, Debits: a.Debits,
			}
			if balanced, known := a.Balanced(); known {
				v.Balanced = &balanced
			}
			return v
		}),
		Counts: each(st.Counts, func(c app.LineCount) api.LineCount {
			return api.LineCount{State: c.State, Lines: c.Lines, Amount: c.Amount}
		}),
	}
}

func lineViews(r *http.Request, list []app.SettlingLine) ([]api.Line, error) {
	views := make([]api.Line, len(list))
	for n, l := range list {
		var err error
		if views[n], err = lineView(r, l); err != nil {
			return nil, err
		}
	}
	return views, nil
}

func lineView(r *http.Request, l app.SettlingLine) (api.Line, error) {
	v := api.Line{
		ID: l.ID, Statement: l.Statement, Position: l.Position, Account: l.Account, Reference: l.Reference,
		BookedOn: l.BookedOn, ValueOn: l.ValueOn, Amount: l.Amount, PartyName: l.PartyName,
		PartyAccount: l.PartyAccount, Remittance: l.Remittance, Allocated: l.Allocated, Receivable: l.Receivable,
		Intents: l.Intents, State: l.State, Unmatched: l.Unmatched, SetAside: l.SetAside.Reason,
		Pending: intentViews(r, l.Pending),
	}
	if l.Refused != nil {
		v.Refused = faultView(languageOf(r), *l.Refused)
	}
	if l.Match == nil {
		return v, nil
	}
	c := l.Match.State.Receivable
	due, err := money.New(c.Due(), c.Currency)
	v.Match = api.LineMatch{
		Receivable: l.Match.Record.ID, Number: c.Claim.Number, Obligor: c.Obligor, DueDate: c.DueDate, Due: due,
		Phase: l.Match.Record.Phase,
	}
	if c.Assignment != nil {
		v.Match.Financing = c.Assignment.Financing
	}
	return v, err
}
