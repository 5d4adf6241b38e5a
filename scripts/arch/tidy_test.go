package arch

import (
	"bytes"
	"go/build"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const (
	longFile    = 500     // lines from which a Go file is reported
	tooLongFile = 600     // lines from which it fails the test
	maxText     = 2 << 20 // bytes of a file that is read as text
)

// notNames say nothing about what a package holds.
var notNames = []string{
	"util", "utils", "common", "helper", "helpers", "base", "core", "types", "models", "misc", "shared",
}

func TestPackageNamesSayWhatIsInside(t *testing.T) {
	eachPackage(t, func(name string, pkg *build.Package) {
		if slices.Contains(notNames, pkg.Name) || slices.Contains(notNames, path.Base(name)) {
			t.Errorf("%s: package %s: name what it holds", name, pkg.Name)
		}
	})
}

func TestGoFilesHoldOneIdea(t *testing.T) {
	eachFile(t, func(name string, text []byte) {
		if !strings.HasSuffix(name, ".go") || generated(text) {
			return
		}
		switch lines := bytes.Count(text, []byte("\n")); {
		case lines > tooLongFile:
			t.Errorf("%s: %d lines, at most %d", name, lines, tooLongFile)
		case lines > longFile:
			t.Logf("%s: %d lines; does it hold one idea?", name, lines)
		}
	})
}

// Paths of somebody's machine: they work nowhere else and tell who worked where.
var machinePath = regexp.MustCompile(`(^|[\s"'=(:])/(root|home|work|Users)/[A-Za-z0-9._-]`)

func TestNoPathOfAMachineIsWrittenDown(t *testing.T) {
	eachFile(t, func(name string, text []byte) {
		for i, line := range bytes.Split(text, []byte("\n")) {
			if machinePath.Match(line) {
				t.Errorf("%s:%d: a path of one machine: %s", name, i+1, bytes.TrimSpace(line))
			}
		}
	})
}

// habits are what a test may not do: it never sleeps, and a skip says why.
var habits = []struct {
	pattern *regexp.Regexp
	instead string
}{
	{regexp.MustCompile(`\btime\.Sleep\(`), "wait for what is to happen, not for time"},
	{regexp.MustCompile(`\.(SkipNow\(|Skip\(\))`), "say why it is skipped and what would run it"},
}

func TestTestsNeverSleepOrSkipInSilence(t *testing.T) {
	eachFile(t, func(name string, text []byte) {
		if !strings.HasSuffix(name, "_test.go") {
			return
		}
		for i, line := range bytes.Split(text, []byte("\n")) {
			for _, habit := range habits {
				if habit.pattern.Match(line) && !bytes.Contains(line, []byte("regexp.")) {
					t.Errorf("%s:%d: %s", name, i+1, habit.instead)
				}
			}
		}
	})
}

var generatedMark = regexp.MustCompile(`(?m)^// Code generated .* DO NOT EDIT\.$`)

func generated(text []byte) bool { return generatedMark.Match(text) }

// eachFile calls fn for every text file of the tree with its path below the root.
func eachFile(t *testing.T, fn func(name string, text []byte)) {
	t.Helper()
	err := filepath.WalkDir(root, func(file string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir():
			if file != root && (slices.Contains(notOurs, entry.Name()) || entry.Name() == ".git") {
				return fs.SkipDir
			}
			return nil
		case !entry.Type().IsRegular(), entry.Name() == ".git": // a linked work tree has it as a file
			return nil
		}
		if info, err := entry.Info(); err != nil || info.Size() > maxText {
			return err
		}
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		if bytes.IndexByte(text, 0) >= 0 {
			return nil // not text
		}
		name, err := filepath.Rel(root, file)
		if err != nil {
			return err
		}
		fn(filepath.ToSlash(name), text)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
