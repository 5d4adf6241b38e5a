package attestation_test

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"golang.org/x/crypto/sha3"
	"pgregory.net/rapid"

	"github.com/countersign/countersign/services/parse/attestation"
	"github.com/countersign/countersign/services/parse/jsontree"
	"github.com/countersign/countersign/services/parse/source"
)

func parsed(t testing.TB, b []byte) *jsontree.Node {
	t.Helper()
	tree, f := jsontree.Parse(b, source.DefaultLimits())
	if f != nil {
		t.Fatal(f)
	}
	return tree
}

func verify(t testing.TB, b []byte) attestation.Verdict {
	t.Helper()
	tree := parsed(t, b)
	version, ok := attestation.Detect(tree)
	if !ok {
		t.Fatalf("not told as wrapped: %s", b)
	}
	return attestation.Verify(version, tree)
}

// keccak and its use below are written anew, so that a mistake in the reader is not repeated.
func keccak(b []byte) string {
	h := sha3.NewLegacyKeccak256()
	h.Write(b)
	return hex.EncodeToString(h.Sum(nil))
}

// uuid is a salt of version 2, different for each number.
func uuid(n int) string { return fmt.Sprintf("00000000-0000-4000-8000-%012d", n) }

// wrapV2 wraps an invoice of two lines; the values are plain letters and digits, which every
// JSON library writes the same.
func wrapV2(values []string) []byte {
	salted := make([]string, len(values))
	var hashes []string
	for i, v := range values {
		salted[i] = uuid(i) + ":string:" + v
		hashes = append(hashes, keccak(fmt.Appendf(nil, `{"list.%d.value":%q}`, i, salted[i])))
	}
	var list []string
	for _, s := range salted {
		list = append(list, fmt.Sprintf(`{"value":%q}`, s))
	}
	root := rootOf(hashes)
	return fmt.Appendf(nil, `{"version":"https://schema.openattestation.com/2.0/schema.json",`+
		`"data":{"list":[%s]},"signature":{"type":"SHA3MerkleProof","targetHash":%q,"proof":[],"merkleRoot":%q}}`,
		strings.Join(list, ","), root, root)
}

// wrapV3 wraps the same as a credential.
func wrapV3(values []string) []byte {
	type salt struct {
		Value string `json:"value"`
		Path  string `json:"path"`
	}
	var (
		list   []string
		salts  []salt
		hashes []string
	)
	for i, v := range values {
		s := salt{strings.Repeat(fmt.Sprintf("%02x", i%256), 32), fmt.Sprintf("credentialSubject.list[%d]", i)}
		salts = append(salts, s)
		list = append(list, fmt.Sprintf("%q", v))
		hashes = append(hashes, keccak(fmt.Appendf(nil, `{%q:"%s:%s"}`, s.Path, s.Value, v)))
	}
	encoded, err := json.Marshal(salts)
	if err != nil {
		return nil
	}
	root := rootOf(hashes)
	return fmt.Appendf(nil, `{"credentialSubject":{"list":[%s]},"proof":{`+
		`"type":"OpenAttestationMerkleProofSignature2018","targetHash":%q,"proofs":[],"merkleRoot":%q,`+
		`"salts":%q,"privacy":{"obfuscated":[]}}}`,
		strings.Join(list, ","), root, root, base64.StdEncoding.EncodeToString(encoded))
}

func rootOf(hashes []string) string {
	hashes = slices.Sorted(slices.Values(hashes))
	return keccak([]byte(`["` + strings.Join(hashes, `","`) + `"]`))
}

func TestVerifyFindsAWrappedDocumentIntact(t *testing.T) {
	values := []string{"CSQU3054383", "240", "EUR"}
	for _, b := range [][]byte{wrapV2(values), wrapV3(values)} {
		if v := verify(t, b); !v.Intact() {
			t.Errorf("%s: %+v", b, v)
		}
	}
}

func TestVerifyFindsEveryChangedLeafTampered(t *testing.T) {
	word := rapid.StringMatching(`[A-Za-z0-9]{1,12}`)
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(word, 1, 20).Draw(t, "values")
		i := rapid.IntRange(0, len(values)-1).Draw(t, "leaf")
		other := word.Filter(func(s string) bool { return s != values[i] }).Draw(t, "other")
		for _, wrap := range []func([]string) []byte{wrapV2, wrapV3} {
			whole := wrap(values)
			// The i-th value stands in its place once, in quotes or after its salt.
			changed := replaceLeaf(string(whole), i, values, other)
			if changed == string(whole) {
				t.Fatal("nothing was changed")
			}
			tree, f := jsontree.Parse([]byte(changed), source.DefaultLimits())
			if f != nil {
				t.Fatal(f)
			}
			version, ok := attestation.Detect(tree)
			if !ok {
				t.Fatal("not told as wrapped")
			}
			v := attestation.Verify(version, tree)
			if v.TargetHash || v.Intact() {
				t.Fatalf("intact after %q became %q: %s", values[i], other, changed)
			}
		}
	})
}

// replaceLeaf changes one value of what wrapV2 or wrapV3 made.
func replaceLeaf(whole string, i int, values []string, other string) string {
	if salt := uuid(i) + ":string:"; strings.Contains(whole, salt) {
		return strings.Replace(whole, salt+values[i]+`"`, salt+other+`"`, 1)
	}
	var before, after []string
	for j, v := range values {
		before = append(before, fmt.Sprintf("%q", v))
		if j == i {
			v = other
		}
		after = append(after, fmt.Sprintf("%q", v))
	}
	return strings.Replace(whole, strings.Join(before, ","), strings.Join(after, ","), 1)
}

func TestVerifyRefusesWhatIsAddedTakenOrRenamed(t *testing.T) {
	v2, v3 := string(wrapV2([]string{"a", "b"})), string(wrapV3([]string{"a", "b"}))
	for name, change := range map[string][3]string{
		"v2 added":   {v2, `{"list":`, `{"total":"` + uuid(9) + `:number:5","list":`},
		"v2 taken":   {v2, `,{"value":"` + uuid(1) + `:string:b"}`, ``},
		"v2 renamed": {v2, `"list"`, `"lust"`},
		"v2 with a point in a name": {
			v2, `{"list":[`, `{"list.2":{"value":"` + uuid(9) + `:string:c"},"list":[`,
		},
		"v2 hidden as no hash":       {v2, `"signature"`, `"privacy":{"obfuscatedData":["c"]},"signature"`},
		"v2 emptied object left":     {v2, `{"list":`, `{"recipient":{},"list":`},
		"v3 added":                   {v3, `{"list":`, `{"total":5,"list":`},
		"v3 added beside":            {v3, `{"credentialSubject"`, `{"issuer":"x","credentialSubject"`},
		"v3 taken":                   {v3, `["a","b"]`, `["a"]`},
		"v3 swapped":                 {v3, `["a","b"]`, `["b","a"]`},
		"v3 in an object of indexes": {v3, `["a","b"]`, `{"[0]":"a","[1]":"b"}`},
		"v3 another type":            {v3, `["a","b"]`, `["a",true]`},
	} {
		changed := strings.Replace(change[0], change[1], change[2], 1)
		if changed == change[0] {
			t.Errorf("%s: nothing was changed", name)
			continue
		}
		if v := verify(t, []byte(changed)); v.TargetHash {
			t.Errorf("%s: %+v", name, v)
		}
	}
}

// Counting the salts is not enough: one for a path that is not there would make room for a
// value that nobody wrapped.
func TestVerifyRefusesASaltWithoutItsValue(t *testing.T) {
	whole := string(wrapV3([]string{"a", "b"}))
	_, rest, _ := strings.Cut(whole, `"salts":"`)
	encoded, _, _ := strings.Cut(rest, `"`)
	decoded, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		t.Fatal(err)
	}
	more := strings.Replace(string(decoded), "[{",
		`[{"value":"`+strings.Repeat("ff", 32)+`","path":"nowhere"},{`, 1)
	changed := strings.Replace(whole, encoded, base64.StdEncoding.EncodeToString([]byte(more)), 1)
	changed = strings.Replace(changed, `{"list":`, `{"payee":"DE02120300000000202051","list":`, 1)
	if v := verify(t, []byte(changed)); v.TargetHash {
		t.Errorf("a value without a salt was taken for wrapped: %+v", v)
	}
}

func TestVerifyFollowsTheProofToTheRoot(t *testing.T) {
	whole := string(wrapV2([]string{"a"}))
	_, rest, _ := strings.Cut(whole, `"targetHash":"`)
	target := rest[:64]
	sibling := strings.Repeat("0f", 32)
	pair := [][]byte{decode(t, target), decode(t, sibling)}
	slices.SortFunc(pair, slices.Compare)
	root := keccak(slices.Concat(pair...))
	batched := strings.Replace(whole, `"proof":[]`, `"proof":["`+sibling+`"]`, 1)
	if v := verify(t, []byte(batched)); v.MerkleRoot || !v.TargetHash {
		t.Errorf("a proof that leads elsewhere: %+v", v)
	}
	batched = strings.Replace(batched, `"merkleRoot":"`+target, `"merkleRoot":"`+root, 1)
	if v := verify(t, []byte(batched)); !v.Intact() {
		t.Errorf("a document of a batch: %+v", v)
	}
	for _, proof := range []string{`"proof":null,`, ``} {
		if v := verify(t, []byte(strings.Replace(whole, `"proof":[],`, proof, 1))); !v.Intact() {
			t.Errorf("a document alone, with %q: %+v", proof, v)
		}
	}
}

func decode(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestVerifyTakesObfuscatedValuesAsHashes(t *testing.T) {
	whole := string(wrapV2([]string{"a", "b"}))
	second := uuid(1) + ":string:b"
	hidden := keccak(fmt.Appendf(nil, `{"list.1.value":%q}`, second))
	changed := strings.Replace(whole, `,{"value":"`+second+`"}`, ``, 1)
	changed = strings.Replace(changed, `"signature"`,
		`"privacy":{"obfuscatedData":["`+hidden+`"]},"signature"`, 1)
	if v := verify(t, []byte(changed)); !v.Intact() || v.Obfuscated != 1 {
		t.Errorf("with a hidden value: %+v", v)
	}
}

func TestVerifyHashesNumbersAndTextsAsECMAScriptWritesThem(t *testing.T) {
	path, salt := "credentialSubject.v", strings.Repeat("ab", 32)
	salts := base64.StdEncoding.EncodeToString(fmt.Appendf(nil, `[{"value":%q,"path":%q}]`, salt, path))
	for value, written := range map[string]string{
		"1.0": "1", "100": "100", "1e21": "1e+21", "0.000001": "0.000001", "1E-7": "1e-7", "-0": "0",
		"true": "true", "null": "null", `"Grüße 中文 <&>"`: "Grüße 中文 <&>", `"a\u2028b"`: "a\u2028b",
		`"tab\there"`: `tab\there`, `"quo\"te"`: `quo\"te`,
	} {
		root := rootOf([]string{keccak([]byte(`{"` + path + `":"` + salt + `:` + written + `"}`))})
		b := fmt.Appendf(nil, `{"credentialSubject":{"v":%s},"proof":{`+
			`"type":"OpenAttestationMerkleProofSignature2018","targetHash":%q,"proofs":[],"merkleRoot":%q,`+
			`"salts":%q,"privacy":{}}}`, value, root, root, salts)
		if v := verify(t, b); !v.Intact() {
			t.Errorf("%s is not hashed as %q", value, written)
		}
	}
}

func TestDetectLeavesWhatIsNotWrappedAlone(t *testing.T) {
	for _, s := range []string{
		`{}`, `[]`, `{"data":{}}`, `{"signature":{}}`, `{"data":[],"signature":{"type":"SHA3MerkleProof"}}`,
		`{"proof":{"type":"BbsBlsSignature2020"},"credentialSubject":{}}`, `{"proof":"x"}`,
		`{"data":{},"Signature":{"type":"SHA3MerkleProof"}}`,
	} {
		if version, ok := attestation.Detect(parsed(t, []byte(s))); ok {
			t.Errorf("%s: told as %s", s, version)
		}
	}
}

func TestSubjectTakesTheSaltsOff(t *testing.T) {
	b := fmt.Appendf(nil, `{"data":{"a":"%[1]s:string:x:y","b":"%[1]s:number:5.50","c":"%[1]s:boolean:true",`+
		`"d":"%[1]s:null:null","e":"plain","f":"%[1]s:number:NaN"},"signature":{"targetHash":""}}`, uuid(1))
	got, err := json.Marshal(attestation.Subject(attestation.V2, parsed(t, b)).Plain())
	if err != nil {
		t.Fatal(err)
	}
	want := `{"a":"x:y","b":5.50,"c":true,"d":null,"e":"plain","f":"` + uuid(1) + `:number:NaN"}`
	if string(got) != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// FuzzAttestation holds a verdict to what it promises: the same twice, and never intact when
// the root is not what the proof leads to.
func FuzzAttestation(f *testing.F) {
	f.Add(wrapV2([]string{"a", "b"}))
	f.Add(wrapV3([]string{"a", "b"}))
	f.Add([]byte(`{"data":{"":{"a":1}},"signature":{"targetHash":"x","proof":[1]}}`))
	f.Add([]byte(`{"proof":{"targetHash":"","salts":"W10=","privacy":{"obfuscated":[""]}}}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		tree, fault := jsontree.Parse(b, source.DefaultLimits())
		if fault != nil {
			return
		}
		version, ok := attestation.Detect(tree)
		if !ok {
			return
		}
		v := attestation.Verify(version, tree)
		if v != attestation.Verify(version, tree) {
			t.Fatal("two verdicts differ")
		}
		if tree.At(v.ProofAt) == nil {
			t.Fatalf("a verdict on a proof that is not there: %+v", v)
		}
		attestation.Subject(version, tree)
	})
}
