package server

import (
	"runtime"
	"slices"
	"strings"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/probe"
	"loopback/tools/engine/wire"
)

// address is what the program is asked to listen on.
func address(c scene.Conditions, host string) string {
	if c.Unix != "" {
		return c.Unix
	}
	if strings.Contains(host, ":") {
		return "[" + host + "]:0"
	}
	return host + ":0"
}

// NeedUnix leaves the scenario out where what it asks of a Unix socket is not there.
func NeedUnix(s *scene.Scene) {
	if runtime.GOOS != "linux" {
		s.Skip("this system's Unix sockets have no SO_PEERCRED, and its kernel does not tell what waits in them: " +
			"the scenario needs Linux")
	}
	s.Local.Serving = true
	s.Log.Local()
}

// announcedUnix checks an announcement against the request, the kernel's table and
// the file: a dial there must reach a socket on which the program listens.
func announcedUnix(s *scene.Scene, p *scene.Instance, line, asked string, pids []int) string {
	addr, ok := strings.CutPrefix(line, announcement)
	if st, gone := p.Proc.Status(); !ok && gone && st.Code != 0 {
		EndedEarly(s, p)
	}
	if !ok {
		s.Reject("", record.Say("its first line is not an announcement"), record.Verdict{Code: record.NotListening,
			What: record.Say("the first line on standard output is not \"listening on ADDR\""),
			Want: []byte(announcement + asked), Got: []byte(line), Compare: true})
	}
	held, err := probe.UnixListenersOf(pids)
	if err != nil { // then the dials show it
		if addr != asked {
			wrongName(s, asked, addr)
		}
		return addr
	}
	if len(held) == 0 {
		s.Rest(p)
		if p.Gone() {
			s.Dead(p, record.Verdict{})
		}
		refuse(s, record.NotListening, record.Say("the server announced %s, but the kernel knows of no listening "+
			"Unix socket of it", record.Foreign(addr)))
	}
	network, path, _ := wire.CutUnix(asked)
	at := slices.IndexFunc(held, func(l probe.UnixListener) bool { return leadsTo(s, path, l) })
	switch {
	case at < 0:
		refuse(s, record.WrongAddress, record.Say("the server was asked to listen on %s, where no socket of it is; it "+
			"listens on %s", record.Foreign(asked), record.Foreign(held[0].Path)))
	case held[at].Packets != (network == wire.UnixPacket):
		refuse(s, record.WrongAddress, record.Say("the socket at %s is of another type than %s: SOCK_STREAM and "+
			"SOCK_SEQPACKET cannot be connected", record.Foreign(path), network))
	case addr != asked:
		wrongName(s, asked, addr)
	}
	return addr
}

// wrongName judges that another address was announced than the one that was asked for.
func wrongName(s *scene.Scene, asked, addr string) {
	refuse(s, record.WrongAddress, record.Say("the server was asked to listen on %s, and announced %s",
		record.Foreign(asked), record.Quoting([]byte(addr), len(addr), 60)))
}

// leadsTo reports whether a dial to path reaches the listener.
func leadsTo(s *scene.Scene, path string, l probe.UnixListener) bool {
	if strings.HasPrefix(path, "@") {
		return l.Path == path
	}
	inode, ok := scene.FileNumber(s.InFolder(path))
	return ok && inode == l.File
}
