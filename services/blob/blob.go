// Package blob keeps original bytes by their digest: in a folder, or in any bucket that
// gocloud.dev/blob can open.
//
// A blob has its name only when it is whole: its bytes are hashed on the way into a
// temporary file, made durable there, and published under "sha256/ab/cdef…". Names follow
// from contents, so publishing again changes nothing, and repairs a blob that was damaged.
//
// What is promised: when Put returns, a folder's blob survives the process being killed and
// a loss of power (file and directory are synced; as far as the disk tells the truth). A
// bucket's blob is as durable as its provider says. Nothing is ever deleted here.
package blob

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	gocloud "gocloud.dev/blob"
	"gocloud.dev/gcerrors"

	"github.com/countersign/countersign/chaincode/trade"
)

// The codes of this package's faults.
const (
	CodeNotFound trade.Code = "blob.not_found" // there are no bytes of this digest
	CodeCorrupt  trade.Code = "blob.corrupt"   // the stored bytes are not of this digest
	CodeTooLarge trade.Code = "blob.too_large" // more bytes than allowed
	CodeEmpty    trade.Code = "blob.empty"     // no bytes at all
)

// spoolPrefix begins the names of temporary files; Sweep removes what bears it.
const spoolPrefix = "upload-"

// publisher puts a spooled file under its key, durably.
type publisher interface {
	publish(ctx context.Context, spooled *os.File, key string) error
}

// Store keeps blobs.
type Store struct {
	bucket *gocloud.Bucket
	spool  string // folder of temporary files
	to     publisher
}

// OpenURL opens the store at a URL: "file:///absolute/folder", made when missing, or a
// bucket of a driver that the program links. Spool is a local folder for uploads on their
// way to a bucket; a folder store keeps its own.
func OpenURL(ctx context.Context, address, spool string) (*Store, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, errors.New("blob: the store's address is no URL") // it may hold a secret
	}
	if u.Scheme == "file" {
		return openFolder(filepath.FromSlash(u.Path), u.Host)
	}
	if err := os.MkdirAll(spool, 0o700); err != nil {
		return nil, fmt.Errorf("blob: spool: %w", err)
	}
	bucket, err := gocloud.OpenBucket(ctx, address)
	if err != nil {
		// Not wrapped: gocloud repeats the address, which may hold a secret.
		told := strings.ReplaceAll(err.Error(), address, u.Scheme+"://…")
		return nil, fmt.Errorf("blob: open %s bucket: %s", u.Scheme, told)
	}
	return &Store{bucket: bucket, spool: spool, to: remote{bucket}}, nil
}

// Close ends the store's connections.
func (s *Store) Close() error { return s.bucket.Close() }

// Sweep removes the temporary files of uploads that a killed process left. Call it where no
// other process writes to the store: at the start of the one that does.
func (s *Store) Sweep() (removed int, err error) {
	entries, err := os.ReadDir(s.spool)
	if err != nil {
		return 0, fmt.Errorf("blob: sweep: %w", err)
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), spoolPrefix) {
			continue
		}
		if err := os.Remove(filepath.Join(s.spool, e.Name())); err != nil {
			return removed, fmt.Errorf("blob: sweep: %w", err)
		}
		removed++
	}
	return removed, nil
}

// Put stores what r gives, at most limit bytes, and returns its digest and size. Faults:
// blob.too_large, blob.empty; an error of r is returned wrapped.
//
// The effects, and what a crash after each leaves:
//  1. bytes are spooled and hashed: a temporary file, which Sweep removes.
//  2. published: the blob, under its name.
func (s *Store) Put(ctx context.Context, r io.Reader, limit int64) (trade.Digest, int64, error) {
	file, err := os.CreateTemp(s.spool, spoolPrefix+"*")
	if err != nil {
		return "", 0, fmt.Errorf("blob: spool: %w", err)
	}
	defer func() {
		_ = file.Close()           // written out by then, or given up
		_ = os.Remove(file.Name()) // gone by then when it became the blob
	}()
	sum := sha256.New()
	from := io.LimitReader(&stoppable{ctx, r}, limit+1)
	size, err := io.Copy(io.MultiWriter(file, sum), from)
	switch {
	case err != nil:
		return "", 0, fmt.Errorf("blob: take bytes in: %w", err)
	case size > limit:
		return "", 0, fault(CodeTooLarge, "more than %d bytes", limit)
	case size == 0:
		return "", 0, fault(CodeEmpty, "there are no bytes")
	}
	name := sum.Sum(nil)
	if err := s.to.publish(ctx, file, key(name)); err != nil {
		return "", 0, fmt.Errorf("blob: publish %x: %w", name, err)
	}
	return trade.Digest("sha-256:" + hex.EncodeToString(name)), size, nil
}

// Open gives the bytes of a digest. All of them are read and hashed before the first is
// given, and again on the way: should they be altered meanwhile, the last Read fails
// instead of giving io.EOF. Faults: blob.not_found, blob.corrupt.
func (s *Store) Open(ctx context.Context, digest trade.Digest) (io.ReadCloser, error) {
	probe, err := s.reader(ctx, digest)
	if err != nil {
		return nil, err
	}
	_, err = io.Copy(io.Discard, probe)
	if err := errors.Join(err, probe.Close()); err != nil {
		if f, ok := errors.AsType[*trade.Fault](err); ok {
			return nil, f
		}
		return nil, fmt.Errorf("blob: read %s: %w", digest, err)
	}
	return s.reader(ctx, digest)
}

func (s *Store) reader(ctx context.Context, digest trade.Digest) (io.ReadCloser, error) {
	name, ok := digest.Bytes()
	if !ok {
		return nil, fault(CodeNotFound, "this is no digest")
	}
	from, err := s.bucket.NewReader(ctx, key(name), nil)
	if gcerrors.Code(err) == gcerrors.NotFound {
		return nil, fault(CodeNotFound, "there are no bytes of %s", digest)
	}
	if err != nil {
		return nil, fmt.Errorf("blob: open %s: %w", digest, err)
	}
	return &checked{ReadCloser: from, want: name, sum: sha256.New()}, nil
}

// checked passes bytes on and, at their end, refuses those of another digest.
type checked struct {
	io.ReadCloser

	want []byte
	sum  hash.Hash
}

// Read implements io.Reader.
func (c *checked) Read(p []byte) (int, error) {
	n, err := c.ReadCloser.Read(p)
	c.sum.Write(p[:n])
	if errors.Is(err, io.EOF) && !bytes.Equal(c.sum.Sum(nil), c.want) {
		return n, fault(CodeCorrupt, "the stored bytes are not those of %x any more", c.want)
	}
	return n, err
}

// stoppable ends a read loop when its context ends.
type stoppable struct {
	ctx context.Context //nolint:containedctx // lives for one copy
	r   io.Reader
}

// Read implements io.Reader.
func (s *stoppable) Read(p []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	return s.r.Read(p)
}

// key is the name of a blob in its bucket.
func key(sum []byte) string {
	name := hex.EncodeToString(sum)
	return "sha256/" + name[:2] + "/" + name[2:]
}

func fault(code trade.Code, format string, args ...any) error {
	return &trade.Fault{Code: code, Message: fmt.Sprintf(format, args...)}
}
