//go:build unix && !linux

package sandbox

import "time"

// confineByKernel does nothing here: memory is bounded by the runtime's own effort, processor
// time by the parent's clock.
func confineByKernel(Budget) (remark string, err error) {
	return "on this system the kernel does not bound the processes that read documents: use it for development", nil
}

// timer does nothing here.
type timer struct{}

func openTimer() (timer, error) { return timer{}, nil }

func (timer) set(time.Duration) error { return nil }
