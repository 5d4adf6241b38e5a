package main

import (
	"context"
	"errors"

	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/services/app"
	"github.com/countersign/countersign/services/jobs"
)

// handleJobs gives every job to its step.
func handleJobs(w *jobs.Workers, a *app.App) error {
	return errors.Join(
		handle[app.ParseJob](w, a),
		handle[app.RecordJob](w, a),
		handle[app.VerifyJob](w, a),
		handle[app.SubmitJob](w, a),
		handle[app.TidyJob](w, a),
		handle[app.MailJob](w, a),
		handle[app.ReportJob](w, a),
	)
}

func handle[J app.Job](w *jobs.Workers, a *app.App) error {
	return jobs.Handle(w, jobTimeout, func(ctx context.Context, j J) error { return a.Work(ctx, j) })
}

// judge says what may be kept of a job's error. Nothing is final: a person looks at what
// fails again and again.
func judge(err error) jobs.Verdict {
	if f, ok := errors.AsType[*trade.Fault](err); ok {
		return jobs.Verdict{Code: string(f.Code)}
	}
	return jobs.Verdict{Code: "internal"}
}
