package httpapi

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"net/http"
	"os"

	"github.com/countersign/countersign/chaincode/trade"
)

// inMemory is how much of a body stays in memory; the rest of a larger one goes to a file.
const inMemory = 1 << 20

// body is the body of a request, read whole and hashed before anything is done with it: what
// breaks off has no effect, and a repeat is known by its digest.
type body struct {
	start bytes.Buffer
	rest  *os.File // nil when all of it is in start; its name is gone already
	sum   hash.Hash
}

// readBody takes a body of at most limit bytes.
func readBody(w http.ResponseWriter, r *http.Request, limit int64) (*body, error) {
	b := &body{sum: sha256.New()}
	from := io.TeeReader(http.MaxBytesReader(w, r.Body, limit), b.sum)
	_, err := io.CopyN(&b.start, from, inMemory)
	if errors.Is(err, io.EOF) {
		return b, nil
	}
	if err != nil {
		return nil, brokenOff(err)
	}
	if b.rest, err = os.CreateTemp("", "countersign-upload-*"); err != nil {
		return nil, fmt.Errorf("keeping an upload: %w", err)
	}
	if err := os.Remove(b.rest.Name()); err != nil {
		return nil, errors.Join(fmt.Errorf("keeping an upload: %w", err), b.Close())
	}
	to := &writer{to: b.rest}
	if _, err := io.Copy(to, from); err != nil {
		if to.err != nil {
			err = fmt.Errorf("keeping an upload: %w", to.err)
		} else {
			err = brokenOff(err)
		}
		return nil, errors.Join(err, b.Close())
	}
	return b, nil
}

// writer remembers that it was writing that failed, and not the client.
type writer struct {
	to  io.Writer
	err error
}

func (w *writer) Write(p []byte) (int, error) {
	n, err := w.to.Write(p)
	if err != nil {
		w.err = err
	}
	return n, err
}

// digest is of all bytes.
func (b *body) digest() []byte { return b.sum.Sum(nil) }

// reader begins at the first byte.
func (b *body) reader() (io.ReadCloser, error) {
	if b.rest == nil {
		return io.NopCloser(bytes.NewReader(b.start.Bytes())), nil
	}
	if _, err := b.rest.Seek(0, io.SeekStart); err != nil {
		return nil, fmt.Errorf("reading an upload again: %w", err)
	}
	return io.NopCloser(io.MultiReader(bytes.NewReader(b.start.Bytes()), b.rest)), nil
}

// Close gives the file back.
func (b *body) Close() error {
	if b.rest == nil {
		return nil
	}
	return b.rest.Close()
}

// requestDigest is of all that makes a request what it is: method, address, the headers that
// steps read, and body.
func requestDigest(r *http.Request, b *body) trade.Digest {
	text := fmt.Sprintf("%s\n%s\n%q\n%q\n%x\n", r.Method, r.URL.RequestURI(), r.Header.Get("If-Match"),
		r.Header.Get("Content-Disposition"), b.digest())
	if length := r.Header.Get("Upload-Length"); length != "" {
		text += fmt.Sprintf("%q\n%q\n", length, r.Header.Get("Upload-Metadata"))
	}
	return trade.DigestOf([]byte(text))
}
