package parse

import "encoding/json"

// namesOurSchema tells whether a JSON object names one of our schemas.
func namesOurSchema(b []byte) bool { return json.Valid(b) }

func readJSON(l Limits, b []byte) (*Document, *Fault) {
	return nil, unsupported("This JSON names no schema of ours")
}
