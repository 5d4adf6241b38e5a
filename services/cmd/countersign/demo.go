package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/fixtures"
	"github.com/countersign/countersign/services/app"
	"github.com/countersign/countersign/services/demo"
	"github.com/countersign/countersign/services/httpapi/password"
)

// otherwise is the exit code when the job was done but a trade ended otherwise than its
// folder says.
const otherwise exitError = 3

func demoCommand(o *options) *cobra.Command {
	var exit bool
	var folder, trades string
	c := &cobra.Command{
		Use:   "demo",
		Short: "Do the main job on a new demo node, through its API, and stay open.",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			files := fixtures.Default()
			if folder != "" {
				files = os.DirFS(folder)
			}
			load := fixtures.LoadLiving
			switch {
			case trades == "first":
				load = fixtures.Load
			case trades != "living":
				return fmt.Errorf("--trades is first or living, not %q", trades)
			case o.ledger != "embedded":
				return errors.New("the clock of this ledger does not move: take --trades first")
			}
			return runDemo(cmd.Context(), *o, files, load, exit)
		},
	}
	c.Flags().BoolVar(&exit, "exit", false, "stop after the job")
	c.Flags().StringVar(
		&trades, "trades", "living", "first: those in the folder trades; living: a working day around them",
	)
	c.Flags().StringVar(
		&folder, "fixtures", "", "folder of organisations and trades instead of the built-in one",
	)
	return c
}

// loader reads a folder of fixtures for a day.
type loader func(folder fs.FS, today money.Date) (*fixtures.Set, error)

// runDemo makes a node in a new folder, so that nothing of an earlier run is lost or in the
// way, does the job and leaves the node open.
func runDemo(ctx context.Context, o options, files fs.FS, load loader, exit bool) error {
	began := o.clock.Now()
	set, err := load(files, money.DateOf(began))
	if err != nil {
		return err
	}
	o.demo, o.behind = true, time.Duration(-set.Begin)*24*time.Hour
	o.data = filepath.Join(o.data, "demo-"+began.UTC().Format("20060102-150405.000"))
	if err := os.MkdirAll(o.data, 0o700); err != nil {
		return err
	}
	people, err := demo.LoadPeople(filepath.Join(o.data, "people.json"), set.Demo)
	if err != nil {
		return err
	}
	hasher, err := password.New(password.Recommended(), rand.Reader)
	if err != nil {
		return err
	}
	setups, err := people.Setups(ctx, set.Demo, hasher, began.UTC())
	if err != nil {
		return err
	}
	raw, err := json.MarshalIndent(setups, "", "  ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(o.data, setupFile), raw, 0o600); err != nil {
		return err
	}
	o.orgs = orgsOf(setups)
	for _, r := range set.Demo.Cast {
		o.cast = append(o.cast, app.Cue{Email: r.Email, Part: r.Part})
	}
	n, err := openNode(ctx, o)
	if err != nil {
		return err
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", o.listen)
	if err != nil {
		return errors.Join(err, n.close(ctx))
	}
	serving, stop := context.WithCancel(ctx)
	defer stop()
	served := make(chan error, 1)
	go func() { served <- n.serve(serving, l) }()
	if err := n.app.Bootstrap(ctx, setups); err != nil {
		stop()
		return errors.Join(err, <-served, n.close(ctx))
	}
	outcomes, err := demo.Run(ctx, demo.Config{
		Address: "http://" + l.Addr().String(), Set: set, People: people, Out: os.Stdout, Now: o.clock.Now,
		Hasher: hasher,
		Save:   func(name string, file []byte) error { return saveReport(o.data, name, file) },
	})
	if err == nil {
		err = tell(os.Stdout, o, outcomes, o.clock.Now().Sub(began))
	}
	if (err == nil || errors.Is(err, otherwise)) && !exit {
		invite(os.Stdout, o.page(l.Addr()), o.data, set.Demo, people)
		err = errors.Join(err, demo.Vouch(ctx, people, set.Demo, "http://"+l.Addr().String(), n.log))
	}
	stop()
	return errors.Join(err, <-served, n.close(ctx))
}

// saveReport keeps a report in the data folder.
func saveReport(data, name string, file []byte) error {
	dir := filepath.Join(data, "reports")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, filepath.Base(name)), file, 0o600)
}

// tell prints how each trade ended and keeps it as outcomes.json.
func tell(out io.Writer, o options, outcomes []demo.Outcome, took time.Duration) error {
	raw, err := json.MarshalIndent(outcomes, "", "  ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(o.data, "outcomes.json"), raw, 0o600); err != nil {
		return err
	}
	asExpected := true
	fmt.Fprintf(
		out,
		"\nThe job is done in %.1f s. Reports and outcomes.json are in %s\n",
		took.Seconds(),
		o.data,
	)
	book := 0
	for _, c := range outcomes {
		if c.Book && c.AsExpected {
			book++
			continue
		}
		note := "as expected"
		if !c.AsExpected {
			note, asExpected = "NOT AS EXPECTED", false
		}
		fmt.Fprintf(
			out,
			"  outcome %-20s %-8s at %-22s %s %s\n",
			c.Trade,
			c.Outcome,
			c.At,
			note,
			strings.Join(c.Reasons, "; "),
		)
	}
	if book > 0 {
		fmt.Fprintf(out, "  and %d ordinary trades of the weeks before, as expected\n", book)
	}
	if !asExpected {
		return otherwise
	}
	return nil
}

// invite prints where the node is and who may sign in.
func invite(out io.Writer, address, data string, d fixtures.Demo, people *demo.People) {
	fmt.Fprintf(
		out,
		"\nThe node stays open on %s (API: schemas/openapi.yaml). Stop it with Ctrl-C.\n",
		address,
	)
	fmt.Fprintf(out, "\nThree minutes, where the portal was built (scripts/portal says what it needs):\n")
	for n, line := range d.Tour {
		fmt.Fprintf(out, "  %d. %s\n", n+1, strings.ReplaceAll(line, "ADDRESS", address))
	}
	fmt.Fprintln(out)
	fmt.Fprintf(out, "Demo sign-ins (their keys are in %s):\n", filepath.Join(data, "people.json"))
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, o := range d.Organisations {
		for _, p := range o.Persons {
			fmt.Fprintf(
				w,
				"  %s\t%s\t%s\t%s\n",
				o.Name,
				p.Email,
				people.ByEmail[p.Email].Password,
				strings.Join(p.Roles, ", "),
			)
		}
	}
	_ = w.Flush()
}
