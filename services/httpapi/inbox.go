package httpapi

import (
	"net/http"

	"github.com/countersign/countersign/services/app"
	"github.com/countersign/countersign/services/httpapi/internal/api"
)

// ListInbox shows what waits.
func (s *server) ListInbox(w http.ResponseWriter, r *http.Request) {
	in, err := s.app.Inbox(r.Context(), callOf(r).actor)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.reply(w, r, http.StatusOK, api.Inbox{
		Mine: each(in.Mine, itemView), Others: each(in.Others, itemView),
		MoreMine: in.MoreMine, MoreOthers: in.MoreOthers,
	})
}

func itemView(i app.Item) api.InboxItem {
	return api.InboxItem{
		Next: i.Next, Act: i.Act, Kind: i.Kind, Subject: i.Subject, Title: i.Title, Pack: i.Pack, Paper: i.Paper,
		Counterparty: i.Counterparty, Amount: i.Amount, Count: i.Count, Due: i.Due, Since: i.Since.UTC(),
		WaitsFor: each(i.WaitsFor, func(f app.Waits) api.WaitsFor {
			return api.WaitsFor{Organisation: f.Org, Roles: listed(f.Roles), Persons: listed(f.Persons)}
		}),
		Intents: listed(i.Intents),
	}
}

// GetHome shows figures and first steps.
func (s *server) GetHome(w http.ResponseWriter, r *http.Request) {
	h, err := s.app.Home(r.Context(), callOf(r).actor)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.reply(w, r, http.StatusOK, api.Home{
		Figures: each(h.Figures, func(f app.FigureLine) api.Figure {
			return api.Figure{Figure: f.Figure, Totals: each(f.Totals, func(t app.Total) api.FigureTotal {
				return api.FigureTotal{Amount: t.Amount, Items: t.Items}
			})}
		}),
		Steps: each(h.Steps, func(s app.Step) api.OnboardingStep {
			return api.OnboardingStep{Step: s.Step, Done: s.Done}
		}),
	})
}
