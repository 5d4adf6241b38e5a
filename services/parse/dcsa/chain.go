package dcsa

import (
	"strings"
	"time"
)

// Status is what a transport document's carrier says of it.
type Status string

// The statuses of a transport document, in the one spelling that is used here. Earlier
// editions of the standard write spaces for the underscores, and VOID.
const (
	Draft                       Status = "DRAFT"
	Approved                    Status = "APPROVED"
	IssuedStatus                Status = "ISSUED"
	PendingSurrenderToAmend     Status = "PENDING_SURRENDER_FOR_AMENDMENT"
	SurrenderedForAmendment     Status = "SURRENDERED_FOR_AMENDMENT"
	PendingSurrenderForDelivery Status = "PENDING_SURRENDER_FOR_DELIVERY"
	SurrenderedForDelivery      Status = "SURRENDERED_FOR_DELIVERY"
	Voided                      Status = "VOIDED"
)

// StatusOf reads a status in either spelling; one that is not known stays as it is written.
func StatusOf(s string) Status {
	status := Status(oneSpelling(s))
	if status == "VOID" {
		return Voided
	}
	return status
}

// Known tells a status of the standard.
func (s Status) Known() bool {
	switch s {
	case Draft, Approved, IssuedStatus, PendingSurrenderToAmend, SurrenderedForAmendment,
		PendingSurrenderForDelivery, SurrenderedForDelivery, Voided:
		return true
	}
	return false
}

// Live tells whether an original of the document may be in someone's hands.
func (s Status) Live() bool {
	return s == IssuedStatus || s == PendingSurrenderToAmend || s == PendingSurrenderForDelivery
}

// WasIssued tells whether the document has been issued at some time.
func (s Status) WasIssued() bool { return s.Known() && s != Draft && s != Approved }

func oneSpelling(s string) string {
	return strings.Join(strings.FieldsFunc(strings.ToUpper(strings.TrimSpace(s)), func(r rune) bool {
		return r == ' ' || r == '_' || r == '-'
	}), "_")
}

// Action is what was done to a bill of lading, as the endorsement chain records it.
type Action string

// The actions of the standard, in the one spelling that is used here.
const (
	Issue                 Action = "ISSUE"
	Transfer              Action = "TRANSFER" // of possession
	Endorse               Action = "ENDORSE"
	EndorseToOrder        Action = "ENDORSE_TO_ORDER"
	BlankEndorse          Action = "BLANK_ENDORSE"
	Sign                  Action = "SIGN"
	SurrenderForDelivery  Action = "SURRENDER_FOR_DELIVERY"
	SurrenderForAmendment Action = "SURRENDER_FOR_AMENDMENT"
	Surrendered           Action = "SURRENDERED" // the carrier has accepted
	SurrenderRefused      Action = "SREJ"        // the carrier has not; PINT alone records it
)

// ActionOf reads an action in either spelling. PINT writes SACC for an accepted surrender.
func ActionOf(s string) Action {
	action := Action(oneSpelling(s))
	if action == "SACC" {
		return Surrendered
	}
	return action
}

// Known tells an action of the standard.
func (a Action) Known() bool {
	switch a {
	case Issue, Transfer, Endorse, EndorseToOrder, BlankEndorse, Sign,
		SurrenderForDelivery, SurrenderForAmendment, Surrendered, SurrenderRefused:
		return true
	}
	return false
}

// Endorses tells the actions that only a bill to order takes.
func (a Action) Endorses() bool { return a == Endorse || a == EndorseToOrder || a == BlankEndorse }

// Chain is the back of a bill of lading: what was done to it, in the order of the message.
type Chain struct {
	At    string
	Links []Link
	// Reference and SubReference are the bill's number and version, where the chain names them.
	Reference, SubReference string
	// Partial: not every change of possession is recorded, as in an envelope of PINT.
	Partial bool
}

// Link is one action. Recipient is nil where there is none, or the standard's "NONE". At is
// the entry itself; in signed content, the content.
type Link struct {
	At        string
	Signed    bool // At is signed content, which has no places inside
	Action    Action
	Time      time.Time // zero when absent or not readable
	Actor     *Party
	Recipient *Party
	Audit     string // the platform's own reference
}

// Ended tells whether the chain ends with a surrender that was accepted.
func (c *Chain) Ended() bool {
	return len(c.Links) > 0 && c.Links[len(c.Links)-1].Action == Surrendered
}

// readChain reads the chain of a message about one bill.
func readChain(c cursor) Chain {
	chain := Chain{
		At:           c.in("endorsementChain").at,
		Reference:    c.in("transportDocumentReference").text(),
		SubReference: c.in("transportDocumentSubReference").text(),
	}
	for _, item := range c.in("endorsementChain").items() {
		chain.Links = append(chain.Links, readLink(item))
	}
	return chain
}

func readLink(c cursor) Link {
	link := Link{
		At: c.at, Action: ActionOf(c.in("actionCode").text()), Time: c.in("actionDateTime").moment(),
		Actor: partyIn(c.in("actor")), Recipient: partyIn(c.in("recipient")),
		Audit: c.in("auditReference").text(),
	}
	if link.Recipient.nobody() {
		link.Recipient = nil
	}
	return link
}

// In is the JSON Pointer of a member of the entry, or of what holds the entry.
func (l Link) In(member string) string {
	if l.Signed {
		return l.At
	}
	return l.At + "/" + member
}

// nobody is the placeholder that fills the recipient of an action without one.
const nobody = "NONE"

func (p *Party) nobody() bool {
	return p != nil && p.Name == nobody && p.Platform == nobody
}

// Same tells whether two parties are one: on one platform they share an identifying code, or,
// where no list names both of them, they have the same name.
func (p *Party) Same(q *Party) bool {
	if p == nil || q == nil || p.Platform != q.Platform {
		return false
	}
	compared := false
	for _, a := range p.Codes {
		for _, b := range q.Codes {
			if a.Provider != b.Provider || a.List != b.List || a.Value == "" || b.Value == "" {
				continue
			}
			if a.Value == b.Value {
				return true
			}
			compared = true
		}
	}
	return !compared && p.Name != "" && strings.EqualFold(p.Name, q.Name)
}
