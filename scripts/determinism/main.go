// Command determinism refuses chaincode that could give two endorsers two answers.
//
// Every organisation that endorses a transaction runs the chaincode for itself, and the
// transaction is void unless they all come to the same bytes. So nothing in chaincode may
// depend on the machine, the moment or the run. The command is a vet tool:
//
//	go vet -vettool=bin/tools/determinism ./chaincode/...
//
// Test files are left alone, and so are packages under a cmd folder: they wire a server and
// decide nothing. What the pass cannot see is said in docs/decisions/0002-law-over-a-view.md.
package main

import "golang.org/x/tools/go/analysis/unitchecker"

func main() { unitchecker.Main(newAnalyzer()) }
