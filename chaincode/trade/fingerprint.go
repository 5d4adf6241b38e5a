package trade

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode"

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
	Retired    bool   `json:"retired,omitempty"`
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
		return refuse(CodeKey, "args.number", "the next epoch is %d, at most %d", len(s.Keyring.Epochs)+1, maxEpochs)
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
	FingerprintTrade   FingerprintKind = "trade"   // seller, obligor, order, goods, amount
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

// normal makes one text of the many ways of writing a number: letters and digits only, upper
// case, no leading zeros in a run of digits.
func normal(s string) string {
	var b strings.Builder
	zeros := true
	for _, r := range strings.ToUpper(s) {
		switch {
		case r == '0' && zeros:
		case unicode.IsDigit(r):
			zeros = false
			b.WriteRune(r)
		case unicode.IsLetter(r):
			zeros = true
			b.WriteRune(r)
		default:
			zeros = true
		}
	}
	return b.String()
}

// fingerprintTerms returns the terms of each fingerprint that the claim has. Without an order
// or without goods there is no trade fingerprint.
func (c Claim) fingerprintTerms() map[FingerprintKind][]string {
	seller, obligor := normal(c.SellerID), normal(c.ObligorID)
	terms := map[FingerprintKind][]string{
		FingerprintNumber:  {seller, normal(c.Number), fmt.Sprint(c.IssueDate.Year())},
		FingerprintContent: {seller, obligor, c.Amount.String(), c.IssueDate.String()},
	}
	if normal(c.Order) != "" && len(c.Goods) > 0 {
		goods := make([]string, len(c.Goods))
		for i, g := range c.Goods {
			goods[i] = normal(g)
		}
		slices.Sort(goods)
		terms[FingerprintTrade] = append([]string{seller, obligor, normal(c.Order), c.Amount.String()}, goods...)
	}
	return terms
}

// check refuses a claim whose terms cannot make fingerprints.
func (c Claim) check() error {
	for _, v := range []struct{ path, text string }{
		{"args.claim.seller_id", c.SellerID}, {"args.claim.obligor_id", c.ObligorID},
		{"args.claim.number", c.Number},
	} {
		if normal(v.text) == "" || len(v.text) > maxText {
			return refuse(CodeText, v.path, "a number with letters or digits is wanted")
		}
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
	asset    AssetID
}

// Probe looks a claim up under every live epoch and returns what matches. The keys must be
// those that the keyring commits to.
func Probe(view View, keys map[int64][]byte, c Claim) ([]Match, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	epochs, err := liveEpochs(view, keys)
	if err != nil {
		return nil, err
	}
	matches := []Match{}
	for _, kind := range fingerprintKinds() {
		terms, ok := c.fingerprintTerms()[kind]
		if !ok {
			continue
		}
		for _, e := range epochs {
			f, _, err := readFingerprint(view, keys[e.Number], e.Number, kind, terms)
			if err != nil {
				return nil, err
			}
			if f != nil && !f.Freed {
				matches = append(matches, Match{Kind: kind, Terms: kind.Terms(), Rejected: f.Rejected, asset: f.Asset})
				break
			}
		}
	}
	return matches, nil
}

func readFingerprint(view View, key []byte, epoch int64, kind FingerprintKind, terms []string) (*Fingerprint, string, error) {
	at, err := fingerprintKey(key, epoch, kind, terms)
	if err != nil {
		return nil, "", err
	}
	raw, err := view.Get(at)
	if err != nil || raw == nil {
		return nil, at, err
	}
	f, err := Decode[Fingerprint](raw, at)
	return &f, at, err
}

// liveEpochs reads the keyring and checks that each live epoch's key was brought along.
func liveEpochs(view View, keys map[int64][]byte) ([]Epoch, error) {
	record, err := readRecord(view, KeyringID)
	if err != nil {
		return nil, err
	}
	if record == nil {
		return nil, refuse(CodeKey, "keys", "the operator has not opened the keyring yet")
	}
	live := []Epoch{}
	for _, e := range record.Epochs {
		if e.Retired {
			continue
		}
		if len(keys[e.Number]) != keyBytes || DigestOf(keys[e.Number]) != e.Commitment {
			return nil, refuse(CodeKey, "keys", "the consortium key of epoch %d is missing or another", e.Number)
		}
		live = append(live, e)
	}
	if len(live) == 0 {
		return nil, refuse(CodeKey, "keys", "no epoch is live")
	}
	return live, nil
}

// take registers the claim's fingerprints for an asset, or refuses because they are taken.
// It tells whether the obligor has refused the same claim before.
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
	return represented, d.mark(c, Fingerprint{Asset: asset}, parties)
}

// mark writes the claim's fingerprints under the newest epoch.
func (d *decision) mark(c Claim, f Fingerprint, parties []OrgID) error {
	epochs, err := liveEpochs(d.view, d.tx.Keys)
	if err != nil {
		return err
	}
	value, err := Canonical(f)
	if err != nil {
		return err
	}
	newest := epochs[len(epochs)-1].Number
	all := c.fingerprintTerms()
	for _, kind := range fingerprintKinds() {
		terms, ok := all[kind]
		if !ok {
			continue
		}
		old, at, err := readFingerprint(d.view, d.tx.Keys[newest], newest, kind, terms)
		if err != nil {
			return err
		}
		if old != nil && old.Asset != f.Asset && old.live() {
			continue // another asset's: it keeps it
		}
		d.extra = append(d.extra, Write{at, value})
		if old == nil {
			d.policies = append(d.policies, Policy{at, parties})
		}
	}
	return nil
}
