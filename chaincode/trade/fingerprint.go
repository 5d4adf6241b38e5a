package trade

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/countersign/countersign/chaincode/money"
)

// KeyringID is the id of the one keyring of a channel.
const KeyringID AssetID = "keyring"

// Keyring is the private side of the consortium keys' commitments; it has nothing to hide.
type Keyring struct {
	Epochs []Epoch `json:"epochs"`
}

// Epoch commits to one consortium key: the key itself is with the members, never on the
// ledger. It protects fingerprints from outsiders, not from members.
type Epoch struct {
	Number     int64  `json:"number"`
	Commitment Digest `json:"commitment"` // digest of the 32 bytes of the key
}

// AddEpoch is the argument of keyring.open and keyring.rotate.
type AddEpoch struct {
	Salt       string `json:"salt"`
	Number     int64  `json:"number"`
	Commitment Digest `json:"commitment"`
}

const (
	keyBytes  = 32
	maxEpochs = 8
)

func (d *decision) openKeyring(a AddEpoch) error {
	if d.subjects[0].named.ID != KeyringID {
		return refuse(CodeID, "subjects[0]", "the keyring's id is %q", KeyringID)
	}
	if err := d.orgKind(d.tx.Actor, "actor", KindOperator); err != nil {
		return err
	}
	s := State{Salt: a.Salt, Phase: Active, Parties: []OrgID{d.tx.Actor}, Keyring: &Keyring{}}
	return d.addEpoch(s, a)
}

func (d *decision) rotateKeyring(a AddEpoch) error {
	return d.addEpoch(*d.change(0), a)
}

func (d *decision) addEpoch(s State, a AddEpoch) error {
	if err := checkSalt(s.Salt); err != nil {
		return err
	}
	if err := checkDigest(a.Commitment, "args.commitment"); err != nil {
		return err
	}
	if a.Number != int64(len(s.Keyring.Epochs))+1 || a.Number > maxEpochs {
		return refuse(CodeKey, "args.number", "the next epoch is %d of at most %d",
			len(s.Keyring.Epochs)+1, maxEpochs)
	}
	s.Keyring.Epochs = append(s.Keyring.Epochs, Epoch{Number: a.Number, Commitment: a.Commitment})
	d.subjects[0].after = &s
	d.subjects[0].epochs = s.Keyring.Epochs
	return nil
}

// Claim holds the terms by which a claim is recognised again when its paper comes back
// renumbered, re-dated or in another syntax. All of it stays private; the ledger holds only
// keyed hashes (HMAC-SHA-256 under the consortium key).
type Claim struct {
	SellerID  string       `json:"seller_id"`  // national registration number
	ObligorID string       `json:"obligor_id"` // national registration number
	Number    string       `json:"number"`     // invoice number
	IssueDate money.Date   `json:"issue_date"`
	Amount    money.Amount `json:"amount"`
	Order     string       `json:"order"` // purchase order number
	// Goods are the papers the goods travel or lie under: "carrier bill-number" or
	// "warehouse receipt-number".
	Goods []string `json:"goods,omitempty"`
}

// FingerprintKind says which terms a fingerprint is made of.
type FingerprintKind string

// The kinds of fingerprints.
const (
	FingerprintNumber  FingerprintKind = "number"  // seller, number, year of issue
	FingerprintContent FingerprintKind = "content" // seller, obligor, amount, date of issue
	FingerprintTrade   FingerprintKind = "trade"   // seller, obligor, order, amount, one paper of the goods
)

// Terms tells a person what matched.
func (k FingerprintKind) Terms() string {
	switch k {
	case FingerprintNumber:
		return "seller, number and year match"
	case FingerprintContent:
		return "parties, date and amount match"
	case FingerprintTrade:
		return "order, goods and amount match"
	}
	return ""
}

const maxGoods = 50

// Bounds of the full-width forms of ASCII's printable characters, as East Asian input methods
// write them, and their distance from ASCII (Unicode block Halfwidth and Fullwidth Forms).
const (
	fullWidthFirst, fullWidthLast = '\uFF01', '\uFF5E'
	fullWidthShift                = '\uFF01' - '!'
)

// runs splits a text into its runs of digits and its other letters, upper case and of normal
// width; everything else only separates.
func runs(s string) []string {
	found, open := []string{}, false
	for _, r := range strings.ToUpper(s) {
		if r >= fullWidthFirst && r <= fullWidthLast {
			r = unicode.ToUpper(r - fullWidthShift)
		}
		if !unicode.IsDigit(r) && !unicode.IsLetter(r) {
			open = false
			continue
		}
		last := len(found) - 1
		if open && isDigits(found[last]) == unicode.IsDigit(r) {
			found[last] += string(r)
		} else {
			found = append(found, string(r))
		}
		open = true
	}
	return found
}

// isDigits tells the kind of a run by its first character.
func isDigits(run string) bool {
	r, _ := utf8.DecodeRuneInString(run)
	return unicode.IsDigit(r)
}

// squeezed makes one text of the many ways of punctuating a registration number.
func squeezed(s string) string { return strings.Join(runs(s), "") }

// normal makes one text of the many ways of writing a number of somebody's own making:
// "LQ-0042", "lq 42" and "LQ42" are the same, "1-23" and "12-3" are not.
func normal(s string) string {
	text, digits := "", false
	for _, run := range runs(s) {
		wasDigits := digits
		if digits = isDigits(run); digits {
			run = cmp.Or(strings.TrimLeft(run, "0"), "0")
			if wasDigits {
				text += "."
			}
		}
		text += run
	}
	return text
}

// fingerprintTerms returns the terms of each fingerprint of a kind that the claim has. There is
// a trade fingerprint for each paper of the goods, so that a claim which comes back with fewer
// papers still meets the first; without an order or without goods there is none.
func (c Claim) fingerprintTerms(k FingerprintKind) [][]string {
	seller, obligor := squeezed(c.SellerID), squeezed(c.ObligorID)
	switch k {
	case FingerprintNumber:
		return [][]string{{seller, normal(c.Number), strconv.Itoa(c.IssueDate.Year())}}
	case FingerprintContent:
		return [][]string{{seller, obligor, c.Amount.String(), c.IssueDate.String()}}
	case FingerprintTrade:
		order, goods := normal(c.Order), []string{}
		for _, g := range c.Goods {
			if g = normal(g); g != "" && order != "" {
				goods = append(goods, g)
			}
		}
		slices.Sort(goods)
		terms := [][]string{}
		for _, g := range slices.Compact(goods) {
			terms = append(terms, []string{seller, obligor, order, c.Amount.String(), g})
		}
		return terms
	}
	return nil
}

// check refuses a claim whose terms cannot make fingerprints.
func (c Claim) check() error {
	for _, v := range []struct{ path, text string }{
		{"args.claim.seller_id", c.SellerID},
		{"args.claim.obligor_id", c.ObligorID},
		{"args.claim.number", c.Number},
	} {
		if squeezed(v.text) == "" || len(v.text) > maxText {
			return refuse(CodeText, v.path, "a number with letters or digits is wanted")
		}
	}
	if len(c.Order) > maxText || slices.ContainsFunc(c.Goods, func(g string) bool { return len(g) > maxText }) {
		return refuse(CodeText, "args.claim", "an order and papers of at most %d bytes each", maxText)
	}
	if c.IssueDate.IsZero() {
		return refuse(CodeDate, "args.claim.issue_date", "the date of issue is wanted")
	}
	if c.Amount.Sign() <= 0 {
		return refuse(CodeAmount, "args.claim.amount", "a positive amount is wanted")
	}
	if len(c.Goods) > maxGoods {
		return refuse(CodeText, "args.claim.goods", "at most %d papers of goods", maxGoods)
	}
	return nil
}

// Fingerprint is what stands on the ledger at a fingerprint's key.
type Fingerprint struct {
	Asset AssetID `json:"asset"`
	// Freed is set when the claim was withdrawn; Rejected when the obligor refused it, which
	// a later presentation of the same claim will carry as a signal.
	Freed    bool `json:"freed,omitempty"`
	Rejected bool `json:"rejected,omitempty"`
}

// live tells whether the fingerprint stands in the way of another claim.
func (f Fingerprint) live() bool { return !f.Freed && !f.Rejected }

// fingerprintKinds in the order in which they are probed: the most telling first.
func fingerprintKinds() []FingerprintKind {
	return []FingerprintKind{FingerprintNumber, FingerprintTrade, FingerprintContent}
}

// fingerprintKey is the state key of a fingerprint under one epoch's key. The terms are
// hashed as a JSON list, so that no two lists of terms run together.
func fingerprintKey(key []byte, epoch int64, kind FingerprintKind, terms []string) (string, error) {
	text, err := json.Marshal(terms)
	if err != nil {
		return "", err
	}
	m := hmac.New(sha256.New, key)
	m.Write([]byte("fingerprint/" + string(kind) + "\n"))
	m.Write(text)
	return fmt.Sprintf("fp.%d.%s.%s", epoch, kind, hex.EncodeToString(m.Sum(nil))), nil
}

// Match is a fingerprint that stands on the ledger already. It says what matched, never
// whose it is.
type Match struct {
	Kind     FingerprintKind `json:"kind"`
	Terms    string          `json:"terms"`
	Rejected bool            `json:"rejected,omitempty"`
}

// Probe looks a claim up under every epoch and returns what matches. The keys must be those
// that the keyring commits to.
func Probe(view View, keys map[int64][]byte, c Claim) ([]Match, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	epochs, err := heldEpochs(view, keys)
	if err != nil {
		return nil, err
	}
	matches := []Match{}
	for _, kind := range fingerprintKinds() {
		standing, err := lookUp(view, keys, epochs, c, kind)
		if err != nil {
			return nil, err
		}
		// One claim may stand refused under an old key and live under a newer one: live counts.
		i := slices.IndexFunc(standing, func(s marked) bool { return s.live() })
		if i < 0 {
			i = slices.IndexFunc(standing, func(s marked) bool { return s.Rejected })
		}
		if i >= 0 {
			matches = append(matches, Match{Kind: kind, Terms: kind.Terms(), Rejected: standing[i].Rejected})
		}
	}
	return matches, nil
}

// marked is a fingerprint with the key it stands at.
type marked struct {
	Fingerprint
	at string
}

// lookUp finds what stands on the ledger of one kind of a claim's fingerprints, oldest epoch
// first.
func lookUp(
	view View, keys map[int64][]byte, epochs []Epoch, c Claim, kind FingerprintKind,
) ([]marked, error) {
	standing := []marked{}
	for _, terms := range c.fingerprintTerms(kind) {
		for _, e := range epochs {
			at, err := fingerprintKey(keys[e.Number], e.Number, kind, terms)
			if err != nil {
				return nil, err
			}
			raw, err := view.Get(at)
			if err != nil {
				return nil, err
			}
			if len(raw) == 0 {
				continue
			}
			f, err := Decode[Fingerprint](raw, at)
			if err != nil {
				return nil, err
			}
			standing = append(standing, marked{f, at})
		}
	}
	return standing, nil
}

// heldEpochs reads the keyring and checks that each epoch's key was brought along.
func heldEpochs(view View, keys map[int64][]byte) ([]Epoch, error) {
	record, err := readRecord(view, KeyringID)
	if err != nil {
		return nil, err
	}
	if record == nil || len(record.Epochs) == 0 {
		return nil, refuse(CodeKey, "keys", "the operator has not opened the keyring yet")
	}
	for _, e := range record.Epochs {
		if len(keys[e.Number]) != keyBytes || DigestOf(keys[e.Number]) != e.Commitment {
			return nil, refuse(CodeKey, "keys", "the consortium key of epoch %d is missing or another", e.Number)
		}
	}
	return record.Epochs, nil
}

// take registers the claim's fingerprints for an asset under the newest epoch, or refuses
// because they are taken. It tells whether the obligor has refused the same claim before.
func (d *decision) take(c Claim, asset AssetID, parties []OrgID) (represented bool, err error) {
	matches, err := Probe(d.view, d.tx.Keys, c)
	if err != nil {
		return false, err
	}
	for _, m := range matches {
		if !m.Rejected {
			return false, refuse(CodeEncumbered, "args.claim", "already encumbered: %s", m.Terms)
		}
		represented = true
	}
	epochs, err := heldEpochs(d.view, d.tx.Keys)
	if err != nil {
		return false, err
	}
	newest := epochs[len(epochs)-1].Number
	for _, kind := range fingerprintKinds() {
		for _, terms := range c.fingerprintTerms(kind) {
			at, err := fingerprintKey(d.tx.Keys[newest], newest, kind, terms)
			if err != nil {
				return false, err
			}
			standing, err := d.view.Get(at)
			if err != nil {
				return false, err
			}
			if len(standing) == 0 {
				d.policies = append(d.policies, Policy{at, parties})
			}
			if err := d.putFingerprint(at, Fingerprint{Asset: asset}); err != nil {
				return false, err
			}
		}
	}
	return represented, nil
}

// mark says on the claim's own fingerprints, under whatever epoch they were taken, how the
// claim ended. Fingerprints of another asset are left alone.
func (d *decision) mark(c Claim, f Fingerprint) error {
	epochs, err := heldEpochs(d.view, d.tx.Keys)
	if err != nil {
		return err
	}
	for _, kind := range fingerprintKinds() {
		standing, err := lookUp(d.view, d.tx.Keys, epochs, c, kind)
		if err != nil {
			return err
		}
		for _, s := range standing {
			if s.Asset != f.Asset {
				continue
			}
			if err := d.putFingerprint(s.at, f); err != nil {
				return err
			}
		}
	}
	return nil
}

func (d *decision) putFingerprint(at string, f Fingerprint) error {
	value, err := Canonical(f)
	if err != nil {
		return err
	}
	d.extra = append(d.extra, Write{at, value})
	return nil
}
