package process

import (
	"os"

	"golang.org/x/sys/unix"
)

// Adopt makes this program the parent of all that its children leave behind
// (PR_SET_CHILD_SUBREAPER in prctl(2)), for [EndAdopted]. It is for a program that
// starts no process of this package itself.
func Adopt() { unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) }

// EndAdopted ends all children of this program, and theirs, which come to it when
// their parents end. It is for the time when all that it has started itself has ended.
func EndAdopted() {
	for range rounds {
		children := childrenOf(os.Getpid())
		if len(children) == 0 {
			return
		}
		for _, pid := range children {
			unix.Kill(pid, unix.SIGKILL)
			unix.Wait4(pid, nil, 0, nil)
		}
	}
}

// childrenOf returns the children of a process, dead or alive.
func childrenOf(parent int) (found []int) {
	for _, e := range readEntries() {
		if e.ppid == parent {
			found = append(found, e.pid)
		}
	}
	return found
}
