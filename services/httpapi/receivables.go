package httpapi

import (
	"context"
	"net/http"
	"slices"

	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/services/app"
	"github.com/countersign/countersign/services/httpapi/internal/api"
)

// IssueReceivable prepares the seller's claim.
func (s *server) IssueReceivable(w http.ResponseWriter, r *http.Request, _ api.IssueReceivableParams) {
	var in api.IssueReceivable
	if err := s.decode(r, &in); err != nil {
		s.fail(w, r, err)
		return
	}
	s.prepare(w, r, func(ctx context.Context) (app.Intent, error) {
		return s.app.IssueReceivable(ctx, callOf(r).actor, in.Pack)
	})
}

// ConfirmReceivable prepares the obligor's promise.
func (s *server) ConfirmReceivable(
	w http.ResponseWriter, r *http.Request, id api.ReceivableID, _ api.ConfirmReceivableParams,
) {
	var in api.ConfirmReceivable
	if err := s.decode(r, &in); err != nil {
		s.fail(w, r, err)
		return
	}
	s.prepare(w, r, func(ctx context.Context) (app.Intent, error) {
		return s.app.ConfirmReceivable(ctx, callOf(r).actor, id, app.ConfirmInput{
			Amount: in.Amount, Promise: in.Promise, WaivesDefences: in.WaivesDefences,
			ConsentsToSplit: in.ConsentsToSplit,
			Text:            in.Text,
		})
	})
}

// because carries out an act that takes a reason and nothing else.
func (s *server) because(w http.ResponseWriter, r *http.Request, id trade.AssetID,
	act func(context.Context, app.Actor, trade.AssetID, string) (app.Intent, error),
) {
	var in api.Because
	if err := s.decode(r, &in); err != nil {
		s.fail(w, r, err)
		return
	}
	s.prepare(w, r, func(ctx context.Context) (app.Intent, error) {
		return act(ctx, callOf(r).actor, id, in.Reason)
	})
}

// RejectReceivable prepares the obligor's refusal.
func (s *server) RejectReceivable(
	w http.ResponseWriter, r *http.Request, id api.ReceivableID, _ api.RejectReceivableParams,
) {
	s.because(w, r, id, s.app.RejectReceivable)
}

// WithdrawReceivable prepares taking the claim back.
func (s *server) WithdrawReceivable(
	w http.ResponseWriter, r *http.Request, id api.ReceivableID, _ api.WithdrawReceivableParams,
) {
	s.because(w, r, id, s.app.WithdrawReceivable)
}

// ReleaseReservation prepares giving a reservation back.
func (s *server) ReleaseReservation(
	w http.ResponseWriter, r *http.Request, id api.ReceivableID, _ api.ReleaseReservationParams,
) {
	s.because(w, r, id, s.app.ReleaseReservation)
}

// DisputeReceivable prepares a dispute.
func (s *server) DisputeReceivable(
	w http.ResponseWriter, r *http.Request, id api.ReceivableID, _ api.DisputeReceivableParams,
) {
	var in api.DisputeReceivable
	err := s.decode(r, &in)
	if err == nil && in.Code != "" && !slices.Contains(app.DisputeCodes(), in.Code) {
		err = fault(app.CodeInput, "code", "one of %v", app.DisputeCodes())
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.prepare(w, r, func(ctx context.Context) (app.Intent, error) {
		return s.app.DisputeReceivable(ctx, callOf(r).actor, id, app.DisputeInput{
			Amount: in.Amount, Code: in.Code, Reason: in.Reason, Evidence: in.Evidence,
		})
	})
}

// ResolveDispute prepares the end of a dispute.
func (s *server) ResolveDispute(
	w http.ResponseWriter, r *http.Request, id api.ReceivableID, _ api.ResolveDisputeParams,
) {
	var in api.ResolveDispute
	if err := s.decode(r, &in); err != nil {
		s.fail(w, r, err)
		return
	}
	s.prepare(w, r, func(ctx context.Context) (app.Intent, error) {
		return s.app.ResolveDispute(ctx, callOf(r).actor, id, app.ResolveInput{
			Amount: in.Amount, Diluted: in.Diluted, CreditNote: in.CreditNote, Reason: in.Reason,
		})
	})
}

// plain carries out an act that takes nothing but its asset.
func (s *server) plain(w http.ResponseWriter, r *http.Request, id trade.AssetID,
	act func(context.Context, app.Actor, trade.AssetID) (app.Intent, error),
) {
	if err := s.decode(r, &api.Nothing{}); err != nil {
		s.fail(w, r, err)
		return
	}
	s.prepare(w, r, func(ctx context.Context) (app.Intent, error) {
		return act(ctx, callOf(r).actor, id)
	})
}

// poke is an act of a date that has come.
func (s *server) poke(act trade.Act) func(context.Context, app.Actor, trade.AssetID) (app.Intent, error) {
	return func(ctx context.Context, actor app.Actor, id trade.AssetID) (app.Intent, error) {
		return s.app.PokeReceivable(ctx, actor, id, act)
	}
}

// MatureReceivable says that it is due.
func (s *server) MatureReceivable(
	w http.ResponseWriter, r *http.Request, id api.ReceivableID, _ api.MatureReceivableParams,
) {
	s.plain(w, r, id, s.poke(trade.ReceivableMature))
}

// OverdueReceivable says that it is overdue.
func (s *server) OverdueReceivable(
	w http.ResponseWriter, r *http.Request, id api.ReceivableID, _ api.OverdueReceivableParams,
) {
	s.plain(w, r, id, s.poke(trade.ReceivableOverdue))
}

// ExpireReservation says that a reservation lapsed.
func (s *server) ExpireReservation(
	w http.ResponseWriter, r *http.Request, id api.ReceivableID, _ api.ExpireReservationParams,
) {
	s.plain(w, r, id, s.app.ExpireReservation)
}

// AskPayee prepares that the seller asks for another account.
func (s *server) AskPayee(w http.ResponseWriter, r *http.Request, id api.ReceivableID, _ api.AskPayeeParams) {
	var in api.AskPayee
	if err := s.decode(r, &in); err != nil {
		s.fail(w, r, err)
		return
	}
	s.prepare(w, r, func(ctx context.Context) (app.Intent, error) {
		return s.app.AskPayee(ctx, callOf(r).actor, id, in.Account, in.Reason)
	})
}

// ConfirmPayee prepares the obligor's confirmation of another account.
func (s *server) ConfirmPayee(
	w http.ResponseWriter, r *http.Request, id api.ReceivableID, _ api.ConfirmPayeeParams,
) {
	var in api.ConfirmPayee
	if err := s.decode(r, &in); err != nil {
		s.fail(w, r, err)
		return
	}
	s.prepare(w, r, func(ctx context.Context) (app.Intent, error) {
		return s.app.ConfirmPayee(ctx, callOf(r).actor, id, app.ConfirmPayeeInput{
			Account: in.Account, CallBack: in.CallBack, Evidence: in.Evidence,
		})
	})
}

// RefusePayee prepares the end of a change before it takes effect.
func (s *server) RefusePayee(
	w http.ResponseWriter, r *http.Request, id api.ReceivableID, _ api.RefusePayeeParams,
) {
	s.because(w, r, id, s.app.RefusePayee)
}

// ChangePayee says that a confirmed change has cooled off.
func (s *server) ChangePayee(
	w http.ResponseWriter, r *http.Request, id api.ReceivableID, _ api.ChangePayeeParams,
) {
	s.plain(w, r, id, s.app.ChangePayee)
}
