package app

import (
	"errors"
	"fmt"

	"github.com/countersign/countersign/chaincode/trade"
)

// The codes of the application. With those of the law and of the readers they are mirrored
// in schemas/faults.json.
const (
	CodeNotSignedIn    trade.Code = "auth.required"           // no session, or one that ended
	CodeWrongPassword  trade.Code = "auth.failed"             // e-mail or password is wrong
	CodeCodeWanted     trade.Code = "auth.code_wanted"        // a second step is wanted
	CodeWrongCode      trade.Code = "auth.code_wrong"         // the code is wrong, or was used
	CodeLocked         trade.Code = "auth.locked"             // too many failed sign-ins: wait
	CodeForbidden      trade.Code = "access.forbidden"        // the role may not do this
	CodeHidden         trade.Code = "access.not_found"        // no such thing, or not yours to see
	CodeEdited         trade.Code = "edit.stale"              // somebody changed it meanwhile
	CodeInput          trade.Code = "input.invalid"           // a value of the request is wrong
	CodeKeyReused      trade.Code = "idempotency.conflict"    // the key was used for another request
	CodeInProgress     trade.Code = "idempotency.in_progress" // the first request still runs
	CodeQuota          trade.Code = "upload.quota"            // the organisation's papers would take too much
	CodeUploadSize     trade.Code = "upload.too_large"        // a file larger than is taken
	CodeUploadOffset   trade.Code = "upload.offset"           // the part does not follow what is here
	CodeUploadProtocol trade.Code = "upload.protocol"         // another version of the upload protocol
	CodeDocumentState  trade.Code = "document.state"          // not possible in the paper's state
	CodePackParty      trade.Code = "pack.party"              // the parties of the pack do not fit
	CodePackUnverified trade.Code = "pack.unverified"         // no verdict of the pack as it stands
	CodePackRefused    trade.Code = "pack.refused"            // a verdict is not a pass
	CodePackPapers     trade.Code = "pack.papers"             // a paper that is needed is missing
	CodeTermsMissing   trade.Code = "programme.terms"         // the programme's terms are not on this node
	CodeIntentState    trade.Code = "intent.state"            // nothing to sign any more
	CodeNotYourDuty    trade.Code = "intent.no_duty"          // no open duty fits this person
	CodeNoKey          trade.Code = "intent.no_key"           // no key is registered for this person
	CodeIntentPending  trade.Code = "intent.pending"          // another command about it waits for signatures
	CodeNoPayable      trade.Code = "payables.no_match"       // no row of the list can be confirmed
	CodePaperRequest   trade.Code = "paper_request.state"     // asked already, or answered by now
	CodeStatement      trade.Code = "statement.invalid"       // the bank statement cannot be read
	CodeBeforePayout   trade.Code = "statement.before_payout" // it repays what was not paid out yet
	CodeNoMatch        trade.Code = "statement.no_match"      // the line fits no receivable
	CodeOwnStatement   trade.Code = "statement.own"           // who brought a statement signs no payment of it
	CodeUnavailable    trade.Code = "service.unavailable"     // database or ledger is not there: try again
	CodeTooMany        trade.Code = "service.busy"            // too many requests: wait
	CodeReport         trade.Code = "report.too_large"        // narrow the filter
	CodeReportWaits    trade.Code = "report.not_made"         // it is being made, or could not be made
)

// Codes lists the codes of the application once.
func Codes() []trade.Code {
	return []trade.Code{
		CodeNotSignedIn,
		CodeWrongPassword,
		CodeCodeWanted,
		CodeWrongCode,
		CodeLocked,
		CodeForbidden,
		CodeHidden,
		CodeEdited,
		CodeInput,
		CodeKeyReused,
		CodeInProgress,
		CodeQuota,
		CodeUploadSize,
		CodeUploadOffset,
		CodeUploadProtocol,
		CodeDocumentState,
		CodePackParty,
		CodePackUnverified,
		CodePackRefused,
		CodePackPapers,
		CodeTermsMissing,
		CodeIntentState,
		CodeNotYourDuty,
		CodeNoKey,
		CodeIntentPending,
		CodeNoPayable,
		CodePaperRequest,
		CodeStatement,
		CodeBeforePayout,
		CodeNoMatch,
		CodeOwnStatement,
		CodeUnavailable,
		CodeTooMany,
		CodeReport,
		CodeReportWaits,
	}
}

// The errors of the store. They are no faults: a step says what they mean.
var (
	ErrNoRow        = errors.New("store: no such row")
	ErrEdited       = errors.New("store: the row was changed meanwhile")
	ErrInProgress   = errors.New("store: the first request with this key still runs")
	ErrOtherRequest = errors.New("store: the key was used for another request")
	// ErrLater asks the job queue to run the job again after a pause, without counting a
	// failure.
	ErrLater = errors.New("job: not yet")
)

// fault makes a refusal that a person may be shown.
func fault(code trade.Code, path, format string, args ...any) error {
	return &trade.Fault{Code: code, Path: path, Message: fmt.Sprintf(format, args...)}
}

// hidden is the one answer for what does not exist and for what is not the actor's to see.
func hidden(what string) error {
	return fault(CodeHidden, "", "there is no such %s, or it is not yours to see", what)
}

// found turns a missing row into hidden.
func found(err error, what string) error {
	if errors.Is(err, ErrNoRow) {
		return hidden(what)
	}
	return err
}

// asFault finds the refusal in an error.
func asFault(err error) (*trade.Fault, bool) { return errors.AsType[*trade.Fault](err) }
