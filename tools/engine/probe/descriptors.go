package probe

import "strings"

// A Descriptor is one open file descriptor of a process.
type Descriptor struct {
	PID, FD int
	// Target says what it refers to, as /proc/PID/fd does: "socket:[4711]",
	// "pipe:[4712]", the name of a file.
	Target string
	// CloseOnExec says that a program which the process starts does not inherit
	// it (FD_CLOEXEC in fcntl(2)).
	CloseOnExec bool
}

// Socket reports whether the descriptor is one of a socket, of any kind.
func (d Descriptor) Socket() bool { return strings.HasPrefix(d.Target, "socket:") }

// Descriptors returns the open descriptors of these processes. Processes that
// have ended have none. The error is ErrNoEvidence.
func Descriptors(pids []int) ([]Descriptor, error) { return descriptors(pids) }
