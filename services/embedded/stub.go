package embedded

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/hyperledger/fabric-chaincode-go/v2/shim"
	"github.com/hyperledger/fabric-protos-go-apiv2/ledger/queryresult"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/countersign/countersign/services/app"
)

// standardChannel is the name of the channel when none is configured.
const standardChannel = "countersign"

var (
	errPrivateQuery = errors.New("queries on private data are supported only in a read-only transaction")
	errUnknown      = errors.New("collection does not exist")
	errNotMember    = errors.New("the submitter's organisation is not a member of the collection")
	errFinished     = errors.New("the transaction has ended")
)

// call is one call of the chaincode.
type call struct {
	channel   string
	org       string // MSP id of the creator
	creator   []byte
	nonce     []byte
	function  string
	args      []string
	transient map[string][]byte
	time      time.Time
}

// stub is the ledger as one call of the chaincode sees it: committed state only. What the
// call writes is kept here until it has ended well.
type stub struct {
	unsupported
	view        view
	collections map[string]collection
	call        call
	txID        string
	args        [][]byte

	writes   map[string][]byte            // public key → value, nil deletes
	policies map[string][]string          // public key → endorsers
	private  map[string]map[string][]byte // collection → key → value, nil deletes
	guards   map[string]map[string][]string
	event    *app.Event

	valueReads     map[string]bool // collections of which a committed value was read
	wrote, queried bool            // a write, and a query on private data, exclude each other
	finished       bool
}

var _ shim.ChaincodeStubInterface = (*stub)(nil)

func newStub(v view, collections map[string]collection, c call) *stub {
	args := [][]byte{[]byte(c.function)}
	for _, arg := range c.args {
		args = append(args, []byte(arg))
	}
	return &stub{
		view: v, collections: collections, call: c, txID: transactionID(c.nonce, c.creator), args: args,
		writes: map[string][]byte{}, policies: map[string][]string{},
		private: map[string]map[string][]byte{}, guards: map[string]map[string][]string{},
		valueReads: map[string]bool{},
	}
}

func (s *stub) GetArgs() [][]byte { return s.args }

func (s *stub) GetStringArgs() []string { return append([]string{s.call.function}, s.call.args...) }

func (s *stub) GetFunctionAndParameters() (string, []string) {
	return s.call.function, append([]string{}, s.call.args...)
}

func (s *stub) GetArgsSlice() ([]byte, error) { return bytes.Join(s.args, nil), nil }

func (s *stub) GetTxID() string { return s.txID }

func (s *stub) GetChannelID() string { return s.call.channel }

func (s *stub) GetCreator() ([]byte, error) { return bytes.Clone(s.call.creator), nil }

func (s *stub) GetTransient() (map[string][]byte, error) { return maps.Clone(s.call.transient), nil }

func (s *stub) GetTxTimestamp() (*timestamppb.Timestamp, error) {
	return timestamppb.New(s.call.time), nil
}

// GetBinding is SHA-256 of nonce, creator and epoch, which is 0 in eight bytes.
func (s *stub) GetBinding() ([]byte, error) {
	sum := sha256.Sum256(slices.Concat(s.call.nonce, s.call.creator, make([]byte, 8)))
	return sum[:], nil
}

func (s *stub) SetEvent(name string, payload []byte) error {
	if name == "" || !utf8.ValidString(name) {
		return errors.New("event name is empty or not UTF-8")
	}
	s.event = &app.Event{Name: name, Payload: bytes.Clone(payload)}
	return nil
}

func (s *stub) GetState(key string) ([]byte, error) {
	if err := s.read(key); err != nil {
		return nil, err
	}
	value, err := s.view.state(key)
	return bytes.Clone(value), err
}

func (s *stub) GetMultipleStates(keys ...string) ([][]byte, error) {
	return each(keys, s.GetState)
}

func (s *stub) PutState(key string, value []byte) error {
	if err := s.write(key); err != nil {
		return err
	}
	s.writes[key] = kept(value)
	return nil
}

func (s *stub) DelState(key string) error { return s.PutState(key, nil) }

func (s *stub) SetStateValidationParameter(key string, policy []byte) error {
	if err := s.write(key); err != nil {
		return err
	}
	orgs, err := decodePolicy(policy)
	if err != nil {
		return err
	}
	s.policies[key] = orgs
	return nil
}

func (s *stub) GetStateValidationParameter(key string) ([]byte, error) {
	if err := s.read(key); err != nil {
		return nil, err
	}
	orgs, err := s.view.policy("", key)
	if err != nil {
		return nil, err
	}
	return encodePolicy(orgs)
}

// firstSimpleKey keeps a range over simple keys out of the composite ones, which begin
// with a zero byte.
const firstSimpleKey = "\x01"

func (s *stub) GetStateByRange(start, end string) (shim.StateQueryIteratorInterface, error) {
	if err := checkRange(start, end); err != nil {
		return nil, err
	}
	return s.iterate(bucketState, nil, max(start, firstSimpleKey), end, nil), s.live()
}

func (s *stub) GetStateByPartialCompositeKey(kind string, attributes []string,
) (shim.StateQueryIteratorInterface, error) {
	start, err := shim.CreateCompositeKey(kind, attributes)
	if err != nil {
		return nil, err
	}
	return s.iterate(bucketState, nil, start, start+string(utf8.MaxRune), nil), s.live()
}

func (s *stub) CreateCompositeKey(kind string, attributes []string) (string, error) {
	return shim.CreateCompositeKey(kind, attributes)
}

func (s *stub) SplitCompositeKey(key string) (string, []string, error) {
	parts := strings.Split(key, "\x00")
	if len(parts) < 3 || parts[0] != "" || parts[len(parts)-1] != "" {
		return "", nil, errors.New("not a composite key")
	}
	return parts[1], parts[2 : len(parts)-1], nil
}

// live refuses the use of a stub that chaincode kept beyond its call.
func (s *stub) live() error {
	if s.finished {
		return errFinished
	}
	return nil
}

func (s *stub) read(key string) error { return errors.Join(s.live(), checkKey(key)) }

// write checks a key that is to be written, in public state or in a collection.
func (s *stub) write(key string) error {
	if err := s.read(key); err != nil {
		return err
	}
	if s.queried {
		return errPrivateQuery
	}
	s.wrote = true
	return nil
}

// kept is the value to keep of one that is written: an empty one deletes.
func kept(value []byte) []byte {
	if len(value) == 0 {
		return nil
	}
	return bytes.Clone(value)
}

func checkRange(start, end string) error {
	if strings.HasPrefix(start, "\x00") || strings.HasPrefix(end, "\x00") {
		return errors.New("a simple key does not begin with a zero byte")
	}
	return nil
}

func each(keys []string, get func(string) ([]byte, error)) ([][]byte, error) {
	if len(keys) == 0 {
		return nil, nil
	}
	values := make([][]byte, 0, len(keys))
	for _, key := range keys {
		value, err := get(key)
		if err != nil {
			return nil, err
		}
		values = append(values, value)
	}
	return values, nil
}

// maxRange bounds what one iterator gives, as totalQueryLimit does on a Fabric peer.
const maxRange = 100_000

// iterator walks over committed entries. Chaincode never holds it beyond its call.
type iterator struct {
	stub    *stub
	entries *entries
	value   func(key string) ([]byte, error) // how to find the value when the entry has none
	given   int
}

func (s *stub) iterate(bucket string, prefix []byte, start, end string,
	value func(string) ([]byte, error),
) shim.StateQueryIteratorInterface {
	if s.finished {
		return nil
	}
	return &iterator{stub: s, entries: s.view.entries(bucket, prefix, start, end), value: value}
}

func (i *iterator) HasNext() bool {
	return !i.stub.finished && i.given < maxRange && (i.entries.key != nil || i.entries.err != nil)
}

func (i *iterator) Next() (*queryresult.KV, error) {
	switch {
	case !i.HasNext():
		return nil, errors.New("no such key")
	case i.entries.err != nil:
		return nil, i.entries.err
	}
	kv := &queryresult.KV{Key: string(i.entries.key), Value: bytes.Clone(i.entries.value)}
	if i.value != nil {
		value, err := i.value(kv.GetKey())
		if err != nil {
			return nil, err
		}
		kv.Value = value
	}
	i.given++
	i.entries.next()
	return kv, nil
}

func (i *iterator) Close() error { return nil }

// unsupported are the parts of the shim that no deciding transaction may use: history,
// rich and paginated queries, other chaincodes, and purges, which the ledger does not offer.
type unsupported struct{}

var errUnsupported = errors.New("not supported by the embedded ledger")

func (unsupported) GetDecorations() map[string][]byte { return nil }

func (unsupported) GetSignedProposal() (*peer.SignedProposal, error) { return nil, errUnsupported }

func (unsupported) InvokeChaincode(string, [][]byte, string) *peer.Response {
	return shim.Error(errUnsupported.Error())
}

func (unsupported) GetStateByRangeWithPagination(string, string, int32, string,
) (shim.StateQueryIteratorInterface, *peer.QueryResponseMetadata, error) {
	return nil, nil, errUnsupported
}

func (unsupported) GetStateByPartialCompositeKeyWithPagination(string, []string, int32, string,
) (shim.StateQueryIteratorInterface, *peer.QueryResponseMetadata, error) {
	return nil, nil, errUnsupported
}

func (unsupported) GetAllStatesCompositeKeyWithPagination(int32, string,
) (shim.StateQueryIteratorInterface, *peer.QueryResponseMetadata, error) {
	return nil, nil, errUnsupported
}

func (unsupported) GetQueryResult(string) (shim.StateQueryIteratorInterface, error) {
	return nil, errUnsupported
}

func (unsupported) GetQueryResultWithPagination(string, int32, string,
) (shim.StateQueryIteratorInterface, *peer.QueryResponseMetadata, error) {
	return nil, nil, errUnsupported
}

func (unsupported) GetHistoryForKey(string) (shim.HistoryQueryIteratorInterface, error) {
	return nil, errUnsupported
}

func (unsupported) GetPrivateDataQueryResult(string, string) (shim.StateQueryIteratorInterface, error) {
	return nil, errUnsupported
}

func (unsupported) PurgePrivateData(string, string) error { return errUnsupported }

// StartWriteBatch changes nothing: writes are kept together in any case.
func (unsupported) StartWriteBatch() {}

func (unsupported) FinishWriteBatch() error { return nil }

// keyHash is the hash by which a private key stands in a block.
func keyHash(key string) []byte {
	sum := sha256.Sum256([]byte(key))
	return sum[:]
}

// effects are the public traces of what the call did, and its private values.
func (s *stub) effects(response []byte) (app.Effects, []app.PrivateWrite) {
	e := app.Effects{Event: s.event, Response: response}
	for key, value := range s.writes {
		e.Writes = append(e.Writes, app.Write{Key: key, Value: value, Deleted: value == nil})
	}
	for key, orgs := range s.policies {
		e.Metadata = append(e.Metadata, app.Metadata{Key: key, Endorsers: orgs})
	}
	var private []app.PrivateWrite
	for name, values := range s.private {
		for key, value := range values {
			hash := app.PrivateHash{Collection: name, KeyHash: keyHash(key), Deleted: value == nil}
			if value != nil {
				sum := sha256.Sum256(value)
				hash.ValueHash = sum[:]
			}
			e.Private = append(e.Private, hash)
			private = append(private, app.PrivateWrite{
				Collection: name, Key: key, Value: value, Deleted: value == nil,
			})
		}
	}
	for name, guards := range s.guards {
		for key, orgs := range guards {
			e.Metadata = append(e.Metadata, app.Metadata{
				Collection: name, Key: hex.EncodeToString(keyHash(key)), Endorsers: orgs,
			})
		}
	}
	return e.Sorted(), private
}

// changes are the policies that the transaction leaves changed: as set, when the key
// exists afterwards; none, when the key had one and is deleted.
func (s *stub) changes(e app.Effects) ([]policyChange, error) {
	changes := []policyChange{}
	deleted := map[policyChangeKey]bool{}
	for _, w := range e.Writes {
		deleted[policyChangeKey{"", w.Key}] = w.Deleted
	}
	for _, p := range e.Private {
		deleted[policyChangeKey{p.Collection, hex.EncodeToString(p.KeyHash)}] = p.Deleted
	}
	for _, m := range e.Metadata {
		gone, written := deleted[policyChangeKey{m.Collection, m.Key}]
		exists := written && !gone
		if !written {
			var err error
			if exists, err = s.exists(m.Collection, m.Key); err != nil {
				return nil, err
			}
		}
		if exists {
			changes = append(changes, policyChange(m))
		}
	}
	for key, gone := range deleted {
		if !gone {
			continue
		}
		had, err := s.view.policy(key.collection, key.key)
		if err != nil {
			return nil, err
		}
		if had != nil {
			changes = append(changes, policyChange{Collection: key.collection, Key: key.key, Endorsers: []string{}})
		}
	}
	slices.SortFunc(changes, func(a, b policyChange) int {
		return strings.Compare(a.Collection+"\x00"+a.Key, b.Collection+"\x00"+b.Key)
	})
	return changes, nil
}

type policyChangeKey struct{ collection, key string }

// exists tells whether a key, or a private key given by its hash in hex, has a value.
func (s *stub) exists(name, key string) (bool, error) {
	if name == "" {
		value, err := s.view.state(key)
		return value != nil, err
	}
	hash, err := hex.DecodeString(key)
	if err != nil {
		return false, fmt.Errorf("policy of a private key: %w", err)
	}
	value, err := s.view.privateHash(name, hash)
	return value != nil, err
}
