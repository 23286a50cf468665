package scene

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"loopback/tools/base/record"
	"loopback/tools/engine/probe"
	"loopback/tools/engine/wire"
)

// local is what a scenario knows of Unix sockets.
type local struct {
	Serving bool // the server listens on one
	Other   bool // the next client is another user
}

// InFolder returns where a path of the scenario is, which is relative to the
// program's folder.
func (s *Scene) InFolder(path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(s.Tmp, path)
}

// maxUnixPath is how long the name of a Unix socket may be: sun_path in unix(7), and
// the zero byte behind it.
const maxUnixPath = 107

// wayTo returns a name by which the grader reaches a socket. One that is too long
// is reached from its folder. So is each by another user, whom the folders above need
// not let pass: the grader's own temporary files may lie where its user alone may go.
func (s *Scene) wayTo(path string) (way string, done func(), err error) {
	whole := s.InFolder(path)
	switch {
	case strings.HasPrefix(path, "@"):
		return path, func() {}, nil
	case len(whole) <= maxUnixPath && !s.Local.Other:
		return whole, func() {}, nil
	}
	dir, err := os.Open(filepath.Dir(whole))
	if err != nil {
		return "", nil, err
	}
	return fmt.Sprintf("/proc/self/fd/%d/%s", dir.Fd(), filepath.Base(whole)), func() { dir.Close() }, nil
}

// dialUnix connects to a Unix socket, as another user perhaps.
func (s *Scene) dialUnix(ctx context.Context, name, network, path string) (*wire.Conn, error) {
	way, done, err := s.wayTo(path)
	if err != nil {
		return nil, err
	}
	defer done()
	dial := func() (*wire.Conn, error) { return wire.DialUnix(ctx, name, network, path, way) }
	if s.Local.Other {
		return asOther(dial)
	}
	return dial()
}

// checkAccess judges a dial that the mode of the socket's file has prevented.
func (s *Scene) checkAccess(p *Instance, name string, err error) {
	if errors.Is(err, fs.ErrPermission) {
		s.RejectAt(p, name, record.Say("connect: permission denied"), record.Verdict{Code: record.Refused,
			What: record.Say("the mode of the socket's file does not let this user connect (EACCES)")})
	}
}

// nameUser sets the variables by which a scenario knows what SO_PEERCRED says of a
// client.
func (s *Scene) nameUser(name string) {
	uid := os.Geteuid()
	if s.Local.Other {
		uid = otherUser
	}
	s.TS.Setenv(name+"_uid", strconv.Itoa(uid))
	s.TS.Setenv(name+"_pid", strconv.Itoa(os.Getpid()))
}

// otherUser is the user id of a client that is another user: nobody, on most systems.
const otherUser = 65534

// unixListeners returns the Unix sockets on which p listens.
func (s *Scene) unixListeners(p *Instance) ([]probe.UnixListener, error) {
	return probe.UnixListenersOf(p.Look().PIDs)
}

// OtherUser lets the next clients be another user, who may pass through the program's
// folder.
func (s *Scene) OtherUser() {
	if os.Geteuid() != 0 {
		s.Skip("only root can connect as another user: the scenario needs a grader that root has started")
	}
	if _, err := asOther(func() (*wire.Conn, error) { return nil, nil }); err != nil {
		s.Skip("the grader cannot connect as another user here: its user namespace has no user " +
			strconv.Itoa(otherUser))
	}
	if err := os.Chmod(s.Tmp, 0o711); err != nil {
		s.Fail(record.Verdict{Code: record.CannotGrade, What: record.Say("the folder cannot be opened: %v", err)})
	}
	s.Local.Other = true
}

// Unique is a number that no other scenario has, for a name that the whole system
// shares.
func (s *Scene) Unique() string { return strings.TrimPrefix(filepath.Base(s.Tmp), "loopback-") }
