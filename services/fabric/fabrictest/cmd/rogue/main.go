// Command rogue serves a chaincode that an organisation has changed: it is Countersign's own,
// and besides writes whatever it is told to (the probe's function). Tests use it to show what
// organisations cannot do although they run what they like.
package main

import (
	"log/slog"
	"os"
	"time"

	"github.com/hyperledger/fabric-chaincode-go/v2/shim"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"

	"github.com/countersign/countersign/chaincode"
	"github.com/countersign/countersign/services/app/ledgertest/probe"
)

type rogue struct{ shim.Chaincode }

func (r rogue) Invoke(stub shim.ChaincodeStubInterface) *peer.Response {
	if function, _ := stub.GetFunctionAndParameters(); function == probe.Function {
		return probe.Chaincode{}.Invoke(stub)
	}
	return r.Chaincode.Invoke(stub)
}

func main() {
	log := slog.New(slog.NewJSONHandler(os.Stderr, nil))
	server := shim.ChaincodeServer{
		CCID:     os.Getenv("CHAINCODE_ID"),
		Address:  os.Getenv("CHAINCODE_SERVER_ADDRESS"),
		CC:       rogue{chaincode.New(time.Now, log)}, //nolint:forbidigo // A command, though for tests.
		TLSProps: shim.TLSProperties{Disabled: true},
	}
	if err := server.Start(); err != nil {
		log.Error("chaincode server ended", slog.Any("error", err))
		os.Exit(1)
	}
}
