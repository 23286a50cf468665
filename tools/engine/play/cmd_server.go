package play

import (
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"loopback/tools/base/record"
	"loopback/tools/engine/probe"
	"loopback/tools/engine/process"
	"loopback/tools/engine/wire"
)

var serverCommands = []Command{{
	Name: "serve", Args: "[-udp] [-unix PATH] [-unixpacket PATH] [-stdin] [-6] [-jammed] [-descriptors N] " +
		"[-inherit NAME] [-everywhere] [ARG...]",
	Group:   "A server under test",
	Summary: "start the program as a server and wait until it can be reached",
	Detail: "The program is given -listen HOST:0, where HOST is a loopback address of this scenario's own, and then " +
		"the arguments. Its first line on standard output must be \"listening on ADDR\", and ADDR must be where the " +
		"kernel says that it listens. The variable $server is set to ADDR. With -stdin the program's standard input " +
		"is what input gives it; without, it is empty. With -udp the server is one for datagrams, and ADDR must be " +
		"that of a UDP socket of its own. With -unix the program is given -listen unix:PATH, a Unix socket; PATH " +
		"is relative to its folder, with -unixpacket unixpacket:PATH, one of type SOCK_SEQPACKET; both are announced " +
		"as they were asked for. With -6 the program is given -listen [::1]:0. " +
		"With -jammed the pipe of its standard output is full: when the program stands in the write of its " +
		"announcement, it must listen already. With -descriptors it may have no more than N file descriptors. " +
		"With -inherit descriptor 3 is the listener NAME, which the grader has made with listen and keeps, " +
		"LISTEN_FDS is 1 and LISTEN_PID the program's process ID, as in sd_listen_fds(3). " +
		"With -everywhere, for which the scenario needs the header namespace, the program is given " +
		"-listen 0.0.0.0:0, and ADDR is 0.0.0.0 or ::, with a port; $server is HOST and that port.",
	run: (*scene).serve,
}, {
	Name: "end", Args: "", Group: "A server under test",
	Summary: "end the server at once (SIGKILL); the kernel closes its sockets",
	Detail:  "Its connections stay with the grader, which sees how they end.",
	run:     (*scene).end,
}, {
	Name: "restart", Args: "[-stdin] [ARG...]", Group: "A server under test",
	Summary: "start the server that end has ended again, at the same address",
	Detail: "The program is given -listen $server and then the arguments. Nobody listens there any more, but " +
		"connections of the first process may still be on their way out.",
	run: (*scene).restart,
}, {
	Name: "anew", Args: "", Group: "A server under test",
	Summary: "start the program again, which has ended by itself, as after exit",
	Detail:  "It is given -listen HOST:0, and the arguments that it was given before.",
	run: func(s *scene, args []string) {
		exactly(0, args)
		s.anew()
	},
}}

const announcement = "listening on "

func (s *scene) serve(args []string) {
	with, args := s.manner(args)
	if with.jammed {
		s.needOutside("the pipe of a program's standard output")
	}
	asked := with.address(s.host)
	if with.everywhere {
		asked = everywhere
	}
	p := s.startServer(asked, with, args)
	if with.jammed {
		s.listensFirst(p)
	}
	s.ready(p, asked)
}

// manner takes the flags of serve and restart from args, in whichever order;
// what follows is the program's own.
func (s *scene) manner(args []string) (with conditions, rest []string) {
	for ; len(args) > 0; args = args[1:] {
		switch args[0] {
		case "-udp":
			s.dg.serving = true
		case "-stdin":
			with.stdin = true
		case "-jammed":
			with.jammed = true
		case "-6":
			s.useIPv6()
		case "-everywhere":
			s.needSpace("a program that listens at every address of the machine")
			with.everywhere = true
		case "-unix", "-unixpacket":
			atLeast(2, args)
			with.unix = args[0][1:] + ":" + string(s.fill.text(args[1]))
			args = args[1:]
			s.needUnix()
		case "-descriptors":
			atLeast(2, args)
			with.descriptors, args = count(args[1]), args[1:]
		case "-inherit":
			atLeast(2, args)
			args = args[1:]
			with.listener = args[0]
		default:
			return with, args
		}
	}
	return with, nil
}

// useIPv6 makes ::1 this scenario's address.
func (s *scene) useIPv6() {
	ln, err := s.maker.Listen("", "::1", wire.Default)
	if err != nil {
		s.skip(fmt.Sprintf("this machine has no IPv6 loopback address (%v)", err))
	}
	ln.Close()
	s.host = "::1"
}

// startServer starts the program as a server at the address asked.
func (s *scene) startServer(asked string, with conditions, args []string) *program {
	args = append(s.behind(), args...)
	if _, _, ok := wire.CutUnix(asked); ok {
		with.unix = asked
	}
	p := s.startWith("server", append([]string{"-listen", asked}, args...), with)
	p.args = args
	return p
}

// ready waits until p has announced where it listens, and checks it.
func (s *scene) ready(p *program, asked string) {
	line := s.firstLine(p)
	s.rest(p)
	pids := probe.Look(p.proc.PID()).PIDs
	addr := ""
	if _, _, ok := wire.CutUnix(asked); ok {
		addr = s.announcedUnix(p, line, asked, pids)
	} else {
		listeners, err := s.reachable(pids)
		addr = s.announced(p, line, asked, listeners, err == nil)
	}
	s.record(record.Event{Kind: record.Listening, What: record.Say("listening on %v", record.Foreign(addr))})
	s.ts.Setenv("server", addr)
	p.sockets, _ = probe.SocketsOf(pids) // no evidence: descriptors says so when it needs it
	p.memory, _ = probe.Memory(pids)
	if s.blind(p) {
		held, _ := probe.PortsHeld(p.proc.PID())
		p.ports = len(held)
	}
	all, _ := probe.Descriptors(pids)
	p.files = len(all)
}

// end ends the server and all that it has started.
func (s *scene) end(args []string) {
	exactly(0, args)
	p := s.main()
	s.rest(p)
	if p.gone() {
		s.dead(p, record.Verdict{})
	}
	s.checkChatter(p)
	s.record(record.Event{Kind: record.Note, What: record.Say("the grader ends the server (SIGKILL)")})
	p.quit = true
	p.proc.End()
}

// restart starts the server again where it was. The process before stays in
// the scene, which still holds connections to it.
func (s *scene) restart(args []string) {
	before := s.main()
	if !before.quit || !before.gone() {
		s.misuse("the server has not been ended: end it first")
	}
	asked := s.ts.Getenv("server")
	s.abandoned(asked)
	s.lingers(asked)
	before.name = "server, before"
	with, args := s.manner(args)
	p := s.startServer(asked, with, args)
	p.again = true
	last := len(s.programs) - 1
	s.programs = append([]*program{p}, s.programs[:last]...)
	s.ready(p, asked)
}

// abandoned waits until no listener is left at addr: the kernel closes the
// sockets of a process while it ends.
func (s *scene) abandoned(addr string) {
	if _, _, ok := wire.CutUnix(addr); ok {
		return // what is left is a file, and that is what a restart is about
	}
	at, err := netip.ParseAddrPort(addr)
	for end := time.Now().Add(fenceBound); err == nil && time.Now().Before(end); time.Sleep(slice / 4) {
		if _, err := s.net.Listener(at); err != nil {
			return // gone, or this system cannot tell
		}
	}
	s.fail(record.Verdict{Code: record.CannotGrade,
		What: record.Say("the server was ended, and %s still has a listener", record.Foreign(addr))})
}

// lingers makes sure that of the connections which the server at addr has ended
// first one is in TIME-WAIT now. That is what a restart is about, and a kernel
// that has too many of them makes no more (tcp_max_tw_buckets, ip-sysctl).
func (s *scene) lingers(addr string) {
	at, err := netip.ParseAddrPort(addr)
	over := slices.DeleteFunc(slices.Clone(s.conns),
		func(c *wire.Conn) bool { return c.Remote != at || !c.EOF || c.Open() })
	if err != nil || len(over) == 0 {
		return
	}
	for end := time.Now().Add(fenceBound); time.Now().Before(end); time.Sleep(slice / 4) {
		for _, c := range over {
			theirs, err := s.theirEnd(c)
			if err == probe.ErrNoEvidence || theirs.State == probe.TimeWait {
				return
			}
		}
	}
	s.skip("this machine has too many connections in TIME-WAIT to keep the one that this is about")
}

// firstLine waits for the first line on standard output: the only sign that a
// server is ready.
func (s *scene) firstLine(p *program) string {
	var line string
	flooded := false
	end := s.awaitLimit(p, nil, startLimit, func(d time.Duration) progress {
		var ok bool
		if line, ok = p.proc.Stdout().FirstLine(); ok {
			return done
		}
		flooded = p.proc.Stdout().Total()+p.proc.Stderr().Total() > process.OutputLimit
		if flooded {
			return done
		}
		p.pause(d)
		return nothing
	})
	if flooded {
		s.reject("", record.Say("it prints and prints"), record.Verdict{Code: record.NotListening, Endless: true,
			What: record.Say("the server printed more than 4 MiB and never announced an address")})
	}
	if end == ended {
		p.drain() // its line may have come last
		st, _ := p.proc.Status()
		if line, ok := p.proc.Stdout().FirstLine(); ok && (st.Code == 0 || strings.HasPrefix(line, announcement)) {
			return line
		}
		s.endedEarly(p)
	}
	o := owes{code: record.NotListening, what: record.Say("no announcement came"), words: p.lastWords(3)}
	if out := p.proc.Stdout().Bytes(); len(out) > 0 && p.proc.Stdout().Lines() == 0 {
		o.note = record.Say("standard output has %s, without the newline that ends a line",
			record.Quoting(out, len(out), 60))
		o.want, o.got = append(out[:len(out):len(out)], '\n'), out
	}
	s.judge(p, end, o)
	return line
}

// endedEarly judges a server that ended before it announced an address.
func (s *scene) endedEarly(p *program) {
	p.drain()
	s.checkWritten(p)
	stderr := string(p.proc.Stderr().Bytes())
	st, _ := p.proc.Status()
	if st.Code > 0 && strings.Contains(stderr, "address already in use") {
		s.trouble("", "the process has ended: %v", st)
		if p.again {
			s.fail(record.Verdict{Code: record.Exited, Words: p.lastWords(3),
				What: record.Say("the server was started again at %s, where nothing listens any more, and yet found "+
					"its address in use", record.Foreign(s.ts.Getenv("server")))})
		}
		s.fail(record.Verdict{Code: record.WrongAddress, Words: p.lastWords(3),
			What: record.Say("the server was asked to listen on %s, where nothing listens, and yet found its "+
				"address in use", record.Foreign(s.wasAsked(p)))})
	}
	early := record.Say("the server ended before it announced an address")
	if s.kind() == "client" {
		early = record.Say("the client ended before it connected")
		if s.dg.inUse() {
			early = record.Say("the client ended before it sent a datagram")
		}
	}
	s.dead(p, record.Verdict{What: early, Evidence: s.gather(nil, p)})
}

// wasAsked is where p was asked to listen.
func (s *scene) wasAsked(p *program) string {
	if p.unix != "" {
		return p.unix
	}
	return net.JoinHostPort(s.host, "0")
}

// notWritten is what a program says that is only a stub.
const notWritten = "not written yet"

// checkWritten ends the scenario when the program says that it is only a stub.
func (s *scene) checkWritten(p *program) {
	if strings.TrimSpace(string(p.proc.Stderr().Bytes())) == notWritten {
		s.untouched = true
		s.fail(record.Verdict{Code: record.Exited,
			What: record.Say("the program says that it has not been written yet")})
	}
}

// announced checks the announcement against the request and against what the
// kernel says, and returns the address to dial.
func (s *scene) announced(p *program, line, asked string, listeners []probe.Socket, sure bool) string {
	addr, ok := strings.CutPrefix(line, announcement)
	if st, gone := p.proc.Status(); !ok && gone && st.Code != 0 {
		s.endedEarly(p)
	}
	if !ok {
		s.reject("", record.Say("its first line is not an announcement"), record.Verdict{Code: record.NotListening,
			What: record.Say("the first line on standard output is not \"listening on ADDR\""),
			Want: []byte(announcement + "ADDR"), Got: []byte(line), Compare: true})
	}
	if sure && len(listeners) == 0 {
		s.rest(p) // its sockets are closed before it is gone
		if p.gone() {
			s.dead(p, record.Verdict{})
		}
	}
	said, err := netip.ParseAddrPort(addr)
	shown := any(record.Foreign(addr))
	if err != nil {
		shown = record.Quoting([]byte(addr), len(addr), 60) // it may be anything
	}
	switch {
	case sure && len(listeners) == 0:
		s.refuse(record.NotListening, record.Say("the server announced %s, but the kernel knows of no %s of it",
			shown, s.listeningSocket()))
	case err != nil && sure:
		s.refuse(record.WrongAddress,
			record.Say("the server announced %s, which is not an address to dial; the kernel says it listens on %s",
				shown, listeners[0].Local))
	case err != nil:
		s.refuse(record.WrongAddress, record.Say("the server announced %s, which is not an address to dial", shown))
	case said.Port() == 0:
		s.refuse(record.WrongAddress,
			record.Say("the server announced port 0, which means \"choose for me\"; %v", s.knowsItsPort()))
	}
	if sure {
		s.checkListeners(p, said, asked, listeners)
	} else if want := netip.MustParseAddrPort(asked); asked != everywhere &&
		(said.Addr() != want.Addr() || want.Port() != 0 && said.Port() != want.Port()) {
		s.refuse(record.WrongAddress, record.Say("the server was asked to listen on %s, and announced %s",
			record.Foreign(asked), said))
	}
	if asked == everywhere {
		return net.JoinHostPort(s.host, strconv.Itoa(int(said.Port())))
	}
	return addr
}

func (s *scene) checkListeners(p *program, said netip.AddrPort, asked string, listeners []probe.Socket) {
	want := netip.MustParseAddrPort(asked)
	at := listeners[0].Local
	for _, l := range listeners {
		if l.Local == said {
			at = l.Local
		}
	}
	s.known.asked, s.known.found = want.Port(), nil
	for _, l := range listeners {
		s.known.found = append(s.known.found, l.Local.Port())
	}
	switch {
	case asked == everywhere:
		s.checkEverywhere(said, at)
	case at.Addr().IsUnspecified():
		s.refuse(record.WrongAddress,
			record.Say("the server listens on %s, every interface of this machine, although it was asked for %s",
				at, record.Foreign(asked)))
	case at.Addr() != want.Addr(), want.Port() != 0 && at.Port() != want.Port():
		s.refuse(record.WrongAddress,
			record.Say("the server was asked to listen on %s but listens on %s", record.Foreign(asked), at))
	case at != said:
		s.refuse(record.WrongAddress, record.Say("the server announced %s but listens on %s", said, at))
	}
}

// refuse fails because of where the server listens.
func (s *scene) refuse(code record.Code, what record.Phrase) {
	s.reject("", record.Say("no client can be sent there"), record.Verdict{Code: code, What: what})
}

// anew starts the program again, which has served its client and has ended.
func (s *scene) anew() {
	before := s.main()
	if !before.gone() {
		s.misuse("the program has not ended: exit comes first")
	}
	s.checkChatter(before)
	before.name = "server, before"
	asked := s.wasAsked(before)
	p := s.startServer(asked, conditions{}, before.args)
	last := len(s.programs) - 1
	s.programs = append([]*program{p}, s.programs[:last]...)
	s.ready(p, asked)
}
