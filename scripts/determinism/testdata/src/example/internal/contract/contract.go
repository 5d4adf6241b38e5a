// Package contract is a face: it may log, and nothing else more than the law.
package contract

import (
	"context"
	"log/slog"
	"net/url" // want "import of net/url"
	"runtime/debug"
)

var _ url.URL

func oops(log *slog.Logger) {
	log.LogAttrs(context.Background(), slog.LevelError, "chaincode panicked",
		slog.String("stack", string(debug.Stack())))
}
