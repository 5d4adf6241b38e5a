package app

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/chaincode/trade"
)

func TestAnActAboutAFinancingNamesItsOtherSide(t *testing.T) {
	claim := Asset{Record: trade.Record{ID: "rcv-1"}, State: &trade.State{Receivable: &trade.Receivable{
		Seller: "seller", Obligor: "obligor", Claim: trade.Claim{Number: "HL-1"},
	}}}
	loan := Asset{Record: trade.Record{ID: "fin-1"}, State: &trade.State{Financing: &trade.Financing{
		Seller: "seller", Bank: "bank", Receivable: "rcv-1",
	}}}
	holders := []Holder{{Org: "seller"}, {Org: "bank"}, {Org: "obligor"}}
	claim.Holders, loan.Holders = holders, holders
	approve := Intent{Command: trade.Command{
		Act: trade.FinancingApprove, Args: json.RawMessage("{}"),
		Subjects: []trade.Subject{{ID: "fin-1"}, {ID: "rcv-1"}},
	}}
	confirm := Intent{Command: trade.Command{
		Act: trade.ReceivableConfirm, Args: json.RawMessage("{}"),
		Subjects: []trade.Subject{{ID: "rcv-1"}},
	}}
	for _, c := range []struct {
		reader, other trade.OrgID
		intent        Intent
	}{
		{"bank", "seller", approve},
		{"seller", "bank", approve},
		{"obligor", "seller", confirm},
		{"seller", "obligor", confirm},
	} {
		w := waiting{
			actor: Actor{Org: c.reader}, intents: []Intent{c.intent},
			named: map[trade.AssetID]Asset{"rcv-1": claim, "fin-1": loan},
		}
		item := w.ofIntent(c.intent)
		if item.Counterparty != c.other || item.Title != "HL-1" {
			t.Errorf("%s reads of %s: %q with %q, want HL-1 with %q",
				c.reader, c.intent.Command.Act, item.Title, item.Counterparty, c.other)
		}
	}
}

func TestAnActAboutAPersonOrAKeyNamesThePerson(t *testing.T) {
	w := waiting{actor: Actor{Org: "ours"}, users: []User{
		{Org: "ours", Person: "wang", Name: "Wang Fang"},
		{Org: "ours", Person: "li", Name: "Li Na", Disabled: true},
	}}
	for _, c := range []struct {
		org  trade.OrgID
		act  trade.Act
		args any
		want string
	}{
		{"ours", trade.OrganisationEnrol, trade.EnrolPerson{Person: entry("li", nil, trade.Key{})}, "Li Na"},
		{"ours", trade.OrganisationRevoke, trade.RevokePerson{Person: "wang"}, "Wang Fang"},
		{"ours", trade.OrganisationAddKey, trade.AddKey{Person: "wang"}, "Wang Fang"},
		{"ours", trade.OrganisationRevokeKey, trade.RevokeKey{Person: "wang"}, "Wang Fang"},
		{"ours", trade.OrganisationRevoke, trade.RevokePerson{Person: "nobody"}, ""},
		{"theirs", trade.OrganisationRevoke, trade.RevokePerson{Person: "wang"}, ""},
	} {
		args, err := trade.Canonical(c.args)
		if err != nil {
			t.Fatal(err)
		}
		i := Intent{Org: c.org, Command: trade.Command{
			Act: c.act, Subjects: []trade.Subject{{ID: "org-1"}}, Args: args,
		}}
		if got := w.ofIntent(i).Title; got != c.want {
			t.Errorf("%s of %s is about %q, want %q", c.act, c.org, got, c.want)
		}
	}
}

func TestAnInboxSaysWhereThereIsMore(t *testing.T) {
	claim := func(n int, due string) Asset {
		day, err := money.ParseDate(due)
		if err != nil {
			t.Fatal(err)
		}
		return Asset{
			Record: trade.Record{ID: trade.AssetID(fmt.Sprintf("rcv-%03d", n)), Phase: trade.Issued},
			State: &trade.State{Receivable: &trade.Receivable{
				Seller: "seller", Obligor: "obligor", Owner: "seller", DueDate: day,
			}},
		}
	}
	many := func(n int) []Asset {
		claims := []Asset{}
		for i := range n {
			claims = append(claims, claim(i, "2026-04-01"))
		}
		return claims
	}
	full := many(MaxInbox + 1)
	begun := Intent{ID: "cmd-1", Command: trade.Command{Subjects: []trade.Subject{{ID: "rcv-007"}}}}
	for name, c := range map[string]struct {
		claims       []Asset
		intents      []Intent
		mine         int
		more, others bool
	}{
		"none":        {},
		"a full list": {claims: full[:MaxInbox], mine: MaxInbox},
		"one more":    {claims: full, mine: MaxInbox, more: true},
		"one more, and one is prepared": {
			claims: full, intents: []Intent{begun}, mine: MaxInbox, more: true, others: true,
		},
	} {
		w := waiting{
			actor:   Actor{Org: "obligor", Roles: []trade.Role{trade.Maker}},
			claims:  c.claims,
			intents: c.intents,
		}
		in := w.sorted(w.claimed())
		if len(in.Mine) != c.mine || len(in.Others) != 0 || in.MoreMine != c.more || in.MoreOthers != c.others {
			t.Errorf("%s: %d mine (more: %v), %d others (more: %v)",
				name, len(in.Mine), in.MoreMine, len(in.Others), in.MoreOthers)
		}
	}
}
