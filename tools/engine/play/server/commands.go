package server

import (
	"fmt"
	"net/netip"
	"slices"
	"time"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/argument"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/probe"
	"loopback/tools/engine/wire"
)

var serverCommands = []scene.Command{{
	Name: "serve", Args: "[-udp] [-unix PATH] [-unixpacket PATH] [-stdin] [-6] [-jammed] [-descriptors N] " +
		"[-inherit NAME] [-everywhere] [ARG...]",
	Group:   "A server under test",
	Sets:    "server",
	Summary: "start the program as a server and wait until it can be reached",
	Detail: "The program is given -listen HOST:0, where HOST is a loopback address of this scenario's own, and then " +
		"the arguments. Its first line on standard output must be \"listening on ADDR\", and ADDR must be where the " +
		"kernel says that it listens. The variable $server is set to ADDR. With -stdin the program's standard input " +
		"is what input gives it; without, it is empty. With -udp the server is one for datagrams, and ADDR must be " +
		"that of a UDP socket of its own. With -unix the program is given -listen unix:PATH, a Unix socket; PATH " +
		"is relative to its folder, with -unixpacket unixpacket:PATH, one of type SOCK_SEQPACKET; both are announced " +
		"as they were asked for. With -6 the program is given -listen [::1]:0. " +
		"With -jammed the pipe of its standard output is full: when the program is in the write of its " +
		"announcement, it must listen already. With -descriptors it may have no more than N file descriptors. " +
		"With -inherit descriptor 3 is the listener NAME, which the grader has made with listen and keeps, " +
		"LISTEN_FDS is 1 and LISTEN_PID the program's process ID, as in sd_listen_fds(3). " +
		"With -everywhere, for which the scenario needs the header namespace, the program is given " +
		"-listen 0.0.0.0:0, and ADDR is 0.0.0.0 or ::, with a port; $server is HOST and that port.",
	Run: serve,
}, {
	Name: "end", Args: "", Group: "A server under test",
	Summary: "end the server at once (SIGKILL); the kernel closes its sockets",
	Detail:  "Its connections stay with the grader, which sees how they end.",
	Run:     end,
}, {
	Name: "restart", Args: "[-stdin] [ARG...]", Group: "A server under test",
	Summary: "start the server that end has ended again, at the same address",
	Detail: "The program is given -listen $server and then the arguments. Nothing listens there any more, but " +
		"connections of the first process may still be on their way out.",
	Run: restart,
}, {
	Name: "anew", Args: "", Group: "A server under test",
	Summary: "start the program again, which has ended by itself, as after exit",
	Detail:  "It is given -listen HOST:0, and the arguments that it was given before.",
	Run: func(s *scene.Scene, args []string) {
		argument.Exactly(0, args)
		Anew(s)
	},
}}

func serve(s *scene.Scene, args []string) {
	with, args := manner(s, args)
	if with.Jammed {
		s.NeedOutside("the pipe of a program's standard output")
	}
	asked := address(with, s.Host)
	if with.Everywhere {
		asked = everywhere
	}
	p := StartServer(s, asked, with, args)
	if with.Jammed {
		listensFirst(s, p)
	}
	Ready(s, p, asked)
}

// manner takes the flags of serve and restart from args, in whichever order;
// what follows is the program's own.
func manner(s *scene.Scene, args []string) (with scene.Conditions, rest []string) {
	for ; len(args) > 0; args = args[1:] {
		switch args[0] {
		case "-udp":
			s.Datagrams.Serving = true
		case "-stdin":
			with.Stdin = true
		case "-jammed":
			with.Jammed = true
		case "-6":
			useIPv6(s)
		case "-everywhere":
			s.NeedSpace("a program that listens at every address of the machine")
			with.Everywhere = true
		case "-unix", "-unixpacket":
			argument.AtLeast(2, args)
			with.Unix = args[0][1:] + ":" + string(s.Fill.Text(args[1]))
			args = args[1:]
			NeedUnix(s)
		case "-descriptors":
			argument.AtLeast(2, args)
			with.Descriptors, args = argument.Count(args[1]), args[1:]
		case "-inherit":
			argument.AtLeast(2, args)
			args = args[1:]
			with.Listener = args[0]
		default:
			return with, args
		}
	}
	return with, nil
}

// useIPv6 makes ::1 this scenario's address.
func useIPv6(s *scene.Scene) {
	ln, err := s.Maker.Listen("", "::1", wire.Default)
	if err != nil {
		s.Skip(fmt.Sprintf("this machine has no IPv6 loopback address (%v)", err))
	}
	ln.Close()
	s.Host = "::1"
}

// StartServer starts the program as a server at the address asked.
func StartServer(s *scene.Scene, asked string, with scene.Conditions, args []string) *scene.Instance {
	args = append(behind(s), args...)
	if _, _, ok := wire.CutUnix(asked); ok {
		with.Unix = asked
	}
	p := s.StartWith("server", append([]string{"-listen", asked}, args...), with)
	p.Args = args
	return p
}

// Ready waits until p has announced where it listens, and checks it.
func Ready(s *scene.Scene, p *scene.Instance, asked string) {
	line := FirstLine(s, p)
	s.Rest(p)
	pids := p.Look().PIDs
	addr := ""
	if _, _, ok := wire.CutUnix(asked); ok {
		addr = announcedUnix(s, p, line, asked, pids)
	} else {
		listeners, err := s.Reachable(pids)
		addr = announced(s, p, line, asked, listeners, err == nil)
	}
	s.Record(record.Event{Kind: record.Listening, What: record.Say("listening on %v", record.Foreign(addr))})
	s.TS.Setenv("server", addr)
	p.Ready = true
	p.Sockets, _ = probe.SocketsOf(pids) // no evidence: descriptors says so when it needs it
	p.Memory, _ = probe.Memory(pids)
	if s.Blind(p) {
		held, _ := probe.PortsHeld(p.Proc.PID())
		p.Ports = len(held)
	}
	all, _ := probe.Descriptors(pids)
	p.Files = len(all)
}

// end ends the server and all that it has started.
func end(s *scene.Scene, args []string) {
	argument.Exactly(0, args)
	p := s.Main()
	s.Rest(p)
	if p.Gone() {
		s.Dead(p, record.Verdict{})
	}
	s.CheckChatter(p)
	s.Record(record.Event{Kind: record.Note, What: record.Say("the grader ends the server (SIGKILL)")})
	p.Quit = true
	p.Proc.End()
}

// restart starts the server again where it was. The process before stays in
// the scene, which still holds connections to it.
func restart(s *scene.Scene, args []string) {
	before := s.Main()
	if !before.Quit || !before.Gone() {
		s.Misuse("the server has not been ended: end it first")
	}
	asked := s.TS.Getenv("server")
	abandoned(s, asked)
	lingers(s, asked)
	before.Name = "server, before"
	with, args := manner(s, args)
	p := StartServer(s, asked, with, args)
	p.Again = true
	last := len(s.Programs) - 1
	s.Programs = append([]*scene.Instance{p}, s.Programs[:last]...)
	Ready(s, p, asked)
}

// abandoned waits until no listener is left at addr: the kernel closes the
// sockets of a process while it ends.
func abandoned(s *scene.Scene, addr string) {
	if _, _, ok := wire.CutUnix(addr); ok {
		return // what is left is a file, and that is what a restart is about
	}
	at, err := netip.ParseAddrPort(addr)
	for end := time.Now().Add(scene.FenceBound); err == nil && time.Now().Before(end); time.Sleep(scene.Slice / 4) {
		if _, err := s.Net.Listener(at); err != nil {
			return // gone, or this system cannot tell
		}
	}
	s.Fail(record.Verdict{Code: record.CannotGrade,
		What: record.Say("the server was ended, and %s still has a listener", record.Foreign(addr))})
}

// lingers makes sure that of the connections which the server at addr has ended
// first one is in TIME-WAIT now. That is what a restart is about, and a kernel
// that has too many of them makes no more (tcp_max_tw_buckets, ip-sysctl).
func lingers(s *scene.Scene, addr string) {
	at, err := netip.ParseAddrPort(addr)
	over := slices.DeleteFunc(slices.Clone(s.Conns),
		func(c *wire.Conn) bool { return c.Remote != at || !c.EOF || c.Open() })
	if err != nil || len(over) == 0 {
		return
	}
	for end := time.Now().Add(scene.FenceBound); time.Now().Before(end); time.Sleep(scene.Slice / 4) {
		for _, c := range over {
			theirs, err := s.TheirEnd(c)
			if err == probe.ErrNoEvidence || theirs.State == probe.TimeWait {
				return
			}
		}
	}
	s.Skip("this machine has too many connections in TIME-WAIT to keep the one that this is about")
}

// Anew starts the program again, which has served its client and has ended.
func Anew(s *scene.Scene) {
	before := s.Main()
	if !before.Gone() {
		s.Misuse("the program has not ended: exit comes first")
	}
	s.CheckChatter(before)
	before.Name = "server, before"
	asked := wasAsked(s, before)
	p := StartServer(s, asked, scene.Conditions{}, before.Args)
	last := len(s.Programs) - 1
	s.Programs = append([]*scene.Instance{p}, s.Programs[:last]...)
	Ready(s, p, asked)
}
