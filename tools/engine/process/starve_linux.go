package process

import (
	"os"

	"golang.org/x/sys/unix"
)

// LimitDescriptors sets how many file descriptors the process may have from now
// on, and returns how many it was allowed before. Those that it has stay open,
// also above the limit; the next one that it asks for fails with EMFILE
// (RLIMIT_NOFILE in getrlimit(2)). It is the soft limit: a program that asks for
// more at its start, as every Go program does, does not ask again. The error is
// [os.ErrProcessDone] when the process has ended.
func (p *Process) LimitDescriptors(n int) (before int, err error) {
	family.mu.Lock() // the process is not reaped meanwhile, so its number is its own
	defer family.mu.Unlock()
	if family.live[p.pid] != p {
		return 0, os.ErrProcessDone
	}
	var limit unix.Rlimit
	if err := unix.Prlimit(p.pid, unix.RLIMIT_NOFILE, nil, &limit); err != nil {
		return 0, os.NewSyscallError("prlimit", err)
	}
	before = int(min(limit.Cur, 1<<30))
	limit.Cur = min(uint64(n), limit.Max)
	err = unix.Prlimit(p.pid, unix.RLIMIT_NOFILE, &limit, nil)
	return before, os.NewSyscallError("prlimit", err)
}
