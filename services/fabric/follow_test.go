package fabric

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"

	"github.com/countersign/countersign/services/app"
)

// chain is n empty blocks from number 0, each naming the one before.
func chain(t *testing.T, n int) []*common.Block {
	t.Helper()
	var blocks []*common.Block
	var previous []byte
	for number := range n {
		b := blockOf(uint64(number), previous, nil)
		hash, err := headerHash(b.GetHeader())
		if err != nil {
			t.Fatal(err)
		}
		blocks, previous = append(blocks, b), hash
	}
	return blocks
}

// deliver sends the given blocks and then waits for the end of the stream.
func deliver(blocks ...*common.Block) func(peer.Deliver_DeliverWithPrivateDataServer) error {
	return func(s peer.Deliver_DeliverWithPrivateDataServer) error {
		for _, b := range blocks {
			if err := s.Send(&peer.DeliverResponse{Type: &peer.DeliverResponse_BlockAndPrivateData{
				BlockAndPrivateData: &peer.BlockAndPrivateData{Block: b},
			}}); err != nil {
				return err
			}
		}
		<-s.Context().Done()
		return s.Context().Err()
	}
}

func deliverStatus(code common.Status) func(peer.Deliver_DeliverWithPrivateDataServer) error {
	return func(s peer.Deliver_DeliverWithPrivateDataServer) error {
		return s.Send(&peer.DeliverResponse{Type: &peer.DeliverResponse_Status{Status: code}})
	}
}

var errEnough = errors.New("enough")

// follow returns the numbers of the blocks followed, at most most of them.
func follow(t *testing.T, l *Ledger, from uint64, most int) ([]uint64, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	var numbers []uint64
	err := l.Follow(ctx, from, func(_ context.Context, b app.Block) error {
		numbers = append(numbers, b.Number)
		if len(numbers) == most {
			return errEnough
		}
		return nil
	})
	return numbers, err
}

func TestFollowReadsOnWhereAStreamBroke(t *testing.T) {
	blocks := chain(t, 4)
	tries := 0
	f := &fakePeer{deliver: func(s peer.Deliver_DeliverWithPrivateDataServer) error {
		tries++
		switch tries {
		case 1: // Ends in the middle, as when a peer dies.
			return s.Send(&peer.DeliverResponse{Type: &peer.DeliverResponse_BlockAndPrivateData{
				BlockAndPrivateData: &peer.BlockAndPrivateData{Block: blocks[1]},
			}})
		case 2: // Not ready yet.
			return deliverStatus(common.Status_SERVICE_UNAVAILABLE)(s)
		case 3: // A block that was not asked for.
			return deliver(blocks[1])(s)
		}
		return deliver(blocks[2:]...)(s)
	}}
	l := open(t, Options{}, map[string]*fakePeer{"SupplierMSP": f})
	numbers, err := follow(t, l, 1, 3)
	if !errors.Is(err, errEnough) || !slices.Equal(numbers, []uint64{1, 2, 3}) {
		t.Fatalf("followed %v: %v", numbers, err)
	}
}

func TestFollowEndsWhereWaitingDoesNotHelp(t *testing.T) {
	blocks := chain(t, 3)
	broken := chain(t, 3)
	broken[2].Header.PreviousHash = sum("another block")
	signed := chain(t, 3)
	signed[1].Metadata.Metadata[common.BlockMetadataIndex_SIGNATURES] = []byte("may differ")
	forged := full(t).raw(t)
	differs := func(code peer.TxValidationCode) []*common.Block {
		first := blockOf(0, nil, []peer.TxValidationCode{code}, forged)
		return []*common.Block{first}
	}
	for _, c := range []struct {
		name           string
		supplier, core func(peer.Deliver_DeliverWithPrivateDataServer) error
		want           int // blocks followed before
		enough         bool
	}{
		{"two peers agree", deliver(blocks...), deliver(signed...), 3, true},
		{"reading is forbidden", deliverStatus(common.Status_FORBIDDEN), deliver(blocks...), 0, false},
		{"the chain breaks", deliver(broken...), deliver(broken...), 2, false},
		{"peers disagree about a block", deliver(blocks...), deliver(broken...), 2, false},
		{"peers disagree about validity", deliver(differs(0)...), deliver(differs(1)...), 0, false},
	} {
		l := open(t, Options{}, map[string]*fakePeer{
			"SupplierMSP": {deliver: c.supplier}, "CoreMSP": {deliver: c.core},
		})
		numbers, err := follow(t, l, 0, 3)
		late := errors.Is(err, context.DeadlineExceeded)
		if len(numbers) != c.want || errors.Is(err, errEnough) != c.enough || late {
			t.Errorf("%s: followed %v: %v", c.name, numbers, err)
		}
	}
}
