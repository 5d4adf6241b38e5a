package acceptance

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// portalLimit bounds one run through the portal in all its combinations of language, theme and
// width.
const portalLimit = 8 * time.Minute

// browser finds Chromium.
func browser() (string, bool) {
	for _, name := range []string{os.Getenv("CHROMIUM"), "chromium", "chromium-browser", "google-chrome"} {
		if name == "" {
			continue
		}
		if file, err := exec.LookPath(name); err == nil {
			return file, true
		}
	}
	return "", false
}

// needPortal skips a test where there is no browser or the portal is not built.
func needPortal(t *testing.T) (chromium string) {
	t.Helper()
	chromium, there := browser()
	if !there {
		t.Skip("Chromium is not installed: install the Debian package chromium to look at the portal")
	}
	if _, err := exec.LookPath("node"); err != nil {
		t.Skip("Node is not installed: the portal is neither built nor looked at without it")
	}
	for _, needed := range []string{
		"../../web/dist/portal/index.html", "../../web/node_modules/playwright-core",
	} {
		if _, err := os.Stat(needed); err != nil {
			t.Skipf("%s is missing: scripts/portal builds the portal", needed)
		}
	}
	return chromium
}

// drive runs a script of web/test/browser against a node, and fails with what did not hold.
func drive(t *testing.T, h *house, script string, args ...string) {
	t.Helper()
	chromium := needPortal(t)
	script, err := filepath.Abs(filepath.Join("../../web/test/browser", script))
	if err != nil {
		t.Fatal(err)
	}
	secrets := map[string]map[string]any{}
	for email, p := range h.people.ByEmail {
		secrets[email] = map[string]any{"password": p.Password, "key": p.Key}
	}
	people, err := json.Marshal(secrets)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "people.json")
	if err := os.WriteFile(file, people, 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), portalLimit)
	defer cancel()
	cmd := exec.CommandContext(ctx, "node", append([]string{script}, args...)...)
	cmd.Env = append(os.Environ(), "CHROMIUM="+chromium, "PORTAL_URL="+h.address, "PORTAL_PEOPLE="+file)
	out, err := cmd.CombinedOutput()
	for line := range strings.Lines(string(out)) {
		if strings.HasPrefix(line, "ok: ") {
			continue
		}
		t.Log(strings.TrimSpace(line))
	}
	if err != nil {
		t.Fatalf("the portal did not hold: %v", err)
	}
	t.Logf("%d things held", strings.Count(string(out), "ok: "))
}

func TestThePortalShowsEachFindingInItsPlace(t *testing.T) {
	t.Parallel()
	needPortal(t)
	h := open(t, fast, newData(t), nil)
	drive(t, h, "papers.mjs", sellerMaker, "CangningMSP")
}

func TestTheInboxIsLive(t *testing.T) {
	t.Parallel()
	needPortal(t)
	h := open(t, fast, newData(t), nil)
	drive(t, h, "inbox.mjs", sellerMaker, buyerMaker)
}

func TestAFirstVisitStaysWithinItsBudget(t *testing.T) {
	t.Parallel()
	needPortal(t)
	h := open(t, fast, newData(t), nil)
	args := []string{sellerMaker}
	if os.Getenv("PORTAL_SPEED") != "" {
		args = append(args, "speed")
	}
	drive(t, h, "measure.mjs", args...)
}

// The claims are made beside each other: 25 are confirmed at once, three come from a list.
func TestACoreEnterpriseConfirmsManyAndDisputesOne(t *testing.T) {
	t.Parallel()
	needPortal(t)
	h := open(t, fast, newData(t), nil)
	const claims, players = 28, 4
	var wg sync.WaitGroup
	for player := range players {
		wg.Go(func() {
			for n := player; n < claims; n += players {
				if _, err := h.claimed(t.Context(), "books", n); err != nil {
					t.Errorf("claim %d: %v", n, err)
				}
			}
		})
	}
	wg.Wait()
	if t.Failed() {
		return
	}
	drive(t, h, "payables.mjs", buyerMaker, buyerChecker)
}

func TestASupplierAsksForFinancingInSixClicks(t *testing.T) {
	t.Parallel()
	needPortal(t)
	h := open(t, fast, newData(t), nil)
	drive(t, h, "sme.mjs", sellerMaker, buyerMaker, buyerChecker, bankMaker, bankChecker)
}
