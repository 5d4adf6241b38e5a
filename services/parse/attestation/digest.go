package attestation

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/gowebpki/jcs"
	"golang.org/x/crypto/sha3"

	"github.com/countersign/countersign/services/parse/jsontree"
	"github.com/countersign/countersign/services/parse/source"
)

// leafHashes are the digests of all values that stand in the document; false when it cannot be
// hashed as its version asks.
func leafHashes(version Version, tree *jsontree.Node) ([]string, bool) {
	switch version {
	case V2:
		return saltedLeaves(tree.Member("data"))
	case V3:
		return credentialLeaves(tree)
	}
	return nil, false
}

// leaf is a single value, or an empty object or array, with its path in the style of a version.
type leaf struct {
	path string
	node *jsontree.Node
}

// walker collects the leaves of a tree. A name that holds a separator would let two trees have
// the same paths, so such a tree has no digest.
type walker struct {
	separators string // characters that no name may have
	index      func(path string, i int) string
	leaves     []leaf
}

func (w *walker) walk(n *jsontree.Node, path string) bool {
	if len(n.Members) == 0 {
		if path != "" {
			w.leaves = append(w.leaves, leaf{path, n})
		}
		return true
	}
	for i, inner := range n.Members {
		var next string
		if n.Object {
			key := n.Keys[i]
			if key == "" || strings.ContainsAny(key, w.separators) {
				return false
			}
			next = key
			if path != "" {
				next = path + "." + key
			}
		} else {
			next = w.index(path, i)
		}
		if !w.walk(inner, next) {
			return false
		}
	}
	return true
}

// maxPaths bounds the bytes of the paths of all values together. A name counts once for each value
// under it, so that a short document can have paths of any size; honest ones have some kilobytes.
const maxPaths = 16 << 20

// Sprawls tells a document whose values have paths too long to be hashed.
func Sprawls(tree *jsontree.Node) bool { return pathBytes(tree, 0, maxPaths) > maxPaths }

// pathBytes is about how many bytes the paths of all values under a node have, and not much more
// than the most that is asked for.
func pathBytes(n *jsontree.Node, before, most int) int {
	if len(n.Members) == 0 {
		return before
	}
	const index = len("[100000]")
	sum := 0
	for i, inner := range n.Members {
		step := index
		if n.Object {
			step = len(n.Keys[i]) + 1
		}
		if sum += pathBytes(inner, before+step, most-sum); sum > most {
			break
		}
	}
	return sum
}

// saltedLeaves hashes the data of version 2: each value, its salt before it, under its path
// with points. An object or array that has nothing left in it counts as a value.
func saltedLeaves(data *jsontree.Node) ([]string, bool) {
	w := walker{separators: ".", index: func(path string, i int) string {
		if path == "" {
			return strconv.Itoa(i)
		}
		return path + "." + strconv.Itoa(i)
	}}
	if !w.walk(data, "") {
		return nil, false
	}
	var all []string
	for _, l := range w.leaves {
		value, err := json.Marshal(l.node.Plain())
		if err != nil {
			return nil, false
		}
		h, ok := leafHash(l.path, value)
		if !ok {
			return nil, false
		}
		all = append(all, h)
	}
	return all, true
}

// credentialLeaves hashes a credential of version 3: each value with the salt that the proof
// holds for its path. Every value must have one salt and every salt one value, or values could
// be added unnoticed.
func credentialLeaves(tree *jsontree.Node) ([]string, bool) {
	w := walker{separators: ".[]", index: func(path string, i int) string {
		return path + "[" + strconv.Itoa(i) + "]"
	}}
	for i, key := range tree.Keys {
		if key == "proof" {
			continue
		}
		if key == "" || strings.ContainsAny(key, w.separators) || !w.walk(tree.Members[i], key) {
			return nil, false
		}
	}
	values := map[string]*jsontree.Node{}
	for _, l := range w.leaves {
		if !l.node.Object && !l.node.Array {
			values[l.path] = l.node
		}
	}
	salts, ok := readSalts(text(tree.Member("proof"), "salts"))
	if !ok || len(salts) != len(values) {
		return nil, false
	}
	var all []string
	for _, s := range salts {
		node, ok := values[s.Path]
		if !ok {
			return nil, false
		}
		delete(values, s.Path) // a second salt for it finds nothing
		written, ok := asScript(node)
		if !ok {
			return nil, false
		}
		value, err := json.Marshal(s.Value + ":" + written)
		if err != nil {
			return nil, false
		}
		h, ok := leafHash(s.Path, value)
		if !ok {
			return nil, false
		}
		all = append(all, h)
	}
	return all, true
}

// salt is one entry of a proof's salts.
type salt struct {
	Value string `json:"value"`
	Path  string `json:"path"`
}

// readSalts reads the salts of a proof, a list in JSON written in base 64, behind the same
// guard as a document.
func readSalts(s string) ([]salt, bool) {
	decoded, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		if decoded, err = base64.RawURLEncoding.DecodeString(s); err != nil {
			return nil, false
		}
	}
	tree, f := jsontree.Parse(decoded, source.DefaultLimits())
	if f != nil || !tree.Array {
		return nil, false
	}
	all := make([]salt, 0, len(tree.Members))
	for _, entry := range tree.Members {
		one := salt{Value: text(entry, "value"), Path: text(entry, "path")}
		if len(one.Value) != hashLength || one.Path == "" {
			return nil, false
		}
		all = append(all, one)
	}
	return all, true
}

// asScript writes a single value as ECMAScript turns it into a text.
func asScript(n *jsontree.Node) (string, bool) {
	switch v := n.Value.(type) {
	case nil:
		return "null", true
	case string:
		return v, true
	case bool:
		return strconv.FormatBool(v), true
	case json.Number:
		// RFC 8785 section 3.2.2.3 writes a number exactly as ECMAScript does.
		list, err := jcs.Transform([]byte("[" + v.String() + "]"))
		if err != nil {
			return "", false
		}
		return string(list[1 : len(list)-1]), true
	default:
		return "", false
	}
}

// leafHash is Keccak-256 over {"path":value} as JSON.stringify writes it, which for one member
// is the canonical form of RFC 8785. The value is JSON already.
func leafHash(path string, value []byte) (string, bool) {
	key, err := json.Marshal(path)
	if err != nil {
		return "", false
	}
	written, err := jcs.Transform(slices.Concat([]byte("{"), key, []byte(":"), value, []byte("}")))
	if err != nil {
		return "", false
	}
	return hex.EncodeToString(keccak(written)), true
}

// digest is the hash over the sorted hashes of the values, which stand as a list in JSON.
func digest(hashes []string) string {
	slices.Sort(hashes)
	var list bytes.Buffer
	list.WriteByte('[')
	for i, h := range hashes {
		if i > 0 {
			list.WriteByte(',')
		}
		list.WriteString(strconv.Quote(h)) // hexadecimal digits only
	}
	list.WriteByte(']')
	return hex.EncodeToString(keccak(list.Bytes()))
}

// maxSteps bounds a Merkle proof; a batch of 2^64 documents needs no more.
const maxSteps = 64

// leads follows a Merkle proof from a hash to a root. Of each pair the smaller hash comes first.
func leads(from string, path []string, root string) bool {
	if !isHash(from) || !isHash(root) || len(path) > maxSteps {
		return false
	}
	at, err := hex.DecodeString(from)
	if err != nil {
		return false
	}
	for _, step := range path {
		other, err := hex.DecodeString(step)
		if err != nil {
			return false
		}
		if bytes.Compare(at, other) > 0 {
			at, other = other, at
		}
		at = keccak(slices.Concat(at, other))
	}
	return hex.EncodeToString(at) == root
}

// keccak is the Keccak-256 of Ethereum, which is not the SHA3-256 that became the standard.
func keccak(b []byte) []byte {
	h := sha3.NewLegacyKeccak256()
	_, _ = h.Write(b) // never fails, says hash.Hash
	return h.Sum(nil)
}
