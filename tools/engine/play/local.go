package play

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"loopback/tools/base/record"
	"loopback/tools/engine/probe"
	"loopback/tools/engine/wire"
)

// local is what a scenario knows of Unix sockets.
type local struct {
	serving bool               // the server listens on one
	other   bool               // the next client is another user
	placed  map[string]placed  // what was at a path before the program came
	locks   map[string]lock    // files that the grader has locked
	changes *probe.Changes     // what happens in the program's folder, or nil
	files   map[string]*handed // what is handed on, by its name
}

func (l *local) close() {
	for _, held := range l.locks {
		held.file.Close()
	}
	for _, f := range l.files {
		f.close()
	}
	if l.changes != nil {
		l.changes.Close()
	}
	for _, p := range l.placed {
		if p.live != nil {
			p.live.Close()
		}
	}
}

// address is what the program is asked to listen on.
func (c conditions) address(host string) string {
	if c.unix != "" {
		return c.unix
	}
	if strings.Contains(host, ":") {
		return "[" + host + "]:0"
	}
	return host + ":0"
}

// needUnix leaves the scenario out where what it asks of a Unix socket is not there.
func (s *scene) needUnix() {
	if runtime.GOOS != "linux" {
		s.skip("this system's Unix sockets have no SO_PEERCRED, and its kernel does not tell what waits in them: " +
			"the scenario needs Linux")
	}
	s.local.serving = true
	s.log.Local()
}

// inFolder returns where a path of the scenario is, which is relative to the
// program's folder.
func (s *scene) inFolder(path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(s.tmp, path)
}

// maxUnixPath is how long the name of a Unix socket may be: sun_path in unix(7), and
// the zero byte behind it.
const maxUnixPath = 107

// wayTo returns a name by which the grader reaches a socket. One that is too long
// is reached from its folder. So is each by another user, whom the folders above need
// not let pass: the grader's own temporary files may lie where its user alone may go.
func (s *scene) wayTo(path string) (way string, done func(), err error) {
	whole := s.inFolder(path)
	switch {
	case strings.HasPrefix(path, "@"):
		return path, func() {}, nil
	case len(whole) <= maxUnixPath && !s.local.other:
		return whole, func() {}, nil
	}
	dir, err := os.Open(filepath.Dir(whole))
	if err != nil {
		return "", nil, err
	}
	return fmt.Sprintf("/proc/self/fd/%d/%s", dir.Fd(), filepath.Base(whole)), func() { dir.Close() }, nil
}

// dialUnix connects to a Unix socket, as another user perhaps.
func (s *scene) dialUnix(ctx context.Context, name, network, path string) (*wire.Conn, error) {
	way, done, err := s.wayTo(path)
	if err != nil {
		return nil, err
	}
	defer done()
	dial := func() (*wire.Conn, error) { return wire.DialUnix(ctx, name, network, path, way) }
	if s.local.other {
		return asOther(dial)
	}
	return dial()
}

// checkAccess judges a dial that the mode of the socket's file has prevented.
func (s *scene) checkAccess(p *program, name string, err error) {
	if errors.Is(err, fs.ErrPermission) {
		s.rejectAt(p, name, record.Say("connect: permission denied"), record.Verdict{Code: record.Refused,
			What: record.Say("the mode of the socket's file does not let this user connect (EACCES)")})
	}
}

// nameUser sets the variables by which a scenario knows what SO_PEERCRED says of a
// client.
func (s *scene) nameUser(name string) {
	uid := os.Geteuid()
	if s.local.other {
		uid = otherUser
	}
	s.ts.Setenv(name+"_uid", strconv.Itoa(uid))
	s.ts.Setenv(name+"_pid", strconv.Itoa(os.Getpid()))
}

// otherUser is the user id of a client that is another user: nobody, on most systems.
const otherUser = 65534

// unixListeners returns the Unix sockets on which p listens.
func (s *scene) unixListeners(p *program) ([]probe.UnixListener, error) {
	return probe.UnixListenersOf(probe.Look(p.proc.PID()).PIDs)
}

// announcedUnix checks an announcement against the request, the kernel's table and
// the file: a dial there must reach a socket on which the program listens.
func (s *scene) announcedUnix(p *program, line, asked string, pids []int) string {
	addr, ok := strings.CutPrefix(line, announcement)
	if st, gone := p.proc.Status(); !ok && gone && st.Code != 0 {
		s.endedEarly(p)
	}
	if !ok {
		s.reject("", record.Say("its first line is not an announcement"), record.Verdict{Code: record.NotListening,
			What: record.Say("the first line on standard output is not \"listening on ADDR\""),
			Want: []byte(announcement + asked), Got: []byte(line), Compare: true})
	}
	held, err := probe.UnixListenersOf(pids)
	if err != nil { // then the dials show it
		if addr != asked {
			s.wrongName(asked, addr)
		}
		return addr
	}
	if len(held) == 0 {
		s.rest(p)
		if p.gone() {
			s.dead(p, record.Verdict{})
		}
		s.refuse(record.NotListening, record.Say("the server announced %s, but the kernel knows of no listening "+
			"Unix socket of it", record.Foreign(addr)))
	}
	network, path, _ := wire.CutUnix(asked)
	at := slices.IndexFunc(held, func(l probe.UnixListener) bool { return s.leadsTo(path, l) })
	switch {
	case at < 0:
		s.refuse(record.WrongAddress, record.Say("the server was asked to listen on %s, where no socket of it is; it "+
			"listens on %s", record.Foreign(asked), record.Foreign(held[0].Path)))
	case held[at].Packets != (network == wire.UnixPacket):
		s.refuse(record.WrongAddress, record.Say("the socket at %s is of another type than %s: SOCK_STREAM and "+
			"SOCK_SEQPACKET cannot be connected", record.Foreign(path), network))
	case addr != asked:
		s.wrongName(asked, addr)
	}
	return addr
}

// wrongName judges that another address was announced than the one that was asked for.
func (s *scene) wrongName(asked, addr string) {
	s.refuse(record.WrongAddress, record.Say("the server was asked to listen on %s, and announced %s",
		record.Foreign(asked), record.Quoting([]byte(addr), len(addr), 60)))
}

// leadsTo reports whether a dial to path reaches the listener.
func (s *scene) leadsTo(path string, l probe.UnixListener) bool {
	if strings.HasPrefix(path, "@") {
		return l.Path == path
	}
	inode, ok := fileNumber(s.inFolder(path))
	return ok && inode == l.File
}

// otherUser lets the next clients be another user, who may pass through the program's
// folder.
func (s *scene) otherUser() {
	if os.Geteuid() != 0 {
		s.skip("only root can connect as another user: the scenario needs a grader that root has started")
	}
	if _, err := asOther(func() (*wire.Conn, error) { return nil, nil }); err != nil {
		s.skip("the grader cannot connect as another user here: its user namespace has no user " +
			strconv.Itoa(otherUser))
	}
	if err := os.Chmod(s.tmp, 0o711); err != nil {
		s.fail(record.Verdict{Code: record.CannotGrade, What: record.Say("the folder cannot be opened: %v", err)})
	}
	s.local.other = true
}

// unique is a number that no other scenario has, for a name that the whole system
// shares.
func (s *scene) unique() string { return strings.TrimPrefix(filepath.Base(s.tmp), "loopback-") }
