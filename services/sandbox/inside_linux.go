package sandbox

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

// mappedPiece is what Go's runtime maps at once on 64-bit systems.
const mappedPiece = 64 << 20

// confineByKernel binds the worker to its parent's life and sets the limits that never rise
// again. What it opens of the machine, it opens before.
func confineByKernel(b Budget) (remark string, err error) {
	mapped, err := mappedData()
	if err != nil {
		return "", err
	}
	// A change of user takes back the parent-death signal that the parent had asked for.
	if err := unix.Prctl(unix.PR_SET_PDEATHSIG, uintptr(syscall.SIGKILL), 0, 0, 0); err != nil {
		return "", fmt.Errorf("binding the worker to its parent: %w", err)
	}
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return "", fmt.Errorf("giving up new privileges: %w", err)
	}
	for _, l := range []struct {
		what  string
		which int
		most  uint64
	}{
		{"written files", unix.RLIMIT_FSIZE, 0},
		{"core dumps", unix.RLIMIT_CORE, 0},
		{"memory", unix.RLIMIT_DATA, mapped + uint64(b.Memory) + mappedPiece}, //nolint:gosec // see confine
		{"open files", unix.RLIMIT_NOFILE, 0},                                 // those that are open stay so
	} {
		var now unix.Rlimit
		if err := unix.Getrlimit(l.which, &now); err != nil {
			return "", fmt.Errorf("reading the limit of %s: %w", l.what, err)
		}
		most := min(l.most, now.Max)
		if err := unix.Setrlimit(l.which, &unix.Rlimit{Cur: most, Max: most}); err != nil {
			return "", fmt.Errorf("setting the limit of %s: %w", l.what, err)
		}
	}
	return "", nil
}

// mappedData is the memory of the process that counts against RLIMIT_DATA, in bytes: the sixth
// number of proc_pid_statm(5), in pages.
func mappedData() (uint64, error) {
	raw, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0, fmt.Errorf("reading the worker's own memory: %w", err)
	}
	const data = 5
	numbers := bytes.Fields(raw)
	if len(numbers) <= data {
		return 0, fmt.Errorf("reading the worker's own memory: /proc/self/statm is %q", raw)
	}
	pages, err := strconv.ParseUint(string(numbers[data]), 10, 64)
	if err != nil {
		return 0, fmt.Errorf("reading the worker's own memory: %w", err)
	}
	return pages * uint64(os.Getpagesize()), nil //nolint:gosec // a page is some KiB
}
