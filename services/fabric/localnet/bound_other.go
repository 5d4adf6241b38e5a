//go:build !linux

package localnet

import "os/exec"

// startBound cannot bind a child to this process's life here: it starts it as usual.
func startBound(cmd *exec.Cmd) error { return startFree(cmd) }
