package httpapi

import (
	"net/http"
	"slices"
	"testing"

	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/chaincode/trade/tradetest"
	"github.com/countersign/countersign/services/app"
	"github.com/countersign/countersign/services/httpapi/internal/api"
)

// entry is what a new person brings from the own machine; the password is everybody's.
func (w *world) entry(id trade.PersonID, email string, roles ...trade.Role) api.EnrolPerson {
	w.t.Helper()
	person := tradetest.NewPerson(w.t, "FennwickMSP", id, roles...)
	w.people[email] = person
	hash, err := w.server.hasher.Hash(w.t.Context(), everybodysPassword)
	must(w.t, err)
	return api.EnrolPerson{
		Person: id, Email: email, Name: "New Person", Roles: roles, PasswordHash: hash,
		PublicKey: person.PublicKey(w.t).Public,
	}
}

// knocks tries to sign in.
func (w *world) knocks(email, password string) (int, api.Problem) {
	w.t.Helper()
	got := w.send("", "POST", "/v1/session", api.Credentials{Email: email, Password: password}, nil)
	if got.Code == http.StatusCreated {
		return got.Code, api.Problem{}
	}
	p := problemOf(w.t, got)
	p.Instance = ""
	return got.Code, p
}

// state is how the colleagues see a person.
func (w *world) state(id trade.PersonID) app.PersonState {
	w.t.Helper()
	var list api.PersonList
	w.get(operator, "/v1/persons", &list)
	i := slices.IndexFunc(list.Items, func(c api.Colleague) bool { return c.Person == id })
	if i < 0 {
		w.t.Fatalf("%s is not among the colleagues", id)
	}
	return list.Items[i].State
}

func TestAPersonComesInAndGoesByTwoAdmins(t *testing.T) {
	w := newWorld(t)
	const email, id = "new.admin@fennwick.example", trade.PersonID("fennwick-new")
	entry := w.entry(id, email, trade.Admin)
	taken := entry
	taken.Person, taken.Email = "fennwick-other", operatorSecond
	taken.PublicKey = w.entry(taken.Person, "x@fennwick.example", trade.Viewer).PublicKey
	w.refused(operator, "/v1/persons", taken, http.StatusUnprocessableEntity, app.CodeInput)

	i := crashes[api.Intent](w, operator, "/v1/persons", entry)
	if status, _ := w.knocks(email, everybodysPassword); status != http.StatusUnauthorized {
		t.Errorf("before two admins signed the person is answered %d", status)
	}
	if got := w.state(id); got != app.PersonWaiting {
		t.Errorf("before two admins signed the person is %s", got)
	}
	w.sign([]api.Intent{i}, operator, operatorSecond)
	if got := w.state(id); got != app.PersonActive {
		t.Errorf("the person is %s", got)
	}
	w.get(email, "/v1/session", nil) // signs in

	// The new admin signs with another that the operator's second goes.
	revocation := "/v1/persons/" + string(w.people[operatorSecond].ID) + "/revocation"
	w.get(operatorSecond, "/v1/session", nil)
	w.act(revocation, api.Because{Reason: "has left"}, email, operator)
	session := w.send(w.token(operatorSecond), "GET", "/v1/session", nil, nil)
	if session.Code != http.StatusUnauthorized {
		t.Errorf("the session of a revoked person: %d", session.Code)
	}
	if status, _ := w.knocks(operatorSecond, everybodysPassword); status != http.StatusUnauthorized {
		t.Errorf("a revoked person signs in: %d", status)
	}
	again := api.Because{Reason: "again"}
	w.refused(operator, revocation, again, http.StatusUnprocessableEntity, trade.CodePersons)
}

func TestWhoIsNotHereIsAnsweredAndLockedLikeWhoIs(t *testing.T) {
	w := newWorld(t)
	for n := range 7 {
		here, hereSaid := w.knocks(sellerMaker, "wrong")
		not, notSaid := w.knocks("nobody@lanqiao.example", "wrong")
		if here != not || hereSaid.Code != notSaid.Code || hereSaid.Detail != notSaid.Detail ||
			hereSaid.Action != notSaid.Action {
			t.Errorf("attempt %d: %d %+v, and of nobody %d %+v", n, here, hereSaid, not, notSaid)
		}
		if locked := n >= 5; locked != (here == http.StatusTooManyRequests) {
			t.Errorf("attempt %d: %d %s", n, here, hereSaid.Code)
		}
	}
	if status, p := w.knocks(sellerMaker, everybodysPassword); status != http.StatusTooManyRequests {
		t.Errorf("the right password while it is locked: %d %s", status, p.Code)
	}
	if status, _ := w.knocks(sellerChecker, everybodysPassword); status != http.StatusCreated {
		t.Errorf("a colleague is locked too: %d", status)
	}
}

func TestAQuoteLapsesByTheLedgersTime(t *testing.T) {
	w := newWorld(t)
	w.open()
	w.confirm()
	w.quoted()
	lapse := "/v1/financings/" + string(w.financing) + "/lapse"
	w.refused(sellerMaker, lapse, api.Nothing{}, http.StatusConflict, trade.CodeQuoteAlive)
	w.post(operator, "/v1/demo/clock", api.MoveClock{Days: 3}, http.StatusOK, nil)
	got := w.send(w.token(sellerMaker), "POST", lapse, api.Nothing{}, http.Header{"Prefer": {"wait=30"}})
	var i api.Intent
	w.want(got, http.StatusCreated, &i)
	if i.State != app.IntentCommitted {
		t.Errorf("nobody signs it, and it is %s", i.State)
	}
	var f api.Financing
	w.get(bankMaker, "/v1/financings/"+string(w.financing), &f)
	if f.Phase != trade.Lapsed {
		t.Errorf("the financing is %s", f.Phase)
	}
}
