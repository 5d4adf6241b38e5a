package ebl

import "slices"

// Rule is one rule of the standard's prose. Source is where it stands: the object and member
// of the OpenAPI documents EBL, EBL_SUR and EBL_END 3.0.4.
type Rule struct {
	ID       string
	Severity Severity
	Message  string
	Advice   string
	Source   string
}

// Rules are all rules, in the order of their ids.
func Rules() []Rule { return rules() }

func rules() []Rule {
	return slices.Concat(kindRules(), contentRules(), chainRules())
}

// kindRules are about who and what a document names, given its kind.
func kindRules() []Rule {
	return []Rule{
		{
			"DCSA-01", Fatal, "A sea waybill is never to order.",
			"Ask the carrier whether a bill of lading is meant; a sea waybill is no document of title.",
			"TransportDocument.isToOrder",
		},
		{
			"DCSA-02", Fatal, "A bill that is not to order must name its consignee.",
			"Ask the carrier for a bill that names the consignee.", "DocumentParties.consignee",
		},
		{
			"DCSA-03", Fatal, "The bill names both a consignee and an endorsee; only one of them can hold.",
			"Ask the carrier which of the two holds.", "DocumentParties.consignee, endorsee",
		},
		{
			"DCSA-04", Fatal, "An endorsee stands on a bill that is not to order.",
			"Ask the carrier whether the bill is to order.", "DocumentParties.endorsee",
		},
		{
			"DCSA-05", Warning, "A bill to order should name whom to notify, because its consignee is open.",
			"Ask the carrier who is notified when the goods arrive.", "DocumentParties.notifyParties",
		},
		{
			"DCSA-06", Fatal,
			"An issued bill must say either when the goods were shipped on board or when they were received, " +
				"and not both.",
			"Ask the carrier for a bill with exactly one of the two dates.",
			"TransportDocument.shippedOnBoardDate, receivedForShipmentDate",
		},
		{
			"DCSA-07", Fatal, "The date and the kind of the bill disagree: shipped on board, or received.",
			"Ask the carrier whether the goods are on board.", "TransportDocument.isShippedOnBoardType",
		},
	}
}

// contentRules are about what else a document states.
func contentRules() []Rule {
	return []Rule{
		{
			"DCSA-08", Warning, "The document has been issued and does not say when.",
			"Ask the carrier for the date of issue.", "TransportDocument.issueDate",
		},
		{
			"DCSA-09", Fatal, "A sea waybill has no originals.",
			"Ask the carrier whether a bill of lading is meant.",
			"TransportDocument.numberOfOriginalsWithCharges, numberOfOriginalsWithoutCharges",
		},
		{
			"DCSA-10", Fatal, "An electronic bill has one original at most.",
			"Do not rely on it: each further original could be pledged as well.",
			"TransportDocument.numberOfOriginalsWithCharges, numberOfOriginalsWithoutCharges",
		},
		{
			"DCSA-11", Warning, "An electronic bill of lading has no copies.",
			"Ask the carrier what the copies are.",
			"TransportDocument.numberOfCopiesWithCharges, numberOfCopiesWithoutCharges",
		},
		{
			"DCSA-12", Fatal, "A declared value and its currency come together.",
			"Ask the carrier for the one that is missing.", "TransportDocument.declaredValueCurrency",
		},
		{
			"DCSA-13", Warning, "This status is none that the standard knows.",
			"Ask the carrier whether the document is issued and live.", "TransportDocument.transportDocumentStatus",
		},
		{
			"DCSA-14", Warning, "This document is not in force: it is a draft, or given back, or void.",
			"Do not finance on it; ask for the bill that is in force.", "TransportDocument.transportDocumentStatus",
		},
		{
			"DCSA-15", Warning, "This cargo is in a container that the document does not list.",
			"Ask the carrier which container the cargo is in.", "CargoItem.equipmentReference",
		},
		{
			"DCSA-16", Warning, "The ship is planned to arrive before it leaves.",
			"Compare the dates with the schedule of the voyage.", "Transports.plannedArrivalDate",
		},
	}
}

// chainRules are about surrender and the endorsement chain.
func chainRules() []Rule {
	return []Rule{
		{
			"DCSA-20", Warning, "A reason is given that belongs to a surrender for amendment only.",
			"Ask the platform whether delivery or an amendment is asked for.", "SurrenderRequestDetails.reasonCode",
		},
		{
			"DCSA-21", Fatal, "A surrender is refused without saying why.",
			"Ask the carrier for its reason.", "SurrenderRequestAnswer.comments",
		},
		{
			"DCSA-22", Fatal, "The request and the last entry of the endorsement chain disagree on what is asked.",
			"Ask the platform whether delivery or an amendment is asked for.",
			"SurrenderRequestDetails.surrenderRequestCode",
		},
		{
			"DCSA-30", Warning, "This action is none that the standard knows, so who holds the bill is not known.",
			"Ask the platform what was done.", "EndorsementChainLink.actionCode",
		},
		{
			"DCSA-31", Warning, "The endorsement chain does not begin with the issue of the bill.",
			"Ask the platform for the whole chain.", "EndorsementChain.endorsementChain",
		},
		{
			"DCSA-32", Fatal, "The bill is issued a second time in one chain.",
			"Do not rely on it: an amended bill starts a chain of its own, and two originals may be about.",
			"EndorsementChain.endorsementChain",
		},
		{
			"DCSA-33", Fatal, "Who acts here did not have the bill according to the entries before.",
			"Ask the platform how the bill came into these hands.", "EndorsementChainLink.actor",
		},
		{
			"DCSA-34", Fatal, "This entry is dated before the one above it.",
			"Ask the platform for the true order of the entries.", "EndorsementChainLink.actionDateTime",
		},
		{
			"DCSA-35", Fatal, "The bill had been surrendered, and nothing can move after that.",
			"Do not rely on it; ask the carrier whether the bill is in force.", "EndorsementChain.endorsementChain",
		},
		{
			"DCSA-36", Fatal, "This action needs somebody whom it is done to.",
			"Ask the platform for the recipient.", "EndorsementChainLink.recipient",
		},
		{
			"DCSA-37", Fatal, "A bill that is not to order is endorsed.",
			"Do not rely on the endorsement: it gives no right to the goods.", "EndorsementChainLink.actionCode",
		},
		{
			"DCSA-38", Fatal, "Two versions of one bill are in force at the same time.",
			"Do not rely on either; ask the carrier which of them is void.", "EndorsementChain, list of versions",
		},
		{
			"DCSA-40", Warning, "What was signed is not what stands here: the checksums differ.",
			"Do not rely on the document before the carrier or the platform has confirmed it.",
			"IssuanceManifest, EnvelopeManifest, EnvelopeTransferChainEntry of EBL_ISS 3.0.4 and EBL_PINT 3.0.0",
		},
		{
			"DCSA-41", Warning, "The signed content cannot be read, so what was signed is not known.",
			"Ask the platform for the message again.", "issuanceManifestSignedContent, EblEnvelope",
		},
	}
}
