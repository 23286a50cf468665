package process

import (
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

// Interrupt interrupts the system calls in which the program's threads wait: it
// sends each of them SIGURG, which is ignored by a program that does not ask for
// it (signal(7)). A program that handles it, as every Go program does (its
// scheduler uses the signal), sees those calls return early: with EINTR, or
// with less than was asked for. It returns [os.ErrProcessDone] when the process
// has ended.
func (p *Process) Interrupt() error {
	family.mu.Lock() // the process is not reaped meanwhile, so its number is its own
	defer family.mu.Unlock()
	if family.live[p.pid] != p {
		return os.ErrProcessDone
	}
	threads, err := os.ReadDir("/proc/" + strconv.Itoa(p.pid) + "/task")
	if err != nil {
		return err
	}
	for _, thread := range threads {
		tid, err := strconv.Atoi(thread.Name())
		if err == nil {
			err = unix.Tgkill(p.pid, tid, unix.SIGURG)
		}
		if err != nil && err != unix.ESRCH { // a thread may end at any time
			return err
		}
	}
	return nil
}
