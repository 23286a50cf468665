package server

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
	"loopback/tools/engine/play/argument"
	"loopback/tools/engine/play/payload"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/probe"
	"loopback/tools/engine/wire"
)

var clientCommands = []scene.Command{{
	Name: "listen", Args: "[-udp] [-unix PATH] [-6] [-localhost] [-closed] [-small] NAME",
	Group:   "A client under test",
	Sets:    "NAME NAME_port",
	Summary: "give the client an address to dial, in the variable $NAME, and its port in $NAME_port",
	Detail: "With -6 the address is an IPv6 one. With -localhost it is that name and a port, for 127.0.0.1; at ::1 " +
		"the same port refuses. With -small little can be under way to the grader: some hundred kilobytes. With " +
		"-closed nothing listens there and nothing can: connections are refused. With -udp the address is that of a " +
		"UDP socket, as udp makes it; with -closed as well, every datagram sent there draws an ICMP port " +
		"unreachable. With -unix the address is unix:PATH.",
	Run: listen,
}, {
	Name: "run", Group: "A client under test",
	Args: "[-as NAME] [-descriptors N] [-stdin|-unreadable] [-full|-little|-jammed] [-words N] " +
		"[--] [ARG...]",
	Summary: "start the program with these arguments, most often as a client",
	Detail: "With -full no byte fits into its standard output (/dev/full), with -jammed none until unjam. With " +
		"-little it is a file that takes 1,024 bytes, and no more (RLIMIT_FSIZE; 2,048 where the shell counts so). " +
		"NAME is what other commands call this process; when not given it is \"client\", or \"server\" if its first " +
		"argument is -listen. With -descriptors it " +
		"may have no more than N file descriptors. With -stdin its standard input is what input gives it; with " +
		"-unreadable it is a folder, of which each read fails; without, it is empty. With -words N words " +
		"more are its last arguments, as interview knows them. The first word that is none of these flags, or " +
		"what follows --, begins the program's own arguments.",
	Run: runClient,
}, {
	Name: "up", Args: "NAME", Group: "A client under test",
	Summary: "listen from now on at the address NAME, which listen -closed has reserved",
	Run:     onListener(up),
}, {
	Name: "down", Args: "NAME", Group: "A client under test",
	Summary: "listen no more at the address NAME, where up listens: connections are refused again",
	Run:     onListener(down),
}, {
	Name: "accept", Args: "[-asks|-looks] NAME [LISTENER]", Group: "A client under test",
	Sets:    "NAME_local NAME_peer",
	Summary: "take the connection of the client that was started last, and call it NAME",
	Detail: "The variables $NAME_local and $NAME_peer are set to its two ends as the grader sees them. With -asks " +
		"connections that the program ends without having sent a byte are let go, and NAME is the first on which it " +
		"has sent one: a program may check whether its backend is there. With -looks those that have come so far are " +
		"let go, and NAME is the next: the program has just looked.",
	Run: Accept,
}}

func listen(s *scene.Scene, args []string) {
	set, args := argument.Flags(args, []string{"-udp", "-6", "-closed", "-localhost", "-small"}, []string{"-unix"})
	argument.Exactly(1, args)
	host := s.Host
	if set["-6"] != "" {
		host = "::1"
	}
	if set["-udp"] != "" {
		s.OpenUDP(args[0], host, set["-closed"] != "")
		return
	}
	window := wire.Default
	if set["-small"] != "" {
		window = wire.Small
	}
	open := func() (*wire.Listener, error) { return s.Maker.Listen(args[0], host, window) }
	switch {
	case set["-closed"] != "":
		open = func() (*wire.Listener, error) { return s.Maker.Reserve(args[0], host) }
	case set["-localhost"] != "":
		open = func() (*wire.Listener, error) { return listenByName(s, args[0], window) }
	}
	if path := set["-unix"]; path != "" {
		NeedUnix(s)
		open = func() (*wire.Listener, error) {
			return wire.ListenUnix(args[0], wire.Unix, path, s.InFolder(path))
		}
	}
	l, err := open()
	s.CheckMade(err)
	if err != nil && set["-6"] != "" {
		s.Skip(fmt.Sprintf("this machine has no IPv6 loopback address (%v)", err))
	}
	if err != nil {
		s.Fail(record.Verdict{Code: record.CannotGrade, What: record.Say("the grader could not listen: %v", err)})
	}
	s.Listeners = append(s.Listeners, l)
	s.TS.Setenv(args[0], l.Addr)
	if set["-unix"] == "" {
		s.TS.Setenv(args[0]+"_port", strconv.Itoa(argument.PortNumber(l.Addr)))
	}
	if set["-localhost"] != "" {
		s.TS.Setenv(args[0], fmt.Sprintf("localhost:%d", argument.PortNumber(l.Addr)))
	}
}

func runClient(s *scene.Scene, args []string) {
	set, args := runFlags(args)
	args = append(args[:len(args):len(args)], payload.NumberedWords(argument.Count(set["-words"]))...)
	name := "client"
	switch as := set["-as"]; {
	case as != "":
		name = as
	case scene.Listens(args):
		name = "server"
	}
	for _, p := range s.Programs {
		if p.Name == name {
			panic(argument.Usage(fmt.Sprintf("a program called %q runs already", name)))
		}
	}
	with := scene.Conditions{Stdin: set["-stdin"] != "", Unreadable: set["-unreadable"] != "",
		Full: set["-full"] != "", Little: set["-little"] != "", Jammed: set["-jammed"] != "",
		Descriptors: argument.Count(set["-descriptors"])}
	s.StartWith(name, args, with)
	s.Record(record.Event{Kind: record.Note,
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
		case slices.Contains([]string{"-stdin", "-unreadable", "-full", "-little", "-jammed"}, args[0]):
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

func onListener(do func(s *scene.Scene, l *wire.Listener)) func(s *scene.Scene, args []string) {
	return func(s *scene.Scene, args []string) {
		argument.Exactly(1, args)
		do(s, s.Listener(args))
	}
}

func up(s *scene.Scene, l *wire.Listener) {
	if err := l.Begin(); err != nil {
		s.Skip(fmt.Sprintf("this system opens no listener at an address that is held (%v)", err))
	}
	s.Record(record.Event{Kind: record.Note, What: record.Say("%v listens from now on", l.Name)})
}

func down(s *scene.Scene, l *wire.Listener) {
	if !l.Cease() {
		s.Misuse("%s is down: begin with up %s", l.Name, l.Name)
	}
	s.Record(record.Event{Kind: record.Note, What: record.Say("%v refuses from now on", l.Name)})
}

// Accept takes the connection of a client under test: the command accept.
func Accept(s *scene.Scene, args []string) {
	set, args := argument.Flags(args, []string{"-asks", "-looks"}, nil)
	argument.AtLeast(1, args)
	l := s.Listener(args[1:])
	if len(s.Programs) == 0 {
		s.Misuse("nothing can connect: start the client with run first")
	}
	p := s.Programs[len(s.Programs)-1]
	if strings.HasPrefix(p.Name, "server,") { // one that was ended and started again, or has a successor
		p = s.Main()
	}
	var conn *wire.Conn
	var err error
	take := l.Accept
	if set["-asks"] != "" {
		q := &questioning{Scene: s, listener: l}
		defer q.leave()
		take = q.accept
	}
	if set["-looks"] != "" {
		letGo(l)
	}
	try := func(d time.Duration) scene.Progress {
		switch conn, err = take(args[0], d); {
		case err != wire.ErrLater:
			return scene.Done
		case Queued(s, l):
			return scene.Moved
		}
		return scene.Nothing
	}
	end := s.AwaitLimit(p, nil, scene.StartLimit, try)
	bound := time.Now().Add(scene.FenceBound)
	for end != scene.Happened && dialling(s, l) && time.Now().Before(bound) {
		end = s.AwaitLimit(p, nil, scene.StartLimit, try)
	}
	if end == scene.Ended {
		// It may have connected, said all and ended between two looks.
		last := try(scene.Slice)
		for last == scene.Moved && time.Now().Before(bound) {
			last = try(scene.Slice)
		}
		if last != scene.Done {
			EndedEarly(s, p)
		}
		end = scene.Happened
	}
	s.Judge(p, end, scene.Owes{Code: record.Silence, What: record.Say("it has not connected")})
	if err != nil {
		s.Misuse("accept: %v", err)
	}
	s.Hold(conn, p)
	s.Record(record.Event{Conn: conn.Name, Kind: record.Connect, From: true,
		What: record.Say("connect from %v", conn.Remote)})
	s.TS.Setenv(conn.Name+"_local", conn.Local.String())
	s.TS.Setenv(conn.Name+"_peer", conn.Remote.String())
}

// Queued reports whether a connection waits to be accepted: then "not yet" only
// means that this machine is busy.
func Queued(s *scene.Scene, l *wire.Listener) bool {
	there, _ := knocks(s, l)
	return there
}

// knocks reports whether a connection waits to be accepted, and whether the system
// says so.
func knocks(s *scene.Scene, l *wire.Listener) (there, known bool) {
	addr, err := netip.ParseAddrPort(l.Addr)
	if err != nil {
		return false, true
	}
	ln, err := s.Net.Listener(addr)
	return err == nil && ln.Unread > 0, err != probe.ErrNoEvidence
}

// dialling reports whether somebody's handshake with l is not finished: the
// kernel has been told, on whichever processor, and the queue does not know yet.
func dialling(s *scene.Scene, l *wire.Listener) bool {
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
func listenByName(s *scene.Scene, name string, w wire.Window) (*wire.Listener, error) {
	s.NeedOutside("the name localhost")
	addrs, err := net.DefaultResolver.LookupHost(s.Ctx, "localhost")
	if err != nil || !slices.Contains(addrs, "127.0.0.1") {
		s.Skip("the name localhost does not mean 127.0.0.1 on this machine")
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
		other, err := wire.HoldPort(name+".six", "::1", argument.PortNumber(l.Addr), wire.ClosedPort)
		if err == nil {
			s.Listeners = append(s.Listeners, other)
			return l, nil
		}
		l.Close()
	}
	return nil, errors.New("no port is free at both addresses of localhost")
}

// localhostTries is how many ports are tried until one is free at both of the
// addresses for which the name may stand.
const localhostTries = 20
