package trade

import "github.com/countersign/countersign/chaincode/money"

// Programme is the agreement of a bank and a seller about one obligor's receivables: its
// limit is spent by reservations and comes back with release, expiry and payment. The
// obligor agrees to be named. Prices are not here: they are in the financing, which the
// obligor does not see.
type Programme struct {
	Bank      OrgID          `json:"bank"`
	Seller    OrgID          `json:"seller"`
	Obligor   OrgID          `json:"obligor"`
	Currency  money.Currency `json:"currency"`
	Limit     int64          `json:"limit"` // minor units of face
	Used      int64          `json:"used"`  // minor units of face reserved or assigned
	TenorDays int            `json:"tenor_days"`
	// Agreement is the digest of the master agreement in force.
	Agreement Digest `json:"agreement"`
}

// OpenProgramme is the argument of programme.open.
type OpenProgramme struct {
	Salt      string       `json:"salt"`
	Bank      OrgID        `json:"bank"`
	Seller    OrgID        `json:"seller"`
	Obligor   OrgID        `json:"obligor"`
	Limit     money.Amount `json:"limit"`
	TenorDays int          `json:"tenor_days"`
	Agreement Digest       `json:"agreement"`
	Readers   []OrgID      `json:"readers,omitempty"`
}

// maxTenorDays: no electronic receivable runs longer than a year in the first market (China,
// notice 银发〔2025〕77号); a programme may ask for less.
const maxTenorDays = 366

func (d *decision) openProgramme(a OpenProgramme) error {
	if err := positive(a.Limit, "args.limit"); err != nil {
		return err
	}
	if a.TenorDays < 1 || a.TenorDays > maxTenorDays {
		return refuse(CodeProgrammeTenor, "args.tenor_days", "1 to %d days", maxTenorDays)
	}
	if err := checkDigest(a.Agreement, "args.agreement"); err != nil {
		return err
	}
	if err := d.orgKind(a.Bank, "args.bank", KindBank); err != nil {
		return err
	}
	if err := d.orgKind(a.Seller, "args.seller", KindSupplier, KindCoreEnterprise); err != nil {
		return err
	}
	if err := d.orgKind(a.Obligor, "args.obligor", KindCoreEnterprise); err != nil {
		return err
	}
	parties := []OrgID{a.Bank, a.Seller, a.Obligor}
	if err := d.checkOrgs(parties, "args"); err != nil {
		return err
	}
	if err := d.checkReaders(a.Readers, parties); err != nil {
		return err
	}
	return d.create(State{
		Salt: a.Salt, Phase: Active, Parties: parties, Readers: a.Readers,
		Programme: &Programme{
			Bank: a.Bank, Seller: a.Seller, Obligor: a.Obligor, Currency: a.Limit.Currency(),
			Limit: a.Limit.Minor(), TenorDays: a.TenorDays, Agreement: a.Agreement,
		},
	})
}

// spend takes an amount of face from the programme's limit for a receivable.
func (p *Programme) spend(r *Receivable, amount int64, today money.Date) error {
	if p.Seller != r.Seller || p.Obligor != r.Obligor || p.Currency != r.Currency {
		return refuse(CodeProgramme, "subjects[1]", "the programme is for another seller, obligor or currency")
	}
	if today.DaysUntil(r.DueDate) > p.TenorDays {
		return refuse(CodeProgrammeTenor, "subjects[1]",
			"the programme allows %d days until it is due", p.TenorDays)
	}
	if amount > p.Limit-p.Used {
		return refuse(CodeProgrammeLimit, "subjects[1]", "the programme's limit would be exceeded")
	}
	p.Used += amount
	return nil
}

// giveBack returns an amount of face to the limit.
func (p *Programme) giveBack(amount int64) error {
	if amount > p.Used {
		return refuse(CodeProgramme, "subjects[1]", "the programme was not spent by that much")
	}
	p.Used -= amount
	return nil
}

// positive refuses an amount that is not above zero.
func positive(a money.Amount, path string) error {
	if a.Sign() <= 0 {
		return refuse(CodeAmount, path, "a positive amount is wanted")
	}
	return nil
}
