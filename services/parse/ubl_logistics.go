package parse

// order reads a UBL Order.
func (r *ublReader) order(n *xmlNode) {}

// despatch reads a UBL DespatchAdvice.
func (r *ublReader) despatch(n *xmlNode) {}

// receipt reads a UBL ReceiptAdvice.
func (r *ublReader) receipt(n *xmlNode) {}
