package httpapi

import (
	"net/http"
	"time"

	"github.com/countersign/countersign/services/app"
)

// content says what body a route takes.
type content int

const (
	noBody   content = iota
	jsonBody         // application/json
	fileBody         // bytes as they are: what they are follows from them
	partBody         // a part of a file, application/offset+octet-stream
)

// policy is what holds for a route before its handler runs. Who may do what is for the steps
// to say, not for the edge.
type policy struct {
	open    bool // no session is needed
	keyed   bool // an Idempotency-Key is needed
	counted bool // counts as an upload of the user
	takes   content
	limit   int64         // bytes of the body
	timeout time.Duration // for the whole request, body included
}

const (
	readTime      = 20 * time.Second
	writeTime     = 75 * time.Second // with the longest wait for an outcome
	reportTime    = 100 * time.Second
	uploadTime    = 5 * time.Minute
	maxNothing    = 1 << 10
	maxStatement  = 10 << 20 // as the step has it
	maxWait       = 30       // seconds that a client may ask to wait
	wholeDeadline = 15 * time.Second
)

// policyOf is the policy of a route by its method, unless the table says otherwise.
func policyOf(method, pattern string) policy {
	if p, ok := policies()[method+" "+pattern]; ok {
		return p
	}
	switch method {
	case http.MethodPost, http.MethodPut:
		return policy{keyed: true, takes: jsonBody, limit: maxJSON, timeout: writeTime}
	}
	return policy{timeout: readTime}
}

// policies are the routes that are not like the others of their method.
func policies() map[string]policy {
	bare := policy{keyed: true, takes: noBody, limit: maxNothing, timeout: writeTime}
	return map[string]policy{
		"GET /healthz":     {open: true, timeout: readTime},
		"GET /readyz":      {open: true, timeout: readTime},
		"GET /metrics":     {open: true, timeout: readTime},
		"GET /v1/node":     {open: true, timeout: readTime},
		"GET /v1/demo":     {open: true, timeout: readTime},
		"GET /v1/verify":   {open: true, timeout: readTime},
		"POST /v1/session": {open: true, takes: jsonBody, limit: maxJSON, timeout: readTime},

		"POST /v1/session/nonce":   {open: true, takes: noBody, limit: maxNothing, timeout: readTime},
		"POST /v1/session/passkey": {open: true, takes: jsonBody, limit: maxJSON, timeout: readTime},

		"POST /v1/packs/{pack}/documents": {
			keyed: true, counted: true, takes: fileBody, limit: app.MaxUpload, timeout: uploadTime,
		},
		"POST /v1/uploads": {
			keyed: true, counted: true, takes: noBody, limit: maxNothing, timeout: writeTime,
		},
		"PATCH /v1/uploads/{upload}":  {takes: partBody, limit: app.MaxPart, timeout: uploadTime},
		"DELETE /v1/uploads/{upload}": {timeout: writeTime},
		"POST /v1/filings":            {takes: jsonBody, limit: maxJSON, timeout: readTime},
		"POST /v1/estimates":          {takes: jsonBody, limit: maxJSON, timeout: readTime},
		"POST /v1/bulk": {
			keyed: true, counted: true, takes: fileBody, limit: app.MaxBulk, timeout: uploadTime,
		},
		"POST /v1/payable-lists": {
			keyed: true, counted: true, takes: fileBody, limit: app.MaxBulk, timeout: uploadTime,
		},
		"POST /v1/statements": {
			keyed: true, counted: true, takes: fileBody, limit: maxStatement, timeout: uploadTime,
		},
		"POST /v1/intents/{intent}/withdrawal":    bare,
		"POST /v1/financings/{financing}/price":   {takes: jsonBody, limit: maxJSON, timeout: readTime},
		"POST /v1/receivables/{receivable}/proof": {timeout: reportTime},
		// What these answer is shown once: it is not kept for a repeat, so a repeat is done anew.
		"POST /v1/codes":              {takes: jsonBody, limit: maxJSON, timeout: readTime},
		"POST /v1/codes/confirmation": {takes: jsonBody, limit: maxJSON, timeout: readTime},
		"POST /v1/reports": {
			keyed: true, takes: jsonBody, limit: maxJSON, timeout: reportTime,
		},
		"GET /v1/intents/{intent}":              {timeout: writeTime},
		"GET /v1/events":                        {timeout: streamTime},
		"GET /v1/documents/{document}/original": {timeout: uploadTime},
		"GET /v1/reports/{report}/file":         {timeout: uploadTime},
	}
}
