package notify_test

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"io"
	"math/big"
	"mime"
	"net"
	"net/mail"
	"net/textproto"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/services/app"
	"github.com/countersign/countersign/services/notify"
)

func sender() notify.Sender {
	return notify.Sender{
		From: mail.Address{Name: "Countersign", Address: "told@node.example"}, Portal: "https://portal.example",
	}
}

func aMail(language string) app.Mail {
	return app.Mail{
		ID: "7-9", To: "lin.yue@lanqiao.example", Name: "Lin Yue 林悦", Language: language,
		At: time.Date(2027, 3, 1, 6, 0, 0, 0, time.UTC),
		Lines: []app.MailLine{
			{Kind: app.NoticeWaiting, Next: "confirm", SubjectKind: "receivable", Count: 25},
			{Kind: app.NoticeOutcome, Next: "refused", SubjectKind: "financing", Count: 1},
		},
	}
}

// read takes a composed mail apart.
func read(t *testing.T, raw string) (header mail.Header, subject, body string) {
	t.Helper()
	m, err := mail.ReadMessage(strings.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	decoded, err := io.ReadAll(base64.NewDecoder(base64.StdEncoding, m.Body))
	if err != nil {
		t.Fatal(err)
	}
	subject, err = new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	if err != nil {
		t.Fatal(err)
	}
	return m.Header, subject, string(decoded)
}

func TestAMailCountsKindsOfThingsInTheLanguageOfItsReader(t *testing.T) {
	for language, want := range map[string][]string{
		"en":    {"26 things", "Receivable, to confirm: 25", "Financing, refused: 1", "https://portal.example/"},
		"zh-CN": {"26 项", "应收账款（待确认）：25", "融资（未获通过）：1", "https://portal.example/"},
	} {
		raw, err := sender().Compose(aMail(language))
		if err != nil {
			t.Fatal(err)
		}
		header, subject, body := read(t, string(raw))
		for _, w := range want {
			if !strings.Contains(subject+body, w) {
				t.Errorf("%s: no %q in %q %q", language, w, subject, body)
			}
		}
		if header.Get("Message-Id") != "<7-9@node.example>" || header.Get("Content-Language") != language {
			t.Errorf("%s: header %v", language, header)
		}
		to, err := header.AddressList("To")
		if err != nil || to[0].Address != "lin.yue@lanqiao.example" || to[0].Name != "Lin Yue 林悦" {
			t.Errorf("%s: to %v, %v", language, to, err)
		}
		for line := range strings.SplitSeq(string(raw), "\r\n") {
			if len(line) > 998 {
				t.Errorf("%s: a line of %d octets", language, len(line))
			}
		}
	}
}

func TestANameCannotAddAHeader(t *testing.T) {
	m := aMail("en")
	m.Name = "Lin\r\nBcc: thief@else.example\r\n\r\nx"
	raw, err := sender().Compose(m)
	if err != nil {
		t.Fatal(err)
	}
	if header, _, _ := read(t, string(raw)); header.Get("Bcc") != "" {
		t.Errorf("header %v", header)
	}
	m.To = "lin@lanqiao.example\r\nBcc: thief@else.example"
	if _, err := sender().Compose(m); err == nil {
		t.Error("an address with a line feed was taken")
	}
}

func TestAMailThatIsSentAgainIsTheSameFile(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "mail")
	f, err := notify.NewFolder(dir, sender())
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := f.Send(t.Context(), aMail("en")); err != nil {
			t.Fatal(err)
		}
	}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != 1 || files[0].Name() != "7-9.eml" {
		t.Errorf("files %v, %v", files, err)
	}
}

// server answers one delivery as a mail server does; told is all that it was sent.
func server(t *testing.T, starttls bool) (address string, trust *tls.Config, told <-chan []string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotAfter: time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	must(t, err)
	certificate, err := x509.ParseCertificate(der)
	must(t, err)
	pool := x509.NewCertPool()
	pool.AddCert(certificate)
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	must(t, err)
	t.Cleanup(func() { _ = l.Close() })
	heard := make(chan []string, 1)
	secure := &tls.Config{
		MinVersion:   tls.VersionTLS12,
		Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}},
	}
	go func() {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		heard <- converse(conn, secure, starttls)
	}()
	return l.Addr().String(), &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}, heard
}

func converse(conn net.Conn, secure *tls.Config, starttls bool) []string {
	lines := []string{}
	in := textproto.NewReader(bufio.NewReader(conn))
	say := func(s string) { fmt.Fprintf(conn, "%s\r\n", s) }
	say("220 test")
	for {
		line, err := in.ReadLine()
		if err != nil {
			return lines
		}
		lines = append(lines, line)
		verb, _, _ := strings.Cut(line, " ")
		switch verb {
		case "EHLO":
			if starttls {
				say("250-test\r\n250-STARTTLS\r\n250 AUTH PLAIN")
			} else {
				say("250 test")
			}
		case "STARTTLS":
			if !starttls {
				say("502 no")
				continue
			}
			say("220 go")
			conn = tls.Server(conn, secure)
			in = textproto.NewReader(bufio.NewReader(conn))
		case "DATA":
			say("354 go")
			body, _ := in.ReadDotLines()
			lines = append(lines, body...)
			say("250 kept")
		case "AUTH":
			say("235 welcome")
		case "QUIT":
			say("221 bye")
			return lines
		default:
			say("250 ok")
		}
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestAMailGoesToItsServerOverTLS(t *testing.T) {
	address, trust, told := server(t, true)
	s, err := notify.NewSMTP("smtp://"+address, "node", "secret", sender(), trust)
	must(t, err)
	must(t, s.Send(t.Context(), aMail("en")))
	lines := strings.Join(<-told, "\n")
	for _, want := range []string{
		"STARTTLS", "AUTH PLAIN", "MAIL FROM:<told@node.example>", "RCPT TO:<lin.yue@lanqiao.example>",
		"<7-9@node.example>",
	} {
		if !strings.Contains(lines, want) {
			t.Errorf("no %q in %s", want, lines)
		}
	}
}

func TestAServerWithoutTLSGetsNoMail(t *testing.T) {
	address, trust, told := server(t, false)
	s, err := notify.NewSMTP("smtp://"+address, "node", "secret", sender(), trust)
	must(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if err := s.Send(ctx, aMail("en")); err == nil {
		t.Error("it was sent in the clear")
	}
	if lines := strings.Join(<-told, "\n"); strings.Contains(lines, "AUTH") || strings.Contains(lines, "DATA") {
		t.Errorf("it was told %s", lines)
	}
}

func TestAnAddressOfAServerHoldsNoPassword(t *testing.T) {
	for _, address := range []string{
		"mail.example", "http://mail.example", "smtp://u:p@mail.example", "smtp://",
	} {
		if _, err := notify.NewSMTP(address, "", "", sender(), nil); err == nil {
			t.Errorf("%s was taken", address)
		}
	}
}
