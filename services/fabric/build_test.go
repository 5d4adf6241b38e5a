package fabric

import (
	"bytes"
	"crypto/sha256"
	"testing"
	"time"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"github.com/hyperledger/fabric-protos-go-apiv2/ledger/rwset"
	"github.com/hyperledger/fabric-protos-go-apiv2/ledger/rwset/kvrwset"
	"github.com/hyperledger/fabric-protos-go-apiv2/msp"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"
)

const (
	testChaincode = "probe"
	testChannel   = "trade"
)

func testTime() time.Time { return time.Date(2027, 3, 4, 5, 6, 7, 0, time.UTC) }

// txSpec is a transaction to be built.
type txSpec struct {
	id        string
	chaincode string // default testChaincode
	endorsers []string
	public    *kvrwset.KVRWSet
	hashed    map[string]*kvrwset.HashedRWSet // by collection
	event     *peer.ChaincodeEvent
	response  string
}

func must(t testing.TB, m proto.Message) []byte {
	t.Helper()
	raw, err := proto.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// envelope builds the transaction as a gateway would have assembled it.
func (s txSpec) envelope(t testing.TB) *common.Envelope {
	t.Helper()
	if s.chaincode == "" {
		s.chaincode = testChaincode
	}
	ns := &rwset.NsReadWriteSet{Namespace: s.chaincode, Rwset: must(t, s.public)}
	for name, set := range s.hashed {
		ns.CollectionHashedRwset = append(ns.CollectionHashedRwset,
			&rwset.CollectionHashedReadWriteSet{CollectionName: name, HashedRwset: must(t, set)})
	}
	action := &peer.ChaincodeAction{
		Results: must(t, &rwset.TxReadWriteSet{NsRwset: []*rwset.NsReadWriteSet{
			{Namespace: "_lifecycle", Rwset: []byte("another namespace is not read")}, ns,
		}}),
		Response: &peer.Response{Status: 200, Payload: []byte(s.response)},
	}
	if s.event != nil {
		action.Events = must(t, s.event)
	}
	endorsed := &peer.ChaincodeEndorsedAction{
		ProposalResponsePayload: must(t, &peer.ProposalResponsePayload{Extension: must(t, action)}),
	}
	for _, id := range s.endorsers {
		endorsed.Endorsements = append(endorsed.Endorsements, &peer.Endorsement{Endorser: member(t, id)})
	}
	body := &peer.Transaction{Actions: []*peer.TransactionAction{
		{Payload: must(t, &peer.ChaincodeActionPayload{Action: endorsed})},
	}}
	channel := &common.ChannelHeader{
		Type: int32(common.HeaderType_ENDORSER_TRANSACTION), TxId: s.id, ChannelId: testChannel,
		Timestamp: timestamppb.New(testTime()),
		Extension: must(t, &peer.ChaincodeHeaderExtension{ChaincodeId: &peer.ChaincodeID{Name: s.chaincode}}),
	}
	return &common.Envelope{Payload: must(t, &common.Payload{
		Header: &common.Header{
			ChannelHeader:   must(t, channel),
			SignatureHeader: must(t, &common.SignatureHeader{Creator: member(t, "SupplierMSP")}),
		},
		Data: must(t, body),
	})}
}

func (s txSpec) raw(t testing.TB) []byte {
	t.Helper()
	return must(t, s.envelope(t))
}

func member(t testing.TB, mspID string) []byte {
	t.Helper()
	return must(t, &msp.SerializedIdentity{Mspid: mspID, IdBytes: []byte("certificate of " + mspID)})
}

// blockOf builds a block with a true data hash; there is one code for each transaction.
func blockOf(number uint64, previous []byte, codes []peer.TxValidationCode, txs ...[]byte) *common.Block {
	hash := sha256.Sum256(bytes.Join(txs, nil))
	flags := make([]byte, len(codes))
	for i, code := range codes {
		flags[i] = byte(code)
	}
	metadata := make([][]byte, int(common.BlockMetadataIndex_TRANSACTIONS_FILTER)+1)
	metadata[common.BlockMetadataIndex_TRANSACTIONS_FILTER] = flags
	return &common.Block{
		Header:   &common.BlockHeader{Number: number, PreviousHash: previous, DataHash: hash[:]},
		Data:     &common.BlockData{Data: txs},
		Metadata: &common.BlockMetadata{Metadata: metadata},
	}
}

func valid(n int) []peer.TxValidationCode {
	return make([]peer.TxValidationCode, n) // VALID is 0.
}

// policyOf is a state-based policy: n of the named organisations' peers.
func policyOf(t testing.TB, n int32, msps ...string) []byte {
	t.Helper()
	policy := &common.SignaturePolicyEnvelope{}
	var rules []*common.SignaturePolicy
	for i, id := range msps {
		rules = append(rules, &common.SignaturePolicy{
			Type: &common.SignaturePolicy_SignedBy{SignedBy: int32(i)},
		})
		policy.Identities = append(policy.Identities, &msp.MSPPrincipal{
			PrincipalClassification: msp.MSPPrincipal_ROLE,
			Principal:               must(t, &msp.MSPRole{MspIdentifier: id, Role: msp.MSPRole_PEER}),
		})
	}
	policy.Rule = &common.SignaturePolicy{Type: &common.SignaturePolicy_NOutOf_{
		NOutOf: &common.SignaturePolicy_NOutOf{N: n, Rules: rules},
	}}
	return must(t, policy)
}

func policyEntry(policy []byte) []*kvrwset.KVMetadataEntry {
	return []*kvrwset.KVMetadataEntry{
		{Name: peer.MetaDataKeys_VALIDATION_PARAMETER.String(), Value: policy},
	}
}

func sum(text string) []byte {
	digest := sha256.Sum256([]byte(text))
	return digest[:]
}
