package arch

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// sequentialList is where scripts/test names the packages whose tests run without the race
// detector.
var sequentialList = regexp.MustCompile(`(?s)\nsequential=\((.*?)\)`)

// TestPackagesTestedWithoutTheRaceDetectorHaveOneGoroutine holds those packages to having
// nothing that the detector could find in them: neither code nor tests start a goroutine, or
// know a channel, a lock or an atomic. A table that is made when it is first asked for, and
// never changed, is allowed (sync.OnceValue).
func TestPackagesTestedWithoutTheRaceDetectorHaveOneGoroutine(t *testing.T) {
	script, err := os.ReadFile(filepath.Join(root, "scripts", "test"))
	if err != nil {
		t.Fatal(err)
	}
	list := sequentialList.FindSubmatch(script)
	if list == nil {
		t.Fatal("scripts/test names no sequential packages")
	}
	patterns, seen := strings.Fields(string(list[1])), 0
	eachFile(t, func(name string, text []byte) {
		if !strings.HasSuffix(name, ".go") || !slices.ContainsFunc(patterns, func(p string) bool {
			return matches(p, path.Dir(name))
		}) {
			return
		}
		seen++
		file, err := parser.ParseFile(token.NewFileSet(), name, text, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		if what := concurrent(file); what != "" {
			t.Errorf("%s: %s: take its package off the list in scripts/test", name, what)
		}
	})
	if seen == 0 {
		t.Error("no file was looked at")
	}
}

// matches tells whether a pattern of go list, as scripts/test writes it, names a folder.
func matches(pattern, dir string) bool {
	prefix, below := strings.CutSuffix(strings.TrimPrefix(pattern, "./"), "/...")
	return dir == prefix || below && strings.HasPrefix(dir, prefix+"/")
}

// concurrent says what in a file several goroutines could meet at.
func concurrent(file *ast.File) (what string) {
	for _, imported := range file.Imports {
		switch imported.Path.Value {
		case `"sync/atomic"`, `"golang.org/x/sync/errgroup"`, `"golang.org/x/sync/semaphore"`:
			return "it imports " + imported.Path.Value
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.GoStmt:
			what = "it starts a goroutine"
		case *ast.ChanType:
			what = "it has a channel"
		case *ast.SelectorExpr:
			from, ok := n.X.(*ast.Ident)
			if ok && from.Name == "sync" && !strings.HasPrefix(n.Sel.Name, "OnceValue") {
				what = "it uses sync." + n.Sel.Name
			}
		}
		return what == ""
	})
	return what
}
