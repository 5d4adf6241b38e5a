package app

import "github.com/countersign/countersign/chaincode/trade"

// Job is something to do after a transaction has committed. A job may run twice: each step
// it runs is the same on the second time.
type Job interface {
	// JobKind names the kind in the job table.
	JobKind() string
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
	// VerifyJob takes the verdicts on a pack.
	VerifyJob struct {
		Pack PackID `json:"pack"`
	}
	// SubmitJob brings a signed command to the ledger.
	SubmitJob struct {
		Command trade.CommandID `json:"command"`
	}
)

// JobKind names the kind in the job table.
func (ParseJob) JobKind() string { return "parse_document" }

// JobKind names the kind in the job table.
func (RecordJob) JobKind() string { return "record_document" }

// JobKind names the kind in the job table.
func (VerifyJob) JobKind() string { return "verify_pack" }

// JobKind names the kind in the job table.
func (SubmitJob) JobKind() string { return "submit_command" }
