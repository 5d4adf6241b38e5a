package acceptance

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// heavy is an invoice just within every limit of the readers: hundreds of thousands of elements.
func heavy() string {
	var b strings.Builder
	b.WriteString(`<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2" ` +
		`xmlns:b="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">`)
	for letter := 'A'; letter <= 'Z'; letter++ {
		b.WriteString(strings.Repeat(fmt.Sprintf("<b:%c>x</b:%c>", letter, letter), 19_000))
	}
	b.WriteString(`</Invoice>`)
	return b.String()
}

// A node reads papers in workers: one that costs too much is refused, one whose worker is killed
// is read by the next, and no worker outlives the node.
func TestANodeReadsPapersInWorkersThatMayDie(t *testing.T) {
	t.Parallel()
	h := open(t, fast, newData(t), nil, "--read-cpu=200ms", "--read-workers=2")
	ctx := t.Context()
	pack, err := h.openPack(ctx, sellerMaker, "A paper that costs too much")
	if err != nil {
		t.Fatal(err)
	}
	seller := h.must(t, sellerMaker)
	bring := func(name, file string) document {
		d, err := h.upload(ctx, sellerMaker, pack, name, []byte(file))
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	costly := bring("heavy.xml", heavy())
	ordinary := bring("invoice.xml", string(papersOf(h.set, "WRK", 1).invoice))
	for _, d := range []*document{&costly, &ordinary} {
		if err := h.read(ctx, seller, d); err != nil {
			t.Fatal(err)
		}
	}
	if costly.State != "unreadable" || len(costly.Findings) != 1 ||
		costly.Findings[0].Rule != "document.too_costly" {
		t.Errorf("the costly paper is %s: %v", costly.State, costly.Findings)
	}
	if ordinary.State != "parsed" {
		t.Errorf("the paper beside it is %s: %v", ordinary.State, ordinary.Findings)
	}
	// The costly paper may have been the last one of the only worker: have another one idle.
	another := bring("another.xml", string(papersOf(h.set, "WRK", 3).invoice))
	if err := h.read(ctx, seller, &another); err != nil {
		t.Fatal(err)
	}
	killed := workersOf(t, h.cmd.Process.Pid)
	for _, pid := range killed {
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
			t.Errorf("worker %d: %v", pid, err)
		}
	}
	next := bring("next.xml", string(papersOf(h.set, "WRK", 2).invoice))
	if err := h.read(ctx, seller, &next); err != nil {
		t.Fatal(err)
	}
	left := workersOf(t, h.cmd.Process.Pid)
	t.Logf("workers before %v, after they were killed %v", killed, left)
	if next.State != "parsed" || len(killed) == 0 || len(left) == 0 {
		t.Errorf("the paper after them is %s: %v", next.State, next.Findings)
	}
	h.stop(t)
	for _, pid := range left {
		if raw, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "cmdline")); err == nil &&
			bytes.Contains(raw, []byte("read-worker")) {
			t.Errorf("worker %d outlives its node", pid)
		}
	}
}

// workersOf finds the processes that a node reads papers in.
func workersOf(t *testing.T, node int) (pids []int) {
	t.Helper()
	processes, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		t.Fatal(err)
	}
	if len(processes) == 0 {
		t.Skip("no /proc: run this on Linux")
	}
	for _, p := range processes {
		command, err := os.ReadFile(filepath.Join(p, "cmdline"))
		if err != nil || !bytes.Contains(command, []byte("read-worker")) {
			continue // gone, or another one
		}
		status, err := os.ReadFile(filepath.Join(p, "status"))
		if err != nil || !bytes.Contains(status, []byte("\nPPid:\t"+strconv.Itoa(node)+"\n")) {
			continue
		}
		pid, err := strconv.Atoi(filepath.Base(p))
		if err != nil {
			t.Fatal(err)
		}
		pids = append(pids, pid)
	}
	return pids
}
