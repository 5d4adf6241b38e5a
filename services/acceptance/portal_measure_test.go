package acceptance

import (
	_ "embed"
	"fmt"
	"os"
	"strconv"
	"sync"
	"testing"

	"github.com/countersign/countersign/services/parse/pdf/pdftest"
)

//go:embed testdata/many_papers.sql
var manyPapers string

// inARow is how many papers are opened one after another.
const inARow = 200

// measured skips what takes minutes unless it is asked for by scripts/measure.
func measured(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("PORTAL_MEASURE") != what {
		t.Skipf("takes minutes and a quiet machine: scripts/measure %s runs it", what)
	}
	needPortal(t)
}

func TestListsOfFiftyThousandAnswerAtOnce(t *testing.T) {
	measured(t, "lists")
	h := open(t, program, newData(t), nil)
	if _, err := h.claimed(t.Context(), "many", 1); err != nil {
		t.Fatal(err)
	}
	t.Logf("papers and receivables: %v", psql(t, h.data, manyPapers))
	drive(t, h, "lists.mjs", sellerMaker, buyerMaker)
}

func TestPapersOpenInARowWithoutALeak(t *testing.T) {
	measured(t, "papers")
	h := open(t, program, newData(t), nil)
	pack, err := h.openPack(t.Context(), sellerMaker, "Two hundred papers")
	if err != nil {
		t.Fatal(err)
	}
	var crews sync.WaitGroup
	for c := range crew {
		crews.Go(func() {
			for n := c; n < inARow; n += crew {
				paper := pdftest.New()
				number := fmt.Sprintf("Invoice LQ-%05d", n)
				paper.Show(number, "Ningbo Lanqiao Castings Co., Ltd.", "To pay 2,006,880.00 CNY")
				name := fmt.Sprintf("invoice-%03d.pdf", n)
				if _, err := h.upload(t.Context(), hand("lanqiao", c), pack, name, paper.Bytes()); err != nil {
					t.Errorf("%s: %v", name, err)
				}
			}
		})
	}
	crews.Wait()
	if t.Failed() {
		return
	}
	drive(t, h, "inarow.mjs", sellerMaker, strconv.Itoa(inARow))
}

func TestTwentyFilesAreSentAtOnce(t *testing.T) {
	measured(t, "uploads")
	h := open(t, program, newData(t), nil)
	drive(t, h, "twenty.mjs", sellerMaker)
}

func TestScreensArePaintedInTime(t *testing.T) {
	measured(t, "paint")
	firstVisits(t, "paint")
}

func TestEveryScreenStaysWithinItsBytes(t *testing.T) {
	measured(t, "bytes")
	firstVisits(t, "bytes")
}

// firstVisits measures visits to a node that has a trade with all that screens show.
func firstVisits(t *testing.T, what string) {
	t.Helper()
	h := open(t, program, newData(t), nil)
	ctx := t.Context()
	programmes, err := h.programmes(ctx)
	if err != nil {
		t.Fatal(err)
	}
	c, err := h.claimed(ctx, "paint", 1)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.confirmed(ctx, c); err != nil {
		t.Fatal(err)
	}
	if _, err := h.requested(ctx, c, programmes["YongjiangMSP"]); err != nil {
		t.Fatal(err)
	}
	drive(t, h, "measure.mjs", sellerMaker, buyerMaker, bankMaker, sellerAdmin, what)
}
