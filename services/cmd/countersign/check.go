package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strconv"
	"sync"

	"github.com/spf13/cobra"

	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/services/app"
	"github.com/countersign/countersign/services/check"
	"github.com/countersign/countersign/services/parse/source"
	"github.com/countersign/countersign/services/reading"
	"github.com/countersign/countersign/services/sandbox"
)

// The exit codes of check.
const (
	someViolate    exitError = 1
	someUnreadable exitError = 2
)

const (
	maxFile = app.MaxUpload // bytes of a file that is checked
	stdin   = "-"           // names standard input among the files
	// ahead is how many files for each worker may be read before the first of them is printed.
	ahead = 8
)

// checked is the line that check prints for a file.
type checked struct {
	File string `json:"file"`
	reading.Summary
}

func checkCommand(o *options) *cobra.Command {
	asJSON := false
	c := &cobra.Command{
		Use:   "check FILE…",
		Short: "Read trade documents and say what is wrong with them; needs no server.",
		Long: "Read trade documents and say what is wrong with them; needs no server.\n\n" +
			"A file is clean, violates the rules of its kind, is unsupported, or is unreadable; " +
			"\"-\" is standard input.\n" +
			"The exit code is 0 when all are clean, 1 when some violate, 2 when some are unsupported or unreadable.",
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, files []string) error {
			log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: o.level}))
			config := o.sandbox(log)
			config.Workers = min(config.Workers, len(files))
			pool, err := sandbox.Open(config)
			if err != nil {
				return err
			}
			out := newPrinter(asJSON, len(files))
			c := checker{
				reader: sandbox.NewReader(pool), today: money.DateOf(o.clock.Now()), workers: config.Workers,
			}
			worst, err := c.files(cmd.Context(), files, out.print)
			err = errors.Join(err, out.end(), pool.Close())
			switch {
			case err != nil:
				fmt.Fprintln(os.Stderr, "countersign:", err)
				return someUnreadable
			case worst != 0:
				return worst
			}
			return nil
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print a JSON object for each file")
	return c
}

// checker checks files in workers.
type checker struct {
	reader  *sandbox.Reader
	today   money.Date
	workers int
}

// files checks files at the same time and gives what was found to each in the order of the
// files. It returns the worst exit code; an error means that the checking itself failed.
func (c checker) files(ctx context.Context, files []string, each func(checked) error) (exitError, error) {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	type turn struct {
		file string
		done chan checked
	}
	turns := make(chan turn)
	order := make(chan chan checked, ahead*c.workers)
	var all sync.WaitGroup
	// Twice as many as workers: while one file is read by a worker, the next comes from the disk.
	for range 2 * c.workers {
		all.Go(func() {
			for t := range turns {
				one, err := c.file(ctx, t.file)
				if err != nil {
					stop(err)
				}
				t.done <- one
			}
		})
	}
	all.Go(func() {
		defer close(turns)
		defer close(order)
		for _, file := range files {
			t := turn{file, make(chan checked, 1)}
			select {
			case order <- t.done:
			case <-ctx.Done():
				return
			}
			select {
			case turns <- t:
			case <-ctx.Done():
				return
			}
		}
	})
	worst := exitError(0)
	for done := range order {
		var one checked
		select {
		case one = <-done:
		case <-ctx.Done():
		}
		if ctx.Err() != nil {
			break
		}
		worst = max(worst, one.code())
		if err := each(one); err != nil {
			stop(err)
		}
	}
	err := context.Cause(ctx)
	stop(nil)
	all.Wait()
	return worst, err
}

func (c checked) code() exitError {
	switch c.Status {
	case reading.Violates:
		return someViolate
	case reading.Unsupported, reading.Unreadable:
		return someUnreadable
	case reading.Clean:
	}
	return 0
}

// file checks one file. The error is none of the file's.
func (c checker) file(ctx context.Context, file string) (checked, error) {
	one := checked{File: file}
	raw, err := readFile(file)
	if err != nil {
		one.Summary = unreadable(err)
		return one, nil
	}
	one.Summary, err = c.reader.Summary(ctx, raw, c.today)
	if err != nil {
		return one, fmt.Errorf("%s: %w", file, err)
	}
	return one, nil
}

var errLarge = errors.New("the file is larger than " + strconv.Itoa(maxFile>>20) +
	" MiB; split it or send a smaller one")

// unreadable tells of a file whose bytes could not be had.
func unreadable(err error) reading.Summary {
	rule, message := "file.unreadable", err.Error()
	if errors.Is(err, errLarge) {
		rule = source.CodeTooLarge
	}
	return reading.Summary{Status: reading.Unreadable, Findings: []check.Finding{
		{Rule: rule, Severity: check.Fatal, Message: message},
	}}
}

// readFile reads a file, of whatever kind, up to the size that is checked.
func readFile(name string) (raw []byte, err error) {
	in := os.Stdin
	if name != stdin {
		if in, err = os.Open(name); err != nil {
			return nil, err
		}
		defer func() { err = errors.Join(err, in.Close()) }()
	}
	info, err := in.Stat()
	if err != nil {
		return nil, err
	}
	if info.Mode().IsRegular() && info.Size() > maxFile {
		return nil, errLarge
	}
	if raw, err = io.ReadAll(io.LimitReader(in, maxFile+1)); err != nil {
		return nil, err
	}
	if len(raw) > maxFile {
		return nil, errLarge
	}
	return raw, nil
}
