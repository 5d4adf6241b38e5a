package app

import (
	"context"
	"io"
	"slices"
	"time"

	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/services/parse"
)

// Store keeps what is not on the ledger, and the projection of what is. Every method of StoreTx
// runs in one database transaction.
type Store interface {
	// Write runs fn in a transaction and commits when it returns nil. It may run fn again
	// when the database asks for a retry, so fn has no effect but on tx.
	Write(ctx context.Context, fn func(ctx context.Context, tx StoreTx) error) error
	// Read runs fn on one snapshot.
	Read(ctx context.Context, fn func(ctx context.Context, tx StoreTx) error) error
	// Look runs fn without a transaction, for what one statement reads: a third of the ways to
	// the database. Each method of tx sees what is committed when it is called.
	Look(ctx context.Context, fn func(ctx context.Context, tx StoreTx) error) error
}

// StoreTx is the store inside one transaction. A Get of something that is not there returns
// ErrNoRow. Lists are bounded by their Page.
type StoreTx interface {
	PeopleTx
	PapersTx
	ViewsTx
	IncomingTx
	PaperRequestsTx
	MessagesTx
	IntentsTx
	ProjectionTx
	MoneyTx
	LiveTx
	InboxTx
	MailTx
	BankTx
	ReportsTx
	AuditTx
	SearchTx
	TraceTx
	// Enqueue adds a job that exists only if the transaction commits.
	Enqueue(ctx context.Context, job Job) error
	// Audit appends what somebody did to the organisation's audit log: no secrets, no fields
	// of documents.
	Audit(ctx context.Context, e AuditEntry) error
}

// Page asks for a part of a list, newest first: at most Limit rows after the row named by
// Cursor (empty: from the start).
type Page struct {
	Cursor string
	Limit  int
}

// MaxPage bounds a list page that a person asks for.
const MaxPage = 200

// MaxBatch bounds what a job reads of a list at once.
const MaxBatch = batch

// PeopleTx keeps organisations, users and sessions.
type PeopleTx interface {
	PutOrganisation(ctx context.Context, o Organisation) error // inserts or replaces
	Organisation(ctx context.Context, id trade.OrgID) (Organisation, error)
	Organisations(ctx context.Context) ([]Organisation, error)
	PutAccount(ctx context.Context, a Account) error
	Accounts(ctx context.Context, org trade.OrgID) ([]Account, error)
	PutUser(ctx context.Context, u User) error
	User(ctx context.Context, id UserID) (User, error)
	UserByEmail(ctx context.Context, email string) (User, error)
	UserByPerson(ctx context.Context, org trade.OrgID, person trade.PersonID) (User, error)
	Users(ctx context.Context, org trade.OrgID) ([]User, error)
	PutSession(ctx context.Context, s Session) error
	Session(ctx context.Context, tokenHash []byte) (Session, error)
	// Caller is a session, its user and the user's organisation, by one statement.
	Caller(ctx context.Context, tokenHash []byte) (Session, User, Organisation, error)
	DeleteSession(ctx context.Context, tokenHash []byte) error
	DeleteSessionsOf(ctx context.Context, id UserID) error
	// InsertKey keeps a key; one whose bytes or credential are known is refused as CodeInput.
	InsertKey(ctx context.Context, k KeyRow) error
	KeysOf(ctx context.Context, u UserID) ([]KeyRow, error) // the oldest first
	TouchKey(ctx context.Context, u UserID, id trade.KeyID, at time.Time) error
	KeyByCredential(ctx context.Context, credential []byte) (KeyRow, error)
	// SuspendKey and SuspendUser name the revocation that stops a key or a user on this node
	// while it is on its way.
	SuspendKey(ctx context.Context, u UserID, id trade.KeyID, by trade.CommandID) error
	SuspendUser(ctx context.Context, u UserID, by trade.CommandID) error
	SessionsOf(ctx context.Context, u UserID) ([]Session, error) // the one seen last first
	TouchSession(ctx context.Context, tokenHash []byte, at time.Time) error
	PutNonce(ctx context.Context, nonce []byte, expires time.Time) error
	TakeNonce(ctx context.Context, nonce []byte, now time.Time) (bool, error) // once
	PutCodes(ctx context.Context, c CodesRow) error
	Codes(ctx context.Context, u UserID) (CodesRow, error)
	DeleteCodes(ctx context.Context, u UserID) error // with the recovery codes
	PutRecoveryCodes(ctx context.Context, u UserID, digests [][]byte) error
	TakeRecoveryCode(ctx context.Context, u UserID, digest []byte) (bool, error) // once
	RecoveryCodes(ctx context.Context, u UserID) (int, error)
	// FailedSignIns is how many sign-ins in a row failed for an e-mail, by its digest, whether
	// or not anybody has it; what has expired does not count.
	FailedSignIns(ctx context.Context, email trade.Digest, now time.Time) (int, error)
	CountFailedSignIn(ctx context.Context, email trade.Digest, now, expires time.Time) error
	ForgetFailedSignIns(ctx context.Context, email trade.Digest) error
	// DeleteExpired deletes sessions, idempotency keys, failed sign-ins and uploads that ended.
	DeleteExpired(ctx context.Context, now time.Time) error
	// BeginRequest takes an Idempotency-Key. It returns the answer of the first request when
	// there is one; ErrInProgress while that runs; ErrOtherRequest when its digest is another.
	BeginRequest(ctx context.Context, k RequestKey) (*StoredAnswer, error)
	// FinishRequest keeps an answer, in place of an earlier one of the same request;
	// ErrInProgress when another request holds the key by now.
	FinishRequest(ctx context.Context, k RequestKey, a StoredAnswer) error
	ForgetRequest(ctx context.Context, k RequestKey) error // it failed without an effect
}

// ViewsTx keeps what persons want to find again.
type ViewsTx interface {
	SaveView(ctx context.Context, v View) (View, error) // inserts or replaces, by user, screen and name
	Views(ctx context.Context, org trade.OrgID, user UserID, screen string, limit int) ([]View, error)
	DropView(ctx context.Context, user UserID, id ViewID) error // ErrNoRow: not one of the user's
}

// PapersTx keeps documents, packs and verifications.
type PapersTx interface {
	// InsertDocument adds a paper; when the organisation has these bytes already it returns
	// that document and false.
	InsertDocument(ctx context.Context, d Document) (Document, bool, error)
	Document(ctx context.Context, id DocumentID) (Document, error)
	// InsertBulkFile keeps a spreadsheet before its documents; false when it was there.
	InsertBulkFile(ctx context.Context, b BulkFile) (bool, error)
	// InsertPayableList keeps a list of payables; when the organisation has these bytes already
	// it returns that list and false.
	InsertPayableList(ctx context.Context, l PayableList) (PayableList, bool, error)
	PayableList(ctx context.Context, id PayableListID) (PayableList, error)
	PayableLists(ctx context.Context, org trade.OrgID, p Page) ([]PayableList, string, error)
	// StoredBytes is how many bytes the organisation's papers and bulk files have in all.
	StoredBytes(ctx context.Context, org trade.OrgID) (int64, error)
	// UpdateDocument writes state, fields and findings; ErrEdited unless Edit is the row's.
	UpdateDocument(ctx context.Context, d Document) error
	// Documents lists the papers of packs that the organisation may see.
	Documents(ctx context.Context, org trade.OrgID, p Page) ([]Document, string, error)
	// Papers is a window of the same, narrowed, and how many there are in all.
	Papers(ctx context.Context, org trade.OrgID, f PaperFilter, w Window) ([]PaperRow, int, error)
	InsertPack(ctx context.Context, p Pack) error
	Pack(ctx context.Context, id PackID) (Pack, error)
	Packs(ctx context.Context, org trade.OrgID, p Page) ([]Pack, string, error)
	// PacksOfOrders lists the newest packs of an organisation that hold a paper about one of the
	// orders.
	PacksOfOrders(ctx context.Context, org trade.OrgID, orders []string, limit int) ([]PackID, error)
	AddParty(ctx context.Context, id PackID, party PackParty) error // keeps what stands
	// AddDocument puts a paper into a pack and counts the edit; false when it was there.
	AddDocument(ctx context.Context, id PackID, d DocumentID, by UserID, at time.Time) (bool, error)
	PacksOf(ctx context.Context, d DocumentID) ([]PackID, error)
	TouchPack(ctx context.Context, id PackID) error // counts an edit: its contents changed
	// SetPackProgramme names the programme of a pack, which counts as an edit; ErrEdited unless
	// the pack is at this edit.
	SetPackProgramme(ctx context.Context, id PackID, programme trade.AssetID, edit int) error
	InsertVerification(ctx context.Context, v Verification) error
	Verification(ctx context.Context, id string) (Verification, error)
}

// MessagesTx keeps what parties write to each other.
type MessagesTx interface {
	InsertMessage(ctx context.Context, m Message) error
	Messages(ctx context.Context, kind trade.Kind, subject trade.AssetID, p Page) ([]Message, string, error)
	CountMessagesSince(ctx context.Context, by UserID, since time.Time) (int, error)
}

// PaperRequestsTx keeps the papers that parties of a trade ask each other for.
type PaperRequestsTx interface {
	// InsertPaperRequest adds a request; false when the same is open already.
	InsertPaperRequest(ctx context.Context, r PaperRequest) (bool, error)
	PaperRequest(ctx context.Context, id PaperRequestID) (PaperRequest, error)
	// PaperRequests lists what the organisation asked for and was asked, newest first.
	PaperRequests(
		ctx context.Context, org trade.OrgID, f PaperRequestFilter, p Page,
	) ([]PaperRequest, string, error)
	// OpenPaperRequests lists what an organisation is asked for in a pack: papers of a kind, or
	// with an empty one of any.
	OpenPaperRequests(ctx context.Context, p PackID, asked trade.OrgID, k parse.Kind) ([]PaperRequest, error)
	CountOpenPaperRequests(ctx context.Context, p PackID, org trade.OrgID) (int, error)
	// PaperRequestsThatWait lists open ones on both sides, and declined ones for who asked.
	PaperRequestsThatWait(ctx context.Context, org trade.OrgID, limit int) ([]PaperRequest, error)
	// SetPaperRequest moves a request; ErrEdited unless it is in the state before.
	SetPaperRequest(ctx context.Context, r PaperRequest, before PaperRequestState) error
}

// IncomingTx keeps files that come in parts, until they are whole.
type IncomingTx interface {
	InsertIncoming(ctx context.Context, i Incoming) error
	Incoming(ctx context.Context, id UploadID) (Incoming, error)
	// LockIncoming reads a file so that nobody else changes it before the transaction ends.
	LockIncoming(ctx context.Context, id UploadID) (Incoming, error)
	SetIncoming(ctx context.Context, i Incoming) error // received, document and known
	AddPart(ctx context.Context, id UploadID, offset int64, bytes []byte) error
	Part(ctx context.Context, id UploadID, offset int64) ([]byte, error)
	DeleteParts(ctx context.Context, id UploadID) error
	DeleteIncoming(ctx context.Context, id UploadID) error
	// CountIncoming is how many files of a person are under way.
	CountIncoming(ctx context.Context, user UserID, now time.Time) (int, error)
}

// IntentsTx keeps commands on their way.
type IntentsTx interface {
	InsertIntent(ctx context.Context, i Intent) error
	Intent(ctx context.Context, id trade.CommandID) (Intent, error)
	// LockIntent reads an intent so that nobody else changes it before the transaction ends.
	LockIntent(ctx context.Context, id trade.CommandID) (Intent, error)
	AddSignature(ctx context.Context, id trade.CommandID, s SignedDuty) error
	SetIntent(ctx context.Context, i Intent) error // state, fault, tx, block, finished
	// Waiting lists open intents with a duty that the organisation has not fulfilled.
	Waiting(ctx context.Context, org trade.OrgID, p Page) ([]Intent, string, error)
	// IntentsOf lists the intents about an asset, newest first.
	IntentsOf(ctx context.Context, asset trade.AssetID, p Page) ([]Intent, string, error)
	// Pending lists the intents about assets that have not ended, oldest first.
	Pending(ctx context.Context, assets []trade.AssetID) ([]Intent, error)
	// Followers lists the intents that wait for this one.
	Followers(ctx context.Context, id trade.CommandID) ([]trade.CommandID, error)
	// OutOfTime lists open intents whose time to be signed is over.
	OutOfTime(ctx context.Context, now time.Time) ([]trade.CommandID, error)
	// Unfinished lists ready and submitted intents, for recovery after a crash; not those that
	// wait for one that has not ended.
	Unfinished(ctx context.Context) ([]trade.CommandID, error)
}

// ProjectionTx keeps what is derived from blocks. Nothing else writes it.
type ProjectionTx interface {
	Checkpoint(ctx context.Context, channel string) (Checkpoint, error) // ErrNoRow before the first block
	Apply(ctx context.Context, channel string, d Derived) error         // one block and the checkpoint
	ClearProjection(ctx context.Context) error
	// ClockNote is the newest mark that a block was made on a demo clock that had been moved;
	// empty when none was.
	ClockNote(ctx context.Context) (string, error)
	Asset(ctx context.Context, id trade.AssetID) (Asset, error)
	// Assets lists the assets of a kind that the organisation holds, in any of the phases
	// (none: all).
	Assets(ctx context.Context, f AssetFilter, p Page) ([]Asset, string, error)
	Transitions(ctx context.Context, id trade.AssetID) ([]Transition, error)
	// Receivables lists the receivables that the organisation holds, in the order asked for.
	Receivables(ctx context.Context, f ReceivableFilter, p Page) ([]Asset, string, error)
	// PhaseSums counts and sums them all, whatever their phase.
	PhaseSums(ctx context.Context, f ReceivableFilter) ([]PhaseSum, error)
	// ReceivableDays sums what falls due on each day from DueFrom to DueUntil.
	ReceivableDays(ctx context.Context, f ReceivableFilter, today money.Date) ([]DueDay, error)
	// PayablesByNumber lists what the organisation owes under these numbers of invoices.
	PayablesByNumber(ctx context.Context, org trade.OrgID, numbers []string) ([]Asset, error)
	// TransitionsOfTx lists what a transaction did.
	TransitionsOfTx(ctx context.Context, txID string) ([]Transition, error)
	// Projected gives the whole projection back, in pieces of any size and order: each block
	// with its transactions, assets with their holders, transitions, fingerprints.
	Projected(ctx context.Context, fn func(Derived) error) error
	// AllDocuments calls fn for every document, for the audit.
	AllDocuments(ctx context.Context, fn func(Document) error) error
}

// AssetFilter narrows a list of assets.
type AssetFilter struct {
	Org    trade.OrgID // that holds the state
	Kind   trade.Kind
	Phases []trade.Phase
	// Receivable narrows financings to those of one receivable.
	Receivable trade.AssetID
}

// MoneyTx keeps terms of programmes, requests before the ledger and bank statements.
type MoneyTx interface {
	PutTerms(ctx context.Context, t Terms) error // by their digest; what stands stays
	Terms(ctx context.Context, digest trade.Digest) (Terms, error)
	PutRequest(ctx context.Context, r FinancingRequest) error // inserts or replaces
	Request(ctx context.Context, id trade.AssetID) (FinancingRequest, error)
	// Requests lists what the organisation asked for or was asked.
	Requests(ctx context.Context, org trade.OrgID, p Page) ([]FinancingRequest, string, error)
	// InsertStatement adds a statement with its lines; those whose entry an earlier statement
	// told of are left out, of what it returns too. The same file again returns the first
	// statement and false.
	InsertStatement(ctx context.Context, s Statement) (Statement, bool, error)
	// Line reads a line; a writer holds it from then on, so that it is applied once.
	Line(ctx context.Context, id LineID) (Line, error)
	StatementOf(ctx context.Context, id LineID) (Statement, error) // without its lines
	SetLine(ctx context.Context, l Line) error                     // what it was matched to
	Lines(ctx context.Context, org trade.OrgID, f LineFilter, p Page) ([]Line, string, error)
	// Statements lists an organisation's statements, newest first; one alone where its id is given.
	Statements(ctx context.Context, org trade.OrgID, id StatementID, p Page) ([]StatementFacts, string, error)
	StatementsThatWait(ctx context.Context, org trade.OrgID, limit int) ([]StatementFacts, error)
	// StatementsOfLines tells of which of the organisation's statements lines are, and who imported it.
	StatementsOfLines(ctx context.Context, org trade.OrgID, ids []LineID) (map[LineID]Statement, error)
	// ReceivablesNumbered lists what the organisation owns or sold, by numbers in capitals.
	ReceivablesNumbered(ctx context.Context, org trade.OrgID, numbers []string) ([]Asset, error)
	IntentsNamed(ctx context.Context, ids []trade.CommandID) ([]Intent, error)
}

// ReportsTx keeps reports.
type ReportsTx interface {
	PutReport(ctx context.Context, r Report) error
	Report(ctx context.Context, id ReportID) (Report, error)
	// Reports is a window of an organisation's reports, newest first, but for some lists, and how
	// many there are in all.
	Reports(ctx context.Context, org trade.OrgID, hide []ListName, w Window) ([]Report, int, error)
	// WaitingReports counts those that are still to be made.
	WaitingReports(ctx context.Context, org trade.OrgID) (int, error)
	FinishReport(ctx context.Context, r Report) error // state, bytes, rows and fault, of one that waits
}

// AuditTx reads what was done.
type AuditTx interface {
	// AuditLog is a window of what the organisation may see of it, newest first, and how much
	// there is in all.
	AuditLog(ctx context.Context, s AuditScope, f AuditFilter, w Window) ([]AuditLine, int, error)
	// AuditLinks calls fn for each entry of an organisation's log, in their order.
	AuditLinks(ctx context.Context, org trade.OrgID, fn func(AuditLink) error) error
	// AuditHead is the number and the hash of the last entry; ErrNoRow before the first.
	AuditHead(ctx context.Context, org trade.OrgID) (int64, []byte, error)
	BlockHashes(ctx context.Context) (map[uint64][]byte, error) // of the projection, by number
}

// LiveTx tells each organisation what changed of what it may see.
type LiveTx interface {
	// Changed notes that a thing changed. When the transaction commits, each organisation that
	// may see it is told of it. What a method of the store changes it notes itself; the
	// projection's changes are noted by the step that makes them.
	Changed(kind, id string)
	// ChangeHead is the number of the newest change of an organisation; 0 before the first.
	ChangeHead(ctx context.Context, org trade.OrgID) (int64, error)
	// Changes lists the changes after a number, oldest first. The oldest are let go in time.
	Changes(ctx context.Context, org trade.OrgID, after int64, limit int) ([]Change, error)
}

// MailTx keeps what people are to be told by mail until they are.
type MailTx interface {
	Preferences(ctx context.Context, id UserID) (Preferences, error) // ErrNoRow: nothing was said
	PutPreferences(ctx context.Context, id UserID, p Preferences) error
	// Notify writes a notification for each person who wants it and has none like it waiting;
	// it returns the jobs for those that are due now.
	Notify(ctx context.Context, n Notice) ([]MailJob, error)
	// Unsent lists what is due to be mailed to a person, oldest first, at most limit.
	Unsent(ctx context.Context, id UserID, now time.Time, limit int) ([]Notification, error)
	MarkMailed(ctx context.Context, ids []int64, now time.Time) error
	// MailsDue lists a job for each person to whom something is due, and deletes notifications
	// that are older than old.
	MailsDue(ctx context.Context, now, old time.Time) ([]MailJob, error)
}

// InboxTx looks for what waits. Each list has at most limit items, the longest still first.
type InboxTx interface {
	// OpenIntents lists open intents that the organisation prepared or must sign.
	OpenIntents(ctx context.Context, org trade.OrgID, limit int) ([]Intent, error)
	// ClaimsThatWait lists receivables that are unconfirmed, disputed or overdue: those due first, at
	// most limit of each phase and of what the organisation owes, sold and owns, in no order.
	ClaimsThatWait(ctx context.Context, org trade.OrgID, limit int) ([]Asset, error)
	// FinancingsThatWait lists financings that are not decided or paid out.
	FinancingsThatWait(ctx context.Context, org trade.OrgID, limit int) ([]Asset, error)
	// UntypedDocuments lists papers whose fields a person must type in.
	UntypedDocuments(ctx context.Context, org trade.OrgID, limit int) ([]Document, error)
	// AssetsNamed reads assets, whoever may see them; what is not there is left out.
	AssetsNamed(ctx context.Context, ids []trade.AssetID) ([]Asset, error)
	// ReceivableSums adds up the live receivables in which an organisation has a part; soon is due
	// until that day.
	ReceivableSums(
		ctx context.Context, org trade.OrgID, part Standing, until money.Date,
	) ([]ReceivableSum, error)
	// FinancingSums adds up an organisation's live financings in the same way.
	FinancingSums(ctx context.Context, org trade.OrgID, until money.Date) ([]FinancingSum, error)
}

// BankTx keeps what a bank looks at financings by: lists, prices, returns, exposures.
type BankTx interface {
	// StagedFinancings lists what the organisation asked for or was asked, as the filter says.
	StagedFinancings(ctx context.Context, org trade.OrgID, f FinancingFilter, p Page) (
		[]StagedFinancing, string, error)
	// FinancingTotals counts all that the filter finds but for its stages.
	FinancingTotals(ctx context.Context, org trade.OrgID, f FinancingFilter) ([]FinancingTotal, error)
	// RequestsOfPack lists what a bank was asked on a pack's papers, newest first, bounded.
	RequestsOfPack(ctx context.Context, bank trade.OrgID, pack PackID) ([]FinancingRequest, error)
	PutPricing(ctx context.Context, p Pricing) error // inserts or replaces
	Pricing(ctx context.Context, bank trade.OrgID, programme trade.AssetID) (Pricing, error)
	// LastQuoted is the price that a bank named last under a programme; ErrNoRow before any.
	LastQuoted(ctx context.Context, bank trade.OrgID, programme trade.AssetID) (trade.Terms, error)
	InsertReturn(ctx context.Context, r FinancingReturn) error
	Returns(ctx context.Context, id trade.AssetID) ([]FinancingReturn, error) // newest first, bounded
	// Lent tells what a bank holds and has out, in minor units by programme.
	Lent(ctx context.Context, bank trade.OrgID, today money.Date) (map[trade.AssetID]Lent, error)
}

// RequestKey is an Idempotency-Key of a user with the digest of the request.
type RequestKey struct {
	User      UserID
	Key       string
	Digest    trade.Digest // of method, path and body
	CreatedAt time.Time
	ExpiresAt time.Time
}

// StoredAnswer is what the first request with a key was answered.
type StoredAnswer struct {
	Status      int
	ContentType string
	Location    string // empty: none
	ETag        string // empty: none
	Body        []byte
}

// Equal tells whether both are the same to who gets them.
func (a StoredAnswer) Equal(b StoredAnswer) bool {
	return a.Status == b.Status && a.ContentType == b.ContentType && a.Location == b.Location &&
		a.ETag == b.ETag && slices.Equal(a.Body, b.Body)
}

// AuditEntry is one line of an organisation's audit log.
type AuditEntry struct {
	Org         trade.OrgID
	At          time.Time
	User        UserID // empty: the node itself
	Action      string
	SubjectKind string
	Subject     string
	Detail      map[string]string
}

// Blobs keeps original bytes by digest. Its refusals are Faults: blob.too_large, blob.empty,
// blob.not_found, blob.corrupt.
type Blobs interface {
	// Put stores at most limit bytes durably and returns their digest and size.
	Put(ctx context.Context, r io.Reader, limit int64) (trade.Digest, int64, error)
	// Open gives the bytes of a digest, all hashed before the first is given.
	Open(ctx context.Context, digest trade.Digest) (io.ReadCloser, error)
}

// Clock tells the node's time. On a demo node it may run ahead.
type Clock interface{ Now() time.Time }
