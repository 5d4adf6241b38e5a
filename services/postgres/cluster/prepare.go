package cluster

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// serverUsers are the system users that a server started by root may run as, best first.
func serverUsers() []string { return []string{"postgres", "nobody"} }

// identity is the system user that the server runs as.
type identity struct {
	name     string
	uid, gid uint32
	switched bool // another user than ours: the process changes to it
}

// prepare brings the folder to where a server can start: owned rightly, no leftover
// processes, a whole data folder, the access files written.
func (c *Cluster) prepare(ctx context.Context, cfg Config) (programs, identity, error) {
	who, err := c.identify()
	if err != nil {
		return programs{}, who, err
	}
	major, err := majorOf(c.path(dataName))
	if err != nil {
		return programs{}, who, err
	}
	progs, err := findPrograms(ctx, cfg.Bin, major)
	if err != nil {
		return progs, who, err
	}
	if err := c.layOut(who); err != nil {
		return progs, who, err
	}
	if err := c.clearLeftovers(ctx, cfg.Logger); err != nil {
		return progs, who, err
	}
	if major == 0 {
		if err := c.initialise(ctx, progs, who, cfg.Volatile); err != nil {
			return progs, who, err
		}
	}
	return progs, who, c.writeAccess(who)
}

// identify says who runs the server: we ourselves, or, when we are root, the owner of the
// data folder, or for a new one the first of serverUsers that exists.
func (c *Cluster) identify() (identity, error) {
	uid := os.Geteuid()
	owner, err := ownerOf(c.path(dataName))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return identity{}, fmt.Errorf("postgresql: owner of the data folder: %w", err)
	}
	exists := err == nil
	if uid != 0 {
		if exists && owner != uid {
			return identity{}, fmt.Errorf("postgresql: %s belongs to user id %d, this program runs as %d: "+
				"run it as that user or as root", c.path(dataName), owner, uid)
		}
		return lookUp(user.LookupId(strconv.Itoa(uid)))
	}
	if err := canSwitchUser(); err != nil {
		return identity{}, err
	}
	if exists && owner != 0 {
		return lookUp(user.LookupId(strconv.Itoa(owner)))
	}
	for _, name := range serverUsers() {
		if who, err := lookUp(user.Lookup(name)); err == nil {
			return who, nil
		}
	}
	return identity{}, fmt.Errorf("postgresql: PostgreSQL does not run as root, and this system has none "+
		"of the users %s: create one, or run this program as another user",
		strings.Join(serverUsers(), ", "))
}

// lookUp turns the system's answer about a user into an identity.
func lookUp(u *user.User, err error) (identity, error) {
	if err != nil {
		return identity{}, fmt.Errorf("postgresql: the server's user must be known to the system: %w", err)
	}
	uid, errUID := strconv.ParseUint(u.Uid, 10, 32)
	gid, errGID := strconv.ParseUint(u.Gid, 10, 32)
	if err := errors.Join(errUID, errGID); err != nil {
		return identity{}, fmt.Errorf("postgresql: ids of user %s: %w", u.Username, err)
	}
	return identity{
		name: u.Username, uid: uint32(uid), gid: uint32(gid),
		switched: int(uid) != os.Geteuid(),
	}, nil
}

func ownerOf(path string) (int, error) {
	info, err := os.Lstat(path)
	if err != nil {
		return 0, err
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, fmt.Errorf("%s: owner unknown on this system", path)
	}
	return int(stat.Uid), nil
}

// layOut makes run/ and gives the server's user its way in. The folder itself stays ours,
// so that the server's user can plant nothing that we would follow.
func (c *Cluster) layOut(who identity) error {
	mode := os.FileMode(0o700)
	if who.switched {
		mode = 0o710 // the group of the server's user may pass, not list
	}
	err := errors.Join(
		os.Chown(c.dir, os.Geteuid(), int(who.gid)),
		os.Chmod(c.dir, mode),
		c.mkdirFor(runName, who),
	)
	if err != nil {
		return fmt.Errorf("postgresql: lay out %s: %w", c.dir, err)
	}
	return nil
}

// mkdirFor makes a folder, 0700, that belongs to the server's user.
func (c *Cluster) mkdirFor(name string, who identity) error {
	err := os.Mkdir(c.path(name), 0o700)
	if err != nil && !errors.Is(err, os.ErrExist) {
		return err
	}
	return os.Lchown(c.path(name), int(who.uid), int(who.gid))
}

// initialise makes a new data folder beside its place and renames it when it is whole.
//
// The locale is C.UTF-8: order and comparison by code point, the same on every machine and
// after every upgrade of its C library, so that no index goes stale under us.
func (c *Cluster) initialise(ctx context.Context, progs programs, who identity, volatile bool) error {
	if entries, err := os.ReadDir(c.path(dataName)); err == nil && len(entries) > 0 {
		return fmt.Errorf("postgresql: %s is not empty and holds no cluster (no PG_VERSION): move it away",
			c.path(dataName))
	}
	if err := os.RemoveAll(c.path(freshName)); err != nil {
		return fmt.Errorf("postgresql: remove a half-made cluster: %w", err)
	}
	if err := c.mkdirFor(freshName, who); err != nil {
		return fmt.Errorf("postgresql: make %s: %w", freshName, err)
	}
	folder, err := os.Open(c.dir)
	if err != nil {
		return fmt.Errorf("postgresql: open folder: %w", err)
	}
	defer folder.Close()

	args := []string{
		"--pgdata=" + inside(c.dir, freshName), "--username=" + databaseUser, "--auth=peer",
		"--encoding=UTF8", "--locale=C.UTF-8", "--data-checksums", "--no-instructions",
	}
	if volatile {
		args = append(args, "--no-sync")
	}
	cmd := exec.CommandContext(ctx, progs.initdb(), args...) //nolint:gosec // what we found installed
	asServerUser(cmd, who, folder)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("postgresql: initdb as user %s: %w: %s",
			who.name, explainExec(err, who), lastBytes(out, logTailLimit))
	}
	if err := os.Rename(c.path(freshName), c.path(dataName)); err != nil {
		return fmt.Errorf("postgresql: put the new cluster in its place: %w", err)
	}
	if err := folder.Sync(); err != nil {
		return fmt.Errorf("postgresql: put the new cluster in its place: %w", err)
	}
	return nil
}

// writeAccess writes who may connect: this program's system user, as the database user,
// proven by the kernel over the socket. There is no password that could leak.
func (c *Cluster) writeAccess(who identity) error {
	us, err := user.LookupId(strconv.Itoa(os.Geteuid()))
	if err != nil {
		return fmt.Errorf("postgresql: this program's user must be known to the system: %w", err)
	}
	files := map[string]string{
		hbaName:   "local all all peer map=countersign\n",
		identName: fmt.Sprintf("countersign %q %s\n", us.Username, databaseUser),
	}
	for name, text := range files {
		err := errors.Join(
			os.WriteFile(c.path(name), []byte(text), 0o600),
			os.Chown(c.path(name), os.Geteuid(), int(who.gid)),
			//nolint:gosec // read by the group of the server's user, who may not write it
			os.Chmod(c.path(name), 0o640),
		)
		if err != nil {
			return fmt.Errorf("postgresql: write %s: %w", name, err)
		}
	}
	return nil
}

// explainExec turns the kernel's "permission denied" into what is missing.
func explainExec(err error, who identity) error {
	if errors.Is(err, os.ErrPermission) {
		return fmt.Errorf("user %s may not run PostgreSQL's programs (every folder above them must be "+
			"open to it): %w", who.name, err)
	}
	return err
}

// lastBytes is the end of a text, for an error message.
func lastBytes(text []byte, limit int) string {
	return strings.TrimSpace(string(text[max(0, len(text)-limit):]))
}

// lockOrAttach takes the folder's lock, or returns nil when its holder's server answers. It
// waits while neither is so: the holder may be starting or going away.
func (c *Cluster) lockOrAttach(ctx context.Context) (*os.File, error) {
	file, err := os.OpenFile(filepath.Join(c.dir, lockName), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("postgresql: lock: %w", err)
	}
	for {
		err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return file, nil
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, errors.Join(fmt.Errorf("postgresql: lock %s: %w", file.Name(), err), file.Close())
		}
		if c.ping(ctx, databaseName) == nil {
			return nil, file.Close()
		}
		if err := pause(ctx); err != nil {
			err = fmt.Errorf("postgresql: another program holds %s and its server does not answer: %w",
				file.Name(), err)
			return nil, errors.Join(err, file.Close())
		}
	}
}

// pause waits one poll interval; it fails when ctx ends.
func pause(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(pollInterval):
		return nil
	}
}
