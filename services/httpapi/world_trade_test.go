package httpapi

import (
	"encoding/json"
	"net/http"
	"slices"
	"time"

	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/fixtures"
	"github.com/countersign/countersign/services/app"
	"github.com/countersign/countersign/services/httpapi/internal/api"
)

// trade is the first trade of the fixtures, whose papers all agree.
func (w *world) trade() fixtures.Trade { return w.set.Trades[0] }

// open opens the keyring, a programme and a pack with all papers, and waits for the verdicts.
func (w *world) open() {
	w.t.Helper()
	w.act("/v1/keyring", api.Nothing{}, operator, operatorSecond)
	limit, err := money.Parse("5000000.00", "CNY")
	must(w.t, err)
	var i api.Intent
	w.post(bankMaker, "/v1/programmes", api.OpenProgramme{
		Seller: "LanqiaoMSP", Obligor: "CangningMSP", Limit: limit, TenorDays: 180, Agreement: "Master agreement",
		Readers: []trade.OrgID{"QuillonMSP"},
	}, http.StatusCreated, &i)
	w.programme = i.Subjects[0].ID
	w.sign([]api.Intent{i}, bankMaker, bankChecker, sellerMaker)
	var p api.Pack
	w.post(sellerMaker, "/v1/packs", api.OpenPack{Title: "Pump housings", Parties: []api.PackParty{
		{Organisation: "LanqiaoMSP", Side: app.SideSeller},
		{Organisation: "CangningMSP", Side: app.SideObligor},
		{Organisation: "ShibuMSP", Side: app.SideWarehouse},
		{Organisation: "HaipingMSP", Side: app.SideCarrier},
		{Organisation: "QuillonMSP", Side: app.SideReader},
	}}, http.StatusCreated, &p)
	w.pack = p.ID
	for _, paper := range w.trade().Plan.Documents {
		var d api.Document
		w.want(w.file(
			paper.Person, "/v1/packs/"+string(p.ID)+"/documents", paper.File, w.trade().Files[paper.File],
		),
			http.StatusCreated, &d)
		w.papers[paper.File] = d.ID
	}
	w.eventually("the verdicts stand and pass", func() bool {
		w.get(sellerMaker, "/v1/packs/"+string(w.pack), &p)
		if !p.VerdictsStand ||
			slices.ContainsFunc(p.Papers, func(d api.Document) bool { return d.State != app.DocumentParsed }) {
			return false
		}
		for _, v := range p.Verification.Verdicts {
			if v.Answer == app.Fail {
				w.t.Fatalf("%s: %s %v", v.Question, v.Answer, v.Reasons)
			}
			if v.Answer != app.Pass {
				return false
			}
		}
		return len(p.Verification.Verdicts) == 3
	})
}

// issue claims the receivable.
func (w *world) issue() {
	w.t.Helper()
	var i api.Intent
	w.eventually("the papers are on the ledger", func() bool {
		got := w.send(w.token(sellerMaker), "POST", "/v1/receivables", api.IssueReceivable{Pack: w.pack}, nil)
		if got.Code != http.StatusCreated {
			w.problem(got, http.StatusConflict, app.CodePackPapers)
			return false
		}
		must(w.t, json.Unmarshal(got.Body.Bytes(), &i))
		return true
	})
	w.receivable = i.Subjects[0].ID
	w.sign([]api.Intent{i}, sellerMaker)
}

// confirm issues the receivable and has it confirmed.
func (w *world) confirm() {
	w.t.Helper()
	w.issue()
	var r api.Receivable
	w.get(obligorMaker, "/v1/receivables/"+string(w.receivable), &r)
	w.act("/v1/receivables/"+string(w.receivable)+"/confirmation", api.ConfirmReceivable{
		Amount: r.Face, Promise: trade.Acknowledgement, Text: "We owe it.",
	}, obligorMaker, obligorChecker)
}

// quoted asks for financing and has the bank name its price.
func (w *world) quoted() {
	w.t.Helper()
	var f api.Financing
	w.post(
		sellerMaker, "/v1/financings", api.RequestFinancing{Pack: w.pack, Programme: w.programme},
		http.StatusCreated, &f,
	)
	w.financing = f.ID
	w.sign([]api.Intent{f.Intent}, sellerMaker)
	w.act("/v1/financings/"+string(f.ID)+"/quote", w.quote(), bankMaker)
}

func (w *world) quote() api.QuoteFinancing {
	return api.QuoteFinancing{
		AdvanceRate: 900_000, Rate: 43_500, Kind: trade.Discount, DayCount: money.Act360, FeeRate: 1_000,
		FeeBearer: trade.SellerBears, ValueDate: w.set.Today,
		LapsesAt: wall{}.Now().UTC().Add(48 * time.Hour).Truncate(time.Second),
	}
}

func (w *world) priceRule() api.PriceRule {
	return api.PriceRule{
		AdvanceRate: 900_000, Rate: 43_500, Kind: trade.Discount, DayCount: money.Act360, FeeRate: 1_000,
		FeeBearer: trade.SellerBears,
	}
}
