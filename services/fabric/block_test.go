package fabric

import (
	"encoding/hex"
	"testing"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"github.com/hyperledger/fabric-protos-go-apiv2/ledger/rwset"
	"github.com/hyperledger/fabric-protos-go-apiv2/ledger/rwset/kvrwset"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"google.golang.org/protobuf/proto"

	"github.com/countersign/countersign/services/app"
)

func full(t testing.TB) txSpec {
	t.Helper()
	return txSpec{
		id: "tx-1", endorsers: []string{"SupplierMSP", "CoreMSP", "SupplierMSP"}, response: "answer",
		event: &peer.ChaincodeEvent{EventName: "issued", Payload: []byte("e")},
		public: &kvrwset.KVRWSet{
			Reads: []*kvrwset.KVRead{{Key: "b", Version: &kvrwset.Version{BlockNum: 3, TxNum: 1}}, {Key: "a"}},
			Writes: []*kvrwset.KVWrite{
				{Key: "b", Value: []byte("2")},
				{Key: "a", IsDelete: true},
			},
			MetadataWrites: []*kvrwset.KVMetadataWrite{
				{Key: "b", Entries: policyEntry(policyOf(t, 2, "SupplierMSP", "CoreMSP"))},
				{Key: "a"},
			},
		},
		hashed: map[string]*kvrwset.HashedRWSet{"org_CoreMSP": {
			HashedWrites: []*kvrwset.KVWriteHash{
				{KeyHash: sum("k"), ValueHash: sum("v")},
				{KeyHash: sum("gone"), IsDelete: true},
			},
			MetadataWrites: []*kvrwset.KVMetadataWriteHash{
				{KeyHash: sum("k"), Entries: policyEntry(policyOf(t, 1, "CoreMSP"))},
			},
		}},
	}
}

func TestParseBlockReadsAllThatATransactionDid(t *testing.T) {
	b, err := parseBlock(blockOf(7, sum("previous"), valid(2), txSpec{id: "other", chaincode: "qscc"}.raw(t),
		full(t).raw(t)), testChaincode)
	if err != nil {
		t.Fatal(err)
	}
	if b.number != 7 || !b.time.Equal(testTime()) || len(b.hash) != 32 || len(b.txs) != 1 {
		t.Fatalf("block %d of %v with %d transactions of the chaincode", b.number, b.time, len(b.txs))
	}
	tx := b.txs[0]
	if tx.position != 1 || tx.ID != "tx-1" || tx.Code != "VALID" || tx.Creator != "SupplierMSP" ||
		len(tx.Endorsers) != 2 || tx.Endorsers[0] != "CoreMSP" || !tx.Time.Equal(testTime()) {
		t.Fatalf("transaction %+v", tx.Tx)
	}
	want := app.Effects{
		Writes: []app.Write{{Key: "a", Deleted: true}, {Key: "b", Value: []byte("2")}},
		Metadata: []app.Metadata{
			{Key: "a"},
			{Key: "b", Endorsers: []string{"CoreMSP", "SupplierMSP"}},
			{Collection: "org_CoreMSP", Key: hex.EncodeToString(sum("k")), Endorsers: []string{"CoreMSP"}},
		},
		Private: []app.PrivateHash{
			{Collection: "org_CoreMSP", KeyHash: sum("k"), ValueHash: sum("v")},
			{Collection: "org_CoreMSP", KeyHash: sum("gone"), Deleted: true},
		},
		Event: &app.Event{Name: "issued", Payload: []byte("e")}, Response: []byte("answer"),
	}
	if got := digest(t, tx.Effects); got != digest(t, want) {
		t.Fatalf("effects %+v, want %+v", tx.Effects, want)
	}
	if tx.reads[stateKey{key: "b"}] != (version{true, 3, 1}) || tx.reads[stateKey{key: "a"}].exists {
		t.Fatalf("read versions %v", tx.reads)
	}
}

func digest(t *testing.T, e app.Effects) string {
	t.Helper()
	d, err := app.EffectDigest(e)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestParseBlockRefusesABlockThatIsNotWhole(t *testing.T) {
	good := func() *common.Block { return blockOf(1, nil, valid(1), full(t).raw(t)) }
	for name, spoil := range map[string]func(*common.Block){
		"no header":              func(b *common.Block) { b.Header = nil },
		"another transaction":    func(b *common.Block) { b.Data.Data[0][9] ^= 1 },
		"one transaction less":   func(b *common.Block) { b.Data = nil },
		"no codes":               func(b *common.Block) { b.Metadata = nil },
		"a code more than there": func(b *common.Block) { b.Metadata.Metadata[2] = []byte{0, 0} },
	} {
		b := good()
		spoil(b)
		if _, err := parseBlock(b, testChaincode); err == nil {
			t.Errorf("%s: the block was read", name)
		}
	}
	if _, err := parseBlock(good(), testChaincode); err != nil {
		t.Fatal(err)
	}
}

func TestParseBlockWantsEveryFieldOfAValidTransactionAndNoneOfAnInvalidOne(t *testing.T) {
	twoActions := full(t).envelope(t)
	spoilBody(t, twoActions, func(body *peer.Transaction) {
		body.Actions = append(body.Actions, body.Actions[0])
	})
	badPolicy := full(t)
	badPolicy.public.MetadataWrites[0].Entries = policyEntry(policyOf(t, 1, "SupplierMSP", "CoreMSP"))
	for name, raw := range map[string][]byte{
		"garbage":             []byte("\xffgarbage"),
		"two actions":         must(t, twoActions),
		"a policy of 1 of 2":  badPolicy.raw(t),
		"payload cut short":   must(t, &common.Envelope{Payload: full(t).envelope(t).GetPayload()[:99]}),
		"a policy of garbage": brokenPolicy(t).raw(t),
	} {
		if _, err := parseBlock(blockOf(1, nil, valid(1), raw), testChaincode); err == nil {
			t.Errorf("%s: read as a valid transaction", name)
		}
		codes := []peer.TxValidationCode{peer.TxValidationCode_BAD_PAYLOAD}
		b, err := parseBlock(blockOf(1, nil, codes, raw), testChaincode)
		if err != nil {
			t.Errorf("%s: an invalid transaction stops the reader: %v", name, err)
		}
		for _, tx := range b.txs {
			if tx.Valid() || digest(t, tx.Effects) != digest(t, app.Effects{}) {
				t.Errorf("%s: an invalid transaction has effects %+v", name, tx.Effects)
			}
		}
	}
}

func brokenPolicy(t *testing.T) txSpec {
	t.Helper()
	s := full(t)
	s.public.MetadataWrites[0].Entries = policyEntry([]byte{0xff})
	return s
}

func spoilBody(t *testing.T, e *common.Envelope, change func(*peer.Transaction)) {
	t.Helper()
	var payload common.Payload
	var body peer.Transaction
	if err := proto.Unmarshal(e.GetPayload(), &payload); err != nil {
		t.Fatal(err)
	}
	if err := proto.Unmarshal(payload.GetData(), &body); err != nil {
		t.Fatal(err)
	}
	change(&body)
	payload.Data = must(t, &body)
	e.Payload = must(t, &payload)
}

func TestPrivateValuesAreThoseOfTheBlockOrNone(t *testing.T) {
	private := func(writes ...*kvrwset.KVWrite) *rwset.TxPvtReadWriteSet {
		set := &rwset.CollectionPvtReadWriteSet{
			CollectionName: "org_CoreMSP", Rwset: must(t, &kvrwset.KVRWSet{Writes: writes}),
		}
		return &rwset.TxPvtReadWriteSet{NsPvtRwset: []*rwset.NsPvtReadWriteSet{
			{Namespace: "other", CollectionPvtRwset: []*rwset.CollectionPvtReadWriteSet{set, set}},
			{Namespace: testChaincode, CollectionPvtRwset: []*rwset.CollectionPvtReadWriteSet{set}},
		}}
	}
	deletion := &kvrwset.KVWrite{Key: "gone", IsDelete: true}
	write := func(key, value string) *kvrwset.KVWrite {
		return &kvrwset.KVWrite{Key: key, Value: []byte(value)}
	}
	value := write("k", "v")
	const ok, conflict = peer.TxValidationCode_VALID, peer.TxValidationCode_MVCC_READ_CONFLICT
	for _, c := range []struct {
		name                   string
		code                   peer.TxValidationCode
		delivered              *rwset.TxPvtReadWriteSet
		held, refused, missing int
	}{
		{"all", ok, private(value, deletion), 2, 0, 0},
		{"one twice", ok, private(value, value, deletion), 2, 0, 0},
		{"none", ok, nil, 0, 0, 2},
		{"another value", ok, private(write("k", "w")), 0, 1, 2},
		{"another key", ok, private(write("x", "v")), 0, 1, 2},
		{"a deletion that was none", ok, private(&kvrwset.KVWrite{Key: "k", IsDelete: true}), 0, 1, 2},
		{"of an invalid transaction", conflict, private(value, deletion), 0, 0, 0},
	} {
		b, err := parseBlock(blockOf(1, nil, []peer.TxValidationCode{c.code}, full(t).raw(t)), testChaincode)
		if err != nil {
			t.Fatal(err)
		}
		values, err := parsePrivate(c.delivered, testChaincode)
		if err != nil {
			t.Fatal(err)
		}
		tx := &b.txs[0]
		refused := tx.addPrivate(values)
		tx.findMissing([]string{"BankAMSP", "CoreMSP"})
		if len(tx.Private) != c.held || refused != c.refused || len(tx.Missing) != c.missing {
			t.Errorf("%s: %d values held, %d refused, %d missing; want %d, %d, %d",
				c.name, len(tx.Private), refused, len(tx.Missing), c.held, c.refused, c.missing)
		}
		tx.Missing = nil
		tx.findMissing([]string{"BankAMSP"})
		if len(tx.Missing) != 0 {
			t.Errorf("%s: a stranger misses %v", c.name, tx.Missing)
		}
	}
}

func FuzzParseBlock(f *testing.F) {
	f.Add(full(f).raw(f), byte(0), []byte(nil))
	f.Add(full(f).raw(f), byte(peer.TxValidationCode_MVCC_READ_CONFLICT), []byte(nil))
	f.Add([]byte{}, byte(peer.TxValidationCode_BAD_PAYLOAD), []byte("x"))
	f.Add([]byte(nil), byte(0), must(f, blockOf(1, nil, valid(1), full(f).raw(f))))
	f.Fuzz(func(t *testing.T, envelope []byte, code byte, whole []byte) {
		if _, err := decodeBlock(whole, testChaincode); err == nil && len(whole) == 0 {
			t.Fatal("nothing was read as a block")
		}
		b, err := parseBlock(blockOf(1, nil, []peer.TxValidationCode{peer.TxValidationCode(code)}, envelope),
			testChaincode)
		if err != nil {
			return
		}
		for _, tx := range b.txs {
			if tx.Valid() != (code == 0) {
				t.Fatalf("code %d was read as %s", code, tx.Code)
			}
			if !tx.Valid() && digest(t, tx.Effects) != digest(t, app.Effects{}) {
				t.Fatal("an invalid transaction has effects")
			}
			if _, err := app.EffectDigest(tx.Effects); err != nil {
				t.Fatalf("effects without a digest: %v", err)
			}
			tx.findMissing([]string{"CoreMSP"})
		}
		if values, err := parsePrivate(&rwset.TxPvtReadWriteSet{NsPvtRwset: []*rwset.NsPvtReadWriteSet{{
			Namespace: testChaincode, CollectionPvtRwset: []*rwset.CollectionPvtReadWriteSet{
				{CollectionName: "org_CoreMSP", Rwset: whole},
			},
		}}}, testChaincode); err == nil {
			for i := range b.txs {
				b.txs[i].addPrivate(values)
			}
		}
	})
}
