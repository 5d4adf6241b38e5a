package ebl

import (
	"strconv"

	"github.com/countersign/countersign/services/parse/dcsa"
)

// document checks a transport document, or what shipping instructions ask for. What must be
// there is asked of a transport document alone: instructions may leave the carrier to fill in.
func (r *run) document(m *dcsa.Message) {
	l := m.Lading
	instructions := m.Name == dcsa.CreateInstructions || m.Name == dcsa.UpdateInstructions ||
		m.Name == dcsa.ShippingInstructions || m.Name == dcsa.InstructionsNotice
	if l.Type == dcsa.SeaWaybill && is(l.ToOrder, true) {
		r.breach("DCSA-01", l.At+"/isToOrder", "true")
	}
	r.parties(l)
	if !instructions {
		r.state(l)
	}
	r.originals(l)
	r.value(l)
	r.containers(l)
	if v := l.Voyage; !v.Departure.IsZero() && v.Arrival.Before(v.Departure) && !v.Arrival.IsZero() {
		r.breach("DCSA-16", v.At+"/plannedArrivalDate", v.Arrival.String())
	}
}

// parties holds who is named against the kind of the bill.
func (r *run) parties(l *dcsa.Lading) {
	p := l.Parties
	if l.Type == dcsa.BillOfLading && is(l.ToOrder, false) && p.Consignee == nil {
		r.breach("DCSA-02", p.At, "")
	}
	if p.Consignee != nil && p.Endorsee != nil {
		r.breach("DCSA-03", p.Endorsee.At, p.Endorsee.Name)
	}
	if p.Endorsee != nil && is(l.ToOrder, false) {
		r.breach("DCSA-04", p.Endorsee.At, p.Endorsee.Name)
	}
	notified := len(p.Notify) > 0 || p.Consignee != nil && p.Consignee.Notified ||
		p.Endorsee != nil && p.Endorsee.Notified
	if is(l.ToOrder, true) && !notified {
		r.breach("DCSA-05", p.At, "")
	}
}

// state holds the dates against the status of the document.
func (r *run) state(l *dcsa.Lading) {
	shipped, received := !l.Shipped.IsZero(), !l.Received.IsZero()
	issued := l.Status.WasIssued()
	if l.Type == dcsa.BillOfLading && issued && shipped == received {
		r.breach("DCSA-06", l.At, "")
	}
	switch {
	case shipped && !received && is(l.OnBoard, false):
		r.breach("DCSA-07", l.At+"/shippedOnBoardDate", l.Shipped.String())
	case received && !shipped && is(l.OnBoard, true):
		r.breach("DCSA-07", l.At+"/receivedForShipmentDate", l.Received.String())
	}
	if issued && l.Issued.IsZero() {
		r.breach("DCSA-08", l.At, "")
	}
	switch {
	case l.Status == "": // missing: the schema says so
	case !l.Status.Known():
		r.breach("DCSA-13", l.At+"/transportDocumentStatus", string(l.Status))
	case !l.Status.Live():
		r.breach("DCSA-14", l.At+"/transportDocumentStatus", string(l.Status))
	}
}

// originals holds the numbers of originals and copies against the kind and the medium.
func (r *run) originals(l *dcsa.Lading) {
	at := func(with *int, kind string) string {
		if with != nil && *with > 0 {
			return l.At + "/numberOf" + kind + "WithCharges"
		}
		return l.At + "/numberOf" + kind + "WithoutCharges"
	}
	originals := l.Originals()
	switch {
	case originals == nil:
	case l.Type == dcsa.SeaWaybill && *originals > 0:
		r.breach("DCSA-09", at(l.OriginalsWith, "Originals"), strconv.Itoa(*originals))
	case l.Type == dcsa.BillOfLading && is(l.Electronic, true) && *originals > 1:
		r.breach("DCSA-10", at(l.OriginalsWith, "Originals"), strconv.Itoa(*originals))
	}
	copies := 0
	for _, n := range []*int{l.CopiesWith, l.CopiesWithout} {
		if n != nil {
			copies += *n
		}
	}
	if l.Type == dcsa.BillOfLading && is(l.Electronic, true) && copies > 0 {
		r.breach("DCSA-11", at(l.CopiesWith, "Copies"), strconv.Itoa(copies))
	}
}

func (r *run) value(l *dcsa.Lading) {
	switch {
	case l.DeclaredValue != nil && l.ValueCurrency == "":
		r.breach("DCSA-12", l.At+"/declaredValue", l.DeclaredValue.String())
	case l.DeclaredValue == nil && l.ValueCurrency != "":
		r.breach("DCSA-12", l.At+"/declaredValueCurrency", l.ValueCurrency)
	}
}

// containers looks for cargo in a container that is not one of the shipment's.
func (r *run) containers(l *dcsa.Lading) {
	listed := map[string]bool{}
	for _, e := range l.Equipment {
		listed[e.Container] = true
	}
	for _, item := range l.Items {
		for _, cargo := range item.Cargo {
			if cargo.Container != "" && !listed[cargo.Container] {
				r.breach("DCSA-15", cargo.At+"/equipmentReference", cargo.Container)
			}
		}
	}
}
