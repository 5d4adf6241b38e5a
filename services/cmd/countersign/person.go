package main

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/services/app"
	"github.com/countersign/countersign/services/httpapi/password"
)

const minPassword = 12

// personCommand makes a person's entry for the file of organisations, on the person's own
// machine: the private key goes into a file there and nowhere else.
func personCommand(o *options) *cobra.Command {
	var email, name, roles, keyFile string
	c := &cobra.Command{
		Use:   "person",
		Short: "Make a key and a person's entry for a node; reads the password from standard input.",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			line, err := bufio.NewReader(os.Stdin).ReadString('\n')
			secret := strings.TrimRight(line, "\r\n")
			if len(secret) < minPassword {
				return errors.Join(err, fmt.Errorf("at least %d bytes of password on standard input", minPassword))
			}
			u, key, err := newUser(email, name, strings.Split(roles, ","))
			if err != nil {
				return err
			}
			hasher, err := password.New(password.Recommended(), rand.Reader)
			if err != nil {
				return err
			}
			if u.PasswordHash, err = hasher.Hash(cmd.Context(), secret); err != nil {
				return err
			}
			u.CreatedAt = o.clock.Now().UTC()
			if err := writeKey(keyFile, key); err != nil {
				return err
			}
			return printJSON(u)
		},
	}
	f := c.Flags()
	f.StringVar(&email, "email", "", "address to sign in with")
	f.StringVar(&name, "name", "", "the person's name")
	f.StringVar(&roles, "roles", "", "duties, with commas: maker, checker, approver, viewer, admin, operator")
	f.StringVar(&keyFile, "key", "countersign.key", "file for the private key; it must not be there yet")
	return c
}

// newUser makes a person with a new key.
func newUser(email, name string, roles []string) (app.User, *ecdsa.PrivateKey, error) {
	if !strings.Contains(email, "@") || name == "" {
		return app.User{}, nil, errors.New("--email and --name are wanted")
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return app.User{}, nil, err
	}
	public, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		return app.User{}, nil, err
	}
	id := make([]byte, 8)
	if _, err := rand.Read(id); err != nil {
		return app.User{}, nil, err
	}
	u := app.User{
		ID: app.UserID("usr-" + hex.EncodeToString(id)), Person: trade.PersonID("per-" + hex.EncodeToString(id)),
		Email: strings.ToLower(email), Name: name, PublicKey: public,
	}
	for _, r := range roles {
		u.Roles = append(u.Roles, trade.Role(strings.TrimSpace(r)))
	}
	return u, key, nil
}

// writeKey writes a private key to a new file that only its owner reads.
func writeKey(path string, key *ecdsa.PrivateKey) error {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	if err := pem.Encode(f, &pem.Block{Type: "PRIVATE KEY", Bytes: der}); err != nil {
		return errors.Join(err, f.Close())
	}
	return f.Close()
}

// printJSON prints a value for people and programs.
func printJSON(v any) error {
	e := json.NewEncoder(os.Stdout)
	e.SetIndent("", "  ")
	return e.Encode(v)
}
