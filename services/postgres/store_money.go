package postgres

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/services/app"
	"github.com/countersign/countersign/services/postgres/internal/db"
)

// PutTerms keeps the terms of a programme by their digest.
func (t *storeTx) PutTerms(ctx context.Context, terms app.Terms) error {
	body, err := trade.Canonical(terms)
	if err != nil {
		return fmt.Errorf("terms of a programme: %w", err)
	}
	return t.q.PutTerms(ctx, db.PutTermsParams{Digest: string(trade.DigestOf(body)), Body: body})
}

// Terms returns the terms of a digest.
func (t *storeTx) Terms(ctx context.Context, digest trade.Digest) (app.Terms, error) {
	body, err := t.q.Terms(ctx, string(digest))
	if err != nil {
		return app.Terms{}, rowed(err)
	}
	var terms app.Terms
	if err := json.Unmarshal(body, &terms); err != nil {
		return app.Terms{}, fmt.Errorf("stored terms %s: %w", digest, err)
	}
	return terms, nil
}

// PutRequest inserts or replaces a request; who asked whom, when and for which pack stays.
func (t *storeTx) PutRequest(ctx context.Context, r app.FinancingRequest) error {
	if r.Reasons == nil {
		r.Reasons = []app.Reason{}
	}
	reasons, err := trade.Canonical(r.Reasons)
	if err != nil {
		return fmt.Errorf("request %s: %w", r.ID, err)
	}
	t.Changed(app.ChangedFinancing, string(r.ID))
	var wanted *int64
	if !r.Wanted.IsAbsent() {
		minor := r.Wanted.Minor()
		wanted = &minor
	}
	return t.q.PutFinancingRequest(ctx, db.PutFinancingRequestParams{
		ID: string(r.ID), SellerID: string(r.Seller), BankID: string(r.Bank), PackID: string(r.Pack),
		ReceivableID: optional(r.Receivable), ProgrammeID: string(r.Programme),
		VerificationID: r.Verification, Amount: r.Amount.Minor(), Currency: string(r.Amount.Currency()),
		State: string(r.State), CreatedBy: string(r.CreatedBy), CreatedAt: r.CreatedAt, Reasons: reasons,
		IntentID: optional(r.Intent), Wanted: wanted,
	})
}

// Request returns a request.
func (t *storeTx) Request(ctx context.Context, id trade.AssetID) (app.FinancingRequest, error) {
	row, err := t.q.FinancingRequest(ctx, string(id))
	if err != nil {
		return app.FinancingRequest{}, rowed(err)
	}
	return requestOf(row)
}

// Requests lists what the organisation asked for or was asked.
func (t *storeTx) Requests(
	ctx context.Context, org trade.OrgID, p app.Page,
) ([]app.FinancingRequest, string, error) {
	from, asked, err := placeOf(p)
	if err != nil {
		return nil, "", err
	}
	rows, err := t.q.FinancingRequestsOf(ctx, db.FinancingRequestsOfParams{
		OrgID: string(org), BeforeAt: from.at, BeforeID: from.id, Page: asked,
	})
	if err != nil {
		return nil, "", err
	}
	rows, next := paged(
		rows, asked, func(r db.FinancingRequest) (time.Time, string) { return r.CreatedAt, r.ID },
	)
	list := make([]app.FinancingRequest, len(rows))
	for i, row := range rows {
		if list[i], err = requestOf(row); err != nil {
			return nil, "", err
		}
	}
	return list, next, nil
}

func requestOf(row db.FinancingRequest) (app.FinancingRequest, error) {
	r := app.FinancingRequest{
		ID: trade.AssetID(row.ID), Seller: trade.OrgID(row.SellerID), Bank: trade.OrgID(row.BankID),
		Pack: app.PackID(row.PackID), Receivable: present[trade.AssetID](row.ReceivableID),
		Programme: trade.AssetID(row.ProgrammeID), Verification: row.VerificationID,
		State:     app.RequestState(row.State),
		CreatedBy: app.UserID(row.CreatedBy), CreatedAt: row.CreatedAt.UTC(),
		Intent: present[trade.CommandID](row.IntentID),
	}
	var err error
	if r.Amount, err = money.New(row.Amount, money.Currency(row.Currency)); err != nil {
		return app.FinancingRequest{}, fmt.Errorf("request %s: %w", row.ID, err)
	}
	if row.Wanted != nil {
		if r.Wanted, err = money.New(*row.Wanted, money.Currency(row.Currency)); err != nil {
			return app.FinancingRequest{}, fmt.Errorf("request %s: %w", row.ID, err)
		}
	}
	if err := json.Unmarshal(row.Reasons, &r.Reasons); err != nil {
		return app.FinancingRequest{}, fmt.Errorf("request %s: stored reasons: %w", row.ID, err)
	}
	return r, nil
}
