package app

import (
	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/services/match"
	"github.com/countersign/countersign/services/parse"
)

// claimOf draws the terms of the seller's claim from the papers of a pack: what enters the
// ledger's fingerprints. The parties are the registered organisations, not what a paper
// calls them, and the invoice's number stays as the invoice writes it.
func claimOf(papers []Document, seller, obligor Organisation) (trade.Claim, *parse.Document, error) {
	terms, err := match.TermsOf(sourcesOf(papers))
	if err != nil {
		return trade.Claim{}, nil, fault(
			CodePackPapers,
			"documents",
			"one invoice with number, date, parties and payable amount is wanted: upload it, or open another pack",
		)
	}
	claim := terms.Claim()
	claim.SellerID, claim.ObligorID = seller.RegistrationID, obligor.RegistrationID
	for _, d := range papers {
		if d.Fields != nil && d.Fields.Kind == parse.Invoice {
			claim.Number = d.Fields.Number
			return claim, d.Fields, nil
		}
	}
	return trade.Claim{}, nil, fault(CodePackPapers, "documents", "the invoice is missing: upload it")
}
