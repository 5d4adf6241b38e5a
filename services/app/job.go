package app

import (
	"time"

	"github.com/countersign/countersign/chaincode/trade"
)

// Job is something to do after a transaction has committed. A job may run twice: each step
// it runs is the same on the second time. A job names its work fully, because while one is
// unfinished an equal one is not added.
type Job interface {
	// Kind names the kind in the job table.
	Kind() string
}

// The jobs.
type (
	// ParseJob reads a paper that was uploaded.
	ParseJob struct {
		Document DocumentID `json:"document"`
	}
	// RecordJob commits to a parsed paper on the ledger.
	RecordJob struct {
		Document DocumentID `json:"document"`
	}
	// VerifyJob takes the verdicts on a pack as an edit left it.
	VerifyJob struct {
		Pack PackID `json:"pack"`
		Edit int    `json:"edit"`
	}
	// TidyJob lets go of sessions, idempotency keys and failed sign-ins that have ended, and ends
	// intents that were not signed in time.
	TidyJob struct{}
	// MailJob mails a person what is due, up to this notification at least.
	MailJob struct {
		User         UserID `json:"user"`
		Notification int64  `json:"notification"`
	}
	// ReportJob makes a report that was asked for.
	ReportJob struct {
		Report ReportID `json:"report"`
	}
	// SubmitJob brings a signed command to the ledger.
	SubmitJob struct {
		Command trade.CommandID `json:"command"`
	}
)

// Kind names the kind in the job table.
func (ParseJob) Kind() string { return "parse_document" }

// Kind names the kind in the job table.
func (RecordJob) Kind() string { return "record_document" }

// Kind names the kind in the job table.
func (VerifyJob) Kind() string { return "verify_pack" }

// TidyEvery is how often a node does a TidyJob.
const TidyEvery = 10 * time.Minute

// Kind names the kind in the job table.
func (TidyJob) Kind() string { return "tidy" }

// Kind names the kind in the job table.
func (MailJob) Kind() string { return "mail" }

// Kind names the kind in the job table.
func (SubmitJob) Kind() string { return "submit_command" }

// Kind names the kind in the job table.
func (ReportJob) Kind() string { return "make_report" }
