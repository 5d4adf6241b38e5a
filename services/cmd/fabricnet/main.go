// Command fabricnet runs a Fabric network of five organisations on this machine, from the
// programs of a Fabric release. scripts/fabric builds and calls it.
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/countersign/countersign/services/fabric/localnet"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := command().ExecuteContext(ctx)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

func command() *cobra.Command {
	root := &cobra.Command{
		Use: "fabricnet", Short: "Run a Fabric network of five organisations on this machine",
		SilenceUsage: true, SilenceErrors: true,
	}
	dir := root.PersistentFlags().String("dir", filepath.Join("data", "fabric"),
		"folder that holds the network")

	up := &cobra.Command{
		Use:   "up",
		Short: "Bring the network up, or what of it does not run, and write network.json",
		Args:  cobra.NoArgs,
	}
	chaincodes := up.Flags().StringArray("chaincode", nil, "name=program of a chaincode server (repeatable)")
	up.RunE = func(cmd *cobra.Command, _ []string) error {
		return bringUp(cmd.Context(), *dir, *chaincodes)
	}

	down := &cobra.Command{
		Use:   "down",
		Short: "Stop the network and keep its folder; remove the folder to begin anew",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return localnet.Down(cmd.Context(), *dir)
		},
	}
	root.AddCommand(up, down)
	return root
}

func bringUp(ctx context.Context, dir string, flags []string) error {
	binaries, err := localnet.FindBinaries(os.Getenv("FABRIC_BIN"))
	if err != nil {
		return err
	}
	options := localnet.Options{
		Dir: dir, Binaries: binaries,
		Log: slog.New(slog.NewTextHandler(os.Stderr, nil)),
	}
	for _, f := range flags {
		name, path, ok := strings.Cut(f, "=")
		if !ok {
			return errors.New("--chaincode wants name=program")
		}
		options.Chaincodes = append(options.Chaincodes, localnet.Chaincode{Name: name, Path: path})
	}
	began := time.Now()
	network, err := localnet.Up(ctx, options)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(os.Stdout, "%d organisations endorse on channel %s after %s\n%s\n",
		len(network.Organisations), network.Channel, time.Since(began).Round(10*time.Millisecond),
		network.DescriptionPath())
	return err
}
