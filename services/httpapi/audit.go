package httpapi

import (
	"context"
	"net/http"

	"github.com/countersign/countersign/services/app"
	"github.com/countersign/countersign/services/httpapi/internal/api"
)

// ListAudit lists what was done.
func (s *server) ListAudit(w http.ResponseWriter, r *http.Request, params api.ListAuditParams) {
	window := windowOf("", "at", params.Offset, params.Limit)
	list, total, err := s.app.AuditLog(r.Context(), callOf(r).actor, auditFilter(params), window)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.reply(w, r, http.StatusOK, api.AuditWindow{Items: each(list, auditView), Total: total})
}

// auditFilter reads how the audit log is narrowed.
func auditFilter(params api.ListAuditParams) app.AuditFilter {
	return app.AuditFilter{
		Source: params.Source, Acts: params.Act, Organisation: params.Organisation, Person: params.Person,
		Object: params.Object, Words: params.Q, Since: params.Since, Until: params.Until,
	}
}

func auditView(l app.AuditLine) api.AuditEntry {
	return api.AuditEntry{
		Source: l.Source, At: l.At.UTC(), Organisation: l.Org, Act: l.Act, About: l.About, Kind: l.SubjectKind,
		Object: l.Subject, Name: l.Name, Reason: l.Reason, Place: l.Place, Proof: l.Proof,
		Persons: each(l.Persons, func(p app.AuditPerson) api.AuditPerson {
			return api.AuditPerson{Organisation: p.Org, Person: p.Person, Name: p.Name}
		}),
	}
}

// VerifyAudit reads the chains of the audit log again.
func (s *server) VerifyAudit(w http.ResponseWriter, r *http.Request, _ api.VerifyAuditParams) {
	var in api.Nothing
	if err := s.decode(r, &in); err != nil {
		s.fail(w, r, err)
		return
	}
	at := s.wall.Now().UTC()
	show := func(list []app.ChainCheck) (shown, error) {
		v := api.ChainReport{At: at, Whole: true, Chains: each(list, chainView)}
		for _, c := range list {
			v.Whole = v.Whole && c.Break == ""
		}
		return shown{status: http.StatusOK, body: v}, nil
	}
	step(s, w, r, show, func(ctx context.Context) ([]app.ChainCheck, error) {
		return s.app.VerifyChains(ctx, callOf(r).actor)
	})
}

func chainView(c app.ChainCheck) api.ChainCheck {
	return api.ChainCheck{
		Source: c.Source, Organisation: c.Org, Length: c.Length, Head: c.Head, Hash: c.Hash, Whole: c.Break == "",
		Break: c.Break, BreakAt: c.At,
	}
}
