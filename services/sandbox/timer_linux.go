package sandbox

import (
	"fmt"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// timer ends the worker when it has used so much processor time since it was set. It is the
// kernel's, by the clock that counts nanoseconds: the limit RLIMIT_CPU goes by samples of that
// clock, which on a busy machine are off by half.
type timer struct{ id uint32 }

// openTimer makes the timer and lets its signal kill: Go's runtime takes SIGXCPU and goes on.
func openTimer() (timer, error) {
	var standard [4]uint64 // struct sigaction of the kernel, all zero: the default, which is death
	const maskSize = 8
	_, _, no := syscall.RawSyscall6(syscall.SYS_RT_SIGACTION, uintptr(syscall.SIGXCPU),
		uintptr(unsafe.Pointer(&standard)), 0, maskSize, 0, 0) //nolint:gosec // 32 bytes are read, and there
	if no != 0 {
		return timer{}, fmt.Errorf("letting the worker die of SIGXCPU: %w", no)
	}
	event := struct { // struct sigevent of the kernel: a signal to the process
		value  uint64
		signal int32
		notify int32
		_      [48]byte
	}{signal: int32(syscall.SIGXCPU)}
	var t timer
	_, _, no = syscall.RawSyscall(syscall.SYS_TIMER_CREATE, unix.CLOCK_PROCESS_CPUTIME_ID,
		uintptr(unsafe.Pointer(&event)), uintptr(unsafe.Pointer(&t.id))) //nolint:gosec // as the call wants them
	if no != 0 {
		return timer{}, fmt.Errorf("making a timer of processor time: %w", no)
	}
	return t, nil
}

// set ends the worker after so much more processor time; zero lets it live.
func (t timer) set(more time.Duration) error {
	span := struct{ every, first unix.Timespec }{first: unix.NsecToTimespec(int64(more))}
	_, _, no := syscall.RawSyscall6(syscall.SYS_TIMER_SETTIME, uintptr(t.id), 0,
		uintptr(unsafe.Pointer(&span)), 0, 0, 0) //nolint:gosec // the call reads 32 bytes, which are there
	if no != 0 {
		return fmt.Errorf("setting the timer of processor time: %w", no)
	}
	return nil
}
