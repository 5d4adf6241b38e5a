package localnet

import (
	"bytes"
	"errors"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

func TestPackageIsTheSameBytesEachTime(t *testing.T) {
	first, err := pack("probe")
	if err != nil {
		t.Fatal(err)
	}
	second, err := pack("probe")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(first, second) {
		t.Fatal("two organisations would install two packages")
	}
}

func TestEveryServerHasAPortOfItsOwn(t *testing.T) {
	l, err := newLayout(t.TempDir(), []Chaincode{{Name: "a"}, {Name: "b"}})
	if err != nil {
		t.Fatal(err)
	}
	ports := []int{l.Orderer.Port, l.Orderer.AdminPort}
	for _, p := range l.Peers {
		ports = append(ports, p.Port, p.Servers["a"], p.Servers["b"])
	}
	slices.Sort(ports)
	if len(slices.Compact(ports)) != 17 {
		t.Fatalf("ports %v, want 17", ports)
	}
}

func TestFindBinariesNamesWhatIsMissing(t *testing.T) {
	dir := t.TempDir()
	bin := filepath.Join(dir, "bin")
	program := func(path string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("#!/bin/sh\n"), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	missing := func() []string {
		t.Helper()
		_, err := FindBinaries(bin)
		if err == nil {
			return nil
		}
		m, ok := errors.AsType[*MissingError](err)
		if !ok || m.Where != bin {
			t.Fatalf("got %v, want what is missing in %s", err, bin)
		}
		return m.Names
	}
	if got := missing(); len(got) != 5 {
		t.Errorf("in an empty folder %v is missing, want five programs", got)
	}
	for _, name := range []string{"peer", "orderer", "configtxgen", "osnadmin"} {
		program(filepath.Join(bin, name))
	}
	if got := missing(); len(got) != 2 || got[0] != "cryptogen" || !strings.Contains(got[1], "ccaas") {
		t.Errorf("%v is missing, want cryptogen and the builder", got)
	}
	program(filepath.Join(bin, "cryptogen"))
	for _, name := range []string{"detect", "build", "release"} {
		program(filepath.Join(dir, "builders", "ccaas", "bin", name))
	}
	if got := missing(); got != nil {
		t.Errorf("in a whole release %v is missing", got)
	}
	// Links to the programs lead to the release that they lie in.
	linked := filepath.Join(t.TempDir(), "bin")
	if err := os.Symlink(bin, linked); err != nil {
		t.Fatal(err)
	}
	if b, err := FindBinaries(linked); err != nil || !strings.HasPrefix(b.Builder, dir) {
		t.Errorf("through links the builder is %q: %v", b.Builder, err)
	}
}

func TestUpLeavesAFolderOfSomebodyElseAlone(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "thesis.tex")
	if err := os.WriteFile(file, []byte("years of work"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Up(t.Context(), Options{
		Dir: dir, Chaincodes: []Chaincode{{Name: "probe", Path: "/none"}},
		Log: slog.New(slog.DiscardHandler),
	})
	if err == nil {
		t.Fatal("a network was brought up over another's files")
	}
	if _, err := os.Stat(file); err != nil {
		t.Fatal(err)
	}
	if err := Down(t.Context(), dir); err == nil {
		t.Fatal("a network was stopped where there is none")
	}
}

func TestUpRefusesAChaincodeNameThatIsNoFileName(t *testing.T) {
	for _, name := range []string{"", "A", "../x", "a b", strings.Repeat("a", 33)} {
		_, err := Up(t.Context(), Options{Dir: t.TempDir(), Chaincodes: []Chaincode{{Name: name}}})
		if err == nil {
			t.Errorf("%q was taken for a chaincode name", name)
		}
	}
	if _, err := Up(t.Context(), Options{Dir: t.TempDir()}); err == nil {
		t.Error("a network without chaincode was brought up")
	}
}

func TestStopEndsTheStartedProcessesAndNoOther(t *testing.T) {
	dir := t.TempDir()
	sleep, err := exec.LookPath("sleep")
	if err != nil {
		t.Skipf("needs the program sleep: %v", err)
	}
	ps := &processes{dir: dir, dieWithParent: true}
	for _, name := range []string{"mine", "other"} {
		if err := ps.launch(program{name: name, path: sleep, args: []string{"600"}}); err != nil {
			t.Fatal(err)
		}
	}
	again, err := readProcesses(dir) // As a later run sees them.
	if err != nil {
		t.Fatal(err)
	}
	other, _ := again.find("other")
	t.Cleanup(func() { _ = syscall.Kill(other.PID, syscall.SIGKILL) })
	if other.Start == "" {
		t.Skip("this system does not tell when a process started: only Linux does")
	}
	// The system has given the number of a process that ended to somebody else's.
	for i := range again.list {
		if again.list[i].Name == "other" {
			again.list[i].Start = "1"
		}
	}
	mine, _ := again.find("mine")
	if dead := again.dead(); !slices.Equal(dead, []string{"other"}) {
		t.Errorf("dead are %v, want the one with another start", dead)
	}
	if err := again.stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if mine.alive() {
		t.Error("a started process was not stopped")
	}
	if !other.alive() {
		t.Error("a process with the same number was stopped")
	}
}
