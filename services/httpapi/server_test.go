package httpapi

import (
	"bufio"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// listening serves the API on a real port until the test ends.
func listening(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	server := Server("", router(testServer(t, nil)), slog.New(slog.DiscardHandler))
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(l) }()
	t.Cleanup(func() {
		must(t, server.Close())
		if err := <-ended; err != http.ErrServerClosed { //nolint:errorlint // it is returned as it is
			t.Error(err)
		}
	})
	return l.Addr().String()
}

// raw sends a text over a connection of its own and reads the status of the answer.
func raw(t *testing.T, address, text string) (int, string) {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	must(t, err)
	defer conn.Close()
	must(t, conn.SetDeadline(wall{}.Now().Add(patience)))
	if _, err := io.WriteString(conn, text); err != nil {
		t.Logf("the server stopped reading: %v", err)
	}
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	must(t, err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	must(t, err)
	return answer.StatusCode, string(body)
}

func TestHeadersBeyondTheLimitAreRefused(t *testing.T) {
	address := listening(t)
	get := func(size int) string {
		return "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Long: " +
			strings.Repeat("x", size) + "\r\n\r\n"
	}
	if status, _ := raw(t, address, get(maxHeaderBytes-200)); status != http.StatusOK {
		t.Errorf("below the limit: %d", status)
	}
	// net/http gives 4 KiB of slack.
	status, _ := raw(t, address, get(maxHeaderBytes+4<<10))
	if status != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("beyond the limit: %d", status)
	}
}

func TestABodyBeyondTheLimitIsRefusedOverTheWire(t *testing.T) {
	status, body := raw(t, listening(t), fmt.Sprintf("POST /v1/session HTTP/1.1\r\nHost: x\r\n"+
		"Content-Type: application/json\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s",
		maxJSON+1, strings.Repeat(" ", maxJSON+1)))
	if status != http.StatusRequestEntityTooLarge || !strings.Contains(body, string(CodeTooLarge)) {
		t.Errorf("%d %s", status, body)
	}
}

func TestSlowHeadersAreCutOff(t *testing.T) {
	server := Server("", nil, slog.New(slog.DiscardHandler))
	if server.ReadHeaderTimeout != 5*time.Second || server.IdleTimeout <= 0 || server.MaxHeaderBytes != 16<<10 {
		t.Errorf("limits of a connection: %+v", server)
	}
}
