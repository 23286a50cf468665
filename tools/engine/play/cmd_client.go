package play

import (
	"fmt"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"loopback/tools/base/record"
	"loopback/tools/engine/probe"
	"loopback/tools/engine/wire"
)

var clientCommands = []Command{{
	Name: "listen", Args: "[-udp] [-6] [-localhost] [-closed] [-small] NAME", Group: "A client under test",
	Summary: "give the client an address to dial, in the variable $NAME",
	Detail: "With -6 the address is an IPv6 one. With -localhost it is that name and a port, for 127.0.0.1; at ::1 " +
		"the same port refuses. With -small little can be under way to the grader: some hundred kilobytes. With " +
		"-closed nobody listens there and nobody can: connections are refused. With -udp the address is that of a " +
		"UDP socket, as udp makes it; with -closed, too, every datagram sent there draws an ICMP port unreachable.",
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
	Name: "accept", Args: "NAME [LISTENER]", Group: "A client under test",
	Summary: "take the connection of the client that was started last, and call it NAME",
	Detail:  "The variables $NAME_local and $NAME_peer are set to its two ends as the grader sees them.",
	run:     (*scene).accept,
}}

func (s *scene) listen(args []string) {
	set, args := flags(args, []string{"-udp", "-6", "-closed", "-localhost", "-small"}, nil)
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
			panic(usage{fmt.Sprintf("a program called %q runs already", name)})
		}
	}
	with := conditions{stdin: set["-stdin"] != "", full: set["-full"] != "", jammed: set["-jammed"] != "",
		descriptors: count(set["-descriptors"])}
	if with.jammed {
		s.needOutside("the pipe of a program's standard output")
	}
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

func (s *scene) accept(args []string) {
	atLeast(1, args)
	l := s.listener(args[1:])
	if len(s.programs) == 0 {
		s.misuse("nobody can connect: start the client with run first")
	}
	p := s.programs[len(s.programs)-1]
	var conn *wire.Conn
	var err error
	try := func(d duration) progress {
		switch conn, err = l.Accept(args[0], d); {
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
	addr, err := netip.ParseAddrPort(l.Addr)
	if err != nil {
		return false
	}
	ln, err := s.net.Listener(addr)
	return err == nil && ln.Unread > 0
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

// listener returns the listener called by the argument, or the only one.
func (s *scene) listener(args []string) *wire.Listener {
	if len(args) == 0 && len(s.listeners) == 1 {
		return s.listeners[0]
	}
	for _, l := range s.listeners {
		if len(args) == 1 && l.Name == args[0] {
			return l
		}
	}
	s.misuse("no such listener: begin with listen NAME")
	return nil
}

var programCommands = []Command{{
	Name: "exit", Args: "STATUS|any|stopped [NAME]", Group: "The program itself",
	Summary: "wait until the program has ended, by itself and with this status",
	Detail:  "It may be any. With stopped the signal that the program was sent may have ended it, too.",
	run:     (*scene).exit,
}, {
	Name: "output", Args: "[-of NAME] [-answers] TEXT...", Group: "The program itself",
	Summary: "standard output must be exactly TEXT so far",
	Detail: "TEXT is as for send. Several are joined. With -answers it is what interview has answered, each " +
		"with a newline.",
	run: (*scene).output,
}, {
	Name: "log", Args: "[-of NAME] [-lines N] [TEXT]", Group: "The program itself",
	Summary: "standard error must contain TEXT, and have N lines",
	Detail: "Variables such as $A_peer are replaced in TEXT. Upper and lower case are the same: " +
		"the kernel's errors begin with a capital in C and in Python.",
	run: (*scene).stderr,
}, {
	Name: "idle", Args: "[-asleep] [-dozing]", Group: "The program itself",
	Summary: "the program must be at rest, not spinning",
	Detail: "It may wake now and then, as for a clock of its own, as long as that takes less than a fifth of a " +
		"processor. With -asleep it must not wake more than a thousand times a second either. " +
		"With -dozing it may use up to half of a processor, where it is right to sleep for a moment and look again.",
	run: (*scene).idle,
}, {
	Name: "descriptors", Args: "[-all]", Group: "The program itself",
	Summary: "the program must hold no more sockets than when it announced, and one for each connection that is open",
	Detail: "With -all descriptors of every kind are counted, and a few more than that are allowed: a program may " +
		"keep some for itself.",
	run: (*scene).descriptors,
}, {
	Name: "goroutines", Args: "N", Group: "The program itself",
	Summary: "at most N goroutines more than in a fresh copy of the program may be left; this ends the program",
	Detail:  "The count comes from the dump that a Go program prints on SIGQUIT. Other programs are not checked.",
	run:     (*scene).census,
}}

func (s *scene) exit(args []string) {
	atLeast(1, args)
	p := s.main()
	if len(args) > 1 {
		p = s.program(args[1])
	}
	limit := spinLimit
	if len(s.conns) == 0 && p.proc.Stdout().Total() == 0 {
		limit = startLimit // nothing has been seen of it yet: an interpreter may still be starting
	}
	end := s.awaitLimit(p, nil, limit, func(d duration) progress {
		if p.gone() {
			return done
		}
		p.pause(d)
		return nothing
	})
	p.checked = true
	if end != ended {
		s.judge(p, end, owes{code: record.NoExit, what: record.Say("it has not ended")})
	}
	p.drain()
	s.checkWritten(p)
	s.checkRace(p)
	st, _ := p.proc.Status()
	stopped := args[0] == "stopped" && st.Signal == p.signal
	if !stopped && (st.Signal != "" || strings.Contains(string(p.proc.Stderr().Bytes()), "\ngoroutine ")) {
		s.dead(p, record.Verdict{})
	}
	s.record(record.Event{Kind: record.Note, What: record.Say("the %s has ended: %v", s.process(p), st.String())})
	if stopped {
		return
	}
	if want := args[0]; want != "any" && want != "stopped" && want != strconv.Itoa(st.Code) {
		s.fail(record.Verdict{Code: record.ExitStatus, Evidence: s.gather(nil, p), Words: p.lastWords(3),
			What: record.Say("the %s ended with status %d; it should be %s", s.called(p), st.Code, want)})
	}
}

func (s *scene) output(args []string) {
	set, args := flags(args, []string{"-answers"}, []string{"-of"})
	p := s.program(set["-of"])
	s.rest(p)
	want, got := s.fill.joined(args), p.proc.Stdout().Bytes()
	if set["-answers"] != "" {
		exactly(0, args)
		want = s.dg.answers
	} else {
		atLeast(1, args)
	}
	if string(want) == string(got) {
		return
	}
	what := record.Say("standard output has %s, and it should have %s", record.Amount(int(p.proc.Stdout().Total())),
		record.Bytes(len(want)))
	if len(got) == len(want) {
		what = record.Say("standard output has %s, as it should, but other ones", record.Bytes(len(want)))
	}
	v := record.Verdict{Code: record.Output, What: what, Want: want, Got: got, Compare: true}
	if strings.Count(string(want), "\n") > 1 {
		n, line := differingLine(want, got)
		v.What = v.What.And("; line %v differs", n)
		v.Words = []string{line}
	}
	s.reject("", record.Say("standard output is not what was promised"), v)
}

// differingLine returns the number of the first line in which got differs from
// want, and that line of got.
func differingLine(want, got []byte) (n any, line string) {
	at := record.FirstDifference(want, got)
	start := strings.LastIndexByte(string(got[:at]), '\n') + 1
	line, _, _ = strings.Cut(string(got[start:]), "\n")
	return record.At(strings.Count(string(want[:at]), "\n")+1, at), line
}

// saysWhy fails when the program has said nothing where it should have said why.
func (s *scene) saysWhy(p *program, mute bool) {
	if mute {
		s.reject("", record.Say("it does not say why"),
			record.Verdict{Code: record.Output,
				What: record.Say("the %s has printed nothing on standard error", s.called(p))})
	}
}

func (s *scene) stderr(args []string) {
	set, args := flags(args, nil, []string{"-of", "-lines"})
	p := s.program(set["-of"])
	s.rest(p)
	got := string(p.proc.Stderr().Bytes())
	if n := set["-lines"]; n != "" && count(n) != p.proc.Stderr().Lines() {
		s.reject("", record.Say("standard error is not what was promised"),
			record.Verdict{Code: record.Output, What: record.Say("standard error has %d lines; it should have %s",
				p.proc.Stderr().Lines(), n), Words: p.lastWords(5)})
	}
	if len(args) == 0 {
		s.saysWhy(p, set["-lines"] == "" && strings.TrimSpace(got) == "")
		return
	}
	want := string(s.fill.text(os.Expand(args[0], s.ts.Getenv)))
	if !strings.Contains(strings.ToLower(got), strings.ToLower(want)) {
		what := record.Say("standard error should say %v", record.Foreign(strconv.Quote(strings.TrimSpace(want))))
		if want == "\n" {
			what = record.Say("standard error should have a line that says what went wrong, and is empty")
		}
		s.reject("", record.Say("standard error is not what was promised"),
			record.Verdict{Code: record.Output, What: what, Words: p.lastWords(5)})
	}
}
