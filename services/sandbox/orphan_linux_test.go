package sandbox_test

import (
	"bufio"
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/countersign/countersign/services/sandbox"
)

// asParent is the argument with which this test binary becomes a process that has a worker, says
// what that is, and keeps it busy.
const asParent = "run-as-a-parent"

func beParent() error {
	c := sandbox.DefaultConfig(asWorker, slog.New(slog.DiscardHandler))
	c.Workers = 1
	p, err := sandbox.Open(c)
	if err != nil {
		return err
	}
	self, err := p.Do(context.Background(), []byte("self"))
	if err != nil {
		return err
	}
	fmt.Fprintf(os.Stdout, "%s\n", self)
	_, err = p.Do(context.Background(), []byte("wait 60000"))
	return err
}

// A parent that is killed can end nobody: the kernel does.
func TestWorkerDiesWithItsParent(t *testing.T) {
	parent := exec.CommandContext(t.Context(), "/proc/self/exe", asParent)
	out, err := parent.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := parent.Start(); err != nil {
		t.Fatal(err)
	}
	said, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	worker, err := unix.PidfdOpen(pidOf(t, said), 0)
	if err != nil {
		t.Skipf("no descriptor of a process: %v: run it on Linux 5.3 or later", err)
	}
	defer unix.Close(worker)
	if err := parent.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = parent.Wait() // it was killed
	const patience = 10_000
	ended := []unix.PollFd{{Fd: int32(worker), Events: unix.POLLIN}}
	for {
		n, err := unix.Poll(ended, patience)
		if err == unix.EINTR {
			continue
		}
		if err != nil || n != 1 {
			t.Errorf("the worker lives on: %d, %v", n, err)
		}
		return
	}
}
