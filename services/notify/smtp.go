package notify

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/smtp"
	"net/url"
	"time"

	"github.com/countersign/countersign/services/app"
)

// smtpTime bounds the whole of one delivery.
const smtpTime = 30 * time.Second

// Ports of submission: with STARTTLS (RFC 6409) and with TLS from the start (RFC 8314).
const (
	portStartTLS = "587"
	portTLS      = "465"
)

// SMTP delivers mails to a server, never without TLS.
type SMTP struct {
	sender     Sender
	host, port string
	implicit   bool // TLS from the start
	user, pass string
	roots      *tls.Config
}

// NewSMTP reads where to deliver: "smtp://mail.example:587" (STARTTLS) or "smtps://mail.example".
// User and password come from the environment and stand in no address. Trust is nil but in tests.
func NewSMTP(address, user, password string, sender Sender, trust *tls.Config) (*SMTP, error) {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" || u.User != nil || (u.Scheme != "smtp" && u.Scheme != "smtps") {
		return nil, errors.New("notify: the mail server is smtp://host or smtps://host, without a password")
	}
	s := &SMTP{
		sender: sender, host: u.Hostname(), port: u.Port(), implicit: u.Scheme == "smtps", user: user,
		pass: password, roots: trust,
	}
	if s.port == "" {
		s.port = portStartTLS
		if s.implicit {
			s.port = portTLS
		}
	}
	return s, nil
}

// Send delivers one mail.
func (s *SMTP) Send(ctx context.Context, m app.Mail) error {
	raw, err := s.sender.Compose(m)
	if err != nil {
		return err
	}
	if err := s.deliver(ctx, m.To, raw); err != nil {
		return fmt.Errorf("notify: mail %s: %w", m.ID, err)
	}
	return nil
}

func (s *SMTP) deliver(ctx context.Context, to string, raw []byte) error {
	ctx, cancel := context.WithTimeout(ctx, smtpTime)
	defer cancel()
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", net.JoinHostPort(s.host, s.port))
	if err != nil {
		return err
	}
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() }) // ends whatever still waits
	defer stop()
	trust := &tls.Config{ServerName: s.host, MinVersion: tls.VersionTLS12}
	if s.roots != nil {
		trust.RootCAs = s.roots.RootCAs
	}
	if s.implicit {
		conn = tls.Client(conn, trust)
	}
	c, err := smtp.NewClient(conn, s.host)
	if err != nil {
		return err
	}
	defer c.Close()
	if !s.implicit {
		if err := c.StartTLS(trust); err != nil {
			return err
		}
	}
	if s.user != "" {
		if err := c.Auth(smtp.PlainAuth("", s.user, s.pass, s.host)); err != nil {
			return err
		}
	}
	if err := c.Mail(s.sender.From.Address); err != nil {
		return err
	}
	if err := c.Rcpt(to); err != nil {
		return err
	}
	w, err := c.Data()
	if err != nil {
		return err
	}
	if _, err := w.Write(raw); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	_ = c.Quit() // it is delivered
	return nil
}
