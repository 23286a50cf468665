package process

import "golang.org/x/sys/unix"

// LimitDescriptors lowers the number of file descriptors that the running
// program may have (prlimit(2), RLIMIT_NOFILE): those that it has already with
// higher numbers stay until they are closed, and no new one gets such a number.
func (p *Process) LimitDescriptors(n int) error {
	limit := unix.Rlimit{Cur: uint64(n), Max: uint64(n)}
	return unix.Prlimit(p.PID(), unix.RLIMIT_NOFILE, &limit, nil)
}
