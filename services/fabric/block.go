package fabric

import (
	"bytes"
	"crypto/sha256"
	"encoding/asn1"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"time"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"github.com/hyperledger/fabric-protos-go-apiv2/msp"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"google.golang.org/protobuf/proto"

	"github.com/countersign/countersign/services/app"
)

// block is a block as far as it concerns one chaincode.
type block struct {
	number   uint64
	hash     []byte // SHA-256 of the header: what orderers sign and the next header names
	previous []byte
	flags    []byte // one validation code per transaction; no signature covers them
	time     time.Time
	txs      []transaction
}

// transaction is one transaction of the chaincode, at its position in the block.
type transaction struct {
	app.Tx
	position uint64
	reads    map[stateKey]version // the version each key had at the endorsers
	touches  []stateKey           // keys written or given a policy
}

// stateKey names a key of public state, or of a collection by its hash.
type stateKey struct{ collection, key string }

// version is the place of the transaction that last wrote a key; exists is false for a key
// that was not there.
type version struct {
	exists          bool
	block, position uint64
}

// before tells whether v was written by a transaction before the one at that place.
func (v version) before(block, position uint64) bool {
	return !v.exists || v.block < block || (v.block == block && v.position < position)
}

// parseBlock reads a block for one chaincode. It checks that the transactions are those of
// the header, knows no store, and takes bytes of any origin.
//
// A transaction that is marked VALID must be readable to the last field. One that is not
// may be anything that some member had signed, so of that only what can be read is returned,
// and none of its effects: it had none.
func parseBlock(b *common.Block, chaincode string) (block, error) {
	header := b.GetHeader()
	if header == nil {
		return block{}, errors.New("parse block: no header")
	}
	data := b.GetData().GetData()
	sum := sha256.Sum256(bytes.Join(data, nil))
	if !bytes.Equal(sum[:], header.GetDataHash()) {
		return block{}, fmt.Errorf("parse block %d: its transactions are not those of its header",
			header.GetNumber())
	}
	hash, err := headerHash(header)
	if err != nil {
		return block{}, fmt.Errorf("parse block %d: %w", header.GetNumber(), err)
	}
	parsed := block{
		number: header.GetNumber(), hash: hash, previous: header.GetPreviousHash(),
		flags: validationFlags(b),
	}
	if len(parsed.flags) != len(data) {
		return block{}, fmt.Errorf("parse block %d: %d validation codes for %d transactions",
			parsed.number, len(parsed.flags), len(data))
	}
	for i, envelope := range data {
		tx, ours, err := parseEnvelope(envelope, chaincode, peer.TxValidationCode(parsed.flags[i]))
		if err != nil {
			return block{}, fmt.Errorf("parse block %d, transaction %d: %w", parsed.number, i, err)
		}
		if tx.Time.After(parsed.time) {
			parsed.time = tx.Time
		}
		if ours {
			tx.position = uint64(i)
			parsed.txs = append(parsed.txs, tx)
		}
	}
	return parsed, nil
}

// headerHash is SHA-256 of the DER sequence (number, previous hash, data hash).
func headerHash(h *common.BlockHeader) ([]byte, error) {
	der, err := asn1.Marshal(struct {
		Number                 *big.Int
		PreviousHash, DataHash []byte
	}{new(big.Int).SetUint64(h.GetNumber()), h.GetPreviousHash(), h.GetDataHash()})
	if err != nil {
		return nil, fmt.Errorf("encode header: %w", err)
	}
	sum := sha256.Sum256(der)
	return sum[:], nil
}

func validationFlags(b *common.Block) []byte {
	all := b.GetMetadata().GetMetadata()
	if at := int(common.BlockMetadataIndex_TRANSACTIONS_FILTER); at < len(all) {
		return all[at]
	}
	return nil
}

// parseEnvelope reads one transaction. ours is false for one that is not the chaincode's: a
// configuration, another chaincode's, or an invalid one that does not say whose it is.
func parseEnvelope(raw []byte, chaincode string, code peer.TxValidationCode) (
	tx transaction, ours bool, err error,
) {
	tx.Code = code.String()
	tx.Effects = app.Effects{}.Sorted()
	data, ours, err := tx.parseHeaders(raw, chaincode)
	if err == nil && ours {
		err = tx.parseAction(data, chaincode)
	}
	if code == peer.TxValidationCode_VALID {
		return tx, ours, err
	}
	tx.Effects = app.Effects{}.Sorted()
	return tx, ours, nil
}

// parseHeaders reads who sent the transaction, when, and to which chaincode, and returns
// the rest.
func (tx *transaction) parseHeaders(raw []byte, chaincode string) (data []byte, ours bool, err error) {
	var (
		envelope  common.Envelope
		payload   common.Payload
		channel   common.ChannelHeader
		signature common.SignatureHeader
		creator   msp.SerializedIdentity
		extension peer.ChaincodeHeaderExtension
	)
	if err := decode("envelope", raw, &envelope); err != nil {
		return nil, false, err
	}
	if err := decode("payload", envelope.GetPayload(), &payload); err != nil {
		return nil, false, err
	}
	if err := decode("channel header", payload.GetHeader().GetChannelHeader(), &channel); err != nil {
		return nil, false, err
	}
	tx.ID = channel.GetTxId()
	if channel.GetTimestamp().IsValid() {
		tx.Time = channel.GetTimestamp().AsTime()
	}
	if channel.GetType() != int32(common.HeaderType_ENDORSER_TRANSACTION) {
		return nil, false, nil
	}
	if err := decode("chaincode header", channel.GetExtension(), &extension); err != nil {
		return nil, false, err
	}
	if extension.GetChaincodeId().GetName() != chaincode {
		return nil, false, nil
	}
	if err := decode("signature header", payload.GetHeader().GetSignatureHeader(), &signature); err != nil {
		return nil, true, err
	}
	if err := decode("creator", signature.GetCreator(), &creator); err != nil {
		return nil, true, err
	}
	tx.Creator = creator.GetMspid()
	return payload.GetData(), true, nil
}

// parseAction reads what the endorsers agreed on.
func (tx *transaction) parseAction(data []byte, chaincode string) error {
	var (
		body     peer.Transaction
		payload  peer.ChaincodeActionPayload
		response peer.ProposalResponsePayload
		action   peer.ChaincodeAction
	)
	if err := decode("transaction", data, &body); err != nil {
		return err
	}
	if n := len(body.GetActions()); n != 1 {
		return fmt.Errorf("transaction has %d actions", n)
	}
	if err := decode("action payload", body.GetActions()[0].GetPayload(), &payload); err != nil {
		return err
	}
	for _, e := range payload.GetAction().GetEndorsements() {
		var endorser msp.SerializedIdentity
		if err := decode("endorser", e.GetEndorser(), &endorser); err != nil {
			return err
		}
		tx.Endorsers = append(tx.Endorsers, endorser.GetMspid())
	}
	slices.Sort(tx.Endorsers)
	tx.Endorsers = slices.Compact(tx.Endorsers)

	endorsed := payload.GetAction().GetProposalResponsePayload()
	if err := decode("proposal response", endorsed, &response); err != nil {
		return err
	}
	if err := decode("chaincode action", response.GetExtension(), &action); err != nil {
		return err
	}
	tx.Effects.Response = action.GetResponse().GetPayload()
	if len(action.GetEvents()) > 0 {
		var event peer.ChaincodeEvent
		if err := decode("event", action.GetEvents(), &event); err != nil {
			return err
		}
		tx.Effects.Event = &app.Event{Name: event.GetEventName(), Payload: event.GetPayload()}
	}
	if err := tx.parseResults(action.GetResults(), chaincode); err != nil {
		return err
	}
	tx.Effects = tx.Effects.Sorted()
	return nil
}

// decode reads one protocol buffer and says which, when it cannot be read.
func decode(what string, raw []byte, into proto.Message) error {
	if err := proto.Unmarshal(raw, into); err != nil {
		return fmt.Errorf("decode %s: %w", what, err)
	}
	return nil
}
