package cluster

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// oldestMajor is the oldest PostgreSQL that the schema runs on (NULLS NOT DISTINCT came
// with 15).
const oldestMajor = 15

// installHint ends every error about missing programs.
const installHint = "install PostgreSQL 15 or newer (Debian, Ubuntu: apt-get install postgresql; " +
	"Fedora: dnf install postgresql-server; macOS: brew install postgresql), " +
	"or set PG_BIN to the folder of initdb and postgres, or DATABASE_URL to a running server"

// ErrNoPrograms says that the machine has no PostgreSQL that can be used.
var ErrNoPrograms = errors.New("postgresql: programs not found")

// programs is one installed PostgreSQL.
type programs struct {
	dir   string
	major int
}

func (p programs) initdb() string   { return filepath.Join(p.dir, "initdb") }
func (p programs) postgres() string { return filepath.Join(p.dir, "postgres") }

// findPrograms picks the installed PostgreSQL for a cluster of the given major version, or
// the first usable one when major is 0 (a new cluster). A named folder is the only one tried.
func findPrograms(ctx context.Context, named string, major int) (programs, error) {
	dirs := []string{named}
	if named == "" {
		dirs = installedDirs()
	}
	var seen []string
	for _, dir := range dirs {
		p, err := inspect(ctx, dir)
		if err != nil {
			if named != "" {
				return programs{}, fmt.Errorf("%w in %s: %w: %s", ErrNoPrograms, named, err, installHint)
			}
			continue
		}
		seen = append(seen, fmt.Sprintf("%d in %s", p.major, p.dir))
		if p.major >= oldestMajor && (major == 0 || p.major == major) {
			return p, nil
		}
	}
	switch {
	case len(seen) == 0:
		return programs{}, fmt.Errorf("%w: %s", ErrNoPrograms, installHint)
	case major == 0:
		return programs{}, fmt.Errorf("%w: found only %s: %s", ErrNoPrograms, strings.Join(seen, ", "), installHint)
	default:
		return programs{}, fmt.Errorf("%w: the data folder was made by PostgreSQL %d, found %s: "+
			"install PostgreSQL %d, or move the data with pg_upgrade",
			ErrNoPrograms, major, strings.Join(seen, ", "), major)
	}
}

// installedDirs lists the folders where the server's programs may be: the one on PATH (with
// symbolic links followed, because initdb stands beside the real postgres), then where
// distributions put them, newest first.
func installedDirs() []string {
	var dirs []string
	if found, err := exec.LookPath("postgres"); err == nil {
		if real, err := filepath.EvalSymlinks(found); err == nil {
			dirs = append(dirs, filepath.Dir(real))
		}
	}
	for _, pattern := range []string{
		"/usr/lib/postgresql/*/bin",          // Debian, Ubuntu
		"/usr/pgsql-*/bin",                   // PostgreSQL's own packages for Red Hat
		"/usr/libexec/postgresql*",           // Alpine
		"/opt/homebrew/opt/postgresql@*/bin", // macOS
		"/usr/local/opt/postgresql@*/bin",    // macOS on Intel
		"/usr/local/pgsql/bin",               // built from source
		"/usr/local/bin",                     // FreeBSD
	} {
		found, _ := filepath.Glob(pattern) // the only error is a bad pattern
		slices.SortFunc(found, newestFirst)
		dirs = append(dirs, found...)
	}
	return dirs
}

// newestFirst orders paths by the version number in them, so that 9 does not pass 15.
func newestFirst(a, b string) int {
	number := func(s string) int {
		digits := strings.Map(func(r rune) rune {
			if r >= '0' && r <= '9' {
				return r
			}
			return -1
		}, s)
		n, _ := strconv.Atoi(digits) // none is 0: last
		return n
	}
	return number(b) - number(a)
}

// inspect checks that a folder has both programs and asks for their version.
func inspect(ctx context.Context, dir string) (programs, error) {
	p := programs{dir: dir}
	if _, err := exec.LookPath(p.initdb()); err != nil {
		return p, err
	}
	cmd := exec.CommandContext(ctx, p.postgres(), "--version") //nolint:gosec // what we found installed
	cmd.Env = childEnv()
	out, err := cmd.Output()
	if err != nil {
		return p, fmt.Errorf("%s --version: %w", p.postgres(), err)
	}
	p.major, err = parseMajor(string(out))
	return p, err
}

// parseMajor reads the major version out of "postgres (PostgreSQL) 15.18 (Debian …)".
func parseMajor(version string) (int, error) {
	_, rest, ok := strings.Cut(version, "(PostgreSQL) ")
	if ok {
		end := strings.IndexFunc(rest, func(r rune) bool { return r < '0' || r > '9' })
		if end > 0 {
			return strconv.Atoi(rest[:end])
		}
	}
	return 0, fmt.Errorf("unknown version %q", strings.TrimSpace(version))
}

// majorOf reads which PostgreSQL made a data folder; 0 when there is none yet.
func majorOf(data string) (int, error) {
	text, err := os.ReadFile(filepath.Join(data, "PG_VERSION"))
	if errors.Is(err, os.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("postgresql: version of %s: %w", data, err)
	}
	major, err := strconv.Atoi(string(bytes.TrimSpace(text)))
	if err != nil {
		return 0, fmt.Errorf("postgresql: version of %s: %w", data, err)
	}
	return major, nil
}

// childEnv is the whole environment of PostgreSQL's programs: nothing of ours (secrets, PG*
// settings) reaches them.
func childEnv() []string {
	return []string{"PATH=/usr/local/bin:/usr/bin:/bin", "LANG=C.UTF-8", "LC_ALL=C.UTF-8", "TZ=UTC"}
}
