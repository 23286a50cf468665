//go:build unix && !linux

package process

import (
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// system is empty: the process group is all there is.
type system struct{}

// attributes makes the program the leader of a session of its own, without a
// controlling terminal, and so of a process group.
func attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setsid: true}
}

func (p *Process) spawn(path string, argv []string, attr *os.ProcAttr, _ string) error {
	family.mu.Lock()
	defer family.mu.Unlock()
	proc, err := os.StartProcess(path, argv, attr)
	if err == nil {
		p.register(proc)
	}
	return err
}

func (p *Process) reap() (*os.ProcessState, error) {
	state, err := p.proc.Wait()
	family.mu.Lock()
	defer family.mu.Unlock()
	delete(family.live, p.pid)
	return state, err
}

func (p *Process) killGroup() { p.proc.Kill() }

// endAll kills the process group until it is empty. The number of the group
// stays taken while it has members. It could only be somebody else's if the
// group was empty and the number was given away since the process was reaped,
// so a group that is not known to have members is left alone.
func (p *Process) endAll() []Stray {
	members := groupMembers(p.pid)
	_, ended := p.Status()
	var strays []Stray
	if ended {
		strays = members
	}
	if !ended || len(members) > 0 {
		unix.Kill(-p.pid, unix.SIGKILL)
	}
	p.proc.Signal(unix.SIGKILL)
	select {
	case <-p.done:
	case <-time.After(dieTime):
	}
	return strays
}

// sweep finds nothing more than End has found.
func sweep() []Stray { return nil }
