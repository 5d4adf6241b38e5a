package acceptance

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// portalLimit bounds one run through the portal in all its combinations of language, theme and
// width.
const portalLimit = 8 * time.Minute

// Two admins of the seller and a checker who leaves, as the fixtures name them.
const (
	sellerChecker     = "shen.bo@lanqiao.example"
	sellerAdmin       = "xu.meilan@lanqiao.example"
	sellerSecondAdmin = "fang.qi@lanqiao.example"
)

// browser finds Chromium, rather the one without windows: it draws as the other, for less work.
func browser() (string, bool) {
	for _, name := range []string{
		os.Getenv("CHROMIUM"), "chromium-headless-shell", "chromium", "chromium-browser", "google-chrome",
	} {
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
		t.Skip("Chromium is not installed: install the Debian package chromium-headless-shell")
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
	cmd.Env = append(os.Environ(), "CHROMIUM="+chromium, "PORTAL_URL="+h.address, "PORTAL_PEOPLE="+file,
		"PORTAL_PASSKEYS="+filepath.Join(filepath.Dir(h.data), "passkeys.json"))
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
	spent := cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	held := strings.Count(string(out), "ok: ")
	t.Logf("%d things held; the script took %s of a processor, besides the browser", held, spent)
}

// passage is one run through the portal.
type passage struct {
	name, script string
	args         []string
}

// The runs through the portal share a node, and go one after another: what each needs is its own
// trade, and to start a node and to register the passkeys of its people costs more than most runs.
// Three nodes side by side, because a browser often waits; the whole job takes as long as the others
// of a node together.
func TestThePortal(t *testing.T) {
	t.Parallel()
	passThrough(t, nil,
		passage{
			"five personas do the whole job", "job.mjs",
			[]string{sellerMaker, buyerMaker, buyerChecker, bankMaker, bankChecker, auditor},
		},
		passage{
			"a first visit stays within its budget", "measure.mjs",
			[]string{sellerMaker, buyerMaker, bankMaker, sellerAdmin},
		},
	)
}

func TestThePortalOfManyPapers(t *testing.T) {
	t.Parallel()
	passThrough(t, func(h *house) { h.claims(t, 27) },
		passage{
			"a core enterprise confirms many and disputes one", "payables.mjs",
			[]string{buyerMaker, buyerChecker},
		},
		passage{"a supplier records what its bank statement shows", "statements.mjs", []string{sellerMaker}},
		passage{"each finding is shown in its place", "papers.mjs", []string{sellerMaker, "CangningMSP"}},
	)
}

func TestThePortalOfNews(t *testing.T) {
	t.Parallel()
	passThrough(t, func(h *house) { h.claims(t, 2) },
		passage{"a way in that goes wrong", "upload.mjs", []string{sellerMaker}},
		passage{
			"a list is taken out as it is filtered", "reports.mjs",
			[]string{sellerMaker, sellerAdmin, auditor},
		},
		passage{"the inbox is live", "inbox.mjs", []string{sellerMaker, buyerMaker}},
		passage{
			"two admins vouch for a passkey that signs", "keys.mjs",
			[]string{sellerMaker, sellerAdmin, sellerSecondAdmin, sellerChecker},
		},
	)
}

// passThrough prepares a node and drives the runs through its portal.
func passThrough(t *testing.T, prepare func(*house), passages ...passage) {
	t.Helper()
	needPortal(t)
	h := open(t, fast, newData(t), nil)
	if prepare != nil {
		prepare(h)
	}
	for _, p := range passages {
		t.Run(p.name, func(t *testing.T) { drive(t, h, p.script, p.args...) })
	}
}

// claims makes claims that wait for the buyer, some beside each other.
func (h *house) claims(t *testing.T, many int) {
	t.Helper()
	err := each(many, 4, func(n int) error {
		_, err := h.claimed(t.Context(), "books", n)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
