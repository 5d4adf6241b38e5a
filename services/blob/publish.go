package blob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	gocloud "gocloud.dev/blob"
	"gocloud.dev/blob/fileblob"
)

// fanOut is how many folders share the blobs of a folder store: one for each first byte.
const fanOut = 256

// openFolder opens a folder store. Reading goes through gocloud's driver; writing does not,
// because that driver syncs neither file nor folder.
func openFolder(root, host string) (*Store, error) {
	if host != "" || !filepath.IsAbs(root) {
		return nil, fmt.Errorf("blob: file://%s%s: an absolute path is wanted, file:///…", host, root)
	}
	spool := filepath.Join(root, "spool") // on the same file system, so that a rename does
	if err := layOut(root, spool); err != nil {
		return nil, fmt.Errorf("blob: lay out %s: %w", root, err)
	}
	bucket, err := fileblob.OpenBucket(root, &fileblob.Options{Metadata: fileblob.MetadataDontWrite})
	if err != nil {
		return nil, fmt.Errorf("blob: open %s: %w", root, err)
	}
	return &Store{bucket: bucket, spool: spool, to: folder{root}}, nil
}

// layOut makes all folders at once, durably: afterwards a blob needs one folder synced.
func layOut(root, spool string) error {
	blobs := filepath.Join(root, "sha256")
	for _, dir := range []string{root, spool, blobs} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return err
		}
	}
	for i := range fanOut {
		err := os.Mkdir(filepath.Join(blobs, fmt.Sprintf("%02x", i)), 0o700)
		if err != nil && !errors.Is(err, os.ErrExist) {
			return err
		}
	}
	return errors.Join(syncFolder(blobs), syncFolder(root), syncFolder(filepath.Dir(root)))
}

func syncFolder(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

// folder publishes by renaming.
type folder struct{ root string }

// The effects, and what a crash after each leaves:
//  1. file synced: a temporary file.
//  2. renamed: the blob, whole, or still the temporary file.
//  3. folder synced: the blob.
func (f folder) publish(_ context.Context, spooled *os.File, key string) error {
	if err := errors.Join(spooled.Chmod(0o400), spooled.Sync()); err != nil {
		return err
	}
	path := filepath.Join(f.root, filepath.FromSlash(key))
	if err := os.Rename(spooled.Name(), path); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(path))
}

// remote publishes by uploading: drivers show an object only when it is whole.
type remote struct{ bucket *gocloud.Bucket }

func (r remote) publish(ctx context.Context, spooled *os.File, key string) error {
	if _, err := spooled.Seek(0, io.SeekStart); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // before Close, it gives the upload up
	w, err := r.bucket.NewWriter(ctx, key, &gocloud.WriterOptions{ContentType: "application/octet-stream"})
	if err != nil {
		return err
	}
	if _, err := io.Copy(w, spooled); err != nil {
		cancel()
		_ = w.Close() // the copy's error says more
		return err
	}
	return w.Close()
}
