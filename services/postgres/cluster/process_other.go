//go:build unix && !linux

package cluster

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
)

// inside is the path by which PostgreSQL's programs reach a name in the folder.
func inside(dir, name string) string { return filepath.Join(dir, name) }

// asServerUser gives a command its environment and a session of its own. There is no signal
// at the parent's death here: the next start says that the server is still running.
func asServerUser(cmd *exec.Cmd, _ identity, _ *os.File) {
	cmd.Env = childEnv()
	cmd.Dir = "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
}

func canSwitchUser() error {
	return errors.New("postgresql: PostgreSQL does not run as root: run this program as another user")
}

func processesIn(...string) ([]int, error) {
	return nil, fmt.Errorf("processes by folder: %w", errors.ErrUnsupported)
}
