package demo

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/fixtures"
)

// dispute contests a part. The paper that shows why comes to the pack first, and the verdicts are
// taken again with it.
func (r *run) dispute(ctx context.Context, s fixtures.Step) error {
	body := map[string]any{"amount": s.Amount, "reason": s.Reason}
	if s.Code != "" {
		body["code"] = s.Code
	}
	if s.File != "" {
		paper, err := r.bring(ctx, s.File, s.By[0])
		if err != nil {
			return err
		}
		body["evidence"] = paper
	}
	by, err := r.as(ctx, s.By[0])
	if err != nil {
		return err
	}
	if _, err := r.read(ctx, by); err != nil {
		return err
	}
	return r.simple(ctx, s, r.claimed("dispute"), func(context.Context) (any, error) {
		return body, nil
	})
}

// statement imports the bank's statement, which the payment stands in.
func (r *run) statement(ctx context.Context, s fixtures.Step) error {
	by, err := r.as(ctx, s.By[0])
	if err != nil {
		return err
	}
	var answer struct {
		ID    string `json:"id"`
		Lines []line `json:"lines"`
	}
	if err := by.File(ctx, "/v1/statements", s.File, r.trade.Files[s.File], &answer); err != nil {
		return err
	}
	r.lines = answer.Lines
	for _, l := range r.lines {
		r.say("%-22s %-40s %s for %s", "statement line", l.ID, l.Amount, l.Receivable)
	}
	return nil
}

// pay applies the line that was matched to the receivable.
func (r *run) pay(ctx context.Context, s fixtures.Step) error {
	i := slices.IndexFunc(r.lines, func(l line) bool { return l.Receivable == r.receivable })
	if i < 0 {
		return errors.New("no line of the statement was matched to the receivable")
	}
	intents, err := r.act(ctx, s.By[0], "/v1/statement-lines/"+r.lines[i].ID+"/application", struct{}{})
	if err != nil {
		return err
	}
	return r.signAll(ctx, intents, s.By)
}

// report has the auditor make the dossier and the list, and keeps the files.
func (r *run) report(ctx context.Context, s fixtures.Step) error {
	by, err := r.as(ctx, s.By[0])
	if err != nil {
		return err
	}
	for _, want := range []struct{ kind, format, subject string }{
		{"dossier", "pdf", string(r.financing)}, {"audit", "pdf", ""}, {"audit", "xlsx", ""}, {"audit", "csv", ""},
	} {
		body := map[string]string{"kind": want.kind, "format": want.format}
		if want.subject != "" {
			body["subject"] = want.subject
		}
		var made struct {
			ID   string `json:"id"`
			File string `json:"file_url"`
		}
		if err := by.Post(ctx, "/v1/reports", body, &made); err != nil {
			return err
		}
		var raw []byte
		if err := by.Get(ctx, made.File, &raw); err != nil {
			return err
		}
		name := strings.Join([]string{r.trade.Name, want.kind}, "-") + "." + want.format
		if err := r.Save(name, raw); err != nil {
			return err
		}
		r.say("%-22s %-40s %s, %d bytes", "report", made.ID, name, len(raw))
	}
	return nil
}

// number is an organisation's account in a currency.
func number(o fixtures.Organisation, c money.Currency) string {
	for _, a := range o.Accounts {
		if a.Currency != c {
			continue
		}
		if a.IBAN != "" {
			return strings.ReplaceAll(a.IBAN, " ", "")
		}
		return a.Number
	}
	return ""
}
