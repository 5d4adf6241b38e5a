package fabric

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"

	"github.com/countersign/countersign/services/app"
)

// EvidenceFormat is the encoding of a proof: the bytes of the whole block (protocol buffer
// common.Block). A block's data hash covers its transactions only all together, the
// orderers' signature covers the header. The validation codes beside it are covered by
// nobody: they are the word of the peer that gave the block.
const EvidenceFormat = "fabric-block-v1"

// unknownTransaction is how Fabric's query chaincode names a transaction it does not know.
const unknownTransaction = "no such transaction ID"

// Evidence returns the block that holds a transaction, as the first hosted organisation's
// peer keeps it. An id that no transaction has is app.ErrNotFound.
func (l *Ledger) Evidence(ctx context.Context, txID string) (app.Evidence, error) {
	if raw, err := hex.DecodeString(txID); err != nil || len(raw) != 32 {
		return app.Evidence{}, fmt.Errorf("evidence of transaction %q: %w", txID, app.ErrNotFound)
	}
	raw, err := l.query(ctx, l.connections[0], "GetBlockByTxID", l.network.Channel, txID)
	if err != nil {
		var refused *app.ChaincodeError
		if errors.As(err, &refused) && strings.Contains(refused.Message, unknownTransaction) {
			err = app.ErrNotFound
		}
		return app.Evidence{}, fmt.Errorf("evidence of transaction %s: %w", txID, err)
	}
	b, err := decodeBlock(raw, l.options.Chaincode)
	if err != nil {
		return app.Evidence{}, fmt.Errorf("evidence of transaction %s: %w", txID, err)
	}
	return app.Evidence{TxID: txID, Block: b.number, Format: EvidenceFormat, Proof: raw}, nil
}

// blockAt reads one block from an organisation's peer.
func (l *Ledger) blockAt(ctx context.Context, c *connection, number uint64) (block, error) {
	raw, err := l.query(ctx, c, "GetBlockByNumber", l.network.Channel, strconv.FormatUint(number, 10))
	if err != nil {
		return block{}, fmt.Errorf("read block %d: %w", number, err)
	}
	return decodeBlock(raw, l.options.Chaincode)
}

func decodeBlock(raw []byte, chaincode string) (block, error) {
	b := &common.Block{}
	if err := decode("block", raw, b); err != nil {
		return block{}, err
	}
	return parseBlock(b, chaincode)
}

// query asks Fabric's own query chaincode at an organisation's peer.
func (l *Ledger) query(ctx context.Context, c *connection, function string, args ...string) ([]byte, error) {
	leave, err := c.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
	ctx, cancel := context.WithTimeout(ctx, l.options.Evaluate)
	defer cancel()
	raw, err := c.query(ctx, function, args...)
	if err != nil {
		return nil, refusal(err)
	}
	return raw, nil
}
