package ebl

import (
	"slices"
	"time"

	"github.com/countersign/countersign/services/parse/dcsa"
)

// The codes of a surrender request and of its answer.
const (
	askDelivery  = "SREQ"
	askAmendment = "AREQ"
	refused      = "SREJ"
)

// surrender holds a surrender request against its chain, and an answer against itself.
func (r *run) surrender(m *dcsa.Message) {
	if s := m.Surrender; s != nil {
		if s.Reason != "" && s.Code == askDelivery {
			r.breach("DCSA-20", s.At+"/reasonCode", s.Reason)
		}
		if len(m.Chains) > 0 && len(m.Chains[0].Links) > 0 {
			last := m.Chains[0].Links[len(m.Chains[0].Links)-1].Action
			if s.Code == askDelivery && last == dcsa.SurrenderForAmendment ||
				s.Code == askAmendment && last == dcsa.SurrenderForDelivery {
				r.breach("DCSA-22", s.At+"/surrenderRequestCode", s.Code)
			}
		}
	}
	if a := m.Answer; a != nil && a.Action == refused && a.Comments == "" && a.Feedbacks == 0 {
		r.breach("DCSA-21", a.At, "")
	}
}

// oneLive looks for two versions of one bill that have both been issued and not surrendered.
func (r *run) oneLive(chains []dcsa.Chain) {
	live := map[string]bool{}
	for _, c := range chains {
		if len(c.Links) == 0 || c.Ended() {
			continue
		}
		if live[c.Reference] {
			r.breach("DCSA-38", c.At, c.SubReference)
		}
		live[c.Reference] = true
	}
}

// holders is who has the bill after some entries of its chain. Possession and title are apart:
// a transfer moves the one, an endorsement the other.
type holders struct {
	known     bool // false until an entry has said who has the bill
	possessor *dcsa.Party
	title     *dcsa.Party // nil when endorsed in blank, or the same as the possessor
	asked     *dcsa.Party // who gave the bill back and awaits the carrier's answer
	carrier   *dcsa.Party // who issued, or to whom it was given back
	over      bool        // surrendered
	blank     bool        // endorsed in blank: whoever has it holds
	partial   bool        // not every change of possession is recorded
}

// chain follows the bill from hand to hand.
func (r *run) chain(c *dcsa.Chain, toOrder *bool) {
	h, last := holders{partial: c.Partial}, time.Time{}
	for i, link := range c.Links {
		if i == 0 && link.Action != dcsa.Issue {
			r.breach("DCSA-31", link.At, string(link.Action))
		}
		if !link.Time.IsZero() {
			if link.Time.Before(last) {
				r.breach("DCSA-34", link.In("actionDateTime"), link.Time.Format(time.RFC3339))
			}
			last = link.Time
		}
		r.link(&h, i, link, toOrder)
	}
}

// link checks one entry against who has the bill, and moves it on. After an action that is not
// known nobody knows who has it, and the next entries start anew.
func (r *run) link(h *holders, i int, link dcsa.Link, toOrder *bool) {
	switch {
	case h.over:
		r.breach("DCSA-35", link.At, string(link.Action))
		return
	case !link.Action.Known():
		r.breach("DCSA-30", link.In("actionCode"), string(link.Action))
		*h = holders{carrier: h.carrier, partial: h.partial}
		return
	case link.Action == dcsa.Issue && i > 0:
		r.breach("DCSA-32", link.At, string(link.Action))
	case h.known && link.Actor != nil && !h.may(link):
		r.breach("DCSA-33", link.In("actor"), link.Actor.Name)
	}
	if link.Action.Endorses() && is(toOrder, false) {
		r.breach("DCSA-37", link.In("actionCode"), string(link.Action))
	}
	if link.Recipient == nil && needsRecipient(link.Action) {
		r.breach("DCSA-36", link.At, string(link.Action))
		*h = holders{carrier: h.carrier, partial: h.partial}
		return
	}
	h.move(link)
}

func needsRecipient(a dcsa.Action) bool {
	return a != dcsa.Sign && a != dcsa.BlankEndorse && a != dcsa.Surrendered && a != dcsa.SurrenderRefused
}

// may tells whether the actor of an entry is somebody who could do it. While the carrier has
// not answered, both it and who asked may act: a refused bill goes back without an entry.
func (h *holders) may(link dcsa.Link) bool {
	if link.Action == dcsa.Issue {
		return true
	}
	if h.blank && h.partial {
		return true // it may have gone through other hands
	}
	able := []*dcsa.Party{h.possessor, h.title, h.asked}
	if link.Action == dcsa.Surrendered || link.Action == dcsa.SurrenderRefused {
		able = []*dcsa.Party{h.carrier, h.possessor}
	}
	return slices.ContainsFunc(able, link.Actor.Same)
}

// move takes the bill where the entry says.
func (h *holders) move(link dcsa.Link) {
	if !h.known && link.Actor != nil && link.Action != dcsa.Issue {
		h.possessor = link.Actor // a chain that begins in the middle
	}
	h.known = true
	switch link.Action {
	case dcsa.Issue:
		*h = holders{
			known: true, possessor: link.Recipient, title: link.Recipient, carrier: link.Actor, partial: h.partial,
		}
	case dcsa.Transfer:
		h.possessor, h.asked = link.Recipient, nil
	case dcsa.Endorse, dcsa.EndorseToOrder:
		h.title, h.asked, h.blank = link.Recipient, nil, false
	case dcsa.BlankEndorse:
		h.title, h.asked, h.blank = nil, nil, true
	case dcsa.SurrenderForDelivery, dcsa.SurrenderForAmendment:
		h.asked, h.possessor, h.carrier = link.Actor, link.Recipient, link.Recipient
	case dcsa.Surrendered:
		h.over = true
	case dcsa.SurrenderRefused:
		h.possessor, h.asked = h.asked, nil
	case dcsa.Sign:
	}
}

// signed holds the checksums that signed content states against what stands in the message.
func (r *run) signed(m *dcsa.Message) {
	for _, s := range m.Signed {
		if !s.Readable {
			r.breach("DCSA-41", s.At, "")
		}
		for _, sum := range s.Sums {
			if sum.Stated != sum.Computed {
				r.breach("DCSA-40", s.At, sum.Of)
			}
		}
	}
}
