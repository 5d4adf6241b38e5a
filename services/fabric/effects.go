package fabric

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"github.com/hyperledger/fabric-protos-go-apiv2/ledger/rwset"
	"github.com/hyperledger/fabric-protos-go-apiv2/ledger/rwset/kvrwset"
	"github.com/hyperledger/fabric-protos-go-apiv2/msp"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"

	"github.com/countersign/countersign/services/app"
)

// parseResults reads the read and write sets of the chaincode's own namespace.
func (tx *transaction) parseResults(raw []byte, chaincode string) error {
	var results rwset.TxReadWriteSet
	if err := decode("results", raw, &results); err != nil {
		return err
	}
	tx.reads = map[stateKey]version{}
	for _, ns := range results.GetNsRwset() {
		if ns.GetNamespace() != chaincode {
			continue
		}
		if err := tx.parsePublic(ns.GetRwset()); err != nil {
			return err
		}
		for _, c := range ns.GetCollectionHashedRwset() {
			if err := tx.parseHashed(c); err != nil {
				return fmt.Errorf("collection %s: %w", c.GetCollectionName(), err)
			}
		}
	}
	return nil
}

func (tx *transaction) parsePublic(raw []byte) error {
	var set kvrwset.KVRWSet
	if err := decode("public write set", raw, &set); err != nil {
		return err
	}
	for _, r := range set.GetReads() {
		tx.reads[stateKey{key: r.GetKey()}] = versionOf(r.GetVersion())
	}
	for _, w := range set.GetWrites() {
		tx.Effects.Writes = append(tx.Effects.Writes,
			app.Write{Key: w.GetKey(), Value: w.GetValue(), Deleted: w.GetIsDelete()})
		tx.touches = append(tx.touches, stateKey{key: w.GetKey()})
	}
	for _, m := range set.GetMetadataWrites() {
		if err := tx.addPolicy("", m.GetKey(), m.GetEntries()); err != nil {
			return err
		}
		tx.touches = append(tx.touches, stateKey{key: m.GetKey()})
	}
	return nil
}

func (tx *transaction) parseHashed(c *rwset.CollectionHashedReadWriteSet) error {
	var set kvrwset.HashedRWSet
	if err := decode("hashed write set", c.GetHashedRwset(), &set); err != nil {
		return err
	}
	name := c.GetCollectionName()
	for _, r := range set.GetHashedReads() {
		tx.reads[stateKey{name, string(r.GetKeyHash())}] = versionOf(r.GetVersion())
	}
	for _, w := range set.GetHashedWrites() {
		deleted := w.GetIsDelete() || w.GetIsPurge()
		tx.Effects.Private = append(tx.Effects.Private, app.PrivateHash{
			Collection: name, KeyHash: w.GetKeyHash(), ValueHash: w.GetValueHash(), Deleted: deleted,
		})
		tx.touches = append(tx.touches, stateKey{name, string(w.GetKeyHash())})
	}
	for _, m := range set.GetMetadataWrites() {
		if err := tx.addPolicy(name, hex.EncodeToString(m.GetKeyHash()), m.GetEntries()); err != nil {
			return err
		}
		tx.touches = append(tx.touches, stateKey{name, string(m.GetKeyHash())})
	}
	return nil
}

func versionOf(v *kvrwset.Version) version {
	if v == nil {
		return version{}
	}
	return version{exists: true, block: v.GetBlockNum(), position: v.GetTxNum()}
}

// addPolicy records the endorsement policy that a metadata write sets on a key.
func (tx *transaction) addPolicy(collection, key string, entries []*kvrwset.KVMetadataEntry) error {
	policy := app.Metadata{Collection: collection, Key: key, Endorsers: []string{}}
	for _, e := range entries {
		if e.GetName() != peer.MetaDataKeys_VALIDATION_PARAMETER.String() || len(e.GetValue()) == 0 {
			continue
		}
		orgs, err := policyOrgs(e.GetValue())
		if err != nil {
			return fmt.Errorf("endorsement policy of key %q: %w", key, err)
		}
		policy.Endorsers = orgs
	}
	tx.Effects.Metadata = append(tx.Effects.Metadata, policy)
	return nil
}

var errPolicyShape = errors.New("not a policy that all of some organisations must satisfy")

// policyOrgs reads a policy of the one shape that the law sets: a peer, or any member, of
// every named organisation must endorse.
func policyOrgs(raw []byte) ([]string, error) {
	var envelope common.SignaturePolicyEnvelope
	if err := decode("policy", raw, &envelope); err != nil {
		return nil, err
	}
	all := envelope.GetRule().GetNOutOf()
	if all == nil || len(all.GetRules()) == 0 || int(all.GetN()) != len(all.GetRules()) {
		return nil, errPolicyShape
	}
	var orgs []string
	for _, rule := range all.GetRules() {
		by, ok := rule.GetType().(*common.SignaturePolicy_SignedBy)
		if !ok || by.SignedBy < 0 || int(by.SignedBy) >= len(envelope.GetIdentities()) {
			return nil, errPolicyShape
		}
		principal := envelope.GetIdentities()[by.SignedBy]
		if principal.GetPrincipalClassification() != msp.MSPPrincipal_ROLE {
			return nil, errPolicyShape
		}
		var role msp.MSPRole
		if err := decode("role", principal.GetPrincipal(), &role); err != nil {
			return nil, err
		}
		orgs = append(orgs, role.GetMspIdentifier())
	}
	slices.Sort(orgs)
	return slices.Compact(orgs), nil
}

// parsePrivate reads the private values that a peer delivered with a transaction.
func parsePrivate(set *rwset.TxPvtReadWriteSet, chaincode string) ([]app.PrivateWrite, error) {
	var values []app.PrivateWrite
	for _, ns := range set.GetNsPvtRwset() {
		if ns.GetNamespace() != chaincode {
			continue
		}
		for _, c := range ns.GetCollectionPvtRwset() {
			var kv kvrwset.KVRWSet
			if err := decode("private write set", c.GetRwset(), &kv); err != nil {
				return nil, fmt.Errorf("collection %s: %w", c.GetCollectionName(), err)
			}
			for _, w := range kv.GetWrites() {
				values = append(values, app.PrivateWrite{
					Collection: c.GetCollectionName(), Key: w.GetKey(),
					Value: w.GetValue(), Deleted: w.GetIsDelete(),
				})
			}
		}
	}
	return values, nil
}

// addPrivate takes over those of the delivered values whose hashes stand in the block, each
// once, and returns how many do not. A transaction that is not valid takes over none,
// although a peer delivers them.
func (tx *transaction) addPrivate(values []app.PrivateWrite) (refused int) {
	for _, v := range values {
		known := slices.ContainsFunc(tx.Effects.Private, func(h app.PrivateHash) bool { return matches(v, h) })
		twice := slices.ContainsFunc(tx.Private, func(p app.PrivateWrite) bool {
			return p.Collection == v.Collection && p.Key == v.Key
		})
		switch {
		case tx.Valid() && known && !twice:
			tx.Private = append(tx.Private, v)
		case tx.Valid() && !known:
			refused++
		}
	}
	return refused
}

// findMissing records the values that the hosted organisations should hold and were not
// delivered: those of org_<MSP> and copy_<MSP>.
func (tx *transaction) findMissing(hosted []string) {
	for _, h := range tx.Effects.Private {
		_, owner, _ := strings.Cut(h.Collection, "_")
		held := slices.ContainsFunc(tx.Private, func(v app.PrivateWrite) bool { return matches(v, h) })
		if !held && slices.Contains(hosted, owner) {
			tx.Missing = append(tx.Missing, h)
		}
	}
}

// matches tells whether a private value is the one whose hash stands in the block.
func matches(v app.PrivateWrite, h app.PrivateHash) bool {
	key := sha256.Sum256([]byte(v.Key))
	if v.Collection != h.Collection || v.Deleted != h.Deleted || !bytes.Equal(key[:], h.KeyHash) {
		return false
	}
	value := sha256.Sum256(v.Value)
	return v.Deleted || bytes.Equal(value[:], h.ValueHash)
}
