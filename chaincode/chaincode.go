// Package chaincode is the whole chaincode: what Fabric runs as a service and what the
// embedded ledger runs in process.
package chaincode

import (
	"log/slog"
	"time"

	"github.com/hyperledger/fabric-chaincode-go/v2/shim"

	"github.com/countersign/countersign/chaincode/internal/contract"
)

// Window is how far a transaction's time may be off an endorser's clock.
const Window = 2 * time.Minute

// New makes the chaincode over the endorser's clock.
func New(clock func() time.Time, log *slog.Logger) shim.Chaincode {
	return contract.New(clock, Window, log)
}
