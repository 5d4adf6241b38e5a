// Package dcsa reads the messages of DCSA's standard for electronic bills of lading, eBL 3.0,
// with its interfaces for issuance, surrender and the endorsement chain, and the envelope of
// PINT 3.0 in which platforms pass a bill on.
//
// A message is told by its members, never by its name, and held against the JSON Schemas under
// schemas/dcsa. Those schemas state what the standard's OpenAPI documents 3.0.4 require; what
// its prose requires beyond them is for package check to judge.
package dcsa

import (
	"slices"
	"strings"

	"github.com/countersign/countersign/services/parse/jsontree"
)

// Name is the standard's own name of a message.
type Name string

// The messages that are told apart.
const (
	TransportDocument       Name = "TransportDocument"             // bill of lading or sea waybill
	TransportDocumentAmend  Name = "TransportDocumentAmend"        // an amendment asked for
	TransportDocumentNotice Name = "TransportDocumentNotification" // CloudEvents around a state
	ApproveTransportDraft   Name = "ApproveTransportDocument"

	CreateInstructions   Name = "CreateShippingInstructions"
	UpdateInstructions   Name = "UpdateShippingInstructions"
	ShippingInstructions Name = "ShippingInstructions" // as the carrier answers them, with a status
	InstructionsNotice   Name = "ShippingInstructionsNotification"
	InstructionsCreated  Name = "CreateShippingInstructionsResponse"
	CancelInstructions   Name = "CancelShippingInstructionsUpdate"

	IssuanceRequest  Name = "IssuanceRequest"
	IssuanceResponse Name = "IssuanceResponse"
	SurrenderRequest Name = "SurrenderRequestDetails"
	SurrenderAnswer  Name = "SurrenderRequestAnswer"
	EndorsementChain Name = "EndorsementChain"
	// EndorsementChains is the list in which chains are answered: one for each version of a
	// bill. The name is ours, the standard gives it none.
	EndorsementChains Name = "EndorsementChains"
	Envelope          Name = "EblEnvelope"   // PINT: a bill with its signed transfer chain
	ErrorAnswer       Name = "ErrorResponse" // of any of the interfaces
)

// A tell is a set of members that give a message away when enough of them are there. A message
// may lack a member that it must have, and is still told.
type tell struct {
	name    Name
	members []string
	enough  int
}

// tells are tried in this order: those around others first.
func tells() []tell {
	return []tell{
		{Envelope, []string{"transportDocument", "envelopeManifestSignedContent", "envelopeTransferChain"}, 2},
		{IssuanceRequest, []string{
			"document", "issueTo", "issuanceManifestSignedContent", "eBLVisualisationByCarrier",
			"transportDocumentReplacements",
		}, 2},
		{TransportDocumentAmend, []string{"amendedTransportDocument"}, 1},
		{SurrenderRequest, []string{"surrenderRequestCode"}, 1},
		{SurrenderRequest, []string{
			"surrenderRequestReference", "transportDocumentReference", "endorsementChain", "reasonCode",
		}, 3},
		{SurrenderAnswer, []string{"surrenderRequestReference"}, 1},
		{SurrenderAnswer, []string{"action", "feedbackElements", "comments"}, 2},
		{EndorsementChain, []string{"endorsementChain"}, 1},
		{EndorsementChain, []string{"transportDocumentReference", "carrierSCACCode"}, 2},
		{IssuanceResponse, []string{"issuanceResponseCode"}, 1},
		{IssuanceResponse, []string{"transportDocumentReference", "reason", "errors"}, 2},
		{ErrorAnswer, []string{
			"httpMethod", "requestUri", "statusCode", "statusCodeText", "statusCodeMessage",
			"providerCorrelationReference", "errorDateTime", "errors",
		}, 4},
	}
}

// Detect tells which message of the standard a JSON document is.
func Detect(tree *jsontree.Node) (Name, bool) {
	if tree != nil && tree.Array && listsChains(tree) {
		return EndorsementChains, true
	}
	if tree == nil || !tree.Object {
		return "", false
	}
	if name, ok := notice(tree); ok {
		return name, true
	}
	for _, t := range tells() {
		if among(tree, t.members) >= t.enough {
			return t.name, true
		}
	}
	if name, ok := shipment(tree); ok {
		return name, true
	}
	return status(tree)
}

// listsChains tells a list of endorsement chains by its first.
func listsChains(tree *jsontree.Node) bool {
	if len(tree.Members) == 0 || !tree.Members[0].Object {
		return false
	}
	name, ok := Detect(tree.Members[0])
	return ok && name == EndorsementChain
}

// among counts the members that an object has.
func among(tree *jsontree.Node, names []string) int {
	n := 0
	for _, key := range tree.Keys {
		if slices.Contains(names, key) {
			n++
		}
	}
	return n
}

// The types of event that the standard's notifications carry (CloudEvents 1.0, "type").
const (
	eventOfDocument     = "org.dcsa.transport-document."
	eventOfInstructions = "org.dcsa.shipping-instructions."
	eventOfAnother      = "org.dcsa."
)

// notice tells the notifications apart: by the type of the event, or by the state they carry
// when that type is missing or wrong.
func notice(tree *jsontree.Node) (Name, bool) {
	if among(tree, []string{
		"specversion", "source", "type", "time", "datacontenttype", "subscriptionReference", "data",
	}) < 4 {
		return "", false
	}
	event := textOf(tree.Member("type"))
	switch {
	case strings.HasPrefix(event, eventOfDocument):
		return TransportDocumentNotice, true
	case strings.HasPrefix(event, eventOfInstructions):
		return InstructionsNotice, true
	case strings.HasPrefix(event, eventOfAnother):
		return "", false
	}
	data := tree.Member("data")
	switch {
	case data == nil || !data.Object:
		return "", false
	case among(data, []string{"transportDocumentStatus", "amendedTransportDocumentStatus"}) > 0:
		return TransportDocumentNotice, true
	case among(data, []string{"shippingInstructionsStatus", "updatedShippingInstructionsStatus"}) > 0:
		return InstructionsNotice, true
	default:
		return "", false
	}
}

// shipment tells a transport document from shipping instructions, which share most members.
func shipment(tree *jsontree.Node) (Name, bool) {
	goods := among(tree, []string{"consignmentItems", "utilizedTransportEquipments"})
	terms := among(tree, []string{
		"transportDocumentTypeCode", "isShippedOnBoardType", "isElectronic", "isToOrder", "documentParties",
		"partyContactDetails", "carrierCode", "freightPaymentTermCode",
	})
	if goods == 0 || terms < 4 {
		return "", false
	}
	issued := among(tree, []string{
		"transportDocumentStatus", "transports", "termsAndConditions", "receiptTypeAtOrigin",
		"deliveryTypeAtDestination", "cargoMovementTypeAtOrigin", "cargoMovementTypeAtDestination", "charges",
		"issueDate", "shippedOnBoardDate", "receivedForShipmentDate", "carrierClauses",
	})
	asked := among(tree, []string{
		"isCargoDeliveredInICS2Zone", "isHouseBillOfLadingsIssued", "houseBillOfLadings",
		"advanceManifestFilings", "isCarriersAgentAtDestinationRequired", "originChargesPaymentTerm",
		"destinationChargesPaymentTerm", "requestedCarrierCertificates", "requestedCarrierClauses",
		"shippingInstructionsStatus", "updatedShippingInstructionsStatus", "shippingInstructionsRevisionNumber",
	})
	switch {
	case issued > asked:
		return TransportDocument, true
	case among(tree, []string{
		"shippingInstructionsStatus", "updatedShippingInstructionsStatus", "feedbacks",
	}) > 0:
		return ShippingInstructions, true
	case tree.Member("shippingInstructionsReference") != nil:
		return UpdateInstructions, true
	default:
		return CreateInstructions, true
	}
}

// status tells the messages that are nothing but a status or a reference.
func status(tree *jsontree.Node) (Name, bool) {
	if len(tree.Keys) != 1 {
		return "", false
	}
	switch tree.Keys[0] {
	case "transportDocumentStatus":
		return ApproveTransportDraft, true
	case "amendedTransportDocumentStatus":
		return TransportDocumentAmend, true
	case "shippingInstructionsStatus", "updatedShippingInstructionsStatus":
		return CancelInstructions, true
	case "shippingInstructionsReference":
		return InstructionsCreated, true
	default:
		return "", false
	}
}
