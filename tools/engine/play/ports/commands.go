package ports

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/argument"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/play/stream"
	"loopback/tools/engine/probe"
	"loopback/tools/engine/wire"
)

var portCommands = []scene.Command{{
	Name: "ports", Args: "[-at HOST] [-last N] NAME KIND[*N]...", Group: "A client that dials many ports",
	Sets:    "NAME NAME_first NAME_last NAME_N",
	Summary: "hold a run of consecutive ports, each of them open, closed, filtered, or open and resetting",
	Detail: "Open: the grader listens. Closed: the port is taken and nothing listens, so connections are refused. " +
		"Filtered: nothing answers at all. Resets: the grader listens, and ends every connection with an RST as soon " +
		"as it is made; such a port is open. HOST is a loopback address of this scenario's own when not given; with " +
		"-last the run ends at port N. The variable $NAME is the host, $NAME_first, $NAME_last and $NAME_1, $NAME_2 " +
		"and so on are the ports. The listener of the third port is called NAME.3.",
	Run: holdPorts,
}, {
	Name: "answer", Args: "NAME.N open|closed", Group: "A client that dials many ports",
	Summary: "let a filtered port answer from now on: the next SYN that comes is accepted, or refused",
	Detail:  "A dial that waits does not send one at once: the kernel sends its SYN again after a second.",
	Run:     answer,
}, {
	Name: "give-up", Args: "NAME.N", Group: "A client that dials many ports",
	Summary: "the kernel gives up the dials to a filtered port, as it does by itself after some two minutes",
	Detail: "It takes a second: the program's dial ends with ETIMEDOUT when its SYN has been sent again, and " +
		"that is waited for. Where the system has no such way (TCP_USER_TIMEOUT in tcp(7)) the scenario is left out.",
	Run: giveUp,
}, {
	Name: "abort", Args: "NAME.N", Group: "A client that dials many ports",
	Summary: "the kernel ends the dials to a filtered port with ECONNABORTED, as \"ss -K\" makes it do",
	Detail: "The scenario needs the header namespace, and a kernel that has been built for this " +
		"(INET_DIAG_DESTROY); elsewhere it is left out.",
	Run: abort,
}, {
	Name: "crossing", Args: "NAME PORT", Group: "A client that dials many ports",
	Sets:    "NAME",
	Summary: "a socket of the grader's at PORT of a host waits to be connected, and no program listens there",
	Detail: "The scenario needs a network in which PORT is the only port for clients. A program that dials it there, " +
		"from that port of 127.0.0.1, meets the grader's own dial (RFC 9293: simultaneous open). The variable " +
		"$NAME is the host.",
	Run: crossing,
}, {
	Name: "dials", Args: "[-most] NAME N", Group: "A client that dials many ports",
	Sets:    "NAME_asked",
	Summary: "wait until N dials to filtered ports are under way at the same time; there must never be more",
	Detail: "They are counted in the kernel's tables: sockets that have sent a SYN and wait for the answer. " +
		"With -most they are counted once, when the program is at rest, and fewer are allowed. The variable " +
		"$NAME_asked is set to the number of the first port that waits: in which order ports are dialled is the " +
		"program's affair.",
	Run: dials,
}, {
	Name: "gone", Args: "CONN", Group: "A client that dials many ports",
	Summary: "the program must have ended the connection, in any way, and sent nothing before",
	Run:     scene.OnConn(stream.Over),
}, {
	Name: "all-closed", Group: "A client that dials many ports",
	Summary: "the program must be at rest, and hold no TCP connection any more, with whomever",
	Run:     allClosed,
}, {
	Name: "untouched", Args: "NAME[.N]", Group: "A client that dials many ports",
	Summary: "no connection may have been made to an open port of NAME, or to this one of them, since dials was " +
		"reached",
	Run: unvisited,
}, {
	Name: "states", Args: "[-of PROGRAM] [-known] NAME [KIND[*N]...]", Group: "A client that dials many ports",
	Summary: "standard output must have one line \"PORT KIND\" for each port, in ascending order",
	Detail: "Without KINDs they are what ports and answer made of them. The KIND - stands for a port that must not " +
		"be printed. With -known that are all but those that answer had answered, and the open ones that had been " +
		"connected to when dials was reached. PROGRAM is the one that was started last when not given.",
	Run: states,
}}

// A portRun is a run of consecutive ports that the grader holds.
type portRun struct {
	name  string
	Host  netip.Addr
	first int
	kinds []wire.PortKind
	asked bool // the scenario says which ports it is
	held  []*wire.Listener

	net   *probe.Net
	known []bool // by answer, or connected to when dials was reached

	silent bool // some port does not answer, or did not when the program began
}

// Where the grader looks for a run of free ports. The ports lie below those
// that the kernel gives to clients, and on Linux the host is the scenario's
// own, so that the first try finds them free; when it does not, the next run is
// tried. Each port is bound and kept, never found free and left.
const (
	lowestBase = 7001
	baseStep   = 100
	baseTries  = 40
)

func holdPorts(s *scene.Scene, args []string) {
	set, args := argument.Flags(args, nil, []string{"-at", "-last"})
	argument.AtLeast(2, args)
	host := s.Host
	if h := set["-at"]; h != "" {
		host = h
	}
	addr, err := netip.ParseAddr(host)
	if err != nil {
		panic(argument.Usage(fmt.Sprintf("%q is not an address", host)))
	}
	r := &portRun{name: args[0], Host: addr, kinds: kindsOf(args[1:])}
	s.NeedFiles(2 * len(r.kinds)) // a listener each, and a client that fills its queue
	base, tries := lowestBase, baseTries
	if last := set["-last"]; last != "" {
		if base, err = strconv.Atoi(last); err != nil {
			panic(argument.Usage(fmt.Sprintf("%q is not a port", last)))
		}
		base, tries, r.asked = base-len(r.kinds)+1, 1, true
	}
	for i := range tries {
		if err = r.take(s.Maker, base+i*baseStep); err == nil {
			keep(s, r)
			return
		}
	}
	noPorts(s, r, err)
}

// kindsOf reads "open filtered*3". A hyphen is the empty kind.
func kindsOf(args []string) (kinds []wire.PortKind) {
	for _, arg := range args {
		word, times, many := strings.Cut(arg, "*")
		n := 1
		if many {
			n = argument.Count(times)
		}
		kind := wire.PortKind(word)
		switch kind {
		case wire.OpenPort, wire.ClosedPort, wire.FilteredPort, wire.ResetPort:
		case "-":
			kind = ""
		default:
			panic(argument.Usage(fmt.Sprintf("%q is not open, closed, filtered or resets", word)))
		}
		for range n {
			kinds = append(kinds, kind)
		}
	}
	return kinds
}

// take holds all ports of the run from first on, or none.
func (r *portRun) take(m wire.Maker, first int) error {
	r.first, r.held = first, nil
	for i, kind := range r.kinds {
		l, err := m.HoldPort(fmt.Sprintf("%s.%d", r.name, i+1), r.Host.String(), first+i, kind)
		if err != nil {
			for _, l := range r.held {
				l.Close()
			}
			return err
		}
		r.held = append(r.held, l)
	}
	return nil
}

// keep makes a run known to the scene and to its script.
func keep(s *scene.Scene, r *portRun) {
	r.net, r.known = s.Net, make([]bool, len(r.kinds))
	r.silent = slices.Contains(r.kinds, wire.FilteredPort)
	RunsOf(s).All = append(RunsOf(s).All, r)
	s.Listeners = append(s.Listeners, r.held...)
	s.TS.Setenv(r.name, r.Host.String())
	s.TS.Setenv(r.name+"_first", strconv.Itoa(r.first))
	s.TS.Setenv(r.name+"_last", strconv.Itoa(r.first+len(r.kinds)-1))
	for i := range r.kinds {
		s.TS.Setenv(fmt.Sprintf("%s_%d", r.name, i+1), strconv.Itoa(r.first+i))
	}
	s.Record(record.Event{Kind: record.Note,
		What: record.Say("ports %v to %v: %s", r.port(0), r.port(len(r.kinds)-1), r)})
}

// portRuns are the ports that a scenario holds.
type portRuns struct {
	All       []*portRun
	crossings []*os.File // dials of the grader's that wait for the program's
}

// RunsOf returns the ports that the scenario holds.
func RunsOf(s *scene.Scene) *portRuns { return scene.Of[portRuns](s) }

// Name adds what the ports are called: as if the first tries had found them free.
func (h *portRuns) Name(n *record.Names) {
	next := map[netip.Addr]int{}
	for _, r := range h.All {
		base := lowestBase + next[r.Host]
		next[r.Host] += baseStep
		for i := range r.kinds {
			port := uint16(r.first + i)
			n.Many[port] = len(r.kinds) > mostQuoted
			if n.Ports[port] = uint16(base + i); r.asked {
				n.Ports[port] = port
			}
		}
	}
}

// port is that number i of the run.
func (r *portRun) port(i int) record.Port { return record.Port(r.first + i) }

// String gives the kinds of the ports in order: "open filtered×3".
func (r *portRun) String() string {
	var out []string
	for i := 0; i < len(r.kinds); {
		n := 1
		for i+n < len(r.kinds) && r.kinds[i+n] == r.kinds[i] {
			n++
		}
		word := string(r.kinds[i])
		if n > 1 {
			word += fmt.Sprintf("×%d", n)
		}
		out = append(out, word)
		i += n
	}
	return strings.Join(out, " ")
}

// noPorts ends a scenario whose ports could not be had, which is never the
// program's fault.
func noPorts(s *scene.Scene, r *portRun, err error) {
	switch {
	case errors.Is(err, wire.ErrNoFilter):
		s.Skip(err.Error())
	case r.Host.Is6():
		s.Skip(fmt.Sprintf("ports of %v could not be had (%v)", r.Host, err))
	}
	s.Fail(record.Verdict{Code: record.CannotGrade,
		What: record.Say("the grader could not hold the ports from %d on: %v", r.first, err)})
}

func runOf(s *scene.Scene, name string) *portRun {
	for _, r := range RunsOf(s).All {
		if r.name == name {
			return r
		}
	}
	s.Misuse("no ports are called %q: begin with ports NAME", name)
	return nil
}

// portOf finds a port by the name of its listener, "P.3".
func portOf(s *scene.Scene, name string) (*portRun, int) {
	run, number, _ := strings.Cut(name, ".")
	r := runOf(s, run)
	n, err := strconv.Atoi(number)
	if err != nil || n < 1 || n > len(r.kinds) {
		s.Misuse("%s has the ports %s.1 to %s.%d, and not %s", run, run, run, len(r.kinds), name)
	}
	return r, n - 1
}

func answer(s *scene.Scene, args []string) {
	argument.Exactly(2, args)
	r, i := portOf(s, args[0])
	if r.kinds[i] != wire.FilteredPort {
		s.Misuse("%s is %s, and answers already", args[0], r.kinds[i])
	}
	s.Rest(s.Last())
	var err error
	switch kind := wire.PortKind(args[1]); kind {
	case wire.OpenPort:
		r.kinds[i], err = kind, r.held[i].Open()
	case wire.ClosedPort:
		r.kinds[i], err = kind, r.held[i].Refuse()
	default:
		panic(argument.Usage(fmt.Sprintf("a port answers when it is open or closed, not %q", kind)))
	}
	if err != nil {
		s.Fail(record.Verdict{Code: record.CannotGrade,
			What: record.Say("the grader could not make port %v %s: %v", r.port(i), r.kinds[i], err)})
	}
	r.known[i] = true
	s.Record(record.Event{Kind: record.Note,
		What: record.Say("port %v answers from now on: it is %s", r.port(i), r.kinds[i])})
}

// visited looks at the accept queue of an open port. Whoever connects stands
// there until the grader accepts, also after it has closed again.
func (r *portRun) visited(i int) bool {
	if r.kinds[i] != wire.OpenPort {
		return false
	}
	ln, err := r.net.Listener(netip.AddrPortFrom(r.Host, uint16(r.first+i)))
	return err == nil && ln.Unread > 0
}

// remember keeps which ports are known to the program, now that it waits.
func (r *portRun) remember(s *scene.Scene) {
	for i := range r.kinds {
		r.known[i] = r.known[i] || r.visited(i)
	}
	for i := range r.kinds {
		if len(r.dialsTo(i)) > 0 {
			s.TS.Setenv(r.name+"_asked", strconv.Itoa(i+1))
			return
		}
	}
}

// unvisited tells of an open port to which the program has connected.
func unvisited(s *scene.Scene, args []string) {
	argument.Exactly(1, args)
	var r *portRun
	only := -1
	if strings.Contains(args[0], ".") {
		r, only = portOf(s, args[0])
	} else {
		r = runOf(s, args[0])
	}
	for i, l := range r.held {
		if only >= 0 && i != only || r.known[i] || !r.visited(i) {
			continue
		}
		s.Reject("", record.Say("the program has connected to %v", record.Foreign(l.Addr)),
			record.Verdict{Code: record.Connected,
				What: record.Say("the %s connected to port %v, which it must not", s.Kind(), r.port(i))})
	}
}
