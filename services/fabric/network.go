package fabric

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
)

// Network describes a channel and how to reach it: what network.json holds. A node lists
// only the organisations that it hosts; a test network lists all of them.
type Network struct {
	Channel string `json:"channel"`
	// Chaincodes are the names under which chaincodes are committed; the first is the default.
	Chaincodes    []string       `json:"chaincodes"`
	Organisations []Organisation `json:"organisations"`
}

// Organisation is one member of the channel, its peer and the client identity that a node
// uses in its name. Relative paths are taken from the folder of network.json.
type Organisation struct {
	MSP      string `json:"msp"`
	Endpoint string `json:"endpoint"` // host:port of the peer's gateway
	TLSCA    string `json:"tls_ca"`   // PEM file
	Cert     string `json:"cert"`     // PEM file of the client certificate
	Key      string `json:"key"`      // PEM file of its PKCS #8 key
}

// ReadNetwork reads a network.json and makes its paths absolute.
func ReadNetwork(path string) (Network, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return Network{}, fmt.Errorf("read network description: %w", err)
	}
	var n Network
	if err := json.Unmarshal(raw, &n); err != nil {
		return Network{}, fmt.Errorf("read network description %s: %w", path, err)
	}
	dir, err := filepath.Abs(filepath.Dir(path))
	if err != nil {
		return Network{}, fmt.Errorf("read network description %s: %w", path, err)
	}
	for i := range n.Organisations {
		org := &n.Organisations[i]
		for _, p := range []*string{&org.TLSCA, &org.Cert, &org.Key} {
			if !filepath.IsAbs(*p) {
				*p = filepath.Join(dir, *p)
			}
		}
	}
	return n, nil
}

// Organisation returns the member with the given MSP id.
func (n Network) Organisation(msp string) (Organisation, bool) {
	for _, org := range n.Organisations {
		if org.MSP == msp {
			return org, true
		}
	}
	return Organisation{}, false
}
