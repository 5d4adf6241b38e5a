package dcsa

import (
	"github.com/countersign/countersign/services/parse/jsontree"
	"github.com/countersign/countersign/services/parse/source"
)

// Message is what a message of the standard says. The part that belongs to its Name is set; a
// part that the message does not carry is nil. Every At is the JSON Pointer of what holds it.
type Message struct {
	Name Name

	// Lading is the transport document, or what shipping instructions ask for, or what a
	// notification or an envelope carries.
	Lading *Lading
	// Chains are the endorsement chain of a surrender request, those of the chain's own
	// interface, or what the platforms signed in an envelope.
	Chains    []Chain
	Surrender *Surrender
	Answer    *Answer
	Issuance  *Issuance
	// Signed is what the signed content of a message says, in the order of the message.
	Signed []Signed

	// Reference is what the message is about: the number of the bill, or of the instructions.
	Reference    string
	ReferenceAt  string
	SubReference string // tells versions of the same bill apart

	// Flaws are values that could not be read (source.CodeValue).
	Flaws []source.Fault
}

// Title tells whether the message is itself a transport document, and so may be a document of
// title; instructions, amendments asked for and notices are not.
func (m *Message) Title() bool {
	return m.Lading != nil && (m.Name == TransportDocument || m.Name == IssuanceRequest || m.Name == Envelope)
}

// Surrender is a request to give the bill back to the carrier.
type Surrender struct {
	At        string
	Reference string
	Code      string // "SREQ" for delivery, "AREQ" for amendment
	Reason    string // of an amendment: "SWTP" switch to paper, "COD", "SWI"
	Comments  string
}

// Answer is the carrier's answer to a surrender request.
type Answer struct {
	At        string
	Reference string // of the request
	Action    string // "SURR" accepted, "SREJ" refused
	Comments  string
	Feedbacks int
}

// Issuance is the platform's answer to an issuance request.
type Issuance struct {
	At     string
	Code   string // "ISSU" issued, "BREQ" bad request, "REFU" refused
	Reason string
}

// Read reads a message that Detect has told.
func Read(n Name, tree *jsontree.Node) *Message {
	m := &Message{Name: n}
	c := cursor{node: tree, faults: &m.Flaws}
	switch n {
	case TransportDocument, CreateInstructions, UpdateInstructions, ShippingInstructions:
		m.Lading = readLading(c)
	case IssuanceRequest:
		m.Lading = ladingIn(c.in("document"))
		m.issued(c)
	case Envelope:
		m.Lading = ladingIn(c.in("transportDocument"))
		m.passedOn(c)
	case TransportDocumentAmend:
		m.Lading = ladingIn(c.in("amendedTransportDocument"))
	case TransportDocumentNotice:
		m.about(c.in("data"), "transportDocumentReference")
		m.Lading = ladingIn(c.in("data").in("transportDocument"))
	case InstructionsNotice:
		m.about(c.in("data"), "shippingInstructionsReference")
		m.Lading = ladingIn(c.in("data").in("shippingInstructions"))
	case SurrenderRequest:
		m.Chains = []Chain{readChain(c)}
		m.Surrender = &Surrender{
			Reference: c.in("surrenderRequestReference").text(),
			Code:      c.in("surrenderRequestCode").text(),
			Reason:    c.in("reasonCode").text(),
			Comments:  c.in("comments").text(),
		}
		m.about(c, "transportDocumentReference")
	case SurrenderAnswer:
		m.Answer = &Answer{
			Reference: c.in("surrenderRequestReference").text(),
			Action:    c.in("action").text(),
			Comments:  c.in("comments").text(),
			Feedbacks: len(c.in("feedbackElements").items()),
		}
		m.about(c, "surrenderRequestReference")
	case EndorsementChain:
		m.Chains = []Chain{readChain(c)}
		m.about(c, "transportDocumentReference")
	case EndorsementChains:
		for _, item := range c.items() {
			m.Chains = append(m.Chains, readChain(item))
		}
		if items := c.items(); len(items) > 0 {
			m.about(items[0], "transportDocumentReference")
		}
	case IssuanceResponse:
		m.Issuance = &Issuance{Code: c.in("issuanceResponseCode").text(), Reason: c.in("reason").text()}
		m.about(c, "transportDocumentReference")
	case InstructionsCreated:
		m.about(c, "shippingInstructionsReference")
	case ApproveTransportDraft, CancelInstructions, ErrorAnswer:
	}
	if m.Lading != nil && m.Reference == "" {
		m.Reference, m.ReferenceAt = m.Lading.Number, m.Lading.At+"/transportDocumentReference"
		m.SubReference = m.Lading.SubReference
	}
	return m
}

// about notes which document the message speaks of.
func (m *Message) about(c cursor, member string) {
	m.Reference, m.ReferenceAt = c.in(member).text(), c.in(member).at
	m.SubReference = c.in("transportDocumentSubReference").text()
}

// ladingIn is the transport document in a member, nil when there is none.
func ladingIn(c cursor) *Lading {
	if !c.has() {
		return nil
	}
	return readLading(c)
}
