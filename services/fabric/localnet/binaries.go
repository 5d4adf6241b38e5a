package localnet

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Binaries are the programs of a Fabric release (2.5.10 or later; measured with 3.1.5).
type Binaries struct {
	Peer, Orderer, Configtxgen, Cryptogen, Osnadmin string
	// Builder is the folder that holds bin/detect, bin/build and bin/release of the release's
	// builder for chaincode as a service: builders/ccaas beside the release's bin folder.
	Builder string
}

// MissingError names the programs that were not found.
type MissingError struct {
	Where string // where they were sought
	Names []string
}

func (e *MissingError) Error() string {
	return fmt.Sprintf("Fabric's %s not found in %s: unpack a Fabric release and put its bin folder "+
		"on PATH or into FABRIC_BIN", strings.Join(e.Names, ", "), e.Where)
}

// FindBinaries looks for Fabric's programs in dir, the bin folder of an unpacked release, or
// on PATH when dir is empty. What is missing is a *MissingError.
func FindBinaries(dir string) (Binaries, error) {
	missing := &MissingError{Where: "PATH"}
	if dir != "" {
		missing.Where = dir
	}
	find := func(name string) string {
		if dir != "" {
			name = filepath.Join(dir, name)
		}
		path, err := exec.LookPath(name)
		if err == nil {
			path, err = filepath.Abs(path)
		}
		if err != nil {
			missing.Names = append(missing.Names, filepath.Base(name))
		}
		return path
	}
	b := Binaries{
		Peer: find("peer"), Orderer: find("orderer"), Configtxgen: find("configtxgen"),
		Cryptogen: find("cryptogen"), Osnadmin: find("osnadmin"),
	}
	if b.Peer != "" {
		b.Builder = builderBeside(b.Peer)
		if b.Builder == "" {
			missing.Names = append(missing.Names, "builders/ccaas/bin/{detect,build,release}")
		}
	}
	if len(missing.Names) > 0 {
		return Binaries{}, missing
	}
	return b, nil
}

// builderBeside finds the release's builder next to the folder that the peer really lies in.
func builderBeside(peer string) string {
	real, err := filepath.EvalSymlinks(peer)
	if err != nil {
		return ""
	}
	builder := filepath.Join(filepath.Dir(filepath.Dir(real)), "builders", "ccaas")
	for _, name := range []string{"detect", "build", "release"} {
		info, err := os.Stat(filepath.Join(builder, "bin", name))
		if err != nil || info.Mode()&0o111 == 0 {
			return ""
		}
	}
	return builder
}
