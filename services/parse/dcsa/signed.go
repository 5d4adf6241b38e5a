package dcsa

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"strings"

	"github.com/gowebpki/jcs"

	"github.com/countersign/countersign/services/parse/jsontree"
	"github.com/countersign/countersign/services/parse/source"
)

// Signed is content that somebody signed (JWS, RFC 7515): what it says of the things it was
// signed over. The signature itself is not verified: whose it is stays unknown.
type Signed struct {
	At       string
	Readable bool // the payload is JSON
	Sums     []Sum
}

// Sum is a checksum that signed content states, and the one of what stands in the message:
// SHA-256 in hexadecimal, of the canonical form of RFC 8785. Computed is "" for what is not
// in the message.
type Sum struct {
	Of               string // the member of the payload
	Stated, Computed string
}

// issued reads the manifest that the carrier signed when it issued the bill.
func (m *Message) issued(c cursor) {
	manifest, ok := payload(c.in("issuanceManifestSignedContent"))
	s := Signed{At: c.in("issuanceManifestSignedContent").at, Readable: ok}
	s.sum(manifest, "documentChecksum", canonicalSum(c.in("document")))
	s.sum(manifest, "issueToChecksum", canonicalSum(c.in("issueTo")))
	if content := c.in("eBLVisualisationByCarrier").in("content").text(); content != "" {
		if decoded, err := base64.StdEncoding.DecodeString(content); err == nil {
			s.sum(manifest, "eBLVisualisationByCarrierChecksum", checksum(decoded))
		}
	}
	m.Signed = append(m.Signed, s)
}

// passedOn reads an envelope of PINT: its manifest, and the entries in which each platform
// signed what was done to the bill while it was there.
func (m *Message) passedOn(c cursor) {
	document := canonicalSum(c.in("transportDocument"))
	entries := c.in("envelopeTransferChain").items()
	last := ""
	if len(entries) > 0 {
		last = checksum([]byte(entries[len(entries)-1].text()))
	}
	manifest, ok := payload(c.in("envelopeManifestSignedContent"))
	s := Signed{At: c.in("envelopeManifestSignedContent").at, Readable: ok}
	s.sum(manifest, "transportDocumentChecksum", document)
	s.sum(manifest, "lastEnvelopeTransferChainEntrySignedContentChecksum", last)
	m.Signed = append(m.Signed, s)

	chain := Chain{At: c.in("envelopeTransferChain").at, Partial: true}
	previous := ""
	for _, entry := range entries {
		said, ok := payload(entry)
		s := Signed{At: entry.at, Readable: ok}
		s.sum(said, "transportDocumentChecksum", document)
		s.sum(said, "previousEnvelopeTransferChainEntrySignedContentChecksum", previous)
		m.Signed = append(m.Signed, s)
		previous = checksum([]byte(entry.text()))
		for _, transaction := range said.in("transactions").items() {
			link := readLink(transaction)
			link.At, link.Signed = entry.at, true
			chain.Links = append(chain.Links, link)
		}
	}
	m.Chains = []Chain{chain}
}

// payload is the JSON inside signed content. What is wrong in it are not flaws of the message.
func payload(c cursor) (cursor, bool) {
	nothing := cursor{faults: new([]source.Fault)}
	parts := strings.Split(c.text(), ".")
	if len(parts) != len([]string{"header", "payload", "signature"}) {
		return nothing, false
	}
	decoded, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return nothing, false
	}
	tree, f := jsontree.Parse(decoded, source.DefaultLimits())
	if f != nil || !tree.Object {
		return nothing, false
	}
	nothing.node = tree
	return nothing, true
}

// sum notes a checksum that the payload states.
func (s *Signed) sum(c cursor, member, computed string) {
	if stated := c.in(member).text(); stated != "" {
		s.Sums = append(s.Sums, Sum{Of: member, Stated: strings.ToLower(stated), Computed: computed})
	}
}

func canonicalSum(c cursor) string {
	if !c.has() {
		return ""
	}
	written, err := json.Marshal(c.node.Plain())
	if err != nil {
		return ""
	}
	canonical, err := jcs.Transform(written)
	if err != nil {
		return ""
	}
	return checksum(canonical)
}

func checksum(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
