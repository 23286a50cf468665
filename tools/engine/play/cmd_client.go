package play

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"loopback/tools/base/record"
	"loopback/tools/engine/probe"
	"loopback/tools/engine/wire"
)

var clientCommands = []Command{{
	Name: "listen", Args: "[-udp] [-unix PATH] [-6] [-localhost] [-closed] [-small] NAME",
	Group:   "A client under test",
	Summary: "give the client an address to dial, in the variable $NAME, and its port in $NAME_port",
	Detail: "With -6 the address is an IPv6 one. With -localhost it is that name and a port, for 127.0.0.1; at ::1 " +
		"the same port refuses. With -small little can be under way to the grader: some hundred kilobytes. With " +
		"-closed nobody listens there and nobody can: connections are refused. With -udp the address is that of a " +
		"UDP socket, as udp makes it; with -closed, too, every datagram sent there draws an ICMP port unreachable. " +
		"With -unix the address is unix:PATH.",
	run: (*scene).listen,
}, {
	Name: "run", Args: "[-as NAME] [-descriptors N] [-stdin] [-full] [-jammed] [-words N] [--] [ARG...]",
	Group:   "A client under test",
	Summary: "start the program as a client, with these arguments",
	Detail: "With -full no byte fits into its standard output (/dev/full), with -jammed none until unjam. NAME is " +
		"what other commands call this process; it is \"client\" when not given. With -descriptors it may have no " +
		"more than N file descriptors. With -stdin its standard input is what input gives it; without, it is " +
		"empty. With -words N words more are its last arguments, as interview knows them. The first word that is " +
		"none of these flags, or what follows --, begins the program's own arguments.",
	run: (*scene).runClient,
}, {
	Name: "up", Args: "NAME", Group: "A client under test",
	Summary: "listen from now on at the address NAME, which listen -closed has reserved",
	run:     onListener((*scene).up),
}, {
	Name: "down", Args: "NAME", Group: "A client under test",
	Summary: "listen no more at the address NAME, where up listens: connections are refused again",
	run:     onListener((*scene).down),
}, {
	Name: "accept", Args: "[-asks|-looks] NAME [LISTENER]", Group: "A client under test",
	Summary: "take the connection of the client that was started last, and call it NAME",
	Detail: "The variables $NAME_local and $NAME_peer are set to its two ends as the grader sees them. With -asks " +
		"connections that the program ends without having sent a byte are let go, and NAME is the first on which it " +
		"has sent one: a program may look whether its backend is there. With -looks those that have come so far are " +
		"let go, and NAME is the next: the program has just looked.",
	run: (*scene).accept,
}}

func (s *scene) listen(args []string) {
	set, args := flags(args, []string{"-udp", "-6", "-closed", "-localhost", "-small"}, []string{"-unix"})
	exactly(1, args)
	host := s.host
	if set["-6"] != "" {
		host = "::1"
	}
	if set["-udp"] != "" {
		s.openUDP(args[0], host, set["-closed"] != "")
		return
	}
	window := wire.Default
	if set["-small"] != "" {
		window = wire.Small
	}
	open := func() (*wire.Listener, error) { return s.maker.Listen(args[0], host, window) }
	switch {
	case set["-closed"] != "":
		open = func() (*wire.Listener, error) { return s.maker.Reserve(args[0], host) }
	case set["-localhost"] != "":
		open = func() (*wire.Listener, error) { return s.listenByName(args[0], window) }
	}
	if path := set["-unix"]; path != "" {
		s.needUnix()
		open = func() (*wire.Listener, error) {
			return wire.ListenUnix(args[0], wire.Unix, path, s.inFolder(path))
		}
	}
	l, err := open()
	s.checkMade(err)
	if err != nil && set["-6"] != "" {
		s.skip(fmt.Sprintf("this machine has no IPv6 loopback address (%v)", err))
	}
	if err != nil {
		s.fail(record.Verdict{Code: record.CannotGrade, What: record.Say("the grader could not listen: %v", err)})
	}
	s.listeners = append(s.listeners, l)
	s.ts.Setenv(args[0], l.Addr)
	if set["-unix"] == "" {
		s.ts.Setenv(args[0]+"_port", strconv.Itoa(portNumber(l.Addr)))
	}
	if set["-localhost"] != "" {
		s.ts.Setenv(args[0], fmt.Sprintf("localhost:%d", portNumber(l.Addr)))
	}
}

func (s *scene) runClient(args []string) {
	set, args := runFlags(args)
	args = append(args[:len(args):len(args)], numberedWords(count(set["-words"]))...)
	name := "client"
	if n := set["-as"]; n != "" {
		name = n
	}
	for _, p := range s.programs {
		if p.name == name {
			panic(usage(fmt.Sprintf("a program called %q runs already", name)))
		}
	}
	with := conditions{stdin: set["-stdin"] != "", full: set["-full"] != "", jammed: set["-jammed"] != "",
		descriptors: count(set["-descriptors"])}
	s.startWith(name, args, with)
	s.record(record.Event{Kind: record.Note,
		What: record.Say("started: %v", record.Foreign(commandLine(append([]string{name}, args...))))})
}

// mostOfWord is how much of a long word a timeline shows.
const mostOfWord = 60

// commandLine joins words for a timeline: those that are hard to see are quoted.
func commandLine(words []string) string {
	var out []string
	for _, w := range words {
		shown := w
		if len(shown) > mostOfWord {
			shown = strings.ToValidUTF8(shown[:mostOfWord/2], "") + "…"
		}
		if q := strconv.Quote(shown); w == "" || strings.Contains(w, " ") || q != `"`+shown+`"` {
			shown = q
		}
		out = append(out, shown)
	}
	return strings.Join(out, " ")
}

// runFlags takes the flags of run itself from args; a program has flags, too.
func runFlags(args []string) (set map[string]string, rest []string) {
	set = map[string]string{"-descriptors": "0", "-words": "0"}
	for len(args) > 0 {
		switch {
		case args[0] == "-stdin" || args[0] == "-full" || args[0] == "-jammed":
			set[args[0]], args = "yes", args[1:]
		case len(args) > 1 && (args[0] == "-as" || args[0] == "-descriptors" || args[0] == "-words"):
			set[args[0]], args = args[1], args[2:]
		case args[0] == "--":
			return set, args[1:]
		default:
			return set, args
		}
	}
	return set, args
}

func onListener(do func(s *scene, l *wire.Listener)) func(s *scene, args []string) {
	return func(s *scene, args []string) {
		exactly(1, args)
		do(s, s.listener(args))
	}
}

func (s *scene) up(l *wire.Listener) {
	if err := l.Begin(); err != nil {
		s.skip(fmt.Sprintf("this system opens no listener at an address that is held (%v)", err))
	}
	s.record(record.Event{Kind: record.Note, What: record.Say("%v listens from now on", l.Name)})
}

func (s *scene) down(l *wire.Listener) {
	if !l.Cease() {
		s.misuse("%s is down: begin with up %s", l.Name, l.Name)
	}
	s.record(record.Event{Kind: record.Note, What: record.Say("%v refuses from now on", l.Name)})
}

func (s *scene) accept(args []string) {
	set, args := flags(args, []string{"-asks", "-looks"}, nil)
	atLeast(1, args)
	l := s.listener(args[1:])
	if len(s.programs) == 0 {
		s.misuse("nobody can connect: start the client with run first")
	}
	p := s.programs[len(s.programs)-1]
	if strings.HasPrefix(p.name, "server,") { // one that was ended and started again, or has a successor
		p = s.main()
	}
	var conn *wire.Conn
	var err error
	take := l.Accept
	if set["-asks"] != "" {
		q := &questioning{scene: s, listener: l}
		defer q.leave()
		take = q.accept
	}
	if set["-looks"] != "" {
		letGo(l)
	}
	try := func(d time.Duration) progress {
		switch conn, err = take(args[0], d); {
		case err != wire.ErrLater:
			return done
		case s.queued(l):
			return moved
		}
		return nothing
	}
	end := s.awaitLimit(p, nil, startLimit, try)
	bound := time.Now().Add(fenceBound)
	for end != happened && s.dialling(l) && time.Now().Before(bound) {
		end = s.awaitLimit(p, nil, startLimit, try)
	}
	if end == ended {
		// It may have connected, said all and ended between two looks.
		last := try(slice)
		for last == moved && time.Now().Before(bound) {
			last = try(slice)
		}
		if last != done {
			s.endedEarly(p)
		}
		end = happened
	}
	s.judge(p, end, owes{code: record.Silence, what: record.Say("it has not connected")})
	if err != nil {
		s.misuse("accept: %v", err)
	}
	s.hold(conn, p)
	s.record(record.Event{Conn: conn.Name, Kind: record.Connect, From: true,
		What: record.Say("connect from %v", conn.Remote)})
	s.ts.Setenv(conn.Name+"_local", conn.Local.String())
	s.ts.Setenv(conn.Name+"_peer", conn.Remote.String())
}

// queued reports whether a connection waits to be accepted: then "not yet" only
// means that this machine is busy.
func (s *scene) queued(l *wire.Listener) bool {
	there, _ := s.knocks(l)
	return there
}

// knocks reports whether a connection waits to be accepted, and whether the system
// says so.
func (s *scene) knocks(l *wire.Listener) (there, known bool) {
	addr, err := netip.ParseAddrPort(l.Addr)
	if err != nil {
		return false, true
	}
	ln, err := s.net.Listener(addr)
	return err == nil && ln.Unread > 0, err != probe.ErrNoEvidence
}

// dialling reports whether somebody's handshake with l is not finished: the
// kernel has been told, on whichever processor, and the queue does not know yet.
func (s *scene) dialling(l *wire.Listener) bool {
	addr, err := netip.ParseAddrPort(l.Addr)
	if err != nil {
		return false
	}
	found, _ := probe.AtPorts([]uint16{addr.Port()}) // without evidence: nobody that we know of
	return slices.ContainsFunc(found, func(k probe.Socket) bool {
		return k.State.Shaking() && (k.Local == addr || k.Remote == addr)
	})
}

// listenByName listens at 127.0.0.1 for a client that is given a name. At the
// name's other address, ::1, the same port is held, and refuses.
func (s *scene) listenByName(name string, w wire.Window) (*wire.Listener, error) {
	s.needOutside("the name localhost")
	addrs, err := net.DefaultResolver.LookupHost(s.ctx, "localhost")
	if err != nil || !slices.Contains(addrs, "127.0.0.1") {
		s.skip("the name localhost does not stand for 127.0.0.1 on this machine")
	}
	six, err := wire.Listen(name, "::1", w)
	if err != nil { // this machine has no IPv6
		return wire.Listen(name, "127.0.0.1", w)
	}
	six.Close()
	for range localhostTries {
		l, err := wire.Listen(name, "127.0.0.1", w)
		if err != nil {
			return nil, err
		}
		other, err := wire.HoldPort(name+".six", "::1", portNumber(l.Addr), wire.ClosedPort)
		if err == nil {
			s.listeners = append(s.listeners, other)
			return l, nil
		}
		l.Close()
	}
	return nil, errors.New("no port is free at both addresses of localhost")
}

// localhostTries is how many ports are tried until one is free at both of the
// addresses for which the name may stand.
const localhostTries = 20
