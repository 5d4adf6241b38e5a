// Command probe serves the chaincode of the ledger conformance suite to a Fabric peer.
package main

import (
	"log/slog"
	"os"

	"github.com/hyperledger/fabric-chaincode-go/v2/shim"

	"github.com/countersign/countersign/services/app/ledgertest/probe"
)

func main() {
	server := shim.ChaincodeServer{
		CCID:     os.Getenv("CHAINCODE_ID"),
		Address:  os.Getenv("CHAINCODE_SERVER_ADDRESS"),
		CC:       probe.Chaincode{},
		TLSProps: shim.TLSProperties{Disabled: true}, // It listens on this machine only.
	}
	if err := server.Start(); err != nil {
		slog.Error("chaincode server ended", slog.Any("error", err))
		os.Exit(1)
	}
}
