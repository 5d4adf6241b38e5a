package httpapi

import (
	"context"
	"net/http"

	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/services/app"
	"github.com/countersign/countersign/services/httpapi/internal/api"
)

// ListFinancingMessages shows what seller and bank wrote about a financing.
func (s *server) ListFinancingMessages(
	w http.ResponseWriter, r *http.Request, id api.FinancingID, params api.ListFinancingMessagesParams,
) {
	s.messages(w, r, trade.KindFinancing, id, params.Cursor, params.Limit)
}

// SayOfFinancing writes to the other party of a financing.
func (s *server) SayOfFinancing(
	w http.ResponseWriter, r *http.Request, id api.FinancingID, _ api.SayOfFinancingParams,
) {
	s.say(w, r, trade.KindFinancing, id)
}

// ListReceivableMessages shows what the parties wrote about a claim.
func (s *server) ListReceivableMessages(
	w http.ResponseWriter, r *http.Request, id api.ReceivableID, params api.ListReceivableMessagesParams,
) {
	s.messages(w, r, trade.KindReceivable, id, params.Cursor, params.Limit)
}

// SayOfReceivable writes to the other parties of a claim.
func (s *server) SayOfReceivable(
	w http.ResponseWriter, r *http.Request, id api.ReceivableID, _ api.SayOfReceivableParams,
) {
	s.say(w, r, trade.KindReceivable, id)
}

func (s *server) messages(
	w http.ResponseWriter, r *http.Request, kind trade.Kind, id trade.AssetID, cursor string, limit int,
) {
	page, err := pageOf(cursor, limit)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	list, next, err := s.app.Messages(r.Context(), callOf(r).actor, kind, id, page)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.reply(w, r, http.StatusOK, api.MessageList{Items: each(list, messageView), Next: next})
}

func (s *server) say(w http.ResponseWriter, r *http.Request, kind trade.Kind, id trade.AssetID) {
	var in api.Say
	if err := s.decode(r, &in); err != nil {
		s.fail(w, r, err)
		return
	}
	show := func(m app.Message) (shown, error) {
		return shown{status: http.StatusCreated, body: messageView(m)}, nil
	}
	step(s, w, r, show, func(ctx context.Context) (app.Message, error) {
		return s.app.Say(ctx, callOf(r).actor, kind, id, in.Body)
	})
}

func messageView(m app.Message) api.Message {
	return api.Message{ID: m.ID, Organisation: m.Org, By: m.Name, At: m.At.UTC(), Body: m.Body}
}
