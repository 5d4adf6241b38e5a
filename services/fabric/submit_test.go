package fabric

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/hyperledger/fabric-protos-go-apiv2/gateway"
	"github.com/hyperledger/fabric-protos-go-apiv2/ledger/rwset/kvrwset"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	"github.com/countersign/countersign/services/app"
)

func proposal() app.Proposal { return app.Proposal{Org: "SupplierMSP", Function: "run"} }

func committed(code peer.TxValidationCode) (*gateway.CommitStatusResponse, error) {
	return &gateway.CommitStatusResponse{Result: code, BlockNumber: 5}, nil
}

func TestSubmitSendsTheSameEnvelopeUntilItsStatusIsKnown(t *testing.T) {
	f := &fakePeer{status: func(ctx context.Context, try int) (*gateway.CommitStatusResponse, error) {
		switch try {
		case 1: // Accepted and never ordered.
			<-ctx.Done()
			return nil, ctx.Err()
		case 2: // The second copy's code, when the first is in the same block.
			return committed(peer.TxValidationCode_DUPLICATE_TXID)
		}
		return committed(peer.TxValidationCode_VALID)
	}}
	l := open(t, Options{Commit: 50 * time.Millisecond}, map[string]*fakePeer{"SupplierMSP": f})
	receipt, err := l.Submit(t.Context(), proposal())
	if err != nil {
		t.Fatal(err)
	}
	if receipt.Block != 5 || string(receipt.Response) != "answer" || len(receipt.TxID) != 64 {
		t.Fatalf("receipt %+v", receipt)
	}
	if len(f.sent) != 3 {
		t.Fatalf("sent %d envelopes, want 3", len(f.sent))
	}
	for _, e := range f.sent[1:] {
		if !proto.Equal(e, f.sent[0]) {
			t.Fatal("another envelope was sent while the outcome of the first was unknown")
		}
	}
}

func TestSubmitGivesUpWithAnUnknownOutcome(t *testing.T) {
	for name, f := range map[string]*fakePeer{
		"no status": {status: func(ctx context.Context, _ int) (*gateway.CommitStatusResponse, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		}},
		"no orderer": {submit: func(int) error { return failure(t, codes.Unavailable) }},
	} {
		l := open(t, Options{Commit: 20 * time.Millisecond}, map[string]*fakePeer{"SupplierMSP": f})
		_, err := l.Submit(t.Context(), proposal())
		if !errors.Is(err, app.ErrOutcomeUnknown) {
			t.Errorf("%s: got %v, want an unknown outcome", name, err)
		}
		if len(f.sent) != submitTries {
			t.Errorf("%s: sent %d envelopes, want %d", name, len(f.sent), submitTries)
		}
	}
}

func TestSubmitWhoseContextEndsAfterSendingIsUnknown(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	f := &fakePeer{status: func(ctx context.Context, _ int) (*gateway.CommitStatusResponse, error) {
		cancel()
		<-ctx.Done()
		return nil, ctx.Err()
	}}
	l := open(t, Options{}, map[string]*fakePeer{"SupplierMSP": f})
	if _, err := l.Submit(ctx, proposal()); !errors.Is(err, app.ErrOutcomeUnknown) {
		t.Fatalf("got %v, want an unknown outcome", err)
	}
}

func TestSubmitNamesTheVerdictOfTheLedger(t *testing.T) {
	for _, c := range []struct {
		code     peer.TxValidationCode
		conflict bool
	}{
		{peer.TxValidationCode_MVCC_READ_CONFLICT, true},
		{peer.TxValidationCode_PHANTOM_READ_CONFLICT, true},
		{peer.TxValidationCode_BAD_CREATOR_SIGNATURE, false},
	} {
		f := &fakePeer{status: func(context.Context, int) (*gateway.CommitStatusResponse, error) {
			return committed(c.code)
		}}
		l := open(t, Options{}, map[string]*fakePeer{"SupplierMSP": f})
		_, err := l.Submit(t.Context(), proposal())
		if err == nil || errors.Is(err, app.ErrConflict) != c.conflict || errors.Is(err, app.ErrOutcomeUnknown) {
			t.Errorf("%s: got %v, want a conflict: %t", c.code, err, c.conflict)
		}
		if len(f.sent) != 1 {
			t.Errorf("%s: a final verdict was followed by another copy", c.code)
		}
	}
}

func TestPolicyFailureIsAConflictOnlyAfterAChangeOfWhatWasRead(t *testing.T) {
	change := txSpec{id: "change", public: &kvrwset.KVRWSet{Writes: []*kvrwset.KVWrite{{Key: "k"}}}}
	policy := txSpec{id: "policy", public: &kvrwset.KVRWSet{
		MetadataWrites: []*kvrwset.KVMetadataWrite{{Key: "k", Entries: policyEntry(policyOf(t, 1, "CoreMSP"))}},
	}}
	other := txSpec{id: "other", public: &kvrwset.KVRWSet{Writes: []*kvrwset.KVWrite{{Key: "x"}}}}
	const valid, broken = peer.TxValidationCode_VALID, peer.TxValidationCode_MVCC_READ_CONFLICT
	for _, c := range []struct {
		name          string
		read          *kvrwset.Version // what the failed transaction read of k
		earlier, same txSpec           // in block 4, and before it in block 5
		code          peer.TxValidationCode
		want          error
	}{
		{"changed in its block", &kvrwset.Version{BlockNum: 3}, other, change, valid, app.ErrConflict},
		{"given a policy in its block", &kvrwset.Version{BlockNum: 3}, other, policy, valid, app.ErrConflict},
		{"changed in the block before", &kvrwset.Version{BlockNum: 3}, change, other, valid, app.ErrConflict},
		{"created meanwhile", nil, change, other, valid, app.ErrConflict},
		{"changed before it was read", &kvrwset.Version{BlockNum: 4}, change, other, valid, app.ErrEndorsement},
		{"another key changed", &kvrwset.Version{BlockNum: 3}, other, other, valid, app.ErrEndorsement},
		{"changed by an invalid one", &kvrwset.Version{BlockNum: 3}, other, change, broken, app.ErrEndorsement},
	} {
		f := &fakePeer{status: func(context.Context, int) (*gateway.CommitStatusResponse, error) {
			return committed(peer.TxValidationCode_ENDORSEMENT_POLICY_FAILURE)
		}}
		// The transaction id is known once it was endorsed.
		var failed string
		f.endorse = func(r *gateway.EndorseRequest) (*gateway.EndorseResponse, error) {
			failed = r.GetTransactionId()
			return &gateway.EndorseResponse{PreparedTransaction: full(t).envelope(t)}, nil
		}
		f.answer = func(_ context.Context, r *gateway.EvaluateRequest) ([]byte, error) {
			mine := txSpec{id: failed, public: &kvrwset.KVRWSet{
				Reads: []*kvrwset.KVRead{{Key: "k", Version: c.read}},
			}}
			number := r.GetProposedTransaction().GetProposalBytes()
			switch {
			case strings.Contains(string(number), "GetBlockByNumber\n\x05trade\n\x015"):
				return must(t, blockOf(5, nil, []peer.TxValidationCode{
					c.code, peer.TxValidationCode_ENDORSEMENT_POLICY_FAILURE,
				}, c.same.raw(t), mine.raw(t))), nil
			case strings.Contains(string(number), "GetBlockByNumber\n\x05trade\n\x014"):
				return must(t, blockOf(4, nil, []peer.TxValidationCode{valid}, c.earlier.raw(t))), nil
			}
			return must(t, blockOf(3, nil, nil)), nil
		}
		l := open(t, Options{}, map[string]*fakePeer{"SupplierMSP": f})
		if _, err := l.Submit(t.Context(), proposal()); !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want %v", c.name, err, c.want)
		}
	}
}

func TestRefusalsAreToldApart(t *testing.T) {
	const fault = `{"code":"receivable.reserved","message":"chaincode response 1, no"}`
	for _, c := range []struct {
		name string
		err  error
		want error
	}{
		{
			"refusal", failure(t, codes.Aborted, "rpc error: code = Unavailable", "chaincode response 409, "+fault),
			&app.ChaincodeError{Status: 409, Message: fault},
		},
		{"lagging endorser", failure(t, codes.Aborted, "ProposalResponsePayloads do not match"), app.ErrConflict},
		{"dead endorser", failure(t, codes.Aborted, "rpc error: code = Unavailable desc"), app.ErrUnavailable},
		{"no gateway", failure(t, codes.Unavailable), app.ErrUnavailable},
		{"too many calls", failure(t, codes.ResourceExhausted), app.ErrUnavailable},
		{"slow endorser", failure(t, codes.DeadlineExceeded), app.ErrUnavailable},
	} {
		f := &fakePeer{
			endorse: func(*gateway.EndorseRequest) (*gateway.EndorseResponse, error) { return nil, c.err },
			answer:  func(context.Context, *gateway.EvaluateRequest) ([]byte, error) { return nil, c.err },
		}
		l := open(t, Options{}, map[string]*fakePeer{"SupplierMSP": f})
		_, submitted := l.Submit(t.Context(), proposal())
		_, evaluated := l.Evaluate(t.Context(), proposal())
		for _, got := range []error{submitted, evaluated} {
			if refusal, ok := errors.AsType[*app.ChaincodeError](got); ok {
				want, _ := errors.AsType[*app.ChaincodeError](c.want)
				if want == nil || *refusal != *want {
					t.Errorf("%s: refused with %+v", c.name, refusal)
				}
			} else if !errors.Is(got, c.want) {
				t.Errorf("%s: got %v, want %v", c.name, got, c.want)
			}
		}
		if len(f.sent) != 0 {
			t.Errorf("%s: an envelope was sent without endorsement", c.name)
		}
	}
}

func TestCallsInFlightAreBounded(t *testing.T) {
	entered, release := make(chan struct{}, 1), make(chan struct{})
	f := &fakePeer{answer: func(context.Context, *gateway.EvaluateRequest) ([]byte, error) {
		entered <- struct{}{}
		<-release
		return []byte("done"), nil
	}}
	l := open(t, Options{InFlight: 1}, map[string]*fakePeer{"SupplierMSP": f})
	first := make(chan error, 1)
	go func() {
		_, err := l.Evaluate(t.Context(), proposal())
		first <- err
	}()
	<-entered
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := l.Evaluate(ctx, proposal()); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a second call got %v, want to wait until its context ends", err)
	}
	close(release)
	if err := <-first; err != nil {
		t.Fatal(err)
	}
	if len(entered) != 0 {
		t.Fatal("the second call reached the peer")
	}
}

func TestOrganisationThatIsNotHostedIsRefused(t *testing.T) {
	l := open(t, Options{}, map[string]*fakePeer{"SupplierMSP": {}})
	p := proposal()
	p.Org = "BankAMSP"
	if _, err := l.Submit(t.Context(), p); err == nil {
		t.Error("submitted for an organisation that is not hosted")
	}
	if _, err := l.Evaluate(t.Context(), p); err == nil {
		t.Error("evaluated for an organisation that is not hosted")
	}
}
