package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/services/check"
	"github.com/countersign/countersign/services/parse"
	"github.com/countersign/countersign/services/parse/source"
)

// The exit codes of check.
const (
	someViolate    exitError = 1
	someUnreadable exitError = 2
)

// checked is the line that check prints for a file.
type checked struct {
	File     string          `json:"file"`
	Kind     parse.Kind      `json:"kind,omitempty"`
	Syntax   string          `json:"syntax,omitempty"`
	Status   string          `json:"status"` // clean, violates, unsupported, unreadable
	Findings []check.Finding `json:"findings"`
	Fields   *fields         `json:"fields,omitempty"`
}

// fields are the key fields of a document, amounts and dates as texts; absent ones are empty.
type fields struct {
	Number       string   `json:"number"`
	Type         string   `json:"type"`
	IssueDate    string   `json:"issue_date"`
	DueDate      string   `json:"due_date"`
	SellerName   string   `json:"seller_name"`
	SellerVAT    string   `json:"seller_vat"`
	BuyerName    string   `json:"buyer_name"`
	BuyerVAT     string   `json:"buyer_vat"`
	OrderRef     string   `json:"order_ref"`
	Currency     string   `json:"currency"`
	LineTotal    string   `json:"line_total"`
	TaxExclusive string   `json:"tax_exclusive"`
	Tax          string   `json:"tax"`
	TaxInclusive string   `json:"tax_inclusive"`
	Prepaid      string   `json:"prepaid"`
	Payable      string   `json:"payable"`
	IBANs        []string `json:"ibans"`
	Lines        int      `json:"lines"`
}

// decimal is an exact number as text; empty when it is absent.
func decimal[N interface {
	comparable
	fmt.Stringer
}](v N) string {
	var absent N
	if v == absent {
		return ""
	}
	return v.String()
}

func fieldsOf(d *parse.Document) *fields {
	f := &fields{
		Number: d.Number, Type: d.TypeCode, IssueDate: d.IssueDate.String(), DueDate: d.DueDate.String(),
		SellerName: d.Seller.Name, SellerVAT: d.Seller.VAT, BuyerName: d.Buyer.Name, BuyerVAT: d.Buyer.VAT,
		OrderRef: d.OrderRef, Currency: d.Currency, LineTotal: decimal(d.Totals.Lines),
		TaxExclusive: decimal(d.Totals.TaxExclusive), Tax: decimal(d.Totals.Tax),
		TaxInclusive: decimal(d.Totals.TaxInclusive),
		Prepaid:      decimal(d.Totals.Prepaid), Payable: decimal(d.Totals.Payable), IBANs: []string{},
		Lines: len(d.Lines),
	}
	for _, a := range d.Accounts {
		if a.IBAN != "" {
			f.IBANs = append(f.IBANs, a.IBAN)
		}
	}
	return f
}

func checkCommand() *cobra.Command {
	asJSON := false
	c := &cobra.Command{
		Use:   "check FILE…",
		Short: "Read trade documents and say what is wrong with them; needs no server.",
		Args:  cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, files []string) error {
			worst := exitError(0)
			today := money.DateOf(systemClock{}.Now())
			for _, f := range files {
				c := checkFile(f, today)
				switch c.Status {
				case "violates":
					worst = max(worst, someViolate)
				case "unsupported", "unreadable":
					worst = someUnreadable
				}
				if err := printChecked(c, asJSON); err != nil {
					return err
				}
			}
			if worst != 0 {
				return worst
			}
			return nil
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print a JSON object for each file")
	return c
}

// checkFile reads and checks one file.
func checkFile(file string, today money.Date) checked {
	c := checked{File: file, Findings: []check.Finding{}}
	raw, err := os.ReadFile(file)
	if err != nil {
		c.Status = "unreadable"
		c.Findings = append(
			c.Findings, check.Finding{Rule: "file", Severity: check.Fatal, Message: err.Error()},
		)
		return c
	}
	d, err := parse.Read(raw)
	if f, ok := errors.AsType[*parse.Fault](err); ok {
		c.Status = "unreadable"
		if f.Code == source.CodeUnsupported {
			c.Status = "unsupported"
		}
		c.Findings = append(
			c.Findings,
			check.Finding{Rule: f.Code, Severity: check.Fatal, Message: f.Message, Path: f.Path},
		)
		return c
	}
	c.Kind, c.Syntax, c.Status, c.Fields = d.Kind, d.Syntax, "clean", fieldsOf(d)
	if d.Kind == parse.Other {
		c.Status = "unsupported"
		return c
	}
	c.Findings = append(c.Findings, check.Document(d, today)...)
	for _, f := range c.Findings {
		if f.Severity == check.Fatal {
			c.Status = "violates"
		}
	}
	return c
}

func printChecked(c checked, asJSON bool) error {
	if asJSON {
		return json.NewEncoder(os.Stdout).Encode(c)
	}
	if _, err := fmt.Fprintf(os.Stdout, "%s: %s %s\n", c.File, c.Status, c.Kind); err != nil {
		return err
	}
	for _, f := range c.Findings {
		if _, err := fmt.Fprintf(
			os.Stdout, "  %s %s: %s (%s)\n", f.Severity, f.Rule, f.Message, f.Path,
		); err != nil {
			return err
		}
	}
	return nil
}
