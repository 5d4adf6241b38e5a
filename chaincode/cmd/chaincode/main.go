// Command chaincode serves Countersign's chaincode to one organisation's Fabric peer, which
// dials it (chaincode as a service).
//
// It listens at CHAINCODE_SERVER_ADDRESS, for this machine or a private network only: the
// connection is not encrypted, and who can reach it can pose as the peer. CHAINCODE_ID is
// the id of the installed package.
package main

import (
	"log/slog"
	"os"
	"time"

	"github.com/hyperledger/fabric-chaincode-go/v2/shim"

	"github.com/countersign/countersign/chaincode"
)

func main() {
	log := slog.New(slog.NewJSONHandler(os.Stderr, nil))
	server := shim.ChaincodeServer{
		CCID:     os.Getenv("CHAINCODE_ID"),
		Address:  os.Getenv("CHAINCODE_SERVER_ADDRESS"),
		CC:       chaincode.New(time.Now, log),
		TLSProps: shim.TLSProperties{Disabled: true},
	}
	if err := server.Start(); err != nil {
		log.Error("chaincode server ended", slog.Any("error", err))
		os.Exit(1)
	}
}
