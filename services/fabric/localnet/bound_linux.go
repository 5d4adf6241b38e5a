package localnet

import (
	"os/exec"
	"runtime"
	"syscall"
)

// startBound starts a command that the kernel kills when this process ends, however it
// ends. The kernel watches the starting thread, so that thread stays until the child ends.
func startBound(cmd *exec.Cmd) error {
	cmd.SysProcAttr.Pdeathsig = syscall.SIGKILL
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			_ = cmd.Wait()
		}
	}()
	return <-started
}
