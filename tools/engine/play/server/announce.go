package server

import (
	"net"
	"net/netip"
	"strconv"
	"strings"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/probe"
	"loopback/tools/engine/process"
)

// listensFirst checks that a program whose standard output is jammed listens
// already when it stands in the write of its announcement. What that write is
// worth is seen afterwards, when it may go on; a program that writes in another
// way is never seen to stand there, and proves nothing.
func listensFirst(s *scene.Scene, p *scene.Instance) {
	size := 0
	end := s.AwaitLimit(p, nil, scene.StartLimit, p.Looking(func() bool {
		size, _ = probe.Printing(p.Look().PIDs)
		return size > 0
	}))
	s.Rest(p)
	listeners, err := s.Reachable(p.Look().PIDs)
	early := end == scene.Happened && err == nil && len(listeners) == 0
	p.Proc.Unjam()
	if !early {
		return
	}
	line := FirstLine(s, p)
	if !strings.HasPrefix(line, announcement) || size <= len(line) {
		return // it was another write, or only the beginning of the line
	}
	s.Trouble("", "it says that it listens, and it does not yet")
	v := record.Verdict{Code: record.NotListening,
		What: record.Say("the server writes its announcement before it listens: while it stood in that write the "+
			"kernel knew of no %v of it", s.ListeningSocket())}
	s.Fail(v)
}

const announcement = "listening on "

// FirstLine waits for the first line on standard output: the only sign that a
// server is ready.
func FirstLine(s *scene.Scene, p *scene.Instance) string {
	var line string
	flooded := false
	end := s.AwaitLimit(p, nil, scene.StartLimit, p.Looking(func() bool {
		var ok bool
		if line, ok = p.Proc.Stdout().FirstLine(); ok {
			return true
		}
		flooded = p.Proc.Stdout().Total()+p.Proc.Stderr().Total() > process.OutputLimit
		return flooded
	}))
	if flooded {
		s.Reject("", record.Say("it prints and prints"), record.Verdict{Code: record.NotListening, Endless: true,
			What: record.Say("the server printed more than 4 MiB and never announced an address")})
	}
	if end == scene.Ended {
		p.Drain() // its line may have come last
		st, _ := p.Proc.Status()
		if line, ok := p.Proc.Stdout().FirstLine(); ok && (st.Code == 0 || strings.HasPrefix(line, announcement)) {
			return line
		}
		EndedEarly(s, p)
	}
	o := scene.Owes{Code: record.NotListening, What: record.Say("no announcement came"), Words: p.LastWords(3)}
	if out := p.Proc.Stdout().Bytes(); len(out) > 0 && p.Proc.Stdout().Lines() == 0 {
		o.Note = record.Say("standard output has %s, without the newline that ends a line",
			record.Quoting(out, len(out), 60))
		o.Want, o.Got = append(out[:len(out):len(out)], '\n'), out
	}
	s.Judge(p, end, o)
	return line
}

// EndedEarly judges a server that ended before it announced an address, or made a
// connection that was expected of it, and a client that ended before it began.
func EndedEarly(s *scene.Scene, p *scene.Instance) {
	p.Drain()
	CheckWritten(s, p)
	stderr := string(p.Proc.Stderr().Bytes())
	st, _ := p.Proc.Status()
	if st.Code > 0 && strings.Contains(stderr, "address already in use") {
		s.Trouble("", "the process has ended: %v", st)
		if p.Again {
			s.Fail(record.Verdict{Code: record.Exited, Words: p.LastWords(3),
				What: record.Say("the server was started again at %s, where nothing listens any more, and yet found "+
					"its address in use", record.Foreign(s.TS.Getenv("server")))})
		}
		s.Fail(record.Verdict{Code: record.WrongAddress, Words: p.LastWords(3),
			What: record.Say("the server was asked to listen on %s, where nothing listens, and yet found its "+
				"address in use", record.Foreign(wasAsked(s, p)))})
	}
	early := record.Say("the server ended before it announced an address")
	switch {
	case p.Ready:
		early = record.Say("the server ended before it connected")
	case s.Kind() == "client":
		early = record.Say("the client ended before it connected")
		if s.Datagrams.InUse() {
			early = record.Say("the client ended before it sent a datagram")
		}
	}
	s.Dead(p, record.Verdict{What: early, Evidence: s.Gather(nil, p)})
}

// wasAsked is where p was asked to listen.
func wasAsked(s *scene.Scene, p *scene.Instance) string {
	if p.Unix != "" {
		return p.Unix
	}
	return net.JoinHostPort(s.Host, "0")
}

// notWritten is what a program says that is only a stub.
const notWritten = "not written yet"

// CheckWritten ends the scenario when the program says that it is only a stub.
func CheckWritten(s *scene.Scene, p *scene.Instance) {
	if strings.TrimSpace(string(p.Proc.Stderr().Bytes())) == notWritten {
		s.Untouched = true
		s.Fail(record.Verdict{Code: record.Exited,
			What: record.Say("the program says that it has not been written yet")})
	}
}

// announced checks the announcement against the request and against what the
// kernel says, and returns the address to dial.
func announced(s *scene.Scene, p *scene.Instance, line, asked string, listeners []probe.Socket, sure bool) string {
	addr, ok := strings.CutPrefix(line, announcement)
	if st, gone := p.Proc.Status(); !ok && gone && st.Code != 0 {
		EndedEarly(s, p)
	}
	if !ok {
		s.Reject("", record.Say("its first line is not an announcement"), record.Verdict{Code: record.NotListening,
			What: record.Say("the first line on standard output is not \"listening on ADDR\""),
			Want: []byte(announcement + "ADDR"), Got: []byte(line), Compare: true})
	}
	if sure && len(listeners) == 0 {
		s.Rest(p) // its sockets are closed before it is gone
		if p.Gone() {
			s.Dead(p, record.Verdict{})
		}
	}
	said, err := netip.ParseAddrPort(addr)
	shown := any(record.Foreign(addr))
	if err != nil {
		shown = record.Quoting([]byte(addr), len(addr), 60) // it may be anything
	}
	switch {
	case sure && len(listeners) == 0:
		refuse(s, record.NotListening, record.Say("the server announced %s, but the kernel knows of no %s of it",
			shown, s.ListeningSocket()))
	case err != nil && sure:
		refuse(s, record.WrongAddress,
			record.Say("the server announced %s, which is not an address to dial; the kernel says it listens on %s",
				shown, listeners[0].Local))
	case err != nil:
		refuse(s, record.WrongAddress, record.Say("the server announced %s, which is not an address to dial", shown))
	case said.Port() == 0:
		refuse(s, record.WrongAddress,
			record.Say("the server announced port 0, which means \"choose for me\"; %v", s.KnowsItsPort()))
	}
	if sure {
		checkListeners(s, p, said, asked, listeners)
	} else if want := netip.MustParseAddrPort(asked); asked != everywhere &&
		(said.Addr() != want.Addr() || want.Port() != 0 && said.Port() != want.Port()) {
		refuse(s, record.WrongAddress, record.Say("the server was asked to listen on %s, and announced %s",
			record.Foreign(asked), said))
	}
	if asked == everywhere {
		return net.JoinHostPort(s.Host, strconv.Itoa(int(said.Port())))
	}
	return addr
}

func checkListeners(s *scene.Scene, p *scene.Instance, said netip.AddrPort, asked string, listeners []probe.Socket) {
	want := netip.MustParseAddrPort(asked)
	at := listeners[0].Local
	for _, l := range listeners {
		if l.Local == said {
			at = l.Local
		}
	}
	s.Known.Asked, s.Known.Found = want.Port(), nil
	for _, l := range listeners {
		s.Known.Found = append(s.Known.Found, l.Local.Port())
	}
	switch {
	case asked == everywhere:
		checkEverywhere(s, said, at)
	case at.Addr().IsUnspecified():
		refuse(s, record.WrongAddress,
			record.Say("the server listens on %s, every interface of this machine, although it was asked for %s",
				at, record.Foreign(asked)))
	case at.Addr() != want.Addr(), want.Port() != 0 && at.Port() != want.Port():
		refuse(s, record.WrongAddress,
			record.Say("the server was asked to listen on %s but listens on %s", record.Foreign(asked), at))
	case at != said:
		refuse(s, record.WrongAddress, record.Say("the server announced %s but listens on %s", said, at))
	}
}

// refuse fails because of where the server listens.
func refuse(s *scene.Scene, code record.Code, what record.Phrase) {
	s.Reject("", record.Say("no client can be sent there"), record.Verdict{Code: code, What: what})
}
