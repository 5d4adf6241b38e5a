package sandbox

import (
	"fmt"
	"math"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

// self is this program, also after its file was replaced.
const self = "/proc/self/exe"

const firstExtra = 3 // the first descriptor after stdin, stdout and stderr

// keepDescriptors makes that no program this process starts inherits a descriptor by accident.
// What Go opens is safe; what this process inherited itself may not be.
func keepDescriptors() error {
	if unix.CloseRange(firstExtra, math.MaxUint32, unix.CLOSE_RANGE_CLOEXEC) == nil {
		return nil
	}
	open, err := os.ReadDir("/proc/self/fd") // a kernel before 5.11
	if err != nil {
		return fmt.Errorf("listing open descriptors: %w", err)
	}
	for _, e := range open {
		if fd, err := strconv.Atoi(e.Name()); err == nil && fd >= firstExtra {
			unix.CloseOnExec(fd)
		}
	}
	return nil
}

// startBound starts a command that the kernel kills when this process ends, however it ends,
// and calls ended when the command has. The kernel watches the starting thread, so that thread
// stays until then.
func startBound(cmd *exec.Cmd, ended func()) error {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			_ = cmd.Wait() // how it ended is asked of its ProcessState
			ended()
		}
	}()
	return <-started
}
