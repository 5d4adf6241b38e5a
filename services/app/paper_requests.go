package app

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/services/check"
	"github.com/countersign/countersign/services/parse"
)

// PaperRequestID names a request for a paper.
type PaperRequestID string

// PaperRequestState says what became of a request for a paper.
type PaperRequestState string

// The states of a request for a paper.
const (
	RequestOpen      PaperRequestState = "open"
	RequestDelivered PaperRequestState = "delivered" // the paper lies in the pack
	RequestDeclined  PaperRequestState = "declined"  // with a reason; who asked has not said more
	RequestSettled   PaperRequestState = "settled"   // declined, and who asked leaves it at that
	RequestWithdrawn PaperRequestState = "withdrawn" // by who asked, before it was answered
)

// PaperRequest is a paper that one party of a trade asks another for. Both see it, nobody else.
type PaperRequest struct {
	ID      PaperRequestID
	Pack    PackID
	Title   string      // of the pack
	Org     trade.OrgID // that asks
	Asked   trade.OrgID // that is asked
	Kind    parse.Kind
	Due     money.Date // zero: no day was named
	Note    string
	By      UserID
	At      time.Time
	State   PaperRequestState
	Paper   DocumentID // that was delivered
	Refused DocumentID // the last that was brought for it and breaks rules; it did not count
	Reason  string     // why it was declined
	EndedBy UserID
	EndedAt time.Time
}

// PaperRequestFilter narrows a list of requests; what is empty narrows nothing.
type PaperRequestFilter struct {
	Pack  PackID
	State PaperRequestState
}

// PaperRequestInput asks for a paper.
type PaperRequestInput struct {
	Asked trade.OrgID
	Kind  parse.Kind
	Due   money.Date
	Note  string
}

const (
	// MaxRequestNote bounds what is added to a request, and why one is declined, in bytes.
	MaxRequestNote = 500
	// MaxOpenRequests bounds what one party asks for at a time in one pack.
	MaxOpenRequests = 20
	// maxRequestDays bounds how far ahead an answer may be due.
	maxRequestDays = 366
)

// SubjectPaperRequest is the subject kind of requests for papers.
const SubjectPaperRequest = ChangedPaperRequest

// askers are who asks for papers. It moves no right: who only looks may ask, too.
func askers() []trade.Role {
	return []trade.Role{trade.Maker, trade.Checker, trade.Approver, trade.Operator, trade.Viewer}
}

// AskForPaper asks another party of a pack for a paper. It waits in the inbox of both.
//
// Effects: one transaction with the request, the line in the audit log and the notices.
func (a *App) AskForPaper(
	ctx context.Context, actor Actor, id PackID, in PaperRequestInput,
) (PaperRequest, error) {
	pack, err := a.Pack(ctx, actor, id)
	if err != nil {
		return PaperRequest{}, err
	}
	if err := need(actor, askers()...); err != nil {
		return PaperRequest{}, err
	}
	if err := a.checkAsked(actor, pack, in); err != nil {
		return PaperRequest{}, err
	}
	name, err := a.newID("ask")
	if err != nil {
		return PaperRequest{}, err
	}
	r := PaperRequest{
		ID: PaperRequestID(name), Pack: id, Title: pack.Title, Org: actor.Org, Asked: in.Asked, Kind: in.Kind,
		Due: in.Due, Note: strings.TrimSpace(in.Note), By: actor.User, At: a.Now(), State: RequestOpen,
	}
	return r, a.store.Write(ctx, func(ctx context.Context, tx StoreTx) error {
		return a.keepPaperRequest(ctx, tx, actor, r)
	})
}

func (a *App) checkAsked(actor Actor, pack Pack, in PaperRequestInput) error {
	n := slices.IndexFunc(pack.Parties, func(p PackParty) bool { return p.Org == in.Asked })
	today := money.DateOf(a.Now())
	switch {
	case n < 0 || in.Asked == actor.Org || pack.Parties[n].Side == SideReader:
		return fault(CodePackParty, "organisation", "name another party of this trade, and not one that only reads")
	case in.Kind == parse.Other || !slices.Contains(parse.Kinds(), in.Kind):
		return fault(CodeInput, "kind", "name the kind of paper")
	case !in.Due.IsZero() && (in.Due.Before(today) || today.AddDays(maxRequestDays).Before(in.Due)):
		return fault(CodeInput, "due", "a day from today, within a year")
	case len(in.Note) > MaxRequestNote || !utf8.ValidString(in.Note):
		return fault(CodeInput, "note", "at most %d bytes", MaxRequestNote)
	}
	return nil
}

func (a *App) keepPaperRequest(ctx context.Context, tx StoreTx, actor Actor, r PaperRequest) error {
	open, err := tx.CountOpenPaperRequests(ctx, r.Pack, r.Org)
	if err != nil {
		return err
	}
	if open >= MaxOpenRequests {
		return fault(CodePaperRequest, "", "%d papers are asked for already: wait for some of them", open)
	}
	added, err := tx.InsertPaperRequest(ctx, r)
	if err != nil {
		return err
	}
	if !added {
		return fault(CodePaperRequest, "kind", "this paper is asked for already")
	}
	err = a.audit(ctx, tx, actor, deed{"paper.ask", SubjectPaperRequest, string(r.ID)},
		map[string]string{"pack": string(r.Pack), "kind": string(r.Kind), "asked": string(r.Asked)})
	if err != nil {
		return err
	}
	err = a.notify(ctx, tx, Notice{
		Org: r.Asked, Roles: typists(), Kind: NoticeWaiting, Next: string(NextDeliver),
		SubjectKind: SubjectPaperRequest, Subject: string(r.ID),
	})
	if err != nil {
		return err
	}
	return a.answered(ctx, tx, r)
}

// PaperRequest returns a request that the actor's organisation made or was made to it.
func (a *App) PaperRequest(ctx context.Context, actor Actor, id PaperRequestID) (PaperRequest, error) {
	var r PaperRequest
	err := a.store.Read(ctx, func(ctx context.Context, tx StoreTx) error {
		var err error
		r, err = seenRequest(ctx, tx, actor, id)
		return err
	})
	return r, err
}

func seenRequest(ctx context.Context, tx StoreTx, actor Actor, id PaperRequestID) (PaperRequest, error) {
	r, err := tx.PaperRequest(ctx, id)
	if err == nil && r.Org != actor.Org && r.Asked != actor.Org {
		err = ErrNoRow
	}
	return r, found(err, "request")
}

// PaperRequests lists what the actor's organisation asked for and was asked, newest first.
func (a *App) PaperRequests(
	ctx context.Context, actor Actor, f PaperRequestFilter, p Page,
) ([]PaperRequest, string, error) {
	var list []PaperRequest
	var next string
	err := a.store.Read(ctx, func(ctx context.Context, tx StoreTx) error {
		var err error
		list, next, err = tx.PaperRequests(ctx, actor.Org, f, p)
		return err
	})
	return list, next, err
}

// DeclinePaper says that a paper that was asked for will not come, and why. Who asked is told.
func (a *App) DeclinePaper(
	ctx context.Context, actor Actor, id PaperRequestID, reason string,
) (PaperRequest, error) {
	if reason = strings.TrimSpace(reason); reason == "" || len(reason) > MaxRequestNote {
		return PaperRequest{}, fault(CodeInput, "reason", "a reason of 1 to %d bytes", MaxRequestNote)
	}
	return a.endRequest(ctx, actor, id, "paper.decline", func(r *PaperRequest) error {
		switch {
		case r.Asked != actor.Org:
			return fault(CodeForbidden, "", "only the organisation that was asked declines")
		case r.State != RequestOpen:
			return fault(CodePaperRequest, "", "this request is %s already", r.State)
		}
		r.State, r.Reason = RequestDeclined, reason
		return need(actor, typists()...)
	})
}

// CloseRequest ends a request from the side that asked: an open one is taken back, a declined one
// is left at that.
func (a *App) CloseRequest(ctx context.Context, actor Actor, id PaperRequestID) (PaperRequest, error) {
	return a.endRequest(ctx, actor, id, "paper.close", func(r *PaperRequest) error {
		if r.Org != actor.Org {
			return fault(CodeForbidden, "", "only the organisation that asked takes a request back")
		}
		switch r.State {
		case RequestOpen:
			r.State = RequestWithdrawn
		case RequestDeclined:
			r.State = RequestSettled
		case RequestDelivered, RequestSettled, RequestWithdrawn:
			return fault(CodePaperRequest, "", "this request is %s already", r.State)
		}
		return need(actor, askers()...)
	})
}

// endRequest moves a request as move says. Effects: one transaction with the request, the line in
// the audit log and, when it was declined, the notice.
func (a *App) endRequest(
	ctx context.Context, actor Actor, id PaperRequestID, action string, move func(*PaperRequest) error,
) (PaperRequest, error) {
	var r PaperRequest
	err := a.store.Write(ctx, func(ctx context.Context, tx StoreTx) error {
		var err error
		if r, err = seenRequest(ctx, tx, actor, id); err != nil {
			return err
		}
		before := r.State
		if err := move(&r); err != nil {
			return err
		}
		r.EndedBy, r.EndedAt = actor.User, a.Now()
		if err := tx.SetPaperRequest(ctx, r, before); errors.Is(err, ErrEdited) {
			return fault(CodePaperRequest, "", "somebody answered it meanwhile: look at it again")
		} else if err != nil {
			return err
		}
		if err := a.audit(ctx, tx, actor, deed{action, SubjectPaperRequest, string(id)}, nil); err != nil {
			return err
		}
		if r.State == RequestDeclined {
			err := a.notify(ctx, tx, Notice{
				User: r.By, Kind: NoticeWaiting, Next: string(NextReconsider), SubjectKind: SubjectPaperRequest,
				Subject: string(id),
			})
			if err != nil {
				return err
			}
		}
		return a.answered(ctx, tx, r)
	})
	return r, err
}

// answersEverywhere has a paper that was read answer who asked for it, in all packs it lies in.
func (a *App) answersEverywhere(ctx context.Context, tx StoreTx, d Document) error {
	packs, err := tx.PacksOf(ctx, d.ID)
	if err != nil {
		return err
	}
	for _, p := range packs {
		if err := a.answers(ctx, tx, p, d); err != nil {
			return err
		}
	}
	return nil
}

// answers ends the requests that a paper delivers. One that breaks its rules does not count: the
// request stays open and names it, so that both sides see why.
func (a *App) answers(ctx context.Context, tx StoreTx, pack PackID, d Document) error {
	kind := parse.Kind("") // a paper that its reader refused does not say what it is
	if d.Fields != nil {
		kind = d.Fields.Kind
	}
	asked, err := tx.OpenPaperRequests(ctx, pack, d.Org, kind)
	if err != nil || (kind == "" && len(asked) > 1) {
		return err
	}
	wrong := d.Fields == nil || slices.ContainsFunc(
		d.Findings, func(f check.Finding) bool { return f.Severity == check.Fatal },
	)
	for _, r := range asked {
		if wrong {
			r.Refused = d.ID
		} else {
			r.State, r.Paper, r.EndedBy, r.EndedAt = RequestDelivered, d.ID, d.UploadedBy, a.Now()
		}
		if err := tx.SetPaperRequest(ctx, r, RequestOpen); errors.Is(err, ErrEdited) {
			continue // it ended otherwise meanwhile
		} else if err != nil {
			return err
		}
		if wrong {
			continue
		}
		if err := a.notify(ctx, tx, Notice{
			User: r.By, Kind: NoticeOutcome, Next: string(RequestDelivered), SubjectKind: SubjectPaperRequest,
			Subject: string(r.ID),
		}); err != nil {
			return err
		}
	}
	return nil
}
