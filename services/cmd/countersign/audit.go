package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/countersign/countersign/services/app"
)

func auditCommand(o *options) *cobra.Command {
	return &cobra.Command{
		Use:   "audit",
		Short: "Recompute every invariant and every row of the projection from the ledger.",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return onNode(cmd.Context(), *o, func(ctx context.Context, n *node) error {
				r, err := n.app.Audit(ctx)
				if err != nil {
					return err
				}
				if err := printJSON(r); err != nil {
					return err
				}
				if len(r.Broken) > 0 {
					return exitError(1)
				}
				return nil
			})
		},
	}
}

func rebuildCommand(o *options) *cobra.Command {
	return &cobra.Command{
		Use:   "rebuild",
		Short: "Derive the projection again from block 0 and compare it with what stood.",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return onNode(cmd.Context(), *o, func(ctx context.Context, n *node) error {
				before, after, err := n.app.Rebuild(ctx)
				if err != nil {
					return err
				}
				if err := printJSON(
					map[string]any{"before": before, "after": after, "equal": before.Digest == after.Digest},
				); err != nil {
					return err
				}
				if before.Digest != after.Digest {
					return exitError(1)
				}
				return nil
			})
		},
	}
}

// onNode opens the node of the data folder, which must not be served at the same time when
// its ledger is embedded, and runs fn on it.
func onNode(ctx context.Context, o options, fn func(context.Context, *node) error) error {
	raw, err := os.ReadFile(filepath.Join(o.data, setupFile))
	if err != nil {
		return fmt.Errorf("%s is no data folder of a node: %w", o.data, err)
	}
	setups, err := app.ReadSetup(raw)
	if err != nil {
		return err
	}
	o.orgs, o.demo = orgsOf(setups), true
	n, err := openNode(ctx, o)
	if err != nil {
		return err
	}
	return errors.Join(fn(ctx, n), n.close(ctx))
}
