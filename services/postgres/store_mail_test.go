package postgres_test

import (
	"context"
	"testing"

	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/services/app"
)

// somebody is a user of an organisation.
func (s shelf) somebody(org trade.OrgID) app.User {
	s.t.Helper()
	var users []app.User
	ok(s.t, s.Read(s.t.Context(), func(ctx context.Context, tx app.StoreTx) error {
		var err error
		users, err = tx.Users(ctx, org)
		return err
	}))
	if len(users) == 0 {
		s.t.Fatal("nobody is there to be told")
	}
	return users[0]
}

func TestAPersonIsToldOnceAndAsItWants(t *testing.T) {
	s := open(t, seed(t))
	user := aUser()
	notice := app.Notice{
		Org: user.Org, Roles: []trade.Role{trade.Maker}, Kind: app.NoticeWaiting, Next: "confirm",
		SubjectKind: "receivable", Subject: "rcv-1", Now: at(0), Daily: at(20),
	}
	tell := func(n app.Notice) []app.MailJob {
		t.Helper()
		var due []app.MailJob
		ok(t, s.write(func(ctx context.Context, tx app.StoreTx) error {
			var err error
			due, err = tx.Notify(ctx, n)
			return err
		}))
		return due
	}
	who := s.somebody(user.Org)
	notice.Roles = who.Roles
	if due := tell(notice); len(due) != 0 {
		t.Errorf("due at once without having been asked for: %+v", due)
	}
	tell(notice) // its cause comes again
	unsent := func(now int) []app.Notification {
		t.Helper()
		var list []app.Notification
		ok(t, s.Read(t.Context(), func(ctx context.Context, tx app.StoreTx) error {
			var err error
			list, err = tx.Unsent(ctx, who.ID, at(now), 10)
			return err
		}))
		return list
	}
	if list := unsent(1); len(list) != 0 {
		t.Errorf("due before the mail of the day: %+v", list)
	}
	list := unsent(21)
	if len(list) != 1 || list[0].Next != "confirm" || list[0].Subject != "rcv-1" {
		t.Fatalf("due with the mail of the day: %+v", list)
	}
	ok(t, s.write(func(ctx context.Context, tx app.StoreTx) error {
		jobs, err := tx.MailsDue(ctx, at(21), at(-100))
		if err != nil || len(jobs) == 0 {
			t.Errorf("who is to be mailed: %+v, %v", jobs, err)
		}
		return tx.MarkMailed(ctx, []int64{list[0].ID}, at(21))
	}))
	if list := unsent(22); len(list) != 0 {
		t.Errorf("mailed and still due: %+v", list)
	}
	for wanted, count := range map[app.When]int{app.AtOnce: 1, app.Never: 0} {
		ok(t, s.write(func(ctx context.Context, tx app.StoreTx) error {
			p := app.Preferences{Language: "zh-CN", Waiting: wanted, Outcome: app.Never}
			return tx.PutPreferences(ctx, who.ID, p)
		}))
		one := notice
		one.Org, one.Roles, one.User, one.Subject = "", nil, who.ID, "rcv-"+string(wanted)
		if due := tell(one); len(due) != count {
			t.Errorf("%s: %+v", wanted, due)
		}
		one.Except = who.ID
		one.Subject += "-own"
		if due := tell(one); len(due) != 0 {
			t.Errorf("told of what it did itself: %+v", due)
		}
	}
}

func TestWhatChangesIsNumberedForEachOrganisationThatSeesIt(t *testing.T) {
	s := open(t, seed(t))
	var head int64
	read := func(after int64) (list []app.Change) {
		t.Helper()
		ok(t, s.Read(t.Context(), func(ctx context.Context, tx app.StoreTx) error {
			var err error
			if head, err = tx.ChangeHead(ctx, "SellerMSP"); err != nil {
				return err
			}
			list, err = tx.Changes(ctx, "SellerMSP", after, 100)
			return err
		}))
		return list
	}
	read(0)
	before := head
	ok(t, s.write(func(_ context.Context, tx app.StoreTx) error {
		tx.Changed(app.ChangedPack, "no-such-pack")
		return nil
	}))
	if list := read(before); len(list) != 0 || head != before {
		t.Errorf("nobody sees it, and yet %+v", list)
	}
}
