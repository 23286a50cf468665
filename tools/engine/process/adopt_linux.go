package process

import (
	"os"
	"slices"
	"time"

	"golang.org/x/sys/unix"
)

// Adopt makes this program the parent of all that its children leave behind
// (PR_SET_CHILD_SUBREAPER in prctl(2)), for [EndAdopted]. It is for a program that
// starts no process of this package itself.
func Adopt() { unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) }

// EndAdopted ends all children of this program, and theirs, which come to it when
// their parents end. It is for the time when all that it has started itself has ended.
func EndAdopted() { EndAdoptedBut(nil) }

// EndAdoptedBut does the same while some that this program has started itself still run.
// No other may be started meanwhile. What starts another process and ends, again and again, is
// looked for until it is met between the two.
func EndAdoptedBut(own map[int]bool) {
	for end := time.Now().Add(chase); time.Now().Before(end); {
		children := slices.DeleteFunc(childrenOf(os.Getpid()), func(pid int) bool { return own[pid] })
		if len(children) == 0 {
			return
		}
		for _, pid := range children {
			unix.Kill(pid, unix.SIGKILL)
		}
		for _, pid := range children {
			unix.Wait4(pid, nil, 0, nil)
		}
	}
}

// chase bounds how long processes are looked for that do not stay.
const chase = 10 * time.Second

// childrenOf returns the children of a process, dead or alive.
func childrenOf(parent int) (found []int) {
	for _, e := range readEntries() {
		if e.ppid == parent {
			found = append(found, e.pid)
		}
	}
	return found
}
