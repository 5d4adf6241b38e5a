// Package probe is the chaincode of the ledger conformance suite.
//
// It has one function, "run", whose only argument is a script: a JSON array of
// operations, each an array of strings, the name of the operation first. The
// operations of one script run in one transaction, in order, each against the shim
// directly, so a script can ask what a transaction sees of its own writes.
//
// The answer is a JSON array with one string per operation: "ok", "nil" (no value),
// "error" (the shim refused; its text differs between ledgers), or "=" and the value.
// Three operations end the script: "fail", "panic" and an operation that the probe
// itself refuses (unknown, wrong number of arguments, text that is not UTF-8): then the
// answer is an error and the transaction writes nothing.
package probe

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/hyperledger/fabric-chaincode-go/v2/pkg/cid"
	"github.com/hyperledger/fabric-chaincode-go/v2/pkg/statebased"
	"github.com/hyperledger/fabric-chaincode-go/v2/shim"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
)

// Function is the one function of the probe.
const Function = "run"

// MaxOperations bounds a script.
const MaxOperations = 64

const (
	statusRefused  = 400 // the probe did not understand the script
	statusPanicked = 500 // an operation panicked
)

// Chaincode is the probe. The zero value is ready to use and holds no state.
type Chaincode struct{}

// Init does nothing.
func (Chaincode) Init(shim.ChaincodeStubInterface) *peer.Response { return shim.Success(nil) }

// Invoke runs a script. A panic becomes an answer with status 500: neither the shim nor
// its server recovers from one.
func (Chaincode) Invoke(stub shim.ChaincodeStubInterface) (response *peer.Response) {
	defer func() {
		if cause := recover(); cause != nil {
			response = refuse(statusPanicked, "panicked")
		}
	}()
	function, args := stub.GetFunctionAndParameters()
	if function != Function || len(args) != 1 {
		return refuse(statusRefused, "want the function run and one argument")
	}
	script, err := decode(args[0])
	if err != nil {
		return refuse(statusRefused, err.Error())
	}
	answers := make([]string, 0, len(script))
	for _, line := range script {
		answer, err := operations[line[0]].do(stub, line[1:])
		var stop *stopError
		if errors.As(err, &stop) {
			return refuse(stop.status, stop.message)
		}
		if err != nil {
			answer = "error"
		}
		answers = append(answers, answer)
	}
	payload, err := json.Marshal(answers)
	if err != nil {
		return refuse(statusPanicked, "answers could not be encoded")
	}
	return shim.Success(payload)
}

// Script encodes operations as the argument of Function.
func Script(operations ...[]string) (string, error) {
	data, err := json.Marshal(operations)
	if err != nil {
		return "", fmt.Errorf("encode probe script: %w", err)
	}
	return string(data), nil
}

func refuse(status int32, message string) *peer.Response {
	return &peer.Response{Status: status, Message: message}
}

func decode(text string) ([][]string, error) {
	if !utf8.ValidString(text) {
		return nil, errors.New("script is not UTF-8")
	}
	var script [][]string
	if err := json.Unmarshal([]byte(text), &script); err != nil {
		return nil, errors.New("script is not a JSON array of arrays of strings")
	}
	if len(script) > MaxOperations {
		return nil, fmt.Errorf("more than %d operations", MaxOperations)
	}
	for i, line := range script {
		if len(line) == 0 {
			return nil, fmt.Errorf("operation %d is empty", i)
		}
		op, known := operations[line[0]]
		if n := len(line) - 1; !known || n < op.least || n > op.most {
			return nil, fmt.Errorf("operation %d is unknown or has the wrong number of arguments", i)
		}
	}
	return script, nil
}

// stopError ends a script with an answer of its own.
type stopError struct {
	status  int32
	message string
}

func (e *stopError) Error() string { return e.message }

type operation struct {
	least, most int // number of arguments
	do          func(stub shim.ChaincodeStubInterface, args []string) (string, error)
}

const many = 16 // the most arguments of an operation that takes a list

// operations is the whole language of a script.
var operations = map[string]operation{
	// Public state.
	"put":         {2, 2, put},             // key value
	"del":         {1, 1, del},             // key
	"get":         {1, 1, get},             // key
	"get-many":    {1, many, getMany},      // key…
	"range":       {2, 2, getRange},        // first, end (excluded); "" is open
	"put-comp":    {2, many, putComposite}, // value type attribute…
	"range-comp":  {1, many, getComposite}, // type attribute…
	"policy":      {1, many, setPolicy},    // key organisation…; none removes the policy
	"policy-get":  {1, 1, getPolicy},       // key
	"event":       {2, 2, setEvent},        // name payload
	"tx-id":       {0, 0, txID},
	"tx-time":     {0, 0, txTime}, // seconds since 1970
	"creator":     {0, 0, creator},
	"transient":   {1, 1, transient}, // name
	"fail":        {2, 2, fail},      // status message
	"panic":       {0, 0, panics},
	"pput":        {3, 3, putPrivate},          // collection key value
	"pput-trans":  {3, 3, putPrivateTransient}, // collection key name of the transient value
	"pdel":        {2, 2, delPrivate},          // collection key
	"pget":        {2, 2, getPrivate},          // collection key
	"phash":       {2, 2, getPrivateHash},      // collection key
	"prange":      {3, 3, getPrivateRange},     // collection first end
	"ppolicy":     {2, many, setPrivatePolicy}, // collection key organisation…
	"ppolicy-get": {2, 2, getPrivatePolicy},    // collection key
}

func done(err error) (string, error) { return "ok", err }

func value(data []byte, err error) (string, error) {
	if len(data) == 0 && err == nil {
		return "nil", nil
	}
	return "=" + string(data), err
}

func put(stub shim.ChaincodeStubInterface, args []string) (string, error) {
	return done(stub.PutState(args[0], []byte(args[1])))
}

func del(stub shim.ChaincodeStubInterface, args []string) (string, error) {
	return done(stub.DelState(args[0]))
}

func get(stub shim.ChaincodeStubInterface, args []string) (string, error) {
	return value(stub.GetState(args[0]))
}

func getMany(stub shim.ChaincodeStubInterface, args []string) (string, error) {
	values, err := stub.GetMultipleStates(args...)
	if err != nil {
		return "", err
	}
	shown := make([]string, 0, len(values))
	for _, data := range values {
		one, _ := value(data, nil)
		shown = append(shown, one)
	}
	return "=" + strings.Join(shown, ";"), nil
}

func getRange(stub shim.ChaincodeStubInterface, args []string) (string, error) {
	return entries(stub.GetStateByRange(args[0], args[1]))
}

func putComposite(stub shim.ChaincodeStubInterface, args []string) (string, error) {
	key, err := stub.CreateCompositeKey(args[1], args[2:])
	if err != nil {
		return "", err
	}
	return done(stub.PutState(key, []byte(args[0])))
}

func getComposite(stub shim.ChaincodeStubInterface, args []string) (string, error) {
	return entries(stub.GetStateByPartialCompositeKey(args[0], args[1:]))
}

// entries lists an iterator as key=value;…, the zero bytes of a composite key shown as /.
func entries(iterator shim.StateQueryIteratorInterface, err error) (string, error) {
	if err != nil {
		return "", err
	}
	var shown []string
	for iterator.HasNext() {
		kv, err := iterator.Next()
		if err != nil {
			return "", errors.Join(err, iterator.Close())
		}
		key := strings.ReplaceAll(kv.GetKey(), "\x00", "/")
		shown = append(shown, key+"="+string(kv.GetValue()))
	}
	return "=" + strings.Join(shown, ";"), iterator.Close()
}

func setPolicy(stub shim.ChaincodeStubInterface, args []string) (string, error) {
	policy, err := allOf(args[1:])
	if err != nil {
		return "", err
	}
	return done(stub.SetStateValidationParameter(args[0], policy))
}

func getPolicy(stub shim.ChaincodeStubInterface, args []string) (string, error) {
	return organisations(stub.GetStateValidationParameter(args[0]))
}

func setPrivatePolicy(stub shim.ChaincodeStubInterface, args []string) (string, error) {
	policy, err := allOf(args[2:])
	if err != nil {
		return "", err
	}
	return done(stub.SetPrivateDataValidationParameter(args[0], args[1], policy))
}

func getPrivatePolicy(stub shim.ChaincodeStubInterface, args []string) (string, error) {
	return organisations(stub.GetPrivateDataValidationParameter(args[0], args[1]))
}

// allOf makes the policy that every organisation's peer must endorse; nil for nobody.
func allOf(orgs []string) ([]byte, error) {
	if len(orgs) == 0 {
		return nil, nil
	}
	policy, err := statebased.NewStateEP(nil)
	if err != nil {
		return nil, err
	}
	if err := policy.AddOrgs(statebased.RoleTypePeer, orgs...); err != nil {
		return nil, err
	}
	return policy.Policy()
}

func organisations(policy []byte, err error) (string, error) {
	if err != nil {
		return "", err
	}
	if len(policy) == 0 {
		return "nil", nil
	}
	decoded, err := statebased.NewStateEP(policy)
	if err != nil {
		return "", err
	}
	orgs := decoded.ListOrgs()
	slices.Sort(orgs)
	return "=" + strings.Join(orgs, ","), nil
}

func setEvent(stub shim.ChaincodeStubInterface, args []string) (string, error) {
	return done(stub.SetEvent(args[0], []byte(args[1])))
}

func txID(stub shim.ChaincodeStubInterface, _ []string) (string, error) {
	return "=" + stub.GetTxID(), nil
}

func txTime(stub shim.ChaincodeStubInterface, _ []string) (string, error) {
	at, err := stub.GetTxTimestamp()
	if err != nil {
		return "", err
	}
	return "=" + strconv.FormatInt(at.GetSeconds(), 10), nil
}

func creator(stub shim.ChaincodeStubInterface, _ []string) (string, error) {
	msp, err := cid.GetMSPID(stub)
	return "=" + msp, err
}

func transient(stub shim.ChaincodeStubInterface, args []string) (string, error) {
	values, err := stub.GetTransient()
	if err != nil {
		return "", err
	}
	return value(values[args[0]], nil)
}

func fail(_ shim.ChaincodeStubInterface, args []string) (string, error) {
	status, err := strconv.ParseInt(args[0], 10, 32)
	if err != nil {
		return "", err
	}
	return "", &stopError{status: int32(status), message: args[1]}
}

func panics(shim.ChaincodeStubInterface, []string) (string, error) {
	var nobody *cid.ClientID
	return nobody.GetMSPID() // as faulty chaincode would
}

func putPrivate(stub shim.ChaincodeStubInterface, args []string) (string, error) {
	return done(stub.PutPrivateData(args[0], args[1], []byte(args[2])))
}

func putPrivateTransient(stub shim.ChaincodeStubInterface, args []string) (string, error) {
	values, err := stub.GetTransient()
	if err != nil {
		return "", err
	}
	return done(stub.PutPrivateData(args[0], args[1], values[args[2]]))
}

func delPrivate(stub shim.ChaincodeStubInterface, args []string) (string, error) {
	return done(stub.DelPrivateData(args[0], args[1]))
}

func getPrivate(stub shim.ChaincodeStubInterface, args []string) (string, error) {
	return value(stub.GetPrivateData(args[0], args[1]))
}

func getPrivateHash(stub shim.ChaincodeStubInterface, args []string) (string, error) {
	hash, err := stub.GetPrivateDataHash(args[0], args[1])
	if len(hash) == 0 && err == nil {
		return "nil", nil
	}
	return "=" + hex.EncodeToString(hash), err
}

func getPrivateRange(stub shim.ChaincodeStubInterface, args []string) (string, error) {
	return entries(stub.GetPrivateDataByRange(args[0], args[1], args[2]))
}
