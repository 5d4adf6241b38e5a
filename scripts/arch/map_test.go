// Package arch holds the tests that keep the shape of the tree true: which package may import
// which, who owns an outside technology, how files look, and that the documents speak of what
// is there.
package arch

import (
	"errors"
	"go/build"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const (
	root   = "../.."
	module = "github.com/countersign/countersign"
)

// place says where a package stands and what it may import of this module. Its tests may
// import those, itself, and what tests names besides.
type place struct {
	rung    int // imports go to a lower rung, or into the package's own subfolders
	imports []string
	tests   []string
}

// The rungs. Packages of one rung never import each other.
const (
	amounts = iota // exact arithmetic, and files embedded as they are
	law            // the law; one noun's transitions call another's within one package
	face           // what the ledger calls
	whole          // the whole chaincode, as both ledgers run it
	sources        // where in the bytes a value stands, and what is wrong there
	guards         // bytes to a guarded tree
	models         // trees to what a standard means by them
	readers        // bytes to a document
	judges         // documents to findings
	reading        // bytes to a document with its findings
	steps          // what people and jobs do, and the interfaces that takes
	edges          // one technology each
	rigs           // what tests and developers bring up around an edge
	wiring         // programs: the only place that knows all of them
)

// packages is the package map. A package that is missing here fails the test: the map comes
// first. docs/architecture.md tells the same in prose.
var packages = map[string]place{
	"chaincode/money": {rung: amounts},
	"schemas":         {rung: amounts},
	"web":             {rung: amounts},
	"chaincode/trade": {
		rung: law, imports: []string{"chaincode/money"}, tests: []string{"chaincode/trade/tradetest"},
	},
	"chaincode/trade/tradetest": { // for tests only: no other package's code may name it
		rung:    face,
		imports: []string{"chaincode/money", "chaincode/trade"},
	},
	"chaincode/internal/contract": {
		rung:    face,
		imports: []string{"chaincode/money", "chaincode/trade"},
		tests:   []string{"chaincode/trade/tradetest"},
	},
	"chaincode": {
		rung:    whole,
		imports: []string{"chaincode/internal/contract"},
		tests:   []string{"chaincode/money", "chaincode/trade", "chaincode/trade/tradetest"},
	},
	"chaincode/cmd/chaincode": {rung: wiring, imports: []string{"chaincode"}},

	"services/parse/source":   {rung: sources},
	"services/parse/xmltree":  {rung: guards, imports: []string{"services/parse/source"}},
	"services/parse/jsontree": {rung: guards, imports: []string{"services/parse/source"}},
	"services/parse/witness":  {rung: guards}, // shares no code with the other readers
	"services/parse/pdf": {
		rung: guards, imports: []string{"services/parse/pdf/internal/cos", "services/parse/source"},
		tests: []string{"services/parse/pdf/pdftest"},
	},
	"services/parse/pdf/pdftest":      {rung: guards}, // for tests only
	"services/parse/pdf/internal/cos": {rung: guards, imports: []string{"services/parse/source"}},
	"services/parse/semantic": {
		rung:    models,
		imports: []string{"chaincode/money", "services/parse/source", "services/parse/xmltree"},
	},
	"services/parse/attestation": {
		rung: models, imports: []string{"services/parse/jsontree", "services/parse/source"},
		tests: []string{"fixtures/corpus"},
	},
	"services/parse/dcsa": {
		rung: models,
		imports: []string{
			"chaincode/money", "schemas", "services/parse/jsontree", "services/parse/source",
		},
		tests: []string{"fixtures/corpus"},
	},
	"services/parse/sheet": {
		rung:    models,
		imports: []string{"chaincode/money", "services/parse/source", "services/parse/xmltree"},
	},
	"services/parse": {
		rung: readers,
		imports: []string{
			"chaincode/money", "schemas",
			"services/parse/attestation", "services/parse/dcsa",
			"services/parse/jsontree", "services/parse/pdf", "services/parse/semantic", "services/parse/sheet",
			"services/parse/source", "services/parse/witness", "services/parse/xmltree",
		},
		tests: []string{"fixtures/corpus", "services/parse/pdf/pdftest"},
	},
	"services/check/codes": {rung: amounts},
	"services/check/texts": {
		rung: amounts, tests: []string{"services/check/ebl", "services/check/en16931"},
	},
	"services/check/ebl": {
		rung: judges, imports: []string{"services/parse/dcsa"},
		tests: []string{"fixtures/corpus", "services/parse/jsontree", "services/parse/source"},
	},
	"services/check/en16931": {
		rung:    judges,
		imports: []string{"services/check/codes", "services/parse/semantic"},
		tests:   []string{"services/parse/source", "services/parse/xmltree"},
	},
	"services/check": {
		rung: judges,
		imports: []string{
			"chaincode/money", "services/check/codes", "services/check/ebl", "services/check/en16931",
			"services/check/texts", "services/parse", "services/parse/pdf",
		},
		tests: []string{
			"fixtures/corpus", "services/parse/pdf/pdftest", "services/parse/semantic",
			"services/parse/source", "services/parse/xmltree",
		},
	},
	"services/match": {
		rung:    judges,
		imports: []string{"chaincode/money", "chaincode/trade", "services/check/texts", "services/parse"},
		tests:   []string{"fixtures", "fixtures/corpus"},
	},
	"services/policy": {rung: judges, imports: []string{"chaincode/money"}},
	"services/reading": {
		rung:    reading,
		imports: []string{"chaincode/money", "services/check", "services/parse", "services/parse/source"},
	},
	"services/app": {
		rung: steps,
		imports: []string{
			"chaincode/money", "chaincode/trade",
			"services/check", "services/match", "services/parse", "services/policy", "services/reading",
		},
		tests: []string{ // the whole way, on everything that is under the steps
			"chaincode", "chaincode/trade/tradetest", "fixtures", "services/blob", "services/embedded",
			"services/jobs", "services/postgres", "services/postgres/postgrestest", "services/report",
		},
	},
	"services/app/ledgertest": {
		rung:    rigs,
		imports: []string{"services/app", "services/app/ledgertest/probe"},
	},
	"services/app/ledgertest/probe":     {rung: law},
	"services/app/ledgertest/cmd/probe": {rung: wiring, imports: []string{"services/app/ledgertest/probe"}},

	"services/blob": {rung: edges, imports: []string{"chaincode/trade", "services/app"}},
	"services/httpapi": {
		rung: edges,
		imports: []string{
			"chaincode/money", "chaincode/trade", "services/app", "services/check", "services/check/texts",
			"services/httpapi/internal/api", "services/match", "services/parse/source",
		},
		tests: []string{
			"chaincode", "chaincode/trade/tradetest", "fixtures", "services/blob",
			"services/check", "services/embedded", "services/httpapi/password",
			"services/jobs", "services/parse", "services/postgres",
			"services/postgres/postgrestest", "services/reading", "services/report",
		},
	},
	"services/httpapi/internal/api": { // what travels, mostly generated
		rung: edges,
		imports: []string{
			"chaincode/money", "chaincode/trade", "services/app", "services/check", "services/match",
			"services/parse",
		},
	},
	"services/httpapi/password": {rung: edges},
	"services/jobs": {
		rung:    edges,
		imports: []string{"services/app"},
		tests:   []string{"services/postgres", "services/postgres/postgrestest"},
	},
	"services/postgres": {
		rung: edges,
		imports: []string{
			"chaincode/money", "chaincode/trade", "services/app", "services/check", "services/parse",
			"services/postgres/internal/db",
		},
		tests: []string{
			"services/check", "services/jobs", "services/match", "services/parse", "services/postgres/postgrestest",
		},
	},
	"services/sandbox": {
		rung: edges,
		imports: []string{
			"chaincode/money", "services/check", "services/parse", "services/parse/source", "services/reading",
		},
		tests: []string{"fixtures/corpus"},
	},
	"services/postgres/cluster":     {rung: edges},
	"services/postgres/internal/db": {rung: edges},
	"services/postgres/postgrestest": {
		rung:    rigs,
		imports: []string{"services/postgres", "services/postgres/cluster"},
	},
	"services/notify":        {rung: edges, imports: []string{"services/app"}},
	"services/portal":        {rung: edges},
	"services/portal/verify": {rung: edges},
	"services/report": {
		rung:    edges,
		imports: []string{"chaincode/money", "services/app", "web"}, // web: the portal's words
	},
	"services/embedded": {
		rung:    edges,
		imports: []string{"chaincode", "chaincode/trade", "services/app"},
		tests: []string{
			"chaincode/trade/tradetest", "services/app/ledgertest", "services/app/ledgertest/probe",
		},
	},
	"services/fabric": {
		rung:    edges,
		imports: []string{"services/app"},
		tests: []string{
			"chaincode", "chaincode/money", "chaincode/trade", "chaincode/trade/tradetest",
			"services/app/ledgertest",
			"services/app/ledgertest/probe", "services/embedded", "services/fabric/fabrictest",
			"services/fabric/localnet",
		},
	},
	"services/fabric/localnet": {rung: rigs, imports: []string{"services/fabric"}},
	"services/fabric/fabrictest": {
		rung:    wiring,
		imports: []string{"services/app/ledgertest", "services/fabric", "services/fabric/localnet"},
	},
	"services/fabric/fabrictest/cmd/rogue": {
		rung: wiring, imports: []string{"chaincode", "services/app/ledgertest/probe"},
	},
	"services/cmd/fabricnet": {rung: wiring, imports: []string{"services/fabric/localnet"}},

	"services/acceptance": { // tests of the built program, from outside
		rung: wiring,
		tests: []string{
			"chaincode/money", "chaincode/trade", "fixtures", "services/app", "services/demo",
			"services/fabric/fabrictest", "fixtures/corpus", "services/parse/pdf/pdftest",
		},
	},
	"services/cmd/countersign": {
		rung: wiring,
		imports: []string{
			"services/reading", "services/sandbox",
			"chaincode", "chaincode/money", "chaincode/trade", "fixtures",
			"services/app", "services/check", "services/match", "services/parse", "services/parse/source",
			"services/blob", "services/embedded", "services/fabric", "services/httpapi",
			"services/demo", "services/httpapi/password", "services/jobs", "services/postgres",
			"services/notify", "services/portal", "services/portal/verify", "services/postgres/cluster",
			"services/report", "web",
		},
	},

	"services/demo": { // a client of the API, and the setting up of its own node
		rung:    edges,
		imports: []string{"chaincode/money", "chaincode/trade", "fixtures", "services/app"},
	},

	"fixtures": {
		rung:    steps,
		imports: []string{"chaincode/money", "services/match"},
		tests:   []string{"chaincode/trade", "services/check", "services/parse"},
	},
	"fixtures/corpus":     {rung: amounts}, // for tests only
	"scripts/arch":        {rung: wiring},
	"scripts/codes":       {rung: wiring},
	"scripts/determinism": {rung: wiring},
	"scripts/reference": {
		rung:    wiring,
		imports: []string{"chaincode/money", "chaincode/trade", "services/check/texts"},
	},
}

// everywhere marks a module that the tests of any package may import; nobody matches no owner.
const (
	everywhere = "*"
	nobody     = ""
)

// owners names every outside module and the only packages, with their subfolders, that may
// import it, tests included. A module that is missing here fails the test: docs/decisions
// names the reason for each.
var owners = map[string][]string{
	"github.com/hyperledger/fabric-chaincode-go/v2": {
		"chaincode", "services/embedded", "services/app/ledgertest", "services/fabric",
	},
	"github.com/hyperledger/fabric-protos-go-apiv2": {
		"chaincode", "services/embedded", "services/app/ledgertest", "services/fabric",
	},
	"github.com/hyperledger/fabric-gateway": {"services/fabric"},
	"google.golang.org/grpc":                {"services/fabric"},
	"google.golang.org/protobuf": {
		"chaincode", "services/embedded", "services/app/ledgertest", "services/fabric",
	},
	"go.etcd.io/bbolt": {"services/embedded"},
	"golang.org/x/mod": {"services/embedded", "scripts/arch"},

	"github.com/jackc/pgx/v5":                {"services/postgres", "services/jobs"},
	"github.com/pressly/goose/v3":            {"services/postgres"},
	"github.com/riverqueue/river":            {"services/jobs", "services/postgres"},
	"gocloud.dev":                            {"services/blob"},
	"github.com/go-chi/chi/v5":               {"services/httpapi"},
	"github.com/oapi-codegen/runtime":        {"services/httpapi"},
	"github.com/go-playground/validator/v10": {"services/httpapi"},
	"github.com/prometheus/client_golang":    {"services/httpapi", "services/cmd"},
	"github.com/signintech/gopdf":            {"services/report"},
	"github.com/xuri/excelize/v2":            {"services/report", "services/parse"}, // parse: its tests alone

	"github.com/gowebpki/jcs": {
		"chaincode/trade", "services/app", "services/embedded", "services/parse/attestation",
		"services/parse/dcsa", "services/report",
	},
	"github.com/gabriel-vasile/mimetype":       {"services/parse"},
	"github.com/santhosh-tekuri/jsonschema/v6": {"services/parse", "schemas"},
	"github.com/shopspring/decimal": {
		"services/parse", "services/check", "services/match", "services/app", "fixtures",
		"services/acceptance",
	},

	"github.com/spf13/cobra":                {"services/cmd"},
	"github.com/compose-spec/compose-go/v2": {"scripts/arch"},
	"golang.org/x/tools":                    {"scripts/determinism"},
	"golang.org/x/crypto":                   {"services/app", "services/httpapi", "services/parse/attestation"},
	"golang.org/x/sys":                      {"services/embedded", "services/sandbox"},
	"golang.org/x/term":                     {"services/cmd"},
	"github.com/schollz/progressbar/v3":     {"services/cmd"},
	"golang.org/x/sync":                     {"services"},
	"golang.org/x/text":                     {"services"},
	"pgregory.net/rapid":                    {everywhere},
}

func TestPackageMapHoldsEveryImport(t *testing.T) {
	seen := map[string]bool{}
	eachPackage(t, func(name string, pkg *build.Package) {
		seen[name] = true
		here, mapped := packages[name]
		if !mapped {
			t.Errorf("%s: not in the package map", name)
			return
		}
		for _, path := range pkg.Imports {
			checkImport(t, name, path, here.imports, nobody)
		}
		forTests := slices.Concat(here.imports, here.tests, []string{name})
		for _, path := range slices.Concat(pkg.TestImports, pkg.XTestImports) {
			checkImport(t, name, path, forTests, everywhere)
		}
	})
	for name := range packages {
		if !seen[name] {
			t.Errorf("%s: in the package map but not in the tree", name)
		}
	}
}

func TestPackageMapGoesDownOnly(t *testing.T) {
	for name, here := range packages {
		for _, below := range here.imports {
			other, mapped := packages[below]
			if !mapped {
				t.Errorf("%s: imports %s, which is not in the map", name, below)
			}
			if other.rung >= here.rung && !within(below, name) {
				t.Errorf("%s on rung %d: may not import %s on rung %d", name, here.rung, below, other.rung)
			}
		}
	}
}

func TestOwnersAreInThePackageMap(t *testing.T) {
	for outside, who := range owners {
		for _, owner := range who {
			if owner != everywhere && !slices.ContainsFunc(mapped(), func(name string) bool {
				return within(name, owner)
			}) {
				t.Errorf("%s: its owner %s is not in the package map", outside, owner)
			}
		}
	}
}

// checkImport holds one import of the package name to the map and to the owners. The wildcard
// is the owner that stands for it besides its name.
func checkImport(t *testing.T, name, path string, allowed []string, wildcard string) {
	t.Helper()
	if inside, ok := strings.CutPrefix(path, module+"/"); ok {
		if !slices.Contains(allowed, inside) {
			t.Errorf("%s: may not import %s", name, inside)
		}
		return
	}
	if first, _, _ := strings.Cut(path, "/"); !strings.Contains(first, ".") {
		return // the standard library
	}
	for outside, who := range owners {
		if !within(path, outside) {
			continue
		}
		if !slices.ContainsFunc(who, func(owner string) bool {
			return owner == wildcard || within(name, owner)
		}) {
			t.Errorf("%s: only %s may import %s", name, strings.Join(who, ", "), path)
		}
		return
	}
	t.Errorf("%s: imports %s, whose module has no owner", name, path)
}

// within tells whether a slash path is the folder or lies in it.
func within(path, folder string) bool {
	return path == folder || strings.HasPrefix(path, folder+"/")
}

// mapped lists the packages of the map in order.
func mapped() []string {
	names := make([]string, 0, len(packages))
	for name := range packages {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// eachPackage calls fn for every Go package of the tree with its path below the root.
func eachPackage(t *testing.T, fn func(name string, pkg *build.Package)) {
	t.Helper()
	err := filepath.WalkDir(root, func(dir string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.IsDir() {
			return err
		}
		if dir != root && slices.Contains(notOurs, entry.Name()) || hidden(dir, entry) {
			return fs.SkipDir
		}
		pkg, err := build.ImportDir(dir, 0)
		if none := (*build.NoGoError)(nil); errors.As(err, &none) {
			return nil
		}
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, dir)
		if err != nil {
			return err
		}
		fn(filepath.ToSlash(name), pkg)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// notOurs are folders that hold no source of ours, or source that breaks rules on purpose.
var notOurs = []string{"bin", "data", "dist", "node_modules", "testdata"}

func hidden(dir string, entry fs.DirEntry) bool {
	return dir != root && strings.HasPrefix(entry.Name(), ".")
}
