//go:build linux

package sandbox_test

import (
	"bytes"
	"context"
	"io"
	"os/exec"
	"testing"
	"time"
)

// outside runs this binary as a worker on bytes that no parent of ours would send.
func outside(t *testing.T, input io.Reader) error {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, "/proc/self/exe", asWorker)
	cmd.Stdin = input
	err := cmd.Run()
	if ctx.Err() != nil {
		t.Error("the worker did not end")
	}
	return err
}

func TestWorkerEndsAtWhatIsNoFrame(t *testing.T) {
	order := `{"budget":{"cpu":1000000000,"memory":134217728},"max_request":1024,"max_answer":1024}`
	bounded := append([]byte{0, 0, 0, byte(len(order))}, order...)
	for name, input := range map[string][]byte{
		"nothing":             {},
		"half a head":         {0, 0},
		"a huge order":        bytes.Repeat([]byte{0xff}, 64),
		"an order of garbage": {0, 0, 0, 3, 'a', 'b', 'c'},
		"no budget":           {0, 0, 0, 2, '{', '}'},
		"a huge request":      append(bytes.Clone(bounded), 0xff, 0xff, 0xff, 0xff, 'x'),
		"half a request":      append(bytes.Clone(bounded), 0, 0, 0, 9, 'x'),
	} {
		t.Run(name, func(t *testing.T) {
			if err := outside(t, bytes.NewReader(input)); err == nil {
				t.Error("the worker ended as if all were well")
			}
		})
	}
	t.Run("the end of the input", func(t *testing.T) {
		if err := outside(t, bytes.NewReader(bounded)); err != nil {
			t.Errorf("it is the way to end a worker: %v", err)
		}
	})
	t.Run("a request of garbage", func(t *testing.T) {
		if err := outside(t, bytes.NewReader(append(bounded, 0, 0, 0, 2, 0xfe, 0xff))); err != nil {
			t.Errorf("it is for the reader to refuse: %v", err)
		}
	})
}
