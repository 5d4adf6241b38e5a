package httpapi

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/services/app"
	"github.com/countersign/countersign/services/blob"
)

// mirrored reads the codes of schemas/faults.json, which is generated from every package that
// defines some; only those of one source when it is named.
func mirrored(t *testing.T, by ...string) []trade.Code {
	t.Helper()
	raw, err := os.ReadFile("../../schemas/faults.json")
	if err != nil {
		t.Fatal(err)
	}
	var list []struct {
		Code trade.Code `json:"code"`
		By   string     `json:"by"`
	}
	if err := json.Unmarshal(raw, &list); err != nil {
		t.Fatal(err)
	}
	var codes []trade.Code
	for _, c := range list {
		if len(by) == 0 || slices.Contains(by, c.By) {
			codes = append(codes, c.Code)
		}
	}
	return codes
}

// What a reader finds is a reason of a verdict: 422 like every other, unless the table says more.
func TestEveryCodeHasAStatus(t *testing.T) {
	table := statuses()
	for _, list := range [][]trade.Code{
		trade.Codes(), app.Codes(), Codes(), mirrored(t, "law", "steps", "store of bytes", "API"),
		{blob.CodeTooLarge, blob.CodeEmpty, blob.CodeNotFound, blob.CodeCorrupt},
	} {
		for _, code := range list {
			if table[code] < http.StatusBadRequest {
				t.Errorf("%s: no status of its own", code)
			}
		}
	}
}

func TestEveryStatusIsOfACodeThatIsMirrored(t *testing.T) {
	known := mirrored(t)
	for code := range statuses() {
		if !slices.Contains(known, code) {
			t.Errorf("%s: not in schemas/faults.json, run scripts/generate", code)
		}
	}
}

func TestEveryCodeStandsOnceInTheTable(t *testing.T) {
	listed := 0
	for _, codes := range codesByStatus() {
		listed += len(codes)
	}
	if listed != len(statuses()) {
		t.Errorf("%d codes listed, %d different ones", listed, len(statuses()))
	}
}

func TestOnlyFaultsOfOursAreServerErrors(t *testing.T) {
	for code, status := range statuses() {
		if status == http.StatusInternalServerError && code != trade.CodeInternal &&
			!strings.HasPrefix(string(code), "blob.") {
			t.Errorf("%s: a refusal is no server error", code)
		}
	}
}

func TestWhatIsNoFaultIsNeverShown(t *testing.T) {
	s := testServer(t, nil)
	secret := "password=hunter2 at 10.0.0.7"
	for name, c := range map[string]struct {
		err    error
		status int
		code   trade.Code
	}{
		"internal": {errors.New(secret), http.StatusInternalServerError, trade.CodeInternal},
		"internal fault": {
			fault(trade.CodeInternal, "", "%s", secret), http.StatusInternalServerError, trade.CodeInternal,
		},
		"unavailable": {
			fmt.Errorf("%s: %w", secret, app.ErrUnavailable), http.StatusServiceUnavailable, app.CodeUnavailable,
		},
		"outcome unknown": {
			fmt.Errorf("%s: %w", secret, app.ErrOutcomeUnknown), http.StatusServiceUnavailable,
			app.CodeUnavailable,
		},
		"conflict of the law": {
			fmt.Errorf("%s: %w", secret, app.ErrConflict), http.StatusServiceUnavailable, app.CodeUnavailable,
		},
		"a fault, wrapped": {
			fmt.Errorf(
				"intent 7: %w", fault(trade.CodeReserved, "subjects[0]", "held"),
			), http.StatusConflict, trade.CodeReserved,
		},
		"a reason of a verdict": {fault("CS-SUM-1", "", "wrong"), http.StatusUnprocessableEntity, "CS-SUM-1"},
	} {
		t.Run(name, func(t *testing.T) {
			w := answerTo(t, s.failing(c.err), request(t, "GET", "/", nil))
			p := problemOf(t, w)
			if w.Code != c.status || p.Code != string(c.code) || p.Status != c.status {
				t.Errorf("%d %s, want %d %s", w.Code, p.Code, c.status, c.code)
			}
			if strings.Contains(w.Body.String(), "hunter2") {
				t.Errorf("the error is shown: %s", w.Body)
			}
			if c.status == http.StatusServiceUnavailable && w.Header().Get("Retry-After") == "" {
				t.Error("no Retry-After")
			}
			if p.Detail == "" || p.Instance == "" || p.Title == "" || p.Action == "" {
				t.Errorf("the problem lacks something: %+v", p)
			}
		})
	}
}
