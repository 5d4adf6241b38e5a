package postgres_test

import (
	"errors"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/services/postgres/internal/db"
)

// at is a moment of a test's own time: noon and n hours.
func at(n int) time.Time { return time.Date(2026, 3, 2, 12+n, 0, 0, 0, time.UTC) }

// ok ends the test at an error.
func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantRows(t *testing.T, want int64) func(int64, error) {
	t.Helper()
	return func(got int64, err error) {
		t.Helper()
		if err != nil || got != want {
			t.Errorf("%d rows, %v; want %d", got, err, want)
		}
	}
}

// wantNone asserts that a query found nothing, whatever it would have returned.
func wantNone(t *testing.T, err error) {
	t.Helper()
	if !errors.Is(err, pgx.ErrNoRows) {
		t.Errorf("got %v, want no row", err)
	}
}

func ref[T any](v T) *T { return &v }

// upload inserts a document of one byte, "x".
func upload(t *testing.T, pool *pgxpool.Pool, id, org, user string) {
	t.Helper()
	wantRows(t, 1)(db.New(pool).InsertDocument(t.Context(), db.InsertDocumentParams{
		ID: id, OrgID: org, UploadedBy: user, UploadedAt: at(0), Digest: string(trade.DigestOf([]byte("x"))),
		Size: 1, MediaType: "application/xml", Filename: "发票.xml", Version: 1,
	}))
}

func pack() db.InsertPackParams {
	return db.InsertPackParams{
		ID: "p", OrgID: "SellerMSP", Title: "t", CreatedBy: "s1", CreatedAt: at(0),
	}
}

func TestTheSameBytesOfOneOrganisationAreOneDocument(t *testing.T) {
	pool := seed(t)
	q := db.New(pool)
	upload(t, pool, "d1", "SellerMSP", "s1")
	upload(t, pool, "d2", "BankMSP", "b1") // another's own copy
	digest := string(trade.DigestOf([]byte("x")))
	wantRows(t, 0)(q.InsertDocument(t.Context(), db.InsertDocumentParams{
		ID: "d3", OrgID: "SellerMSP", UploadedBy: "s2", UploadedAt: at(1), Digest: digest,
		Size: 1, MediaType: "application/xml", Version: 1,
	}))
	key := db.DocumentByDigestParams{OrgID: "SellerMSP", Digest: digest}
	found, err := q.DocumentByDigest(t.Context(), key)
	ok(t, err)
	if found.ID != "d1" || found.Filename != "发票.xml" || found.Kind != nil {
		t.Fatalf("found %+v", found)
	}
}

func TestADocumentShowsItselfToThePartiesOfItsPackOnly(t *testing.T) {
	pool := seed(t)
	q := db.New(pool)
	upload(t, pool, "d1", "SellerMSP", "s1")
	look := func(org string) error {
		_, err := q.DocumentVisibleTo(t.Context(), db.DocumentVisibleToParams{ID: "d1", OrgID: org})
		return err
	}
	wantNone(t, look("BankMSP"))
	ok(t, look("SellerMSP"))
	err := errors.Join(
		q.InsertPack(t.Context(), pack()),
		q.AddPackParty(t.Context(), db.AddPackPartyParams{PackID: "p", OrgID: "BankMSP", Side: "bank"}),
	)
	ok(t, err)
	wantNone(t, look("BankMSP"))
	wantRows(t, 1)(q.AddPackDocument(t.Context(), db.AddPackDocumentParams{
		PackID: "p", DocumentID: "d1", AddedBy: "s1", AddedAt: at(0),
	}))
	ok(t, look("BankMSP"))
}

func TestAStaleEditOfFieldsChangesNothing(t *testing.T) {
	pool := seed(t)
	q := db.New(pool)
	upload(t, pool, "d1", "SellerMSP", "s1")
	edit := db.SetDocumentFieldsParams{
		ID: "d1", Edit: 1, Kind: "invoice", Syntax: "ubl-2.1", Fields: []byte(`{"number":"1"}`),
		CanonicalDigest: string(trade.DigestOf(nil)), ParsedAt: at(1),
	}
	wantRows(t, 1)(q.SetDocumentFields(t.Context(), edit))
	wantRows(t, 0)(q.SetDocumentFields(t.Context(), edit))
	d, err := q.Document(t.Context(), "d1")
	ok(t, err)
	if d.State != "parsed" || d.Edit != 2 || !d.ParsedAt.Equal(at(1)) {
		t.Fatalf("the document is %+v", d)
	}
}

func TestAVerificationCountsUntilThePackChangesOrItExpires(t *testing.T) {
	pool := seed(t)
	q := db.New(pool)
	err := q.InsertPack(t.Context(), pack())
	ok(t, err)
	err = q.InsertVerification(t.Context(), db.InsertVerificationParams{
		ID: "v", PackID: "p", PackEdit: 1, RulePacks: []byte("[]"), Matrix: []byte("{}"),
		Findings: []byte("[]"), Independence: []byte("{}"), TakenAt: at(0), ExpiresAt: at(2),
	})
	ok(t, err)
	counts := func(now time.Time) error {
		_, err := q.CountingVerification(t.Context(), db.CountingVerificationParams{PackID: "p", Now: now})
		return err
	}
	ok(t, counts(at(1)))
	wantNone(t, counts(at(2)))
	_, err = q.TouchPack(t.Context(), "p")
	ok(t, err)
	wantNone(t, counts(at(1)))
}

func TestASessionEndsWhenItExpiresIsRevokedOrItsUserIsDisabled(t *testing.T) {
	pool := seed(t)
	q := db.New(pool)
	token := func(b byte) []byte { return append(make([]byte, 31), b) }
	for i, user := range []string{"s1", "s1", "s2"} {
		err := q.InsertSession(t.Context(), db.InsertSessionParams{
			TokenHash: token(byte(i)), UserID: user, CreatedAt: at(0), ExpiresAt: at(8),
		})
		ok(t, err)
	}
	look := func(i byte, now time.Time) error {
		_, err := q.UserOfSession(t.Context(), db.UserOfSessionParams{TokenHash: token(i), Now: now})
		return err
	}
	ok(t, errors.Join(look(0, at(7)), look(1, at(7)), look(2, at(7))))
	wantNone(t, look(0, at(8)))
	ok(t, q.RevokeSession(t.Context(), db.RevokeSessionParams{TokenHash: token(1), Now: at(1)}))
	wantNone(t, look(1, at(1)))
	wantRows(t, 1)(q.DisableUser(t.Context(), db.DisableUserParams{ID: "s2", OrgID: "SellerMSP", At: at(1)}))
	wantNone(t, look(2, at(1)))
	wantRows(t, 3)(q.DeleteExpiredSessions(t.Context(), db.DeleteExpiredSessionsParams{Now: at(8), Page: 10}))
}

func TestAnIdempotencyKeyIsClaimedOnceAndAnsweredOnce(t *testing.T) {
	pool := seed(t)
	q := db.New(pool)
	claim := db.ClaimIdempotencyKeyParams{
		UserID: "s1", Key: "k", RequestDigest: string(trade.DigestOf(nil)), CreatedAt: at(0), ExpiresAt: at(24),
	}
	answer := db.AnswerIdempotencyKeyParams{
		UserID: "s1", Key: "k", Status: 201, ContentType: "application/json", Body: []byte("{}"),
	}
	release := db.ReleaseIdempotencyKeyParams{UserID: "s1", Key: "k"}
	wantRows(t, 1)(q.ClaimIdempotencyKey(t.Context(), claim))
	wantRows(t, 0)(q.ClaimIdempotencyKey(t.Context(), claim))
	ok(t, q.ReleaseIdempotencyKey(t.Context(), release)) // it failed without effect
	wantRows(t, 1)(q.ClaimIdempotencyKey(t.Context(), claim))
	wantRows(t, 1)(q.AnswerIdempotencyKey(t.Context(), answer))
	wantRows(t, 0)(q.AnswerIdempotencyKey(t.Context(), answer))
	ok(t, q.ReleaseIdempotencyKey(t.Context(), release))
	kept, err := q.IdempotencyKey(t.Context(), db.IdempotencyKeyParams{UserID: "s1", Key: "k"})
	ok(t, err)
	if *kept.Status != 201 || string(kept.Body) != "{}" {
		t.Fatalf("kept %+v", kept)
	}
	claim.UserID = "s2" // another's key of the same name
	wantRows(t, 1)(q.ClaimIdempotencyKey(t.Context(), claim))
}

func TestTheCheckpointMovesBlockByBlock(t *testing.T) {
	q := db.New(seed(t))
	move := func(n int64) (int64, error) {
		return q.MoveCheckpoint(t.Context(), db.MoveCheckpointParams{
			Channel: "trade", Block: n, Hash: []byte{byte(n)}, At: at(0),
		})
	}
	wantRows(t, 1)(move(0))
	wantRows(t, 1)(move(1))
	wantRows(t, 0)(move(1)) // twice
	wantRows(t, 0)(move(3)) // a gap
	wantRows(t, 1)(move(2))
}

func TestAnEarlierVersionNeverReplacesALater(t *testing.T) {
	q := db.New(seed(t))
	for _, version := range []int64{1, 3, 2} {
		err := q.PutAsset(t.Context(), db.PutAssetParams{
			ID: "r", Kind: "receivable", Version: version, Phase: "OPEN", At: at(0),
			Commitment: string(trade.DigestOf([]byte(`{}`))), Record: []byte(`{}`), State: []byte(`{}`),
		})
		ok(t, err)
	}
	a, err := q.Asset(t.Context(), "r")
	ok(t, err)
	if a.Version != 3 || string(a.State) != `{}` {
		t.Fatalf("the asset is %+v", a)
	}
	_, err = q.AssetVisibleTo(t.Context(), db.AssetVisibleToParams{ID: "r", OrgID: "SellerMSP"})
	wantNone(t, err)
	err = q.PutHolder(t.Context(), db.PutHolderParams{
		AssetID: "r", OrgID: "SellerMSP", Access: "consent", ValueHash: make([]byte, 32),
	})
	ok(t, err)
	_, err = q.AssetVisibleTo(t.Context(), db.AssetVisibleToParams{ID: "r", OrgID: "SellerMSP"})
	ok(t, err)
}

func TestARepeatedEventNotifiesOnceAndOnlyWhomItIsFor(t *testing.T) {
	q := db.New(seed(t))
	notice := db.NotifyParams{
		OrgID: "BankMSP", Role: ref("maker"), Kind: "financing.submitted", SubjectKind: "financing",
		SubjectID: "f", Params: []byte("{}"), Source: "tx1", CreatedAt: at(0),
	}
	for range 2 {
		ok(t, q.Notify(t.Context(), notice))
	}
	inbox := func(org, user string, roles ...string) []db.InboxRow {
		rows, err := q.Inbox(t.Context(), db.InboxParams{
			OrgID: org, UserID: user, Roles: roles, Before: 1 << 40, Page: 10,
		})
		ok(t, err)
		return rows
	}
	if n := inbox("BankMSP", "b1", "maker"); len(n) != 1 || n[0].ReadAt != nil {
		t.Fatalf("the maker's inbox: %+v", n)
	}
	if len(inbox("BankMSP", "b2", "checker")) != 0 || len(inbox("SellerMSP", "s1", "maker")) != 0 {
		t.Fatal("another got it")
	}
	wantRows(t, 1)(q.NotificationsDone(t.Context(), db.NotificationsDoneParams{
		SubjectKind: "financing", SubjectID: "f", Kind: "financing.submitted", Now: at(1),
	}))
	if len(inbox("BankMSP", "b1", "maker")) != 0 {
		t.Fatal("what is done still waits")
	}
}

func TestFindingsAreCopiedInAndReadInOrder(t *testing.T) {
	pool := seed(t)
	q := db.New(pool)
	upload(t, pool, "d1", "SellerMSP", "s1")
	rows := []db.InsertFindingsParams{
		{DocumentID: "d1", Position: 0, Rule: "BR-CO-10", Severity: "fatal", Message: "sums", Path: "totals.lines"},
		{DocumentID: "d1", Position: 1, Rule: "BR-03", Severity: "warning", Message: "date", Path: "issue_date"},
	}
	wantRows(t, 2)(q.InsertFindings(t.Context(), rows))
	found, err := q.FindingsOf(t.Context(), "d1")
	ok(t, err)
	if len(found) != 2 || found[0].Rule != "BR-CO-10" || found[1].Path != "issue_date" {
		t.Fatalf("found %+v", found)
	}
}
