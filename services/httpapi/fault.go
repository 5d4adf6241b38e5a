package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"

	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/services/app"
	"github.com/countersign/countersign/services/httpapi/internal/api"
	"github.com/countersign/countersign/services/parse/source"
)

// The codes of the edge: what is wrong with a request before any step sees it.
const (
	CodeMalformed    trade.Code = "request.malformed"       // not the JSON or parameter that is described
	CodeMethod       trade.Code = "request.method"          // this address does not take that method
	CodeMediaType    trade.Code = "request.media_type"      // not a content type that is taken here
	CodeKey          trade.Code = "request.idempotency_key" // Idempotency-Key is missing or not well-formed
	CodePrecondition trade.Code = "request.precondition"    // If-Match is missing or not an ETag of ours
	CodeCrossOrigin  trade.Code = "request.cross_origin"    // a browser sent it from another site
	CodeTooLarge     trade.Code = "request.too_large"       // more bytes than are accepted here
)

// The codes of the store of bytes, which is an edge like this one. Tests hold them equal.
const (
	blobTooLarge trade.Code = "blob.too_large"
	blobEmpty    trade.Code = "blob.empty"
	blobNotFound trade.Code = "blob.not_found"
	blobCorrupt  trade.Code = "blob.corrupt"
)

// Codes lists the codes of the edge once.
func Codes() []trade.Code {
	return []trade.Code{
		CodeMalformed, CodeMethod, CodeMediaType, CodeKey, CodePrecondition, CodeCrossOrigin, CodeTooLarge,
	}
}

// statuses is codesByStatus the other way round.
func statuses() map[trade.Code]int {
	table := map[trade.Code]int{}
	for status, codes := range codesByStatus() {
		for _, code := range codes {
			table[code] = status
		}
	}
	return table
}

// codesByStatus is the one table of HTTP statuses. A code that is not here is a reason of a
// verdict, such as a rule of a check: the request was understood and cannot be granted, so it
// is 422.
func codesByStatus() map[int][]trade.Code {
	return map[int][]trade.Code{
		http.StatusBadRequest: {CodeMalformed, CodeKey},
		http.StatusUnauthorized: {
			app.CodeNotSignedIn, app.CodeWrongPassword, app.CodeCodeWanted, app.CodeWrongCode,
		},
		http.StatusForbidden: {
			CodeCrossOrigin, app.CodeForbidden, app.CodeNotYourDuty, app.CodeOwnStatement, app.CodeNoKey,
			trade.CodeParty, trade.CodeSignatureUnknown,
		},
		http.StatusNotFound:         {app.CodeHidden, trade.CodeNotFound},
		http.StatusMethodNotAllowed: {CodeMethod},
		http.StatusConflict: {
			app.CodeInProgress, app.CodeDocumentState, app.CodePackUnverified, app.CodePackPapers,
			app.CodeTermsMissing, app.CodeUploadOffset,
			app.CodeIntentPending, app.CodeNoPayable, app.CodePaperRequest, app.CodeReportWaits,
			app.CodeIntentState, app.CodeBeforePayout, app.CodeNoMatch, trade.CodeCommandConflict, trade.CodeExists,
			trade.CodeStale, trade.CodePhase, trade.CodeNoConsent, trade.CodeSignatureMissing,
			trade.CodeSignatureSame, trade.CodeTimeEarlier, trade.CodeBalance, trade.CodeReserved,
			trade.CodeAssigned, trade.CodeDisputed, trade.CodeNothingFree, trade.CodeNoReservation,
			trade.CodeReservationEnded, trade.CodePayeeChange,
			trade.CodeReservationAlive, trade.CodeNotDue, trade.CodePaymentTwice, trade.CodeEncumbered,
			trade.CodeProgrammeLimit, trade.CodeQuoteLapsed, trade.CodeQuoteAlive, trade.CodeNotAccepted,
			trade.CodeNotApproved, trade.CodeNotAssigned, trade.CodeRepayment,
		},
		http.StatusPreconditionFailed: {app.CodeEdited, app.CodeUploadProtocol},
		http.StatusRequestEntityTooLarge: {
			CodeTooLarge, blobTooLarge, source.CodeTooLarge, app.CodeQuota, app.CodeUploadSize,
		},
		http.StatusUnsupportedMediaType: {CodeMediaType},
		http.StatusUnprocessableEntity: {
			blobEmpty, app.CodeInput, app.CodeKeyReused, app.CodePackParty, app.CodePackRefused,
			app.CodeStatement, app.CodeReport, trade.CodeMalformed, trade.CodeUnknownAct, trade.CodeChannel,
			trade.CodeSubjects, trade.CodeID, trade.CodeSalt, trade.CodeSignatureInvalid, trade.CodeAmount,
			trade.CodeDate, trade.CodeText, trade.CodePersons, trade.CodeKeys, trade.CodeOrgKind, trade.CodeEvidence,
			trade.CodeExceedsFace, trade.CodePayee, trade.CodeIdentity, trade.CodeProgramme,
			trade.CodeProgrammeTenor, trade.CodeTerms, source.CodeEmpty, source.CodeDepth,
			source.CodeUnsupported, source.CodeMalformed, source.CodeEncoding, source.CodeDTD,
			source.CodeSecondRoot, source.CodeNamespace, source.CodeDuplicate, source.CodeSplitText,
			source.CodeSchema, source.CodeArchive, source.CodeValue, source.CodeCurrency, source.CodeTooCostly,
			source.CodeDCSA, source.CodeReaderFailed, source.CodeReadings, source.CodeBulkColumn,
			source.CodeBulkMissing, source.CodeBulkValue, source.CodeBulkRows,
		},
		http.StatusPreconditionRequired: {CodePrecondition},
		http.StatusTooManyRequests:      {app.CodeLocked, app.CodeTooMany},
		http.StatusInternalServerError:  {blobNotFound, blobCorrupt, trade.CodeInternal},
		http.StatusServiceUnavailable:   {app.CodeUnavailable, trade.CodeTimeWindow, trade.CodeKey},
	}
}

// statusOf finds the status of a code.
func (s *server) statusOf(code trade.Code) int {
	if status, ok := s.statuses[code]; ok {
		return status
	}
	return http.StatusUnprocessableEntity
}

// fault makes a refusal of the edge.
func fault(code trade.Code, path, format string, args ...any) *trade.Fault {
	return &trade.Fault{Code: code, Path: path, Message: fmt.Sprintf(format, args...)}
}

// faults are several refusals of one request; the first one gives the answer its code.
type faults []trade.Fault

func (f faults) Error() string { return f[0].Error() }

const jsonType = "application/json"

// retryAfter is how long a client waits when nobody knows better.
const retryAfter = "2"

// fail answers an error as a problem. What is no Fault is logged and never shown.
func (s *server) fail(w http.ResponseWriter, r *http.Request, err error) {
	p := s.problem(r, err)
	if p.Status == http.StatusServiceUnavailable || p.Status == http.StatusTooManyRequests ||
		p.Code == string(app.CodeInProgress) {
		if w.Header().Get("Retry-After") == "" {
			w.Header().Set("Retry-After", retryAfter)
		}
	}
	if p.Status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", `Bearer realm="countersign"`)
	}
	body, err := json.Marshal(p)
	if err != nil {
		s.log.LogAttrs(r.Context(), slog.LevelError, "problem not written", slog.String("error", err.Error()))
	}
	write(w, p.Status, "application/problem+json", body)
}

// problem says what an error means to the client.
func (s *server) problem(r *http.Request, err error) api.Problem {
	many, _ := errors.AsType[faults](err)
	if several, ok := errors.AsType[app.Faults](err); ok {
		many = faults(several)
	}
	f, ok := errors.AsType[*trade.Fault](err)
	switch {
	case len(many) > 0:
		f = &many[0]
	case ok && f.Code != trade.CodeInternal:
		if s.statusOf(f.Code) >= http.StatusInternalServerError {
			s.alarm(r, slog.LevelWarn, err)
		}
	case unavailable(err):
		s.alarm(r, slog.LevelWarn, err)
		f = fault(app.CodeUnavailable, "", "database or ledger is not there for the moment: "+
			"try again shortly, with the same Idempotency-Key")
	default:
		s.alarm(r, slog.LevelError, err)
		f = fault(trade.CodeInternal, "", "something went wrong here: "+
			"try again, and if it stays so tell the operator the instance id")
	}
	status := s.statusOf(f.Code)
	c := callOf(r)
	c.passing = c.passing || status >= http.StatusInternalServerError
	if c.code == "" {
		c.code = f.Code
	}
	p := api.Problem{
		Type: "urn:countersign:problem:" + string(f.Code), Status: status,
		Code: string(f.Code), Path: f.Path, Instance: c.id,
	}
	spoken := languageOf(r)
	p.Title = titleOf(status, spoken)
	p.Detail, p.Action = detailOf(f.Code, spoken, f.Message), actionOn(f.Code, spoken)
	if len(many) > 1 {
		p.Errors = each(many, func(f trade.Fault) api.Fault { return faultView(spoken, f) })
	}
	return p
}

// unavailable tells whether an error passes by itself: a database or a ledger that is away,
// a conflict that lost its retries, a time limit.
func unavailable(err error) bool {
	for _, passing := range []error{
		app.ErrUnavailable, app.ErrOutcomeUnknown, app.ErrConflict, app.ErrLater, context.DeadlineExceeded,
		context.Canceled,
	} {
		if errors.Is(err, passing) {
			return true
		}
	}
	return false
}

// alarm logs what a client is not shown.
func (s *server) alarm(r *http.Request, level slog.Level, err error) {
	c := callOf(r)
	s.log.LogAttrs(r.Context(), level, "request failed", slog.String("request", c.id),
		slog.String("route", c.pattern), slog.String("error", err.Error()))
}

// write sends a whole answer. A client that has gone is nobody's fault.
func write(w http.ResponseWriter, status int, contentType string, body []byte) {
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body) //nolint:gosec // never HTML: nosniff, and a policy under which nothing runs
}

// reply encodes a value as JSON.
func (s *server) reply(w http.ResponseWriter, r *http.Request, status int, v any) {
	body, err := json.Marshal(v)
	if err != nil {
		s.fail(w, r, fmt.Errorf("writing the answer: %w", err))
		return
	}
	write(w, status, jsonType, body)
}
