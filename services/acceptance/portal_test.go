package acceptance

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// portalLimit bounds a whole run through the portal, in eight combinations of language,
// theme and width.
const portalLimit = 5 * time.Minute

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

func TestThePortalShowsEachFindingInItsPlace(t *testing.T) {
	t.Parallel()
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
	h := open(t, fast, newData(t), nil)
	script, err := filepath.Abs("../../web/test/browser/portal.mjs")
	if err != nil {
		t.Fatal(err)
	}
	args := []string{script, h.address, sellerMaker, h.people.ByEmail[sellerMaker].Password, "CangningMSP"}
	if screens := os.Getenv("PORTAL_SCREENS"); screens != "" {
		args = append(args, screens)
	}
	ctx, cancel := context.WithTimeout(t.Context(), portalLimit)
	defer cancel()
	cmd := exec.CommandContext(ctx, "node", args...)
	cmd.Env = append(os.Environ(), "CHROMIUM="+chromium)
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
