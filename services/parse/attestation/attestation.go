// Package attestation reads documents wrapped by OpenAttestation, which TradeTrust uses for
// trade papers, and tells whether what stands in them is what was wrapped.
//
// The verdict is about integrity alone. Who wrapped a document is told by a chain, a DNS record
// or a signing key outside of it; nothing of that is asked here, so it stays unknown.
//
// Sources: the schemas of OpenAttestation 2.0 and 3.0 and what their reference implementation
// hashes (open-attestation of 2025-01).
package attestation

import (
	"github.com/countersign/countersign/services/parse/jsontree"
)

// Version is the way a document is wrapped.
type Version string

// The versions whose integrity is verified.
const (
	V2 Version = "open-attestation-2.0" // data with a salt before each value, SHA3MerkleProof
	V3 Version = "open-attestation-3.0" // a credential whose proof holds the salts
)

// The types that the proofs of wrapped documents give themselves.
const (
	typeV2 = "SHA3MerkleProof"
	typeV3 = "OpenAttestationMerkleProofSignature2018"
)

// Detect tells how a JSON document is wrapped. One that is not wrapped yet is not told: it
// has no integrity of which anything could be said.
func Detect(tree *jsontree.Node) (Version, bool) {
	if tree == nil || !tree.Object {
		return "", false
	}
	if proof := tree.Member("signature"); isObject(proof) && isObject(tree.Member("data")) &&
		(text(proof, "type") == typeV2 || proof.Member("targetHash") != nil) {
		return V2, true
	}
	if proof := tree.Member("proof"); isObject(proof) &&
		(text(proof, "type") == typeV3 || proof.Member("targetHash") != nil) {
		return V3, true
	}
	return "", false
}

// Credential tells a verifiable credential of the W3C. Of those not wrapped as above the proof
// is a signature, which is not verified here.
func Credential(tree *jsontree.Node) bool {
	return tree != nil && tree.Object && tree.Member("@context") != nil &&
		tree.Member("credentialSubject") != nil
}

// Verdict is what verifying a wrapped document showed.
type Verdict struct {
	Version Version
	// TargetHash: the data hash to what the proof names. MerkleRoot: the proof leads from
	// there to the root, which is what the issuer published or signed.
	TargetHash bool
	MerkleRoot bool
	// Signed: a signature over the root stands in the document. It is not verified.
	Signed bool
	// Obfuscated counts the values that were taken out and left as hashes.
	Obfuscated int
	// ProofAt is the JSON Pointer of the proof, Subject of the data inside.
	ProofAt string
	Subject string
}

// Intact tells whether the document is as it was wrapped.
func (v Verdict) Intact() bool { return v.TargetHash && v.MerkleRoot }

// Verify verifies the integrity of a document that Detect has told.
func Verify(version Version, tree *jsontree.Node) Verdict {
	v := Verdict{Version: version, ProofAt: "/signature", Subject: "/data"}
	hidden, steps := tree.Member("privacy").At("/obfuscatedData"), "proof"
	if version == V3 {
		v.ProofAt, v.Subject, steps = "/proof", "/credentialSubject", "proofs"
		hidden = tree.At("/proof/privacy/obfuscated")
	}
	proof := tree.At(v.ProofAt)
	v.Signed = version == V3 && text(proof, "signature") != "" ||
		version == V2 && tree.Member("proof") != nil
	hashes, whole := hashList(hidden)
	v.Obfuscated = len(hashes)
	target := text(proof, "targetHash")
	if leaves, ok := leafHashes(version, tree); ok && whole {
		v.TargetHash = digest(append(leaves, hashes...)) == target
	}
	path, whole := hashList(proof.Member(steps))
	v.MerkleRoot = whole && leads(target, path, text(proof, "merkleRoot"))
	return v
}

func isObject(n *jsontree.Node) bool { return n != nil && n.Object }

// text is a member that is a text, else "".
func text(n *jsontree.Node, key string) string {
	if n == nil {
		return ""
	}
	if member := n.Member(key); member != nil {
		s, _ := member.Value.(string)
		return s
	}
	return ""
}

// hashLength is that of a digest in hexadecimal.
const hashLength = 64

// hashList reads a list of digests; none at all, or null, is an empty list, anything else than a
// list of digests is no list.
func hashList(n *jsontree.Node) ([]string, bool) {
	if n == nil || n.Value == nil && !n.Object && !n.Array {
		return nil, true
	}
	if !n.Array {
		return nil, false
	}
	var all []string
	for _, item := range n.Members {
		s, ok := item.Value.(string)
		if !ok || !isHash(s) {
			return nil, false
		}
		all = append(all, s)
	}
	return all, true
}

func isHash(s string) bool {
	if len(s) != hashLength {
		return false
	}
	for _, c := range s {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}
