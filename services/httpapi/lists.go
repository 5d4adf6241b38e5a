package httpapi

import (
	"context"
	"net/http"
	"strings"

	"github.com/countersign/countersign/services/app"
	"github.com/countersign/countersign/services/httpapi/internal/api"
)

// windowOf reads which part of a list is wanted, and in which order.
func windowOf(sort string, usual string, offset, limit int) app.Window {
	if sort == "" {
		sort = usual
	}
	if limit == 0 {
		limit = defaultPage
	}
	by, backwards := strings.CutPrefix(sort, "-")
	return app.Window{Sort: by, Backwards: backwards, Skip: offset, Limit: limit}
}

// ListDocuments lists the papers that the organisation may see.
func (s *server) ListDocuments(w http.ResponseWriter, r *http.Request, params api.ListDocumentsParams) {
	filter, window := papersAsked(params)
	rows, total, err := s.app.Papers(r.Context(), callOf(r).actor, filter, window)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	items := each(rows, func(p app.PaperRow) api.PaperRow {
		return api.PaperRow{
			ID: p.ID, Organisation: p.Org, UploadedAt: p.UploadedAt, FileName: p.FileName, MediaType: p.MediaType,
			Size: p.Size, Version: p.Version, State: p.State, Kind: p.Kind, Number: p.Number, Fatal: p.Fatal,
			Warnings: p.Warnings,
		}
	})
	s.reply(w, r, http.StatusOK, api.PaperList{Items: items, Total: total})
}

// papersAsked reads how a list of papers is narrowed and ordered.
func papersAsked(params api.ListDocumentsParams) (app.PaperFilter, app.Window) {
	return app.PaperFilter{
		Kinds: params.Kind, States: params.State, Origins: params.Organisation, Words: params.Q,
		Findings: string(params.Findings), Since: params.Since, Until: params.Until,
	}, windowOf(params.Sort, "-uploaded", params.Offset, params.Limit)
}

// ListViews lists the saved views of a screen.
func (s *server) ListViews(w http.ResponseWriter, r *http.Request, params api.ListViewsParams) {
	actor := callOf(r).actor
	list, err := s.app.Views(r.Context(), actor, params.Screen)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.reply(w, r, http.StatusOK, api.ViewList{Items: each(list, func(v app.View) api.View {
		return viewView(actor, v)
	})})
}

func viewView(actor app.Actor, v app.View) api.View {
	return api.View{
		ID: v.ID, Screen: v.Screen, Name: v.Name, Query: v.Query, Shared: v.Shared, Own: v.User == actor.User,
	}
}

// SaveView keeps a view of a screen.
func (s *server) SaveView(w http.ResponseWriter, r *http.Request, _ api.SaveViewParams) {
	var in api.SaveView
	if err := s.decode(r, &in); err != nil {
		s.fail(w, r, err)
		return
	}
	actor := callOf(r).actor
	show := func(v app.View) (shown, error) {
		return shown{status: http.StatusCreated, body: viewView(actor, v)}, nil
	}
	step(s, w, r, show, func(ctx context.Context) (app.View, error) {
		return s.app.SaveView(ctx, actor, app.View{
			Screen: in.Screen, Name: in.Name, Query: in.Query, Shared: in.Shared,
		})
	})
}

// DropView takes a saved view away.
func (s *server) DropView(w http.ResponseWriter, r *http.Request, id api.ViewID) {
	if err := s.app.DropView(r.Context(), callOf(r).actor, id); err != nil {
		s.fail(w, r, err)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}
