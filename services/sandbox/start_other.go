//go:build unix && !linux

package sandbox

import (
	"os"
	"os/exec"
	"syscall"
)

// self is this program, or nothing that can be started.
var self, _ = os.Executable()

func keepDescriptors() error { return nil }

// startBound cannot bind a child to this process's life here: it ends when its input does.
func startBound(cmd *exec.Cmd, ended func()) error {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		return err
	}
	go func() {
		_ = cmd.Wait() // how it ended is asked of its ProcessState
		ended()
	}()
	return nil
}
