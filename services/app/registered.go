package app

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"strings"
	"time"

	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/services/parse"
)

// RegisteredPaper is a paper to whose bytes the ledger commits.
type RegisteredPaper struct {
	Document   DocumentID
	Org        trade.OrgID // that brought it
	Kind       parse.Kind
	MediaType  string
	Bulk       bool // a row of a spreadsheet
	At         time.Time
	Superseded bool // by a version to which the ledger commits too
}

// RegisteredReport is a report that was made here.
type RegisteredReport struct {
	Org       trade.OrgID // for which it was made
	MediaType string
	At        time.Time
}

// Registration is what anybody is told who has the very bytes of a file.
type Registration struct {
	Registered bool
	Report     bool       // made by this node; otherwise a paper
	Kind       parse.Kind // of a paper
	Org        Organisation
	Since      time.Time
	Superseded bool
}

const (
	// maxRegistered bounds the organisations that registered the same bytes.
	maxRegistered  = 20
	checkCodeBytes = 10
	checkCodeGroup = 4
	// checkDomain keeps check codes apart from whatever else the node's secret is used for.
	checkDomain = "countersign/check/v1\n"
	// ownBytes is the media type of files whose bytes nobody makes up from a few values.
	ownBytes = "application/pdf"
)

// Registration tells anybody whether bytes of a digest are registered here. Who has the bytes
// knows what they say; who has not may try to make them up. The bytes of data (XML, JSON, rows of
// a spreadsheet) follow from a few values that can be guessed, so those are told of only with the
// paper's check code. Everything that is not told is told alike: not registered.
func (a *App) Registration(ctx context.Context, digest trade.Digest, code string) (Registration, error) {
	if _, ok := digest.Bytes(); !ok {
		return Registration{}, fault(CodeInput, "digest", `"sha-256:" and 64 hex digits in lower case`)
	}
	out := Registration{}
	err := a.store.Read(ctx, func(ctx context.Context, tx StoreTx) error {
		out = Registration{}
		papers, err := tx.Registered(ctx, digest, maxRegistered)
		if err != nil {
			return err
		}
		for _, p := range papers {
			open := p.MediaType == ownBytes && !p.Bulk
			if !open && !hmac.Equal([]byte(plainCode(code)), []byte(plainCode(a.checkCode(p.Document)))) {
				continue
			}
			out = Registration{Registered: true, Kind: p.Kind, Since: p.At, Superseded: p.Superseded}
			out.Org, err = tx.Organisation(ctx, p.Org)
			return err
		}
		reports, err := tx.ReportsOf(ctx, digest, maxRegistered)
		if err != nil {
			return err
		}
		for _, r := range reports {
			if r.MediaType != ownBytes {
				continue
			}
			out = Registration{Registered: true, Report: true, Since: r.At}
			out.Org, err = tx.Organisation(ctx, r.Org)
			return err
		}
		return nil
	})
	return out, err
}

// checkCode is 80 bits that only this node can make for a paper, in letters and digits that are
// not mistaken for each other. It says nothing without the paper's bytes.
func (a *App) checkCode(id DocumentID) string {
	m := hmac.New(sha256.New, a.secret)
	m.Write([]byte(checkDomain + string(id)))
	text := base32.StdEncoding.EncodeToString(m.Sum(nil)[:checkCodeBytes])
	groups := []string{}
	for ; text != ""; text = text[min(checkCodeGroup, len(text)):] {
		groups = append(groups, text[:min(checkCodeGroup, len(text))])
	}
	return strings.Join(groups, "-")
}

// plainCode is a check code as it is compared, however it was typed.
func plainCode(code string) string {
	return strings.NewReplacer("-", "", " ", "").Replace(strings.ToUpper(code))
}
