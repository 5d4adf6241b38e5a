package check

import (
	"strconv"

	"github.com/countersign/countersign/services/check/ebl"
)

// shipping files what the rules of DCSA eBL find in a message, and the container numbers that
// no line of goods carries.
func (c *checker) shipping() {
	m := c.doc.DCSA
	if m == nil {
		return
	}
	for _, f := range ebl.Check(m) {
		c.add(Finding{
			Rule: f.Rule, Severity: Severity(f.Severity), Message: f.Message, Advice: f.Advice,
			Path: f.Path, Claimed: f.Claimed,
		})
	}
	if m.Lading == nil {
		return
	}
	told := map[string]bool{}
	for _, l := range c.doc.Lines {
		for _, container := range l.Containers {
			told[container] = true
		}
	}
	for _, e := range m.Lading.Equipment {
		if told[e.Container] || e.Container == "" || ValidContainer(e.Container) {
			continue
		}
		told[e.Container] = true
		c.add(Finding{
			Rule: "CS-ID-11", Severity: Warning, Path: e.ContainerAt, Claimed: e.Container,
			Message: strconv.Quote(e.Container) + " is not a container number (ISO 6346).",
			Advice:  "Compare it with the paper and with what the party itself states.",
		})
	}
}

// wrapped files the verdict on a document that OpenAttestation wrapped. That it is as it was
// wrapped says nothing of who wrapped it, and so there is always a finding.
func (c *checker) wrapped() {
	v := c.doc.Wrapped
	if v == nil {
		return
	}
	switch {
	case !v.TargetHash:
		c.add(Finding{
			Rule: "CS-OA-01", Severity: Fatal, Path: v.ProofAt + "/targetHash",
			Message: "The document is not as it was wrapped: something in it was changed, added or taken out.",
			Advice:  "Do not rely on it; ask the issuer for the document itself.",
		})
	case !v.MerkleRoot:
		c.add(Finding{
			Rule: "CS-OA-02", Severity: Fatal, Path: v.ProofAt + "/merkleRoot",
			Message: "The proof does not lead to the root that the issuer stands for.",
			Advice:  "Do not rely on it; ask the issuer for the document itself.",
		})
	}
	c.add(Finding{
		Rule: "CS-OA-03", Severity: Warning, Path: v.ProofAt,
		Message: "Who issued this document is not known: only whether it was changed can be told here.",
		Advice:  "Ask the issuer, by a way you know already, whether the document is theirs and still in force.",
	})
	if v.Obfuscated > 0 {
		c.add(Finding{
			Rule: "CS-OA-04", Severity: Warning, Path: v.ProofAt, Claimed: strconv.Itoa(v.Obfuscated),
			Message: "Values were taken out of this document by somebody who held it.",
			Advice:  "Ask for the whole document when what is missing matters.",
		})
	}
}
