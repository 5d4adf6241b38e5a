package httpapi

import (
	"crypto/ecdsa"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha1"
	"encoding/base32"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"net/http"
	"testing"

	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/chaincode/trade/tradetest"
	"github.com/countersign/countersign/services/app"
	"github.com/countersign/countersign/services/httpapi/internal/api"
)

// handle is what the authenticator calls its key.
const handle = "credential"

// adds registers one more key of a person, vouched for by the two admins.
func (w *world) adds(email string, key *tradetest.Person, admins ...string) {
	w.t.Helper()
	public := key.PublicKey(w.t)
	proof := key.Sign(w.t, public.Proof("trade", key.Org, key.ID))
	body := api.AddKey{
		ID: public.ID, Name: "phone", Holder: app.HeldByAuthenticator, Credential: []byte(handle),
		PublicKey: public.Public, Proof: api.Signature{Value: proof.Value, Webauthn: *proof.WebAuthn},
	}
	i := crashes[api.Intent](w, email, "/v1/keys", body)
	w.sign([]api.Intent{i}, admins...)
}

// opens tries to sign in with a passkey.
func (w *world) opens(key *tradetest.Person) int {
	w.t.Helper()
	var nonce api.Nonce
	w.want(w.send("", "POST", "/v1/session/nonce", nil, nil), http.StatusCreated, &nonce)
	s := key.Sign(w.t, app.SignInDigest(nonce.Nonce))
	body := api.PasskeySignIn{
		Nonce: nonce.Nonce, Credential: []byte(handle), Value: s.Value, Webauthn: *s.WebAuthn,
	}
	got := w.send("", "POST", "/v1/session/passkey", body, nil)
	if got.Code == http.StatusCreated { // the same assertion opens no second one
		again := w.send("", "POST", "/v1/session/passkey", body, nil)
		w.problem(again, http.StatusUnauthorized, app.CodeWrongPassword)
	}
	return got.Code
}

const sellerAdmin, sellerSecondAdmin = "xu.meilan@lanqiao.example", "fang.qi@lanqiao.example"

func TestAPasskeyOpensASessionUntilItIsRevoked(t *testing.T) {
	w := newWorld(t)
	phone := w.people[sellerMaker].With(t, "phone", true)
	if status := w.opens(phone); status != http.StatusUnauthorized {
		t.Errorf("an unknown passkey: %d", status)
	}
	w.adds(sellerMaker, phone, sellerAdmin, sellerSecondAdmin)
	if status := w.opens(phone.With(t, "phone", true)); status != http.StatusUnauthorized {
		t.Errorf("another's key under the credential: %d", status)
	}
	if status := w.opens(phone); status != http.StatusCreated {
		t.Errorf("the passkey: %d", status)
	}
	// Its own person stops it at once; two admins make that so on the ledger.
	path := "/v1/persons/" + string(phone.ID) + "/keys/phone/revocation"
	i := crashes[api.Intent](w, sellerMaker, path, api.Because{Reason: "lost"})
	if status := w.opens(phone); status != http.StatusUnauthorized {
		t.Errorf("a passkey that was stopped: %d", status)
	}
	w.sign([]api.Intent{i}, sellerAdmin, sellerSecondAdmin)
	var list api.KeyList
	w.get(sellerMaker, "/v1/keys", &list)
	if len(list.Items) != 2 || list.Items[1].State != app.KeyRevoked {
		t.Errorf("%+v", list.Items)
	}
	if status := w.opens(phone); status != http.StatusUnauthorized {
		t.Errorf("a revoked passkey: %d", status)
	}
}

func TestAnAdminsFirstSignatureShutsAPersonOut(t *testing.T) {
	w := newWorld(t)
	token := w.freshToken(sellerChecker)
	who := string(w.people[sellerChecker].ID)
	i := crashes[api.Intent](w, sellerAdmin, "/v1/persons/"+who+"/revocation", api.Because{Reason: "has left"})
	if got := w.send(token, "GET", "/v1/session", nil, nil); got.Code != http.StatusOK {
		t.Errorf("before anybody signed: %d", got.Code)
	}
	var detail api.ColleagueDetail
	w.get(sellerAdmin, "/v1/persons/"+who, &detail)
	if len(detail.Sessions) != 1 || len(detail.Keys) != 1 {
		t.Errorf("the admin sees %d sessions and %d keys", len(detail.Sessions), len(detail.Keys))
	}
	digest := i.Digest
	s := w.people[sellerAdmin].Sign(t, digest)
	signatures := "/v1/intents/" + string(i.ID) + "/signatures"
	w.post(sellerAdmin, signatures, api.Signature{Value: s.Value}, http.StatusOK, nil)
	if got := w.send(token, "GET", "/v1/session", nil, nil); got.Code != http.StatusUnauthorized {
		t.Errorf("with the first signature: %d", got.Code)
	}
	if status, _ := w.knocks(sellerChecker, everybodysPassword); status != http.StatusUnauthorized {
		t.Errorf("who is shut out signs in: %d", status)
	}
	w.post(sellerAdmin, "/v1/intents/"+string(i.ID)+"/withdrawal", nil, http.StatusOK, nil)
	if status, _ := w.knocks(sellerChecker, everybodysPassword); status != http.StatusCreated {
		t.Errorf("once it is withdrawn: %d", status)
	}
}

// appCode is what an authenticator app shows.
func appCode(t *testing.T, secret string, step int64) string {
	t.Helper()
	raw, err := base32.StdEncoding.DecodeString(secret)
	must(t, err)
	mac := hmac.New(sha1.New, raw)
	must(t, binary.Write(mac, binary.BigEndian, step))
	sum := mac.Sum(nil)
	at := sum[len(sum)-1] & 0xf
	return fmt.Sprintf("%06d", binary.BigEndian.Uint32(sum[at:at+4])&0x7fffffff%1_000_000)
}

func TestAPasswordWantsACodeWhereCodesAreInUse(t *testing.T) {
	w := newWorld(t)
	const email = sellerChecker
	var setup api.CodesSetup
	w.post(email, "/v1/codes", api.Nothing{}, http.StatusCreated, &setup)
	step := wall{}.Now().Unix() / 30
	var recovery api.RecoveryCodes
	w.post(email, "/v1/codes/confirmation", api.OneCode{Code: appCode(t, setup.Secret, step)},
		http.StatusCreated, &recovery)
	enter := func(code string) (int, string) {
		got := w.send("", "POST", "/v1/session",
			api.Credentials{Email: email, Password: everybodysPassword, Code: code}, nil)
		if got.Code == http.StatusCreated {
			return got.Code, ""
		}
		return got.Code, problemOf(t, got).Code
	}
	for _, c := range []struct {
		code, want string
	}{
		{"", string(app.CodeCodeWanted)},
		{"000000", string(app.CodeWrongCode)},
		{appCode(t, setup.Secret, step), string(app.CodeWrongCode)}, // it counted already
		{appCode(t, setup.Secret, step+1), ""},
		{recovery.Codes[0], ""},
		{recovery.Codes[0], string(app.CodeWrongCode)},
	} {
		if _, got := enter(c.code); got != c.want {
			t.Errorf("code %q: %q, want %q", c.code, got, c.want)
		}
	}
	w.post(email, "/v1/codes/removal", api.OneCode{Code: recovery.Codes[1]}, http.StatusOK, nil)
	if status, said := enter(""); status != http.StatusCreated {
		t.Errorf("without codes: %d %s", status, said)
	}
}

func TestSessionsAreListedAndEnded(t *testing.T) {
	w := newWorld(t)
	first, second, third := w.freshToken(sellerMaker), w.freshToken(sellerMaker), w.freshToken(sellerMaker)
	var list api.SessionList
	w.want(w.send(third, "GET", "/v1/sessions", nil, nil), http.StatusOK, &list)
	if len(list.Items) != 3 {
		t.Fatalf("%d sessions, want 3", len(list.Items))
	}
	for _, s := range list.Items {
		if !s.Own {
			w.problem(w.send(w.token(obligorMaker), "DELETE", "/v1/sessions/"+string(s.ID), nil, nil),
				http.StatusNotFound, app.CodeHidden) // another's
			w.want(w.send(third, "DELETE", "/v1/sessions/"+string(s.ID), nil, nil), http.StatusNoContent, nil)
			break
		}
	}
	w.want(w.send(third, "DELETE", "/v1/sessions", nil, nil), http.StatusNoContent, nil)
	for token, want := range map[string]int{
		first: http.StatusUnauthorized, second: http.StatusUnauthorized, third: http.StatusOK,
	} {
		if got := w.send(token, "GET", "/v1/session", nil, nil); got.Code != want {
			t.Errorf("%d, want %d", got.Code, want)
		}
	}
}

// A signature for a session is none under an act: what is signed differs in its first line.
func TestASignInIsNoSignatureUnderAnAct(t *testing.T) {
	t.Parallel()
	key := tradetest.NewPerson(t, "LanqiaoMSP", "p", trade.Maker)
	command := trade.DigestOf([]byte("a command"))
	raw, _ := command.Bytes()
	value, err := ecdsa.SignASN1(rand.Reader, key.Key, func() []byte {
		b, _ := app.SignInDigest(raw).Bytes()
		return b
	}())
	must(t, err)
	s := trade.Signature{Org: key.Org, Person: key.ID, Key: key.KeyID, Value: value}
	if s.Verify(key.PublicKey(t), command) == nil {
		t.Errorf("a nonce of %s passes for the digest of a command", hex.EncodeToString(raw))
	}
}
