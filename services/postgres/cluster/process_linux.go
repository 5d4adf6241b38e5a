package cluster

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
)

// handle is the first descriptor after stdin, stdout and stderr: exec.Cmd.ExtraFiles[0].
const handle = "/proc/self/fd/3"

// inside is the path by which PostgreSQL's programs reach a name in the folder: through the
// handle that they inherit. They need no way in through the folders above, which may be
// open to root alone, and the path stays short enough for a socket.
func inside(_, name string) string { return handle + "/" + name }

// asServerUser makes a command run as the server's user, in a session of its own (a Ctrl-C
// in the terminal is for us to handle), told to shut down when this process dies.
func asServerUser(cmd *exec.Cmd, who identity, folder *os.File) {
	cmd.Env = childEnv()
	cmd.Dir = "/"
	cmd.ExtraFiles = []*os.File{folder}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Pdeathsig: syscall.SIGINT}
	if who.switched {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: who.uid, Gid: who.gid}
	}
}

func canSwitchUser() error { return nil }

// processesIn lists the processes whose working folder is one of dirs: PostgreSQL's work in
// their data folder. Processes of users that we may not look at are not ours.
func processesIn(dirs ...string) ([]int, error) {
	var want []os.FileInfo
	for _, dir := range dirs {
		info, err := os.Stat(dir)
		if err == nil {
			want = append(want, info)
		} else if !os.IsNotExist(err) {
			return nil, err
		}
	}
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return nil, err
	}
	var pids []int
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		at, err := os.Stat(filepath.Join("/proc", e.Name(), "cwd"))
		if err == nil && slices.ContainsFunc(want, func(w os.FileInfo) bool { return os.SameFile(at, w) }) {
			pids = append(pids, pid)
		}
	}
	return pids, nil
}
