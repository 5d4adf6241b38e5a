// Package contract is the face of the chaincode towards Fabric's shim: one function table,
// strict arguments, faults as JSON, a panic turned into a fault. It decides nothing: it
// hands what the client brought to the law and plays the outcome on the stub.
package contract

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/hyperledger/fabric-chaincode-go/v2/pkg/cid"
	"github.com/hyperledger/fabric-chaincode-go/v2/pkg/statebased"
	"github.com/hyperledger/fabric-chaincode-go/v2/shim"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"

	"github.com/countersign/countersign/chaincode/trade"
)

const (
	maxTransient = 24
	badRequest   = 400
	broken       = 500
)

// Clock tells the endorser's own time; it bounds which transaction times are endorsed, and
// enters nothing that is written.
type Clock func() time.Time

// Contract is the chaincode.
type Contract struct {
	clock  Clock
	window time.Duration
	log    *slog.Logger
}

// New makes the chaincode. A transaction whose time is further off the clock than the window
// is not endorsed.
func New(clock Clock, window time.Duration, log *slog.Logger) *Contract {
	return &Contract{clock: clock, window: window, log: log}
}

// Init has nothing to do: the chaincode keeps no state of its own.
func (c *Contract) Init(shim.ChaincodeStubInterface) *peer.Response { return shim.Success(nil) }

// Invoke runs one function. Whatever it is given, it answers: an argument that is wrong is a
// fault, and so is a bug.
func (c *Contract) Invoke(stub shim.ChaincodeStubInterface) (response *peer.Response) {
	defer func() {
		if r := recover(); r != nil {
			c.log.LogAttrs(context.Background(), slog.LevelError, "chaincode panicked",
				slog.String("cause", fmt.Sprint(r)), slog.String("stack", string(debug.Stack())))
			response = answer(nil, errors.New("panic"))
		}
	}()
	function, args := stub.GetFunctionAndParameters()
	if len(args) > 1 || (function != trade.FunctionProbe && (len(args) != 1 || !trade.ValidID(args[0]))) {
		return answer(nil, &trade.Fault{
			Code: trade.CodeID, Message: "one identifier is wanted: [A-Za-z0-9._-]{1,64}",
		})
	}
	switch function {
	case trade.FunctionApply:
		return answer(c.apply(stub, args[0]))
	case trade.FunctionRecord:
		return answer(found(stub.GetState(args[0])))
	case trade.FunctionState:
		return answer(c.state(stub, args[0]))
	case trade.FunctionProbe:
		return answer(probe(stub))
	}
	return answer(nil, &trade.Fault{
		Code: trade.CodeUnknownAct, Message: "functions are apply, record, state and probe",
	})
}

// answer encodes a result or a refusal. An internal error says nothing of its cause: that is
// in the endorser's log.
func answer(payload []byte, err error) *peer.Response {
	if err == nil {
		return shim.Success(payload)
	}
	status := int32(badRequest)
	fault, ok := errors.AsType[*trade.Fault](err)
	if !ok {
		status = broken
		fault = &trade.Fault{Code: trade.CodeInternal, Message: "an internal fault; nothing was written"}
	}
	message, err := json.Marshal(fault)
	if err != nil {
		message = []byte(`{"code":"internal","message":"an internal fault; nothing was written"}`)
	}
	return &peer.Response{Status: status, Message: string(message)}
}

func found(value []byte, err error) ([]byte, error) {
	if err == nil && len(value) == 0 {
		return nil, &trade.Fault{Code: trade.CodeNotFound, Message: "there is no such asset"}
	}
	return value, err
}

// apply carries out a command: the law decides, the outcome is played on the stub.
func (c *Contract) apply(stub shim.ChaincodeStubInterface, command string) ([]byte, error) {
	tx, err := c.transaction(stub)
	if err != nil {
		return nil, err
	}
	head, err := trade.Decode[trade.Command](tx.Command, "command")
	if err != nil {
		return nil, err
	}
	if string(head.ID) != command {
		return nil, &trade.Fault{
			Code: trade.CodeMalformed, Path: "id", Message: "the argument names another command",
		}
	}
	out, err := trade.Next(view{stub}, tx)
	if err != nil {
		return nil, err
	}
	return out.Response, play(stub, out)
}

// transaction gathers what the client brought and who it is.
func (c *Contract) transaction(stub shim.ChaincodeStubInterface) (trade.Transaction, error) {
	actor, err := cid.GetMSPID(stub)
	if err != nil {
		return trade.Transaction{}, fmt.Errorf("reading the creator's MSP id: %w", err)
	}
	stamp, err := stub.GetTxTimestamp()
	if err != nil {
		return trade.Transaction{}, fmt.Errorf("reading the timestamp: %w", err)
	}
	if off := c.clock().Sub(stamp.AsTime()); off > c.window || off < -c.window {
		return trade.Transaction{}, &trade.Fault{
			Code: trade.CodeTimeWindow, Message: "the transaction's time is too far off this endorser's clock",
		}
	}
	transient, err := stub.GetTransient()
	if err != nil {
		return trade.Transaction{}, fmt.Errorf("reading transient data: %w", err)
	}
	tx := trade.Transaction{
		Channel: stub.GetChannelID(), Actor: trade.OrgID(actor), Time: trade.InstantOf(stamp.AsTime()),
		Command: transient[trade.TransientCommand], Signatures: transient[trade.TransientSignatures],
	}
	tx.States, tx.Keys, err = statesAndKeys(transient)
	return tx, err
}

// statesAndKeys sorts the transient data by what its keys say.
func statesAndKeys(transient map[string][]byte) (map[trade.AssetID][]byte, map[int64][]byte, error) {
	if len(transient) > maxTransient {
		return nil, nil, &trade.Fault{Code: trade.CodeMalformed, Message: "too much transient data"}
	}
	states, keys := map[trade.AssetID][]byte{}, map[int64][]byte{}
	for _, name := range slices.Sorted(maps.Keys(transient)) {
		value := transient[name]
		if id, ok := strings.CutPrefix(name, trade.TransientState); ok {
			states[trade.AssetID(id)] = value
		}
		if text, ok := strings.CutPrefix(name, trade.TransientKey); ok {
			epoch, err := strconv.ParseInt(text, 10, 64)
			if err != nil || strconv.FormatInt(epoch, 10) != text { // "01" would be a second key of epoch 1
				return nil, nil, &trade.Fault{Code: trade.CodeKey, Message: "a key is named by its epoch"}
			}
			keys[epoch] = value
		}
	}
	return states, keys, nil
}

// play writes an outcome to the stub.
func play(stub shim.ChaincodeStubInterface, out trade.Outcome) error {
	for _, w := range out.Writes {
		if err := stub.PutState(w.Key, w.Value); err != nil {
			return fmt.Errorf("writing %s: %w", w.Key, err)
		}
	}
	for _, p := range out.Policies {
		if err := setPolicy(stub, p); err != nil {
			return fmt.Errorf("setting the endorsement policy of %s: %w", p.Key, err)
		}
	}
	for _, w := range out.Private {
		if err := stub.PutPrivateData(w.Collection, w.Key, w.Value); err != nil {
			return fmt.Errorf("writing %s in %s: %w", w.Key, w.Collection, err)
		}
	}
	if out.Event == nil {
		return nil
	}
	return stub.SetEvent(trade.EventName, out.Event)
}

func setPolicy(stub shim.ChaincodeStubInterface, p trade.Policy) error {
	endorsement, err := statebased.NewStateEP(nil)
	if err != nil {
		return err
	}
	orgs := make([]string, len(p.Orgs))
	for i, o := range p.Orgs {
		orgs[i] = string(o)
	}
	if err := endorsement.AddOrgs(statebased.RoleTypePeer, orgs...); err != nil {
		return err
	}
	policy, err := endorsement.Policy()
	if err != nil {
		return err
	}
	return stub.SetStateValidationParameter(p.Key, policy)
}

// state reads the caller's own copy, as party or as reader. Another organisation's
// collection cannot be named.
//
//determinism:query answered by one node from its own collections; nothing is decided by it
func (c *Contract) state(stub shim.ChaincodeStubInterface, id string) ([]byte, error) {
	actor, err := cid.GetMSPID(stub)
	if err != nil {
		return nil, fmt.Errorf("reading the creator's MSP id: %w", err)
	}
	for _, collection := range []string{
		trade.ConsentCollection(trade.OrgID(actor)), trade.CopyCollection(trade.OrgID(actor)),
	} {
		value, err := stub.GetPrivateData(collection, id)
		if err != nil {
			c.log.LogAttrs(context.Background(), slog.LevelDebug, "private data not readable here",
				slog.String("id", id))
			continue
		}
		if value != nil {
			return value, nil
		}
	}
	return found(nil, nil)
}

// probe answers matches without saying whose they are.
func probe(stub shim.ChaincodeStubInterface) ([]byte, error) {
	transient, err := stub.GetTransient()
	if err != nil {
		return nil, fmt.Errorf("reading transient data: %w", err)
	}
	_, keys, err := statesAndKeys(transient)
	if err != nil {
		return nil, err
	}
	claim, err := trade.Decode[trade.Claim](transient[trade.TransientClaim], "claim")
	if err != nil {
		return nil, err
	}
	matches, err := trade.Probe(view{stub}, keys, claim)
	if err != nil {
		return nil, err
	}
	return trade.Canonical(matches)
}

// view is the committed state behind the stub.
type view struct{ stub shim.ChaincodeStubInterface }

func (v view) Get(key string) ([]byte, error) { return v.stub.GetState(key) }

func (v view) PrivateHash(collection, key string) ([]byte, error) {
	return v.stub.GetPrivateDataHash(collection, key)
}
