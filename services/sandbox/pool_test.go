//go:build linux

package sandbox_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/countersign/countersign/services/sandbox"
)

// asWorker is the argument with which this test binary becomes a worker whose reader does what
// its documents say.
const asWorker = "run-as-a-worker"

const maxRequest = 64 << 10

func TestMain(m *testing.M) {
	if len(os.Args) == 1 {
		os.Exit(m.Run())
	}
	var err error
	switch {
	case os.Args[1] == asReader:
		err = sandbox.Inside(os.Stdin, os.Stdout, sandbox.Handle)
	case os.Args[1] == asWorker && len(os.Args) > 2: // whatever it is asked
		err = sandbox.Inside(os.Stdin, os.Stdout, func([]byte) []byte { return obey([]byte(os.Args[2])) })
	case os.Args[1] == asWorker:
		err = sandbox.Inside(os.Stdin, os.Stdout, obey)
	case os.Args[1] == asParent:
		err = beParent()
	default:
		os.Exit(m.Run())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// obey is a reader that costs and breaks what its document says.
func obey(request []byte) []byte {
	order, argument, _ := strings.Cut(string(request), " ")
	n, _ := strconv.Atoi(argument)
	switch order {
	case "burn":
		burn(time.Duration(n) * time.Millisecond)
	case "hold":
		return strconv.AppendInt(nil, int64(hold(n)), 10)
	case "recurse":
		return strconv.AppendInt(nil, int64(recurse(n)), 10)
	case "wait":
		<-time.NewTimer(time.Duration(n) * time.Millisecond).C
	case "panic":
		_ = request[len(request)+n]
	case "exit":
		os.Exit(n)
	case "answer":
		return bytes.Repeat([]byte("x"), n)
	case "garbage":
		_, _ = os.Stdout.WriteString("this is no frame")
	case "write":
		return said(os.WriteFile(argument, []byte("x"), 0o600))
	case "append": // to a file that is open already: the limit of written files is in the way
		_, err := os.Stdin.WriteString("x")
		return said(err)
	case "read":
		_, err := os.ReadFile(argument)
		return said(err)
	case "self":
		return self()
	}
	return []byte("done " + order)
}

func said(err error) []byte {
	if err == nil {
		return []byte("did it")
	}
	return []byte(err.Error())
}

// self is what a worker is: user, group, other groups, folder, environment, parent's group.
func self() []byte {
	groups, _ := os.Getgroups()
	dir, _ := os.Getwd()
	return fmt.Appendf(nil, "pid %d uid %d gid %d groups %v dir %s env %v own-group %t",
		os.Getpid(), os.Getuid(), os.Getgid(), groups, dir, os.Environ(), syscall.Getpgrp() == os.Getpid())
}

// burn uses processor time.
func burn(d time.Duration) {
	used := func() time.Duration {
		var u syscall.Rusage
		_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
		return time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	for start := used(); used()-start < d; {
		for i := range 1000 {
			_ = i // this is the work
		}
	}
}

// hold keeps so many MiB alive at once.
func hold(mib int) (sum int) {
	var held [][]byte
	for range mib {
		piece := make([]byte, 1<<20)
		for i := 0; i < len(piece); i += 4096 {
			piece[i] = 1
		}
		held = append(held, piece)
	}
	for _, piece := range held {
		sum += int(piece[0])
	}
	return sum
}

func recurse(n int) int {
	if n == 0 {
		return 0
	}
	return recurse(n-1) + 1
}

// config is that of a pool of workers of this binary, with a budget that a test can exceed soon.
func config(t *testing.T) sandbox.Config {
	t.Helper()
	c := sandbox.DefaultConfig(asWorker, slog.New(slog.NewTextHandler(t.Output(), nil)))
	c.Workers, c.MaxRequest, c.MaxAnswer = 2, maxRequest, 1<<20
	c.Budget.CPU, c.Budget.Memory = time.Second, 128<<20
	return c
}

func open(t *testing.T, c sandbox.Config) *sandbox.Pool {
	t.Helper()
	p, err := sandbox.Open(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	return p
}

func ask(t *testing.T, p *sandbox.Pool, request string) string {
	t.Helper()
	answer, err := p.Do(t.Context(), []byte(request))
	if err != nil {
		t.Fatalf("%s: %v", request, err)
	}
	return string(answer)
}

// wantOverrun wants a request to cost too much of something and the next one to be answered.
func wantOverrun(t *testing.T, p *sandbox.Pool, request string, of sandbox.Resource) {
	t.Helper()
	_, err := p.Do(t.Context(), []byte(request))
	over, ok := errors.AsType[*sandbox.Overrun](err)
	if !ok || over.Of != of {
		t.Errorf("%s: %v, want an overrun of %s", request, err, of)
	}
	if got := ask(t, p, "hello"); got != "done hello" {
		t.Errorf("the next document: %q", got)
	}
}

func TestPoolAnswersADocumentWithinItsBudgetAndRefusesOneBeyond(t *testing.T) {
	c := config(t)
	c.Workers = 1
	p := open(t, c)
	ask(t, p, "burn 900")
	ask(t, p, "burn 900") // what one document leaves of its budget is no other's, nor what it took
	wantOverrun(t, p, "burn 1100", sandbox.CPU)
	wantOverrun(t, p, "answer 1048577", sandbox.Memory)
	if got := ask(t, p, "answer 1048576"); len(got) != 1<<20 {
		t.Errorf("an answer at the limit: %d bytes", len(got))
	}
	ask(t, p, "wait 1200") // waiting costs nothing
}

func TestPoolHoldsADocumentToItsMemory(t *testing.T) {
	if raced {
		t.Skip("the race detector takes several times the memory of what it watches: run it without -race")
	}
	c := config(t)
	c.Workers = 1
	p := open(t, c)
	for range 3 { // what one document held is not counted against the next
		if got := ask(t, p, "hold 110"); got != "110" {
			t.Errorf("110 MiB of 128: %s", got)
		}
	}
	const idle = 80 << 10 // KiB
	if held := resident(t, pidOf(t, ask(t, p, "self"))); held > idle {
		t.Errorf("a worker keeps %d KiB of what it does not need", held)
	}
	wantOverrun(t, p, "hold 270", sandbox.Memory)
	ask(t, p, "recurse 1000")
	wantOverrun(t, p, "recurse 100000000", sandbox.Memory)
}

// resident is the memory of a process in KiB, as proc_pid_status(5) says it.
func resident(t *testing.T, pid int) (held int) {
	t.Helper()
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(raw), "\nVmRSS:")
	if _, err := fmt.Sscan(rest, &held); err != nil {
		t.Fatal(err)
	}
	return held
}

func TestPoolEndsADocumentByTheClock(t *testing.T) {
	c := config(t)
	c.Budget.Time = 300 * time.Millisecond
	wantOverrun(t, open(t, c), "wait 60000", sandbox.Time)
}

func TestWorkerHasNothingOfItsParent(t *testing.T) {
	t.Setenv("SECRET", "hunter2")
	inherited, err := os.Open("/dev/null") // as if this process had been given it by its own parent
	if err != nil {
		t.Fatal(err)
	}
	defer inherited.Close()
	if _, _, no := syscall.Syscall(syscall.SYS_FCNTL, inherited.Fd(), syscall.F_SETFD, 0); no != 0 {
		t.Fatal(no)
	}
	p := open(t, config(t))
	got := ask(t, p, "self")
	t.Log(got)
	if !strings.Contains(got, " dir / env [] own-group true") {
		t.Error("folder, environment or process group are not its own")
	}
	if os.Getuid() == 0 && !strings.Contains(got, " uid 65534 gid 65534 groups [] ") {
		t.Error("it is still root")
	}
	pid := pidOf(t, got)
	open, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", pid))
	if err != nil {
		t.Fatal(err)
	}
	for _, fd := range open {
		to, err := os.Readlink(fmt.Sprintf("/proc/%d/fd/%s", pid, fd.Name()))
		if err != nil {
			t.Fatal(err)
		}
		// Go's runtime keeps the files open that tell how many processors it may use.
		if !strings.HasPrefix(to, "pipe:") && !strings.HasPrefix(to, "anon_inode:") &&
			!strings.HasPrefix(to, "/sys/fs/cgroup/") {
			t.Errorf("descriptor %s is %s", fd.Name(), to)
		}
	}
}

func pidOf(t *testing.T, self string) int {
	t.Helper()
	var pid int
	if _, err := fmt.Sscanf(self, "pid %d", &pid); err != nil {
		t.Fatal(err)
	}
	return pid
}

func TestWorkerOpensNoFile(t *testing.T) {
	p := open(t, config(t))
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o777); err != nil { // nothing but the worker's limits is in the way
		t.Fatal(err)
	}
	for _, request := range []string{"write " + dir + "/x", "read /etc/passwd", "append x"} {
		if got := ask(t, p, request); got == "did it" {
			t.Errorf("%s: %s", request, got)
		}
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) > 0 {
		t.Errorf("a worker left %v, %v", left, err)
	}
}

func TestPoolGoesOnAfterAReaderThatBreaksOff(t *testing.T) {
	p := open(t, config(t))
	for _, request := range []string{"panic 1", "exit 3", "garbage 1"} {
		if _, err := p.Do(t.Context(), []byte(request)); !errors.Is(err, sandbox.ErrBroke) {
			t.Errorf("%s: %v, want %v", request, err, sandbox.ErrBroke)
		}
		if got := ask(t, p, "hello"); got != "done hello" {
			t.Errorf("the next document: %q", got)
		}
	}
}

func TestPoolReadsADocumentAgainWhoseWorkerWasKilled(t *testing.T) {
	c := config(t)
	c.Workers = 1
	p := open(t, c)
	pid := pidOf(t, ask(t, p, "self"))
	answered := make(chan error, 1)
	go func() {
		_, err := p.Do(t.Context(), []byte("wait 1000"))
		answered <- err
	}()
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil { // busy by now, or still idle: both must do
		t.Fatal(err)
	}
	if err := <-answered; err != nil {
		t.Error(err)
	}
	if pidOf(t, ask(t, p, "self")) == pid {
		t.Error("the killed worker answers")
	}
}

func TestPoolReplacesAWorkerAfterItsDocuments(t *testing.T) {
	c := config(t)
	c.Workers, c.Documents = 1, 3
	p := open(t, c)
	pids := map[int]int{}
	for range 7 {
		pids[pidOf(t, ask(t, p, "self"))]++
	}
	if len(pids) != 3 {
		t.Errorf("7 documents at 3 a worker: %v", pids)
	}
}

func TestPoolServesManyAtOnceAndMixesNothingUp(t *testing.T) {
	p := open(t, config(t))
	var all sync.WaitGroup
	for i := range 40 {
		all.Go(func() {
			want := strings.Repeat("x", 1000+i)
			got, err := p.Do(t.Context(), []byte("answer "+strconv.Itoa(1000+i)))
			if err != nil || string(got) != want {
				t.Errorf("request %d: %d bytes, %v", i, len(got), err)
			}
			if i%10 != 0 {
				return
			}
			if _, err := p.Do(t.Context(), []byte("panic 1")); !errors.Is(err, sandbox.ErrBroke) {
				t.Errorf("a panic beside others: %v", err)
			}
		})
	}
	all.Wait()
}

func TestPoolGivesUpADocumentWithItsCaller(t *testing.T) {
	c := config(t)
	c.Workers = 1
	p := open(t, c)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := p.Do(ctx, []byte("wait 60000")); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v, want the end of the caller", err)
	}
	ask(t, p, "hello")
}

func TestCloseLeavesNoProcess(t *testing.T) {
	p := open(t, config(t))
	pid := pidOf(t, ask(t, p, "self"))
	busy := make(chan error, 1)
	go func() {
		_, err := p.Do(context.WithoutCancel(t.Context()), []byte("wait 60000"))
		busy <- err
	}()
	ask(t, p, "hello")
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-busy; !errors.Is(err, sandbox.ErrClosed) {
		t.Errorf("what was being read: %v", err)
	}
	if err := syscall.Kill(pid, 0); !errors.Is(err, syscall.ESRCH) {
		t.Errorf("process %d is still there: %v", pid, err)
	}
	if _, err := p.Do(t.Context(), []byte("hello")); !errors.Is(err, sandbox.ErrClosed) {
		t.Errorf("after the end: %v", err)
	}
}

func TestPoolRefusesARequestPastItsLimit(t *testing.T) {
	p := open(t, config(t))
	fit := "hello" + strings.Repeat(" ", maxRequest-len("hello"))
	ask(t, p, fit)
	if _, err := p.Do(t.Context(), []byte(fit+" ")); err == nil {
		t.Error("a request past the limit was taken")
	}
}
