package localnet

import (
	"bytes"
	"crypto/rand"
	"embed"
	"encoding/json"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"text/template"
	"time"
)

const (
	channel      = "trade"
	batchTimeout = 200 * time.Millisecond

	layoutFile      = "layout.json"
	descriptionFile = "network.json"

	// Ports come from below the range that systems hand out for outgoing connections, so
	// that none is taken between choosing it and listening on it.
	firstPort = 20000
	lastPort  = 32000
	portTries = 500
)

//go:embed templates
var templates embed.FS

// layout is what stays the same over restarts: who takes part, on which port, with which
// chaincodes. It is written to layout.json before anything else.
type layout struct {
	Dir        string      `json:"-"`
	Builder    string      `json:"-"`
	Orderer    orderer     `json:"orderer"`
	Peers      []peer      `json:"peers"`
	Chaincodes []Chaincode `json:"chaincodes"`
}

type orderer struct {
	MSP       string `json:"msp"`
	Domain    string `json:"domain"`
	Port      int    `json:"port"`
	AdminPort int    `json:"admin_port"`
}

// peer is an organisation of the trade with its one peer and its chaincode servers.
type peer struct {
	MSP     string         `json:"msp"`
	Domain  string         `json:"domain"`
	Port    int            `json:"port"`
	Servers map[string]int `json:"servers"` // chaincode name to the port of its server
}

// Name is the peer's host name in its certificate.
func (p peer) Name() string { return "peer0." + p.Domain }

func (p peer) endpoint() string { return localhost(p.Port) }

func localhost(port int) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)) }

// newLayout chooses free ports for five organisations and the given chaincodes.
func newLayout(dir string, chaincodes []Chaincode) (*layout, error) {
	l := &layout{
		Dir:     dir,
		Orderer: orderer{MSP: "OrdererMSP", Domain: "orderer.test"},
		Peers: []peer{
			{MSP: "SupplierMSP", Domain: "supplier.test"},
			{MSP: "CoreMSP", Domain: "core.test"},
			{MSP: "BankAMSP", Domain: "bank-a.test"},
			{MSP: "BankBMSP", Domain: "bank-b.test"},
			{MSP: "OperatorMSP", Domain: "operator.test"},
		},
		Chaincodes: chaincodes,
	}
	ports, err := freePorts(2 + len(l.Peers)*(1+len(chaincodes)))
	if err != nil {
		return nil, err
	}
	next := func() int {
		port := ports[0]
		ports = ports[1:]
		return port
	}
	l.Orderer.Port, l.Orderer.AdminPort = next(), next()
	for i := range l.Peers {
		l.Peers[i].Port = next()
		l.Peers[i].Servers = make(map[string]int, len(chaincodes))
		for _, c := range chaincodes {
			l.Peers[i].Servers[c.Name] = next()
		}
	}
	return l, nil
}

func freePorts(n int) ([]int, error) {
	var ports []int
	for try := 0; try < portTries && len(ports) < n; try++ {
		offset, err := rand.Int(rand.Reader, big.NewInt(lastPort-firstPort))
		if err != nil {
			return nil, fmt.Errorf("choose a port: %w", err)
		}
		port := firstPort + int(offset.Int64())
		l, err := net.Listen("tcp", localhost(port)) //nolint:noctx // Closed when n are found.
		if err != nil {
			continue
		}
		defer l.Close() // Only when all are found, so that none is found twice.
		ports = append(ports, port)
	}
	if len(ports) < n {
		return nil, fmt.Errorf("find %d free ports between %d and %d: only %d are free",
			n, firstPort, lastPort, len(ports))
	}
	return ports, nil
}

func (l *layout) path(elem ...string) string {
	return filepath.Join(append([]string{l.Dir}, elem...)...)
}

// OrdererNode is the folder of the ordering node's certificates and keys.
func (l *layout) OrdererNode() string {
	return l.path("crypto", "ordererOrganizations", l.Orderer.Domain, "orderers",
		"orderer."+l.Orderer.Domain)
}

// OrdererMSPDir is the folder of the ordering organisation's public certificates.
func (l *layout) OrdererMSPDir() string {
	return l.path("crypto", "ordererOrganizations", l.Orderer.Domain, "msp")
}

func (l *layout) ordererAdmin() string {
	return l.path("crypto", "ordererOrganizations", l.Orderer.Domain, "users",
		"Admin@"+l.Orderer.Domain)
}

// OrdererData is where the ordering node keeps its blocks.
func (l *layout) OrdererData() string { return l.path("data", "orderer") }

// BatchTimeout is how long the orderer waits before it cuts a block that is not full.
func (l *layout) BatchTimeout() time.Duration { return batchTimeout }

// MSPDir is the folder of an organisation's public certificates.
func (l *layout) MSPDir(p peer) string { return l.org(p, "msp") }

func (l *layout) org(p peer, elem ...string) string {
	return l.path(append([]string{"crypto", "peerOrganizations", p.Domain}, elem...)...)
}

func (l *layout) node(p peer, elem ...string) string {
	return l.org(p, append([]string{"peers", p.Name()}, elem...)...)
}

func (l *layout) config(name string) string { return l.path("config", name) }

// save writes layout.json, the mark by which a later run knows its own folder.
func (l *layout) save() error {
	raw, err := json.MarshalIndent(l, "", "  ")
	if err != nil {
		return fmt.Errorf("encode %s: %w", layoutFile, err)
	}
	return write(l.path(layoutFile), raw)
}

func readLayout(dir string) (*layout, error) {
	raw, err := os.ReadFile(filepath.Join(dir, layoutFile))
	if err != nil {
		return nil, fmt.Errorf("read the network's layout: %w", err)
	}
	l := &layout{Dir: dir}
	if err := json.Unmarshal(raw, l); err != nil {
		return nil, fmt.Errorf("read the network's layout in %s: %w", dir, err)
	}
	return l, nil
}

// render fills the template of that name with data and writes it to a file.
func render(name, file string, data any) error {
	t := template.New(name).Funcs(template.FuncMap{
		// A path is quoted: folders may have blanks, and YAML reads JSON strings.
		"path": func(elem ...string) string { return strconv.Quote(filepath.Join(elem...)) },
	})
	t, err := t.ParseFS(templates, "templates/"+name)
	if err != nil {
		return fmt.Errorf("parse template %s: %w", name, err)
	}
	var out bytes.Buffer
	if err := t.Execute(&out, data); err != nil {
		return fmt.Errorf("fill template %s: %w", name, err)
	}
	return write(file, out.Bytes())
}

// write replaces a file whole, so that a reader never sees half of it.
func write(file string, content []byte) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return fmt.Errorf("make folder of %s: %w", file, err)
	}
	part := file + ".part"
	if err := os.WriteFile(part, content, 0o600); err != nil {
		return fmt.Errorf("write %s: %w", file, err)
	}
	if err := os.Rename(part, file); err != nil {
		return fmt.Errorf("write %s: %w", file, err)
	}
	return nil
}
