package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/countersign/countersign/services/app"
)

// setupFile names the organisations of a node, in its data folder.
const setupFile = "organisations.json"

func serveCommand(o *options) *cobra.Command {
	setup := ""
	c := &cobra.Command{
		Use:   "serve",
		Short: "Run a node: database, ledger and API.",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if setup == "" {
				setup = filepath.Join(o.data, setupFile)
			}
			return serve(cmd.Context(), *o, setup)
		},
	}
	c.Flags().StringVar(
		&setup,
		"setup",
		"",
		"file of the organisations that sign in here (default "+setupFile+" in the data folder)",
	)
	return c
}

func serve(ctx context.Context, o options, setup string) error {
	raw, err := os.ReadFile(setup)
	if errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf(
			"%s is not there: name the organisations of this node in it, see docs/operating.md",
			setup,
		)
	}
	if err != nil {
		return err
	}
	setups, err := app.ReadSetup(raw)
	if err != nil {
		return err
	}
	o.orgs = orgsOf(setups)
	n, err := openNode(ctx, o)
	if err != nil {
		return err
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", o.listen)
	if err != nil {
		return errors.Join(err, n.close(ctx))
	}
	if err := n.app.Bootstrap(ctx, setups); err != nil {
		return errors.Join(err, l.Close(), n.close(ctx))
	}
	fmt.Fprintf(os.Stdout, "countersign serves on %s\n", o.page(l.Addr()))
	return errors.Join(n.serve(ctx, l), n.close(ctx))
}

// orgsOf lists the MSP ids of the organisations hosted here.
func orgsOf(setups []app.Setup) []string {
	orgs := make([]string, len(setups))
	for i, s := range setups {
		orgs[i] = string(s.Organisation.ID)
	}
	slices.Sort(orgs)
	return orgs
}
