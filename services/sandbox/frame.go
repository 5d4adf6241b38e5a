package sandbox

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// A frame is its length in four bytes, the highest first, and so many bytes. A reply is a frame
// that begins with its outcome.
const (
	frameHead = 4
	replyHead = 1
)

// outcome says what a reply is.
type outcome byte

const (
	ready    outcome = 'r' // the first reply: the worker is bounded; its body is a remark on that, if any
	unbound  outcome = 'u' // the first reply: the worker could not bound itself; its body says why
	answered outcome = 'a' // its body is the answer
	tooLong  outcome = 'l' // the answer is longer than may be
	panicked outcome = 'p' // the reader panicked; its body says where
)

// reply is what a worker says.
type reply struct {
	outcome outcome
	body    []byte
}

// errFrame says that the other side does not speak in frames.
var errFrame = errors.New("sandbox: no frame, or one larger than may be")

func writeFrame(w io.Writer, b []byte) error {
	// One write for a small frame: what is written at once costs one turn of the two processes.
	const small = 64 << 10
	size := uint32(len(b)) //nolint:gosec // the limits of requests and answers are far below
	head := binary.BigEndian.AppendUint32(make([]byte, 0, frameHead+small), size)
	if len(b) <= small {
		_, err := w.Write(append(head, b...))
		return err
	}
	if _, err := w.Write(head); err != nil {
		return err
	}
	_, err := w.Write(b)
	return err
}

// readFrame reads a frame of at most so many bytes. io.EOF means that there is none any more.
func readFrame(r io.Reader, most int) ([]byte, error) {
	var head [frameHead]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, err
	}
	size := binary.BigEndian.Uint32(head[:])
	if int64(size) > int64(most) {
		return nil, fmt.Errorf("%w: %d bytes, at most %d", errFrame, size, most)
	}
	b := make([]byte, size)
	if _, err := io.ReadFull(r, b); err != nil {
		return nil, fmt.Errorf("%w: %w", errFrame, err)
	}
	return b, nil
}

func writeReply(w io.Writer, r reply) error {
	b := make([]byte, 0, replyHead+len(r.body))
	b = append(b, byte(r.outcome))
	return writeFrame(w, append(b, r.body...))
}

func readReply(r io.Reader, most int) (reply, error) {
	b, err := readFrame(r, replyHead+most)
	if err != nil {
		return reply{}, err
	}
	if len(b) < replyHead {
		return reply{}, errFrame
	}
	return reply{outcome(b[0]), b[replyHead:]}, nil
}
