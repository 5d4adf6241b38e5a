package trade

// The acts. Each moves one or more assets as the table below says.
const (
	OrganisationRegister   Act = "organisation.register"
	OrganisationEnrol      Act = "organisation.enrol"
	OrganisationRevoke     Act = "organisation.revoke"
	OrganisationAddKey     Act = "organisation.add_key"
	OrganisationRevokeKey  Act = "organisation.revoke_key"
	KeyringOpen            Act = "keyring.open"
	KeyringRotate          Act = "keyring.rotate"
	DocumentRecord         Act = "document.record"
	ProgrammeOpen          Act = "programme.open"
	ReceivableIssue        Act = "receivable.issue"
	ReceivableWithdraw     Act = "receivable.withdraw"
	ReceivableReject       Act = "receivable.reject"
	ReceivableConfirm      Act = "receivable.confirm"
	ReceivableDispute      Act = "receivable.dispute"
	ReceivableResolve      Act = "receivable.resolve"
	ReceivableReserve      Act = "receivable.reserve"
	ReceivableRelease      Act = "receivable.release"
	ReceivableExpire       Act = "receivable.expire"
	ReceivableAssign       Act = "receivable.assign"
	ReceivableMature       Act = "receivable.mature"
	ReceivableOverdue      Act = "receivable.overdue"
	ReceivablePay          Act = "receivable.pay"
	ReceivableAskPayee     Act = "receivable.ask_payee"
	ReceivableConfirmPayee Act = "receivable.confirm_payee"
	ReceivableRefusePayee  Act = "receivable.refuse_payee"
	ReceivableChangePayee  Act = "receivable.change_payee"
	FinancingRequest       Act = "financing.request"
	FinancingQuote         Act = "financing.quote"
	FinancingRefuse        Act = "financing.refuse"
	FinancingDecline       Act = "financing.decline"
	FinancingLapse         Act = "financing.lapse"
	FinancingApprove       Act = "financing.approve"
	FinancingDisburse      Act = "financing.disburse"
	FinancingRepay         Act = "financing.repay"
)

// Access is how an act touches a subject.
type Access string

// The accesses. Open reads the state without changing it; Seen reads only the public record
// and the consent of parties, for organisations that must not see the state.
const (
	Create Access = "create"
	Change Access = "change"
	Opened Access = "open"
	Seen   Access = "seen"
)

// SubjectSpec is one subject of an act: its kind, how it is touched, and the phases it may
// be in (empty: any). Any allows AnyVersion; Optional allows the last subject to be absent.
type SubjectSpec struct {
	Kind     Kind    `json:"kind"`
	Access   Access  `json:"access"`
	From     []Phase `json:"from,omitempty"`
	Any      bool    `json:"any,omitempty"`
	Optional bool    `json:"optional,omitempty"`
}

// Side names a party by its part in the first subject of an act.
type Side string

// The sides.
const (
	Itself  Side = "itself"  // the organisation of the record
	Seller  Side = "seller"  // creditor, supplier
	Obligor Side = "obligor" // debtor, core enterprise
	Bank    Side = "bank"    // financier of the financing, or holder of the reservation
	Owner   Side = "owner"   // who owns the receivable now
)

// Need is a duty to sign: one person of one of the sides, with one of the roles. Two needs
// of one act are never met by one person.
type Need struct {
	Sides []Side `json:"sides"`
	Roles []Role `json:"roles"`
}

// ActSpec is one row of the table: who must sign what act on which assets, and the phases
// the first subject may be in afterwards.
type ActSpec struct {
	Act      Act           `json:"act"`
	Subjects []SubjectSpec `json:"subjects"`
	Needs    []Need        `json:"needs,omitempty"`
	To       []Phase       `json:"to"`
	Summary  string        `json:"summary"`
}

// by is a need of one person of a side.
func by(side Side, roles ...Role) Need { return Need{[]Side{side}, roles} }

// fourEyes is a maker and a checker of a side: two persons.
func fourEyes(side Side) []Need {
	return []Need{by(side, Maker), by(side, Checker, Approver)}
}

// Acts is the table of the law: every act there is. docs/lifecycles.md is generated from it.
func Acts() []ActSpec {
	acts := organisationActs()
	acts = append(acts, claimActs()...)
	acts = append(acts, payeeActs()...)
	acts = append(acts, encumbranceActs()...)
	return append(acts, financingActs()...)
}

func organisationActs() []ActSpec {
	twoAdmins := []Need{by(Itself, Admin), by(Itself, Admin)}
	change := func(k Kind) []SubjectSpec { return []SubjectSpec{{Kind: k, Access: Change}} }
	// Acts about different persons and keys do not wait for each other: each is right or wrong
	// whatever became of the others, and none can be done twice.
	staff := []SubjectSpec{{Kind: KindOrganisation, Access: Change, Any: true}}
	create := func(k Kind) []SubjectSpec { return []SubjectSpec{{Kind: k, Access: Create}} }
	active := []Phase{Active}
	return []ActSpec{
		{
			Act: OrganisationRegister, Subjects: create(KindOrganisation), Needs: twoAdmins, To: active,
			Summary: "An organisation enters with its kind and its first persons, two admins among them.",
		},
		{
			Act: OrganisationEnrol, Subjects: staff, Needs: twoAdmins, To: active,
			Summary: "Two admins register a person with a first key and roles.",
		},
		{
			Act: OrganisationRevoke, Subjects: staff, Needs: twoAdmins, To: active,
			Summary: "Two admins revoke a person with all keys; two admins always remain.",
		},
		{
			Act: OrganisationAddKey, Subjects: staff, Needs: twoAdmins, To: active,
			Summary: "Two admins register one more key of a person: of a phone, a laptop, a spare.",
		},
		{
			Act: OrganisationRevokeKey, Subjects: staff, Needs: twoAdmins, To: active,
			Summary: "Two admins revoke one key of a person; two admins who can sign always remain.",
		},
		{
			Act: KeyringOpen, Subjects: create(KindKeyring), Needs: twoAdmins, To: active,
			Summary: "The platform operator commits to the first consortium key for fingerprints.",
		},
		{
			Act: KeyringRotate, Subjects: change(KindKeyring), Needs: twoAdmins, To: active,
			Summary: "A new epoch of the consortium key begins; older epochs are still probed.",
		},
		{
			Act: DocumentRecord, To: active,
			Subjects: []SubjectSpec{
				{Kind: KindDocument, Access: Create},
				{Kind: KindDocument, Access: Opened, Any: true, Optional: true},
			},
			Summary: "The owner's node commits to a document, or to a version that supersedes one; " +
				"those it is shown to agree to hold it.",
		},
		{
			Act: ProgrammeOpen, Subjects: create(KindProgramme), To: active,
			Needs:   append(fourEyes(Bank), by(Seller, Maker)),
			Summary: "Bank and seller agree on a programme for one obligor with a limit and a longest tenor.",
		},
	}
}

func claimActs() []ActSpec {
	receivable := func(a Access, from ...Phase) []SubjectSpec {
		return []SubjectSpec{{Kind: KindReceivable, Access: a, From: from}}
	}
	owned := []Phase{Open, Matured, Overdue}
	return []ActSpec{
		{
			Act: ReceivableIssue, Subjects: receivable(Create), To: []Phase{Issued},
			Needs:   []Need{by(Seller, Maker)},
			Summary: "The seller claims a receivable; its fingerprints are taken.",
		},
		{
			Act: ReceivableWithdraw, Subjects: receivable(Change, Issued), To: []Phase{Withdrawn},
			Needs:   []Need{by(Seller, Maker)},
			Summary: "The seller takes the claim back before it is confirmed; its fingerprints are freed.",
		},
		{
			Act: ReceivableReject, Subjects: receivable(Change, Issued), To: []Phase{Rejected},
			Needs:   []Need{by(Obligor, Maker, Checker)},
			Summary: "The obligor refuses the claim with a reason; the fingerprints stay as a signal.",
		},
		{
			Act: ReceivableConfirm, Subjects: receivable(Change, Issued), To: []Phase{Open},
			Needs:   fourEyes(Obligor),
			Summary: "The obligor confirms what it owes, in four eyes, with the kind of its promise.",
		},
		{
			Act: ReceivableDispute, Subjects: receivable(Change, owned...), To: owned,
			Needs: []Need{{[]Side{Obligor, Owner}, []Role{Maker, Checker}}},
			Summary: "Part of the balance is disputed: of the free part, or marked on what is held or assigned. " +
				"What is held is not financed while part of it is disputed.",
		},
		{
			Act: ReceivableResolve, To: append(owned, Settled),
			Subjects: []SubjectSpec{
				{Kind: KindReceivable, Access: Change, From: owned},
				{Kind: KindProgramme, Access: Change, Any: true, Optional: true},
			},
			Needs: []Need{by(Obligor, Maker, Checker), by(Owner, Maker, Checker), by(Seller, Maker, Checker)},
			Summary: "All sides end a dispute: the part is released, or diluted by a credit note of the seller, " +
				"whose first loss it is. A seller that still owns the receivable signs in four eyes.",
		},
		{
			Act: ReceivableMature, Subjects: receivable(Change, Open), To: []Phase{Matured},
			Summary: "Anyone may say that the due date has come by ledger time.",
		},
		{
			Act: ReceivableOverdue, Subjects: receivable(Change, Open, Matured), To: []Phase{Overdue},
			Summary: "Anyone may say that the due date has passed by ledger time.",
		},
	}
}

func payeeActs() []ActSpec {
	confirmed := []Phase{Open, Matured, Overdue}
	claim := []SubjectSpec{{Kind: KindReceivable, Access: Change, From: confirmed}}
	return []ActSpec{
		{
			Act: ReceivableAskPayee, Subjects: claim, To: confirmed, Needs: []Need{by(Seller, Maker)},
			Summary: "The seller asks to be paid to another account than the obligor confirmed. " +
				"Nothing is financed until that is settled.",
		},
		{
			Act: ReceivableConfirmPayee, Subjects: claim, To: confirmed, Needs: fourEyes(Obligor),
			Summary: "The obligor confirms the other account, in four eyes, and says how it called back; " +
				"a cooling-off of three days begins.",
		},
		{
			Act: ReceivableRefusePayee, Subjects: claim, To: confirmed,
			Needs:   []Need{{[]Side{Obligor, Seller}, []Role{Maker, Checker}}},
			Summary: "Obligor or seller end a change of the account before it takes effect: the old one stays.",
		},
		{
			Act: ReceivableChangePayee, Subjects: claim, To: confirmed,
			Summary: "Anyone may say that a confirmed change has cooled off by ledger time: it takes effect.",
		},
	}
}

func encumbranceActs() []ActSpec {
	programme := SubjectSpec{Kind: KindProgramme, Access: Change, Any: true}
	spent := programme
	spent.Optional = true
	confirmed := []Phase{Open, Matured, Overdue}
	held := SubjectSpec{Kind: KindReceivable, Access: Change, From: confirmed}
	return []ActSpec{
		{
			Act: ReceivableReserve, To: []Phase{Open},
			Subjects: []SubjectSpec{
				{Kind: KindReceivable, Access: Change, From: []Phase{Open}},
				programme,
				{Kind: KindFinancing, Access: Seen, From: []Phase{Quoted}},
			},
			Needs: []Need{by(Seller, Maker), by(Bank, Maker)},
			Summary: "The seller accepts a quote and the bank takes it up: the whole free balance is held " +
				"for that financing and counts against the programme's limit.",
		},
		{
			Act: ReceivableRelease, Subjects: []SubjectSpec{held, programme}, To: confirmed,
			Needs:   []Need{by(Bank, Maker, Checker)},
			Summary: "The bank gives a reservation back.",
		},
		{
			Act: ReceivableExpire, Subjects: []SubjectSpec{held, programme}, To: confirmed,
			Summary: "Anyone may say that a reservation has lapsed by ledger time.",
		},
		{
			Act: ReceivableAssign, To: []Phase{Open},
			Subjects: []SubjectSpec{
				{Kind: KindReceivable, Access: Change, From: []Phase{Open}},
				{Kind: KindFinancing, Access: Seen, From: []Phase{Approved}},
			},
			Needs:   fourEyes(Bank),
			Summary: "What was held is assigned: the bank owns the receivable and is to be paid.",
		},
		{
			Act: ReceivablePay, To: []Phase{Open, Matured, Overdue, Settled},
			Subjects: []SubjectSpec{held, spent},
			Needs:    []Need{by(Owner, Maker, Checker)},
			Summary:  "The owner acknowledges a payment that was matched to its account; fully paid is settled.",
		},
	}
}

func financingActs() []ActSpec {
	financing := func(a Access, from ...Phase) SubjectSpec {
		return SubjectSpec{Kind: KindFinancing, Access: a, From: from}
	}
	receivable := func(from ...Phase) SubjectSpec {
		return SubjectSpec{Kind: KindReceivable, Access: Opened, From: from, Any: true}
	}
	return []ActSpec{
		{
			Act: FinancingRequest, To: []Phase{Submitted},
			Subjects: []SubjectSpec{financing(Create), receivable(Open)},
			Needs:    []Need{by(Seller, Maker)},
			Summary:  "The seller asks a bank to finance a confirmed receivable under a programme.",
		},
		{
			Act: FinancingQuote, To: []Phase{Quoted},
			Subjects: []SubjectSpec{financing(Change, Submitted, Quoted)},
			Needs:    []Need{by(Bank, Maker)},
			Summary:  "The bank's maker names the price; the law adds it up again.",
		},
		{
			Act: FinancingRefuse, To: []Phase{Refused}, Needs: []Need{by(Bank, Maker, Checker)},
			Subjects: []SubjectSpec{financing(Change, Submitted, Quoted)},
			Summary:  "The bank refuses with a reason.",
		},
		{
			Act: FinancingDecline, To: []Phase{Declined}, Needs: []Need{by(Seller, Maker)},
			Subjects: []SubjectSpec{financing(Change, Submitted, Quoted)},
			Summary:  "The seller does not want it any more.",
		},
		{
			Act: FinancingLapse, To: []Phase{Lapsed},
			Subjects: []SubjectSpec{
				financing(Change, Quoted, Approved),
				{Kind: KindReceivable, Access: Opened, Any: true, Optional: true},
			},
			Summary: "Anyone may say that a quote ran out by ledger time, or that what was approved is held no more.",
		},
		{
			Act: FinancingApprove, To: []Phase{Approved},
			Subjects: []SubjectSpec{financing(Change, Quoted), receivable(Open)},
			Needs:    fourEyes(Bank),
			Summary: "Maker and checker of the bank approve what the seller accepted: " +
				"the receivable is held for this very quote.",
		},
		{
			Act: FinancingDisburse, To: []Phase{Disbursed},
			Subjects: []SubjectSpec{financing(Change, Approved), receivable(Open, Matured, Overdue, Settled)},
			Needs:    fourEyes(Bank),
			Summary: "The bank records that the cash went to the seller's own account; " +
				"money lent is outstanding from here.",
		},
		{
			Act: FinancingRepay, To: []Phase{Disbursed, Repaid},
			Subjects: []SubjectSpec{financing(Change, Disbursed), receivable(Open, Matured, Overdue, Settled)},
			Needs:    []Need{by(Bank, Maker, Checker)},
			Summary: "What the obligor paid is applied: first to what is outstanding, " +
				"the rest belongs to the seller.",
		},
	}
}

// SpecOf finds an act in the table.
func SpecOf(a Act) (ActSpec, bool) {
	for _, s := range Acts() {
		if s.Act == a {
			return s, true
		}
	}
	return ActSpec{}, false
}
