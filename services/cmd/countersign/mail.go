package main

import (
	"fmt"
	"net/mail"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/countersign/countersign/services/app"
	"github.com/countersign/countersign/services/notify"
)

// mailOptions say how mails leave. User and password of the server come from the environment
// alone.
type mailOptions struct {
	server string // empty: into a folder
	from   string
}

func (m *mailOptions) addTo(c *cobra.Command) {
	flags := c.PersistentFlags()
	flags.StringVar(
		&m.server,
		"mail",
		os.Getenv("COUNTERSIGN_MAIL"),
		"mail server, smtp://host:587 (STARTTLS) or smtps://host; without one mails are files in a folder "+
			"(user and password: COUNTERSIGN_MAIL_USER, COUNTERSIGN_MAIL_PASSWORD)",
	)
	flags.StringVar(
		&m.from,
		"mail-from",
		envOr("COUNTERSIGN_MAIL_FROM", "Countersign <countersign@localhost>"),
		"address that mails come from",
	)
}

// openMail makes what sends mails.
func (o options) openMail() (app.Mailer, error) {
	from, err := mail.ParseAddress(o.mail.from)
	if err != nil {
		return nil, fmt.Errorf("the address that mails come from: %w", err)
	}
	portal := o.origin
	if portal == "" {
		portal = "http://" + o.listen
	}
	sender := notify.Sender{From: *from, Portal: strings.TrimSuffix(portal, "/")}
	if o.mail.server == "" {
		return notify.NewFolder(filepath.Join(o.data, "mail"), sender)
	}
	return notify.NewSMTP(
		o.mail.server, os.Getenv("COUNTERSIGN_MAIL_USER"), os.Getenv("COUNTERSIGN_MAIL_PASSWORD"), sender, nil,
	)
}
