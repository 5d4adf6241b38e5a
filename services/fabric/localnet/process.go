package localnet

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

const (
	processesFile = "processes.json"
	stopPatience  = 10 * time.Second
	startPatience = 20 * time.Second
	pollEvery     = 20 * time.Millisecond
	logTail       = 2000 // bytes of a log that an error quotes
)

// program is a server to be run.
type program struct {
	name  string
	path  string
	args  []string
	env   []string
	ports []int // all listened on once it is ready
}

// process is a server that was started. A pid alone may be used again by the system, so
// the moment of its start, as the kernel counts it, tells whether it is still the same.
type process struct {
	Name  string `json:"name"`
	PID   int    `json:"pid"`
	Start string `json:"start,omitempty"`
}

func (p process) alive() bool {
	start, running := startOf(p.PID)
	return running && start == p.Start
}

// startOf tells whether a process runs, and on Linux since when; a dead one that nobody has
// waited for yet does not run.
func startOf(pid int) (start string, running bool) {
	raw, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
	if err != nil {
		if _, noProc := os.Stat("/proc/self/stat"); noProc != nil {
			return "", syscall.Kill(pid, 0) == nil
		}
		return "", false
	}
	// proc(5): pid (name) state … with the start time as the 22nd field; a name may hold blanks.
	const state, startTime = 0, 19
	fields := strings.Fields(string(raw[strings.LastIndexByte(string(raw), ')')+1:]))
	if len(fields) <= startTime || fields[state] == "Z" || fields[state] == "X" {
		return "", false
	}
	return fields[startTime], true
}

// processes is the list of started servers, kept in processes.json so that a later run can
// stop exactly these.
type processes struct {
	dir           string
	dieWithParent bool

	mu   sync.Mutex
	list []process
}

func readProcesses(dir string) (*processes, error) {
	ps := &processes{dir: dir}
	raw, err := os.ReadFile(filepath.Join(dir, processesFile))
	if errors.Is(err, fs.ErrNotExist) {
		return ps, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read started processes: %w", err)
	}
	if err := json.Unmarshal(raw, &ps.list); err != nil {
		return nil, fmt.Errorf("read started processes in %s: %w", dir, err)
	}
	return ps, nil
}

func (ps *processes) find(name string) (process, bool) {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	i := slices.IndexFunc(ps.list, func(p process) bool { return p.Name == name })
	if i < 0 {
		return process{}, false
	}
	return ps.list[i], true
}

// start runs a program unless it runs already, and waits until it listens on all its ports: an orderer
// opens that of its administration after the other.
func (ps *processes) start(ctx context.Context, p program) error {
	if old, ok := ps.find(p.name); ok && old.alive() {
		return nil
	}
	if err := ps.launch(p); err != nil {
		return fmt.Errorf("start %s: %w", p.name, err)
	}
	ctx, cancel := context.WithTimeout(ctx, startPatience)
	defer cancel()
	started, _ := ps.find(p.name)
	err := poll(ctx, func() (bool, error) {
		if !started.alive() {
			return false, errors.New("it ended")
		}
		for _, port := range p.ports {
			c, err := (&net.Dialer{}).DialContext(ctx, "tcp", localhost(port))
			if err != nil {
				return false, nil //nolint:nilerr // Not listening yet: that is what we wait for.
			}
			if err := c.Close(); err != nil {
				return false, err
			}
		}
		return true, nil
	})
	if err != nil {
		return fmt.Errorf("start %s: %w; its log ends with:\n%s", p.name, err, ps.tail(p.name))
	}
	return nil
}

func (ps *processes) launch(p program) error {
	logs := filepath.Join(ps.dir, "logs")
	if err := os.MkdirAll(logs, 0o700); err != nil {
		return err
	}
	out, err := os.OpenFile(ps.log(p.name), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer out.Close()
	//nolint:gosec,noctx // G204: programs of the release; they are to outlive the context.
	cmd := exec.Command(p.path, p.args...)
	cmd.Env, cmd.Dir, cmd.Stdout, cmd.Stderr = p.env, ps.dir, out, out
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	begin := startFree
	if ps.dieWithParent {
		begin = startBound
	}
	if err := begin(cmd); err != nil {
		return err
	}
	start, _ := startOf(cmd.Process.Pid)

	ps.mu.Lock()
	defer ps.mu.Unlock()
	ps.list = slices.DeleteFunc(ps.list, func(old process) bool { return old.Name == p.name })
	ps.list = append(ps.list, process{Name: p.name, PID: cmd.Process.Pid, Start: start})
	return ps.save()
}

// startFree starts a command that outlives this process; should it end before, it is reaped.
func startFree(cmd *exec.Cmd) error {
	if err := cmd.Start(); err != nil {
		return err
	}
	go func() { _ = cmd.Wait() }()
	return nil
}

func (ps *processes) save() error {
	raw, err := json.MarshalIndent(ps.list, "", "  ")
	if err != nil {
		return fmt.Errorf("encode %s: %w", processesFile, err)
	}
	return write(filepath.Join(ps.dir, processesFile), raw)
}

// stop ends every started process that still runs: asked first, then killed.
func (ps *processes) stop(ctx context.Context) error {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	signal := func(sig syscall.Signal) {
		for _, p := range ps.list {
			if p.alive() {
				_ = syscall.Kill(p.PID, sig) // It may end by itself in this moment.
			}
		}
	}
	gone := func() (bool, error) { return !slices.ContainsFunc(ps.list, process.alive), nil }

	signal(syscall.SIGTERM)
	patience, cancel := context.WithTimeout(ctx, stopPatience)
	defer cancel()
	if poll(patience, gone) != nil {
		signal(syscall.SIGKILL)
		if err := poll(ctx, gone); err != nil {
			return fmt.Errorf("stop the network in %s: %w", ps.dir, err)
		}
	}
	ps.list = nil
	return ps.save()
}

// kill ends one process at once.
func (ps *processes) kill(ctx context.Context, name string) error {
	p, ok := ps.find(name)
	if !ok {
		return fmt.Errorf("%s was not started", name)
	}
	if err := syscall.Kill(p.PID, syscall.SIGKILL); err != nil {
		return fmt.Errorf("kill %s: %w", name, err)
	}
	return poll(ctx, func() (bool, error) { return !p.alive(), nil })
}

// dead lists the names of the started processes that run no more.
func (ps *processes) dead() []string {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	var names []string
	for _, p := range ps.list {
		if !p.alive() {
			names = append(names, p.Name)
		}
	}
	return names
}

func (ps *processes) log(name string) string { return filepath.Join(ps.dir, "logs", name+".log") }

func (ps *processes) tail(name string) string {
	raw, err := os.ReadFile(ps.log(name))
	if err != nil {
		return err.Error()
	}
	return string(raw[max(0, len(raw)-logTail):])
}

// poll calls done until it is true, it fails, or the context ends.
func poll(ctx context.Context, done func() (bool, error)) error {
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	for {
		if ok, err := done(); ok || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-tick.C:
		}
	}
}
