package blob_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	_ "gocloud.dev/blob/memblob" // a bucket that is no folder

	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/services/blob"
)

const limit = 1 << 20

// stores runs a test on both ways of publishing.
func stores(t *testing.T, test func(t *testing.T, s *blob.Store)) {
	for _, address := range []string{"file", "mem"} {
		t.Run(address, func(t *testing.T) {
			if address == "file" {
				test(t, folder(t, t.TempDir()))
				return
			}
			test(t, open(t, "mem://", filepath.Join(t.TempDir(), "spool")))
		})
	}
}

func folder(t *testing.T, root string) *blob.Store {
	return open(t, "file://"+filepath.ToSlash(root), "")
}

func open(t *testing.T, address, spool string) *blob.Store {
	t.Helper()
	s, err := blob.OpenURL(t.Context(), address, spool)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func put(t *testing.T, s *blob.Store, content []byte) trade.Digest {
	t.Helper()
	digest, size, err := s.Put(t.Context(), bytes.NewReader(content), limit)
	if err != nil || size != int64(len(content)) || digest != trade.DigestOf(content) {
		t.Fatalf("put %d bytes: %s, %d, %v", len(content), digest, size, err)
	}
	return digest
}

func read(t *testing.T, s *blob.Store, digest trade.Digest) ([]byte, error) {
	t.Helper()
	r, err := s.Open(t.Context(), digest)
	if err != nil {
		return nil, err
	}
	content, err := io.ReadAll(r)
	return content, errors.Join(err, r.Close())
}

func wantCode(t *testing.T, err error, code trade.Code) {
	t.Helper()
	if f, ok := errors.AsType[*trade.Fault](err); !ok || f.Code != code {
		t.Errorf("got %v, want %s", err, code)
	}
}

// files lists what stands under a folder.
func files(t *testing.T, root string) []string {
	t.Helper()
	var found []string
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			found = append(found, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestPutThenOpenGivesTheSameBytes(t *testing.T) {
	stores(t, func(t *testing.T, s *blob.Store) {
		for _, content := range [][]byte{{0}, []byte("发票"), bytes.Repeat([]byte("x"), limit)} {
			digest := put(t, s, content)
			put(t, s, content) // again: nothing changes
			if got, err := read(t, s, digest); err != nil || !bytes.Equal(got, content) {
				t.Fatalf("read %d bytes, %v", len(got), err)
			}
		}
	})
}

func TestPutRefusesMoreThanTheLimitAndNothing(t *testing.T) {
	stores(t, func(t *testing.T, s *blob.Store) {
		content := bytes.Repeat([]byte("x"), 11)
		_, _, err := s.Put(t.Context(), bytes.NewReader(content), 10)
		wantCode(t, err, blob.CodeTooLarge)
		_, _, err = s.Put(t.Context(), bytes.NewReader(nil), 10)
		wantCode(t, err, blob.CodeEmpty)
		if _, _, err := s.Put(t.Context(), bytes.NewReader(content[:10]), 10); err != nil {
			t.Fatal(err)
		}
		_, err = read(t, s, trade.DigestOf(content))
		wantCode(t, err, blob.CodeNotFound)
	})
}

func TestABrokenUploadLeavesNothing(t *testing.T) {
	root := t.TempDir()
	s := folder(t, root)
	broken := errors.New("the line went dead")
	body := io.MultiReader(strings.NewReader("half of it"), iotest.ErrReader(broken))
	if _, _, err := s.Put(t.Context(), body, limit); !errors.Is(err, broken) {
		t.Fatalf("got %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := s.Put(ctx, strings.NewReader("x"), limit); !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v", err)
	}
	if left := files(t, root); len(left) != 0 {
		t.Fatalf("left %v", left)
	}
}

func TestSweepRemovesWhatAKilledUploadLeftAndNothingElse(t *testing.T) {
	root := t.TempDir()
	s := folder(t, root)
	digest := put(t, s, []byte("kept"))
	for i := range 3 {
		name := filepath.Join(root, "spool", fmt.Sprintf("upload-%d", i))
		if err := os.WriteFile(name, []byte("half"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if n, err := s.Sweep(); n != 3 || err != nil {
		t.Fatalf("removed %d, %v", n, err)
	}
	if left := files(t, root); len(left) != 1 {
		t.Fatalf("left %v", left)
	}
	if _, err := read(t, s, digest); err != nil {
		t.Fatal(err)
	}
}

func TestOpenRefusesAlteredBytesBeforeTheFirst(t *testing.T) {
	root := t.TempDir()
	s := folder(t, root)
	content := []byte("1,200 pump housings at CNY 1,480")
	digest := put(t, s, content)
	path := files(t, root)[0]
	alter := func(t *testing.T, altered []byte) {
		t.Helper()
		if err := errors.Join(os.Remove(path), os.WriteFile(path, altered, 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	refused := func(t *testing.T, altered []byte) {
		t.Helper()
		alter(t, altered)
		_, err := s.Open(t.Context(), digest)
		wantCode(t, err, blob.CodeCorrupt)
	}
	for i := range content {
		altered := bytes.Clone(content)
		altered[i] ^= 1
		refused(t, altered)
		refused(t, content[:i])
	}
	refused(t, append(bytes.Clone(content), 0))

	put(t, s, content) // the same bytes once more repair it
	if got, err := read(t, s, digest); err != nil || !bytes.Equal(got, content) {
		t.Fatalf("read %q, %v", got, err)
	}
}

func TestOpenRefusesWhatIsAlteredWhileItIsRead(t *testing.T) {
	root := t.TempDir()
	s := folder(t, root)
	content := bytes.Repeat([]byte("x"), limit)
	digest := put(t, s, content)
	path := files(t, root)[0]
	r, err := s.Open(t.Context(), digest)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if err := os.Chmod(path, 0o600); err != nil {
		t.Fatal(err)
	}
	content[limit-1] = 'y'
	if err := os.WriteFile(path, content, 0o600); err != nil { // the same file, in place
		t.Fatal(err)
	}
	_, err = io.ReadAll(r)
	wantCode(t, err, blob.CodeCorrupt)
}

func TestOpenRefusesWhatIsNoDigest(t *testing.T) {
	stores(t, func(t *testing.T, s *blob.Store) {
		for _, digest := range []trade.Digest{
			"", "sha-256:", "sha-256:../../../../etc/passwd", "md5:" + trade.DigestOf(nil)[8:], trade.DigestOf(nil),
		} {
			_, err := s.Open(t.Context(), digest)
			wantCode(t, err, blob.CodeNotFound)
		}
	})
}

func TestManyPutTheSameBytesAtOnce(t *testing.T) {
	root := t.TempDir()
	s := folder(t, root)
	content := bytes.Repeat([]byte("x"), 1000)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if _, _, err := s.Put(t.Context(), iotest.OneByteReader(bytes.NewReader(content)), limit); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if left := files(t, root); len(left) != 1 {
		t.Fatalf("left %v", left)
	}
	if _, err := read(t, s, trade.DigestOf(content)); err != nil {
		t.Fatal(err)
	}
}

func TestOpenURLNamesAnUnknownStoreWithoutItsSecrets(t *testing.T) {
	for _, address := range []string{"nowhere://u:open-sesame@bucket", "://open-sesame", "file://relative"} {
		_, err := blob.OpenURL(t.Context(), address, t.TempDir())
		if err == nil || strings.Contains(err.Error(), "open-sesame") {
			t.Errorf("%v", err)
		}
	}
}
