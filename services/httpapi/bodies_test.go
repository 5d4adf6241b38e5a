package httpapi

import (
	"encoding/json"
	"maps"
	"net/http"

	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/services/app"
	"github.com/countersign/countersign/services/httpapi/internal/api"
)

// bodies are what the routes are sent; the others get none.
func (w *world) bodies() map[string]sent {
	nothing := sent{body: api.Nothing{}}
	signature := api.Signature{Value: []byte("no signature")}
	saved := api.SaveView{Screen: "documents", Name: "Matrix", Query: "state=parsed"}
	file := http.Header{
		"Content-Type": {"application/octet-stream"}, "Content-Disposition": {`attachment; filename="x"`},
	}
	bodies := map[string]sent{
		"POST /v1/session": {body: func() any { // an e-mail that fails again and again is locked
			return api.Credentials{Email: newKey(w.t) + "@nowhere.example", Password: "x"}
		}},
		"POST /v1/packs": {body: api.OpenPack{Title: "Matrix", Parties: []api.PackParty{
			{Organisation: "LanqiaoMSP", Side: app.SideSeller}, {Organisation: "CangningMSP", Side: app.SideObligor},
		}}},
		"POST /v1/packs/{pack}/documents": {body: []byte("%PDF-1.7 matrix"), header: file},
		"PUT /v1/documents/{document}/fields": {
			body: json.RawMessage(w.packingList()), header: http.Header{"If-Match": {`"1"`}},
		},
		"POST /v1/programmes": {body: api.OpenProgramme{
			Seller: "LanqiaoMSP", Obligor: "CangningMSP", Limit: w.money("5.00"), TenorDays: 9, Agreement: "x",
		}},
		"POST /v1/receivables": {body: api.IssueReceivable{Pack: w.pack}},
		"POST /v1/receivables/{receivable}/confirmation": {body: api.ConfirmReceivable{
			Amount: w.money("1.00"), Promise: trade.Acknowledgement, Text: "We owe it.",
		}},
		"POST /v1/receivables/{receivable}/dispute": {
			body: api.DisputeReceivable{Amount: w.money("1.00"), Reason: "x"},
		},
		"POST /v1/receivables/{receivable}/resolution": {body: api.ResolveDispute{
			Amount: w.money("1.00"), Diluted: w.money("0.00"), Reason: "x",
		}},
		"POST /v1/financings/{financing}/price":        {body: w.quote()},
		"POST /v1/financings/{financing}/quote":        {body: w.quote()},
		"POST /v1/financings/{financing}/approval":     {body: api.ApproveFinancing{Account: "1"}},
		"POST /v1/financings/{financing}/disbursement": {body: api.DisburseFinancing{Reference: "x"}},
		"POST /v1/financings/{financing}/repayment":    {body: api.Nothing{}},
		"POST /v1/intents/{intent}/signatures":         {body: signature},
		"POST /v1/signatures": {
			body: api.SignBatch{Intents: []trade.CommandID{"cmd-none"}, Signature: signature},
		},
		"POST /v1/views":                            {body: saved},
		"POST /v1/statements":                       {body: w.trade().Files["statement.camt053.xml"], header: file},
		"POST /v1/statement-lines/{line}/set-aside": {body: api.SetAsideLine{Reason: "Interest"}},
		"POST /v1/reports": {
			body: api.MakeReport{Kind: "dossier", Format: "pdf", Subject: string(w.financing)},
		},
		"POST /v1/demo/clock": {body: api.MoveClock{Days: 1}},
		"PUT /v1/preferences": {body: api.Preferences{
			Language: "en", Waiting: app.AtOnce, Outcome: app.Never,
		}},
	}
	maps.Copy(bodies, w.peopleBodies())
	w.manyBodies(bodies, file)
	w.bankBodies(bodies)
	for _, route := range []string{
		"/v1/receivables/{receivable}/maturity", "/v1/receivables/{receivable}/overdue",
		"/v1/receivables/{receivable}/reservation/expiry", "/v1/financings/{financing}/acceptance",
		"/v1/financings/{financing}/lapse",
		"/v1/statement-lines/{line}/application", "/v1/keyring", "/v1/packs/{pack}/verification",
		"/v1/audit/verification",
	} {
		bodies["POST "+route] = nothing
	}
	for _, more := range []map[string]sent{
		w.seekersBodies(), paperRequestBodies(), payeeBodies(), messageBodies(), reasonBodies(),
	} {
		maps.Copy(bodies, more)
	}
	return bodies
}

// reasonBodies are those of the routes that take a reason and nothing else.
func reasonBodies() map[string]sent {
	because, bodies := sent{body: api.Because{Reason: "as the test says"}}, map[string]sent{}
	for _, act := range []string{"rejection", "withdrawal", "reservation/release"} {
		bodies["POST /v1/receivables/{receivable}/"+act] = because
	}
	for _, act := range []string{"refusal", "decline"} {
		bodies["POST /v1/financings/{financing}/"+act] = because
	}
	return bodies
}

// peopleBodies are what the routes about people, their keys and their sessions are sent.
func (w *world) peopleBodies() map[string]sent {
	entry := w.entry("new-person", "new.person@fennwick.example", trade.Viewer)
	return map[string]sent{
		"POST /v1/persons": {body: entry},
		"POST /v1/session/passkey": {body: api.PasskeySignIn{
			Nonce: []byte("x"), Credential: []byte("x"), Value: []byte("x"),
			Webauthn: trade.Assertion{AuthenticatorData: []byte("x"), ClientData: []byte("x")},
		}},
		"POST /v1/codes":              {body: api.Nothing{}},
		"POST /v1/codes/confirmation": {body: api.OneCode{Code: "000000"}},
		"POST /v1/codes/removal":      {body: api.OneCode{Code: "000000"}},

		"POST /v1/persons/{person}/keys/{key}/revocation": {body: api.Because{Reason: "as the test says"}},

		"POST /v1/persons/{person}/revocation": {body: api.Because{Reason: "as the test says"}},
		"POST /v1/keys": {body: api.AddKey{
			ID: "k", Name: "x", Holder: app.HeldByFile, PublicKey: []byte("x"),
			Proof: api.Signature{Value: []byte("no signature")},
		}},
	}
}

// manyBodies are those of the routes for many things at once.
func (w *world) manyBodies(bodies map[string]sent, file http.Header) {
	bodies["POST /v1/confirmations"] = sent{body: api.ConfirmReceivables{
		Receivables: []trade.AssetID{w.receivable}, Promise: trade.Acknowledgement, Text: "We owe it.",
	}}
	bodies["POST /v1/exports"] = sent{
		body: api.ExportList{List: "documents", Query: "kind=invoice", Format: "csv"},
	}
	bodies["POST /v1/bulk"] = sent{body: w.spreadsheet("00012"), header: file}
	bodies["GET /v1/search"] = sent{query: "?q=invoice"}
	bodies["GET /v1/verify"] = sent{query: "?digest=" + string(trade.DigestOf(nil))}
	bodies["POST /v1/payable-lists"] = sent{body: []byte(oneRow), header: file}
	bodies["POST /v1/payable-lists/{list}/confirmation"] = sent{
		body: api.Promised{Promise: trade.Acknowledgement, Text: "We owe it."},
	}
}

const oneRow = payablesHead + "A-1,Lanqiao,1.00,CNY,2026-06-18\n"

// seekersBodies are what the routes of who seeks financing are sent.
func (w *world) seekersBodies() map[string]sent {
	tus := http.Header{"Tus-Resumable": {"1.0.0"}}
	part := http.Header{
		"Tus-Resumable": {"1.0.0"}, "Upload-Offset": {"0"}, "Content-Type": {partType},
	}
	mine := api.Papers{Documents: []app.DocumentID{w.papers["invoice.xml"]}}
	return map[string]sent{
		"POST /v1/uploads":             {header: tusAnnounced(decimal(matrixFile), "filename bWF0cml4")},
		"HEAD /v1/uploads/{upload}":    {header: tus},
		"DELETE /v1/uploads/{upload}":  {header: tus},
		"PATCH /v1/uploads/{upload}":   {body: make([]byte, matrixPart), header: part},
		"POST /v1/filings":             {body: mine},
		"POST /v1/packs/{pack}/papers": {body: mine},
		"POST /v1/estimates":           {body: api.EstimateFinancing{Pack: w.pack, Programme: w.programme}},
	}
}
