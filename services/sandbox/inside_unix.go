//go:build unix

package sandbox

import (
	"fmt"
	"syscall"
)

// nobody is the user and the group without rights, by the Linux Standard Base and by custom.
const nobody = 65534

// leaveRoot makes a process of root's one of nobody's, for good. It is done in the worker and
// not by its parent, because nobody may not be able to run the program's file.
func leaveRoot() error {
	if syscall.Geteuid() != 0 && syscall.Getuid() != 0 {
		return nil
	}
	if err := syscall.Setgroups([]int{}); err != nil {
		return fmt.Errorf("leaving the groups of root: %w", err)
	}
	if err := syscall.Setgid(nobody); err != nil {
		return fmt.Errorf("leaving the group of root: %w", err)
	}
	if err := syscall.Setuid(nobody); err != nil {
		return fmt.Errorf("leaving root: %w", err)
	}
	return nil
}
