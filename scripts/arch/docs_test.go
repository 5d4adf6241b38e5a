package arch

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/modfile"
)

var (
	linkTarget = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	inCode     = regexp.MustCompile("(?s)```[a-z]*\n(.*?)```|`([^`\n]+)`")
	ourPath    = regexp.MustCompile(
		`(?:^|[\s(])\.?/?((?:chaincode|services|schemas|fixtures|scripts|docs|\.ci)/[\w./*-]*[\w*])`)
	ourCommand = regexp.MustCompile(`(?:^|[\s/])countersign ([a-z]+)`)
	commandUse = regexp.MustCompile(`Use:\s+"([a-z]+)`)
	testNamed  = regexp.MustCompile("`([\\w./-]+_test\\.go):(\\w+)`")
)

func TestLinksBetweenDocumentsResolve(t *testing.T) {
	eachDocument(t, func(name, text string) {
		for _, m := range linkTarget.FindAllStringSubmatch(text, -1) {
			target, _, _ := strings.Cut(m[1], "#")
			if target == "" || strings.Contains(target, "://") || strings.HasPrefix(target, "mailto:") {
				continue
			}
			if !exists(path.Join(path.Dir(name), target)) {
				t.Errorf("%s: the link to %s leads nowhere", name, m[1])
			}
		}
	})
}

func TestDocumentsNameOnlyWhatIsThere(t *testing.T) {
	commands := commandNames(t)
	eachDocument(t, func(name, text string) {
		for _, m := range inCode.FindAllStringSubmatch(text, -1) {
			code := m[1] + m[2]
			for _, p := range ourPath.FindAllStringSubmatch(code, -1) {
				if strings.Contains(p[1], "*") || strings.Contains(p[1], "...") {
					continue // a pattern
				}
				if !exists(p[1]) {
					t.Errorf("%s: speaks of %s, which is not there", name, p[1])
				}
			}
			for _, c := range ourCommand.FindAllStringSubmatch(code, -1) {
				if !slices.Contains(commands, c[1]) {
					t.Errorf("%s: there is no command countersign %s", name, c[1])
				}
			}
		}
	})
}

// A promise that names its test, `folder/file_test.go:TestName`, holds as long as the test is there.
func TestEveryTestThatADocumentNamesIsThere(t *testing.T) {
	named := 0
	eachDocument(t, func(name, text string) {
		for _, m := range testNamed.FindAllStringSubmatch(text, -1) {
			named++
			if !exists(m[1]) || !strings.Contains(readDocument(t, m[1]), "\nfunc "+m[2]+"(") {
				t.Errorf("%s: there is no %s in %s", name, m[2], m[1])
			}
		}
	})
	if named == 0 {
		t.Error("no document names a test: is docs/hostile-files.md there?")
	}
}

func TestArchitectureNamesEveryPackage(t *testing.T) {
	text := readDocument(t, "docs/architecture.md")
	for _, name := range mapped() {
		if !strings.Contains(text, "`"+name+"`") {
			t.Errorf("docs/architecture.md does not name `%s`", name)
		}
	}
}

func TestEveryDependencyHasItsReasonAndVersion(t *testing.T) {
	const decision = "docs/decisions/0001-dependencies.md"
	text := readDocument(t, decision)
	raw := readDocument(t, "go.mod")
	file, err := modfile.Parse("go.mod", []byte(raw), nil)
	if err != nil {
		t.Fatal(err)
	}
	for outside := range owners {
		i := slices.IndexFunc(file.Require, func(r *modfile.Require) bool {
			return r.Mod.Path == outside
		})
		if i < 0 {
			t.Errorf("%s has owners but is not in go.mod", outside)
			continue
		}
		row := "| `" + outside + "` | " + file.Require[i].Mod.Version + " |"
		if !strings.Contains(text, row) {
			t.Errorf("%s: no row %q with a reason", decision, row)
		}
	}
}

func TestEachDecisionHasANumberOfItsOwn(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(root, "docs/decisions/*.md"))
	if err != nil {
		t.Fatal(err)
	}
	numbered := regexp.MustCompile(`^([0-9]{4})-[a-z0-9-]+\.md$`)
	taken := map[string]string{}
	for _, file := range files {
		name := filepath.Base(file)
		m := numbered.FindStringSubmatch(name)
		if m == nil {
			t.Errorf("%s: a name like 0001-dependencies.md is wanted", name)
			continue
		}
		if other := taken[m[1]]; other != "" {
			t.Errorf("%s: %s has this number", name, other)
		}
		taken[m[1]] = name
	}
}

// commandNames lists the commands of the program, as its source declares them.
func commandNames(t *testing.T) []string {
	t.Helper()
	var names []string
	eachFile(t, func(name string, text []byte) {
		if within(name, "services/cmd/countersign") && !strings.HasSuffix(name, "_test.go") {
			for _, m := range commandUse.FindAllSubmatch(text, -1) {
				names = append(names, string(m[1]))
			}
		}
	})
	return names
}

func eachDocument(t *testing.T, fn func(name, text string)) {
	t.Helper()
	eachFile(t, func(name string, text []byte) {
		if strings.HasSuffix(name, ".md") {
			fn(name, string(text))
		}
	})
}

func readDocument(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func exists(name string) bool {
	_, err := fs.Stat(os.DirFS(root), path.Clean(name))
	return err == nil
}
