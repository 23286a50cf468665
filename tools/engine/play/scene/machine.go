package scene

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"loopback/tools/base/record"
	"loopback/tools/engine/probe"
	"loopback/tools/engine/process"
)

// What the machine lacks is never the program's fault. Here is what can be known
// before a scenario begins, and what an error of the grader's own calls means.

// loopbackSeen says that a connection has been made on this machine.
var loopbackSeen atomic.Bool

// LoopbackWorks returns an error when no connection can be made on this machine, as
// in a network namespace whose loopback interface nobody has brought up.
func LoopbackWorks(ctx context.Context) error {
	if loopbackSeen.Load() {
		return nil
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("the grader cannot listen at 127.0.0.1: %w", err)
	}
	defer ln.Close()
	d := net.Dialer{Timeout: 5 * time.Second}
	conn, err := d.DialContext(ctx, "tcp", ln.Addr().String())
	switch {
	case err == nil:
		loopbackSeen.Store(true)
		return conn.Close()
	case ctx.Err() != nil:
		return nil // the result is no longer wanted
	case errors.Is(err, syscall.ENETUNREACH), errors.Is(err, syscall.EHOSTUNREACH):
		return errors.New("127.0.0.1 cannot be reached, for the loopback interface is down; bring it up with: ip " +
			"link set lo up")
	}
	return fmt.Errorf("the grader cannot connect to itself at 127.0.0.1: %w", err)
}

// Lacking is the verdict where the machine keeps the grader from it.
func Lacking(what record.Phrase) record.Verdict {
	return record.Verdict{Code: record.CannotGrade, What: what, Only: true,
		Cause: "This machine keeps the grader from its work, as is said above. It says nothing about the program."}
}

// ForgetTempDir drops a GOTMPDIR that is no folder. It is the go command's variable,
// and a grader that was built before has not met it; testscript would fail for it.
var ForgetTempDir = sync.OnceFunc(func() {
	if dir := os.Getenv("GOTMPDIR"); dir != "" && !isFolder(dir) {
		os.Unsetenv("GOTMPDIR")
	}
})

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// shortage says in words what the grader itself has run out of when one of its
// own calls fails with err, or "".
func shortage(err error) string {
	switch {
	case errors.Is(err, syscall.EMFILE), errors.Is(err, syscall.ENFILE):
		return "file descriptors (ulimit -n)"
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return "ports of its own (net.ipv4.ip_local_port_range)"
	case errors.Is(err, syscall.ENOBUFS), errors.Is(err, syscall.ENOMEM):
		return "memory for sockets"
	}
	return ""
}

// CheckShortage ends a scenario as not graded when err says that the grader, and
// not the program, has run out of something.
func (s *Scene) CheckShortage(err error) {
	if errors.Is(err, syscall.EADDRNOTAVAIL) {
		s.checkHoard()
	}
	if what := shortage(err); what != "" {
		s.Fail(Lacking(record.Say("the grader has run out of %s: %v", what, err)))
	}
}

// hoard is how many sockets of one process are none of a program's that serves clients of
// this grader: some thousand come at the most, and a machine has 28,000 ports for them.
const hoard = 5000

// checkHoard judges a program that has taken the ports which its clients need. It may be
// another scenario's, which is played at the same time.
func (s *Scene) checkHoard() {
	for _, pid := range probe.Look(os.Getpid()).PIDs {
		if pid == os.Getpid() {
			continue
		}
		if n, err := probe.OpenSockets([]int{pid}); err == nil && n > hoard {
			s.Reject("", record.Say("no port is left for a client"), record.Verdict{Code: record.Leak, Anywhere: true,
				Only: true, Cause: "A socket that is bound has a port, which none other can have. A server needs one " +
					"for its listener, and its clients bring their own.",
				What: record.Say("the program holds %s, and the machine has no port left for a client",
					record.Varies(fmt.Sprintf("%d sockets", n), "thousands of sockets"))})
		}
	}
}

// notStarted says why the program could not be started, and what to do where it may be
// executed, but not in its folder.
func notStarted(path string, err error) record.Verdict {
	what := record.Say("the program could not be started: %v", err)
	info, stat := os.Stat(path)
	if errors.Is(err, fs.ErrPermission) && stat == nil && info.Mode().Perm()&0o111 != 0 {
		v := Lacking(what) // which may be long, and is cut then: what to do is not
		v.Cause = "No program may be run from that folder, which is perhaps mounted noexec: set the variable TMPDIR " +
			"to one from which programs may be run. It says nothing about the program."
		return v
	}
	return record.Verdict{Code: record.CannotGrade, What: what}
}

// filesSpare is how many file descriptors the grader needs besides the clients of
// a crowd.
const filesSpare = 45

// FilesEach is how many file descriptors the grader needs for one scenario with
// a few dozen clients.
const FilesEach = 100

// AtOnce returns how many scenarios may run at the same time.
func AtOnce(wanted int) int {
	if wanted <= 0 {
		wanted = 4 * runtime.GOMAXPROCS(0)
	}
	if limit := process.DescriptorLimit(); limit > 0 {
		wanted = min(wanted, max(1, limit/FilesEach))
	}
	return wanted
}

// How many file descriptors a client needs of which the program passes on the bytes: here
// for its own end and the backend's, there for two sockets, and for two pipes with two ends
// each where the kernel moves the bytes.
const (
	filesRelayed = 2
	filesRelay   = 6
)

// NeedFiles skips a scenario with n clients at once where neither the grader nor
// the program may have so many open files. It waits until other scenarios leave room
// for them, and keeps that until the scenario ends.
func (s *Scene) NeedFiles(n int) {
	limit := process.DescriptorLimit()
	if limit <= 0 {
		return
	}
	ours, theirs := n, n
	if s.Scenario.Through != "" {
		ours, theirs = filesRelayed*n, filesRelay*n
	}
	if max(ours, theirs)+filesSpare > limit {
		s.Skip(fmt.Sprintf("%d clients at once need more than the %d open files that this system allows (ulimit -n)",
			n, limit))
	}
	if ours > FilesEach && s.crowd == 0 {
		s.crowd = crowds.take(ours, limit)
	}
}
