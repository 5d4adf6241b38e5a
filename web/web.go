// Package web carries the built portal: what scripts/portal writes into dist. Without it the
// program is whole but for the screens.
package web

import (
	"embed"
	"io/fs"
)

//go:embed all:dist
var built embed.FS

// Built is the built portal, index.html at its root. Where it was not built, opening that
// file is fs.ErrNotExist.
func Built() (fs.FS, error) { return fs.Sub(built, "dist/portal") }
