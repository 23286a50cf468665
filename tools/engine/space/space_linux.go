//go:build !noevidence

package space

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"

	"loopback/tools/engine/process"
)

// patience bounds each answer of a process that only has a few system calls to
// make; it is there for a machine that has stopped working.
const patience = 60 // seconds

// A Space is a process in namespaces of its own, and the sockets that it made
// for the grader. Its methods may be called from any goroutine.
type Space struct {
	Process *process.Process

	mu      sync.Mutex
	control int // our end of the socket pair; -1 when the process needs it no more
	sockets map[Kind][]int
}

func start(o process.Options, settings []string) (*Space, error) {
	// SOCK_SEQPACKET keeps the bounds of messages, and tells of the end.
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("socketpair: %w", err)
	}
	s := &Space{control: pair[0], sockets: map[Kind][]int{}}
	theirs := os.NewFile(uintptr(pair[1]), "control")
	defer theirs.Close()
	unix.SetsockoptTimeval(s.control, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &unix.Timeval{Sec: patience})
	o.Path, o.Argv0, o.Args = "/proc/self/exe", reserved,
		append([]string{strconv.Itoa(os.Geteuid()), strconv.Itoa(os.Getegid())}, settings...)
	o.Files, o.Namespace = []*os.File{theirs}, true
	s.Process, err = process.Start(o)
	if err != nil {
		s.Close()
		return nil, refusedStart(err)
	}
	theirs.Close() // or we would never see the end
	if err := s.receive(); err != nil {
		s.Process.End()
		s.Close()
		return nil, err
	}
	return s, nil
}

// refusedStart tells a machine that has no namespaces for us from one that is
// out of memory, or the like.
func refusedStart(err error) error {
	var errno syscall.Errno
	if !errors.As(err, &errno) {
		return err
	}
	switch errno {
	case unix.EPERM, unix.EACCES, unix.EINVAL, unix.ENOSYS, unix.ENOSPC, unix.EUSERS:
		return &Refused{Call: "clone with CLONE_NEWUSER and CLONE_NEWNET", Why: errno.Error()}
	}
	return err
}

// receive takes the first message: the sockets, or what could not be done.
func (s *Space) receive() error {
	buf, rights := make([]byte, 4096), make([]byte, unix.CmsgSpace(4*len(flat(pool))))
	n, rn, _, _, err := recvmsg(s.control, buf, rights)
	if err != nil {
		return fmt.Errorf("waiting for a process in its namespace: %w", err)
	}
	fds, err := descriptors(rights[:rn])
	if err != nil {
		return err
	}
	if call, why, failed := strings.Cut(string(buf[:n]), "\x00"); failed {
		return &Refused{Call: call, Why: why}
	}
	kinds := flat(pool)
	for i, fd := range fds {
		s.sockets[kinds[i]] = append(s.sockets[kinds[i]], fd)
	}
	if len(fds) != len(kinds) {
		return fmt.Errorf("a process in its namespace handed over %d sockets, not %d: %s",
			len(fds), len(kinds), s.lastWords())
	}
	return nil
}

// lastWords returns what the process said when it failed in a way that nobody
// foresaw.
func (s *Space) lastWords() string {
	return strings.TrimSpace(string(s.Process.Stderr().Bytes()))
}

func recvmsg(fd int, buf, rights []byte) (n, rn, flags int, from unix.Sockaddr, err error) {
	for {
		n, rn, flags, from, err = unix.Recvmsg(fd, buf, rights, unix.MSG_CMSG_CLOEXEC)
		if err != unix.EINTR {
			return
		}
	}
}

// descriptors reads the file descriptors that came with a message.
func descriptors(rights []byte) ([]int, error) {
	messages, err := unix.ParseSocketControlMessage(rights)
	if err != nil {
		return nil, fmt.Errorf("descriptors of a namespace: %w", err)
	}
	var all []int
	for _, m := range messages {
		fds, err := unix.ParseUnixRights(&m)
		if err != nil {
			return nil, fmt.Errorf("descriptors of a namespace: %w", err)
		}
		all = append(all, fds...)
	}
	return all, nil
}

// Socket returns a fresh socket of this kind in the network namespace. There
// is a fixed number of each. The caller closes it.
func (s *Space) Socket(k Kind) (fd int, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	free := s.sockets[k]
	if len(free) == 0 {
		return -1, ErrNoneLeft
	}
	s.sockets[k] = free[1:]
	return free[0], nil
}

// Become makes the process execute the program at path with these arguments
// after argv[0]. It can be called once.
func (s *Space) Become(path string, args []string) error {
	order := strings.Join(append([]string{path}, args...), "\x00")
	if err := unix.Sendto(s.control, []byte(order), unix.MSG_NOSIGNAL, nil); err != nil {
		return fmt.Errorf("starting %s: %w", path, err)
	}
	buf := make([]byte, 4096)
	n, _, _, _, err := recvmsg(s.control, buf, nil)
	if err != nil {
		return fmt.Errorf("starting %s: %w", path, err)
	}
	if n > 0 { // at success its end is closed by execve itself
		return fmt.Errorf("starting %s: %s", path, buf[:n])
	}
	return nil
}

// Close closes the sockets that nobody has taken. It does not end the process.
func (s *Space) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, fds := range s.sockets {
		for _, fd := range fds {
			unix.Close(fd)
		}
	}
	clear(s.sockets)
	if s.control >= 0 {
		unix.Close(s.control)
		s.control = -1
	}
}
