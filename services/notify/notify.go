// Package notify sends what people are told by mail: as files in a folder, or by SMTP.
//
// A mail says what kind of thing waits and where to look, in the reader's language. It has no
// amount, no party and nothing of a paper: mail is read by others on its way.
package notify

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"mime"
	"net/mail"
	"strings"
	"time"

	"github.com/countersign/countersign/services/app"
)

// Sender is who mails come from and where they lead.
type Sender struct {
	From   mail.Address
	Portal string // address of the portal, "https://portal.example"
}

// lineLength is how many octets of base64 stand on a line (RFC 2045, 6.8).
const lineLength = 76

// Compose writes a mail as RFC 5322 wants it.
func (s Sender) Compose(m app.Mail) ([]byte, error) {
	to, err := mail.ParseAddress(m.To)
	if err != nil {
		return nil, fmt.Errorf("notify: mail %s: the address of its reader: %w", m.ID, err)
	}
	to.Name = strings.Map(printable, m.Name)
	words := wordsOf(m.Language)
	_, domain, _ := strings.Cut(s.From.Address, "@")
	var out bytes.Buffer
	header := func(name, value string) { fmt.Fprintf(&out, "%s: %s\r\n", name, value) }
	header("From", s.From.String())
	header("To", to.String())
	header("Subject", mime.QEncoding.Encode("utf-8", words.subject(m)))
	header("Date", m.At.Format(time.RFC1123Z))
	header("Message-ID", "<"+m.ID+"@"+domain+">")
	header("Auto-Submitted", "auto-generated") // RFC 3834: nobody's holiday answers
	header("Content-Language", words.language)
	header("MIME-Version", "1.0")
	header("Content-Type", "text/plain; charset=utf-8")
	header("Content-Transfer-Encoding", "base64")
	out.WriteString("\r\n")
	body := base64.StdEncoding.EncodeToString([]byte(words.body(m, s.Portal)))
	for len(body) > lineLength {
		out.WriteString(body[:lineLength] + "\r\n")
		body = body[lineLength:]
	}
	out.WriteString(body + "\r\n")
	return out.Bytes(), nil
}

// printable drops what may not stand in a header.
func printable(r rune) rune {
	if r < ' ' || r == 0x7f {
		return -1
	}
	return r
}
