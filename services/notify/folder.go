package notify

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/countersign/countersign/services/app"
)

// Folder delivers mails into a folder, one .eml file each: for trying out, and for whoever
// brings them on their way by other means.
type Folder struct {
	sender Sender
	dir    string
}

// NewFolder makes the folder, which only its owner reads.
func NewFolder(dir string, sender Sender) (*Folder, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("notify: %w", err)
	}
	return &Folder{sender: sender, dir: dir}, nil
}

// Send writes the mail beside its place and moves it there whole. The same mail again is the
// same file.
func (f *Folder) Send(_ context.Context, m app.Mail) error {
	raw, err := f.sender.Compose(m)
	if err != nil {
		return err
	}
	place := filepath.Join(f.dir, m.ID+".eml")
	if err := os.WriteFile(place+".part", raw, 0o600); err != nil {
		return fmt.Errorf("notify: mail %s: %w", m.ID, err)
	}
	if err := os.Rename(place+".part", place); err != nil {
		return fmt.Errorf("notify: mail %s: %w", m.ID, err)
	}
	return nil
}
