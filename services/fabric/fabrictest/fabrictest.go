// Package fabrictest gives a test a Fabric network of five organisations.
package fabrictest

import (
	"context"
	"log/slog"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"testing"

	"github.com/countersign/countersign/services/fabric"
	"github.com/countersign/countersign/services/fabric/localnet"
)

// Start brings up a network of its own for a test, which shares it with its subtests, and
// stops it when the test ends. Where Fabric's programs are missing it skips the test.
func Start(t *testing.T, chaincodes ...localnet.Chaincode) *localnet.Network {
	t.Helper()
	n, err := localnet.Up(t.Context(), localnet.Options{
		Dir: t.TempDir(), Binaries: need(t), Chaincodes: chaincodes, DieWithParent: true,
		Log: slog.New(slog.NewTextHandler(t.Output(), nil)),
	})
	if err != nil {
		t.Fatalf("start a Fabric network: %v", err)
	}
	t.Cleanup(func() {
		if err := n.Down(context.WithoutCancel(t.Context())); err != nil {
			t.Errorf("stop the Fabric network: %v", err)
		}
	})
	return n
}

// need finds Fabric's programs, or skips the test.
func need(t *testing.T) localnet.Binaries {
	t.Helper()
	binaries, err := localnet.FindBinaries(os.Getenv("FABRIC_BIN"))
	if err != nil {
		t.Skipf("needs a Fabric network: %v", err)
	}
	return binaries
}

// Build compiles the chaincode server in a main package and names it for Start. Where no
// network can be started it skips the test.
func Build(t *testing.T, name, mainPackage string) localnet.Chaincode {
	t.Helper()
	need(t)
	program := filepath.Join(t.TempDir(), path.Base(mainPackage))
	args := []string{"build", "-trimpath", "-buildvcs=false", "-o", program, mainPackage}
	//nolint:gosec // G204: a package of this module, named by a test.
	build := exec.CommandContext(t.Context(), "go", args...)
	build.Env = append(build.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build %s: %v\n%s", mainPackage, err, out)
	}
	return localnet.Chaincode{Name: name, Path: program}
}

// Open opens the ledger of one chaincode for a node that hosts the organisations of n.
func Open(t *testing.T, n fabric.Network, chaincode string) *fabric.Ledger {
	t.Helper()
	l, err := fabric.Open(n, fabric.Options{
		Chaincode: chaincode, Log: slog.New(slog.NewTextHandler(t.Output(), nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Errorf("close the ledger: %v", err)
		}
	})
	return l
}
