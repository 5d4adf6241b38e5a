package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
)

const (
	maxOrder = 4 << 10 // bytes of the first frame, an order
	maxTrace = 4 << 10 // bytes of a panic's place that are told to the parent

	// gcPercent lets a worker's heap, which is small, grow to several times what lives in it
	// before it is collected: a fifth of the time of an ordinary document otherwise.
	gcPercent = 400
	// stackShare is the part of the memory of the budget that one stack may take.
	stackShare = 4
	// idleHeap is what a worker may keep of the memory that a document took.
	idleHeap = 64 << 20
)

// order is what a worker is told first.
type order struct {
	Budget     Budget `json:"budget"`
	MaxRequest int    `json:"max_request"` // bytes
	MaxAnswer  int    `json:"max_answer"`  // bytes
}

// Inside is the life of a worker process. It takes its limits from the first frame, bounds
// itself and says so, and then answers each frame by handle until its input ends. What is no
// frame ends it with an error; a panic of handle does not.
func Inside(in io.Reader, out io.Writer, handle func(request []byte) []byte) error {
	first, err := readFrame(in, maxOrder)
	if err != nil {
		return fmt.Errorf("reading the limits: %w", err)
	}
	var o order
	if err := json.Unmarshal(first, &o); err != nil {
		return fmt.Errorf("reading the limits: %w", err)
	}
	remark, err := confine(o.Budget)
	var cpu timer
	if err == nil {
		cpu, err = openTimer()
	}
	if err != nil {
		return errors.Join(err, writeReply(out, reply{outcome: unbound, body: []byte(err.Error())}))
	}
	if err := writeReply(out, reply{ready, []byte(remark)}); err != nil {
		return fmt.Errorf("saying that the worker is bounded: %w", err)
	}
	for {
		request, err := readFrame(in, o.MaxRequest)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("reading a request: %w", err)
		}
		if err := cpu.set(o.Budget.CPU); err != nil {
			return err
		}
		r := guarded(handle, request)
		if len(r.body) > o.MaxAnswer {
			r = reply{outcome: tooLong}
		}
		if err := cpu.set(0); err != nil {
			return err
		}
		if err := writeReply(out, r); err != nil {
			return fmt.Errorf("writing an answer: %w", err)
		}
		shrink()
	}
}

// shrink gives back the memory of a document that took much.
func shrink() {
	var now runtime.MemStats
	runtime.ReadMemStats(&now)
	if now.HeapSys-now.HeapReleased > idleHeap {
		debug.FreeOSMemory()
	}
}

// guarded answers one request, or says where handle panicked.
func guarded(handle func([]byte) []byte, request []byte) (r reply) {
	defer func() {
		if p := recover(); p != nil {
			trace := fmt.Append(nil, p, "\n")
			trace = append(trace, debug.Stack()...)
			r = reply{outcome: panicked, body: trace[:min(len(trace), maxTrace)]}
		}
	}()
	return reply{outcome: answered, body: handle(request)}
}

// confine gives up everything that reading does not need, and then lets the kernel hold the
// worker to that. The remark says what could not be done on this system.
func confine(b Budget) (remark string, err error) {
	if b.CPU <= 0 || b.Memory <= 0 {
		return "", errors.New("sandbox: a worker without a budget")
	}
	runtime.GOMAXPROCS(1) // one document at a time; others have the other processors
	debug.SetGCPercent(gcPercent)
	debug.SetMaxStack(int(b.Memory / stackShare))
	var now runtime.MemStats
	runtime.ReadMemStats(&now)
	debug.SetMemoryLimit(int64(now.Sys-now.HeapReleased) + b.Memory) //nolint:gosec // some MiB
	if err := leaveRoot(); err != nil {
		return "", err
	}
	return confineByKernel(b)
}
