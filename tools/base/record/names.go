package record

import (
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strconv"
)

// Names gives what differs from run to run the names that reports, pictures and
// chapters show, in the order in which it appears. The zero Names has the host
// 127.0.0.1.
type Names struct {
	// Own is the scenario's own host, which is another one in each run.
	Own netip.Addr
	// Ports are those that the grader held, by the number that they have here.
	Ports map[uint16]uint16
	// Many are those of a run of so many that it is chance of which of them a
	// program speaks when it goes wrong.
	Many map[uint16]bool

	// Crowd are the names of clients that are many and alike: which of them
	// hears first of a mistake is chance.
	Crowd map[string]bool

	// Folder is the scenario's own, which has another name in each run.
	Folder string

	// Words are numbers that a program made up, such as the id of a ping.
	Words map[string]string

	slow      bool                      // what came, came until the program's time was over
	wrong     bool                      // what is named are a program's last words
	addresses map[netip.AddrPort]uint16 // the ports that stand for those of addresses
	listening uint16                    // how many addresses there are at which something listens
	dialling  uint16                    // how many from which something connects
	made      map[string]string         // identifiers
	processes map[string]int            // by their ids, in decimal
	elsewhere bool                      // 127.0.0.1 is another host than the scenario's own
	datagrams bool                      // programs that exchange them make up identifiers
}

// Canonical returns what show makes with the names that fresh returns. When
// 127.0.0.1 turns out to be another host than the scenario's own, it is shown
// again, with the two of them told apart from the beginning.
func Canonical[T any](fresh func() *Names, show func(*Names) T) T {
	n := fresh()
	shown := show(n)
	if !n.elsewhere {
		return shown
	}
	n = fresh()
	n.elsewhere = true
	return show(n)
}

// ephemeral is the least port that a kernel chooses by itself.
const ephemeral = 32768

// Events returns events with the names of what is in them.
func (n *Names) Events(events []Event) []Event {
	n.datagrams = n.datagrams ||
		slices.ContainsFunc(events, func(e Event) bool { return e.Kind == Hop || e.Kind == Lost })
	all := slices.Clone(events)
	for i, e := range all {
		all[i].Conn, all[i].To = n.lane(e.Conn), n.lane(e.To)
		all[i].lanes = slices.Clone(e.lanes)
		for j, name := range e.lanes {
			all[i].lanes[j] = n.lane(name)
		}
		if !e.What.Empty() {
			all[i].What = n.phrase(e.What, e.Kind == Connect)
		}
		all[i].Data, all[i].somany = n.Bytes(e.Data), e.Cut && e.Size >= long
		if e.local { // a name may be longer than what it names
			all[i].Size += len(all[i].Data) - len(e.Data)
		}
		if e.Sure > 0 {
			all[i].Data, all[i].somany = n.Bytes(e.Data[:min(e.Sure, len(e.Data))]), true
		}
		if n.slow && e.Cut && e.Kind == In {
			all[i].What = Say("N bytes")
		}
	}
	return all
}

// Phrase returns p with the names of what is in it.
func (n *Names) Phrase(p Phrase) Phrase { return n.phrase(p, false) }

func (n *Names) phrase(p Phrase, dials bool) Phrase {
	if p.Empty() {
		return p
	}
	args := make([]any, len(p.args))
	for i, arg := range p.args {
		args[i] = n.arg(arg, dials)
	}
	return Phrase{p.format, args}
}

func (n *Names) arg(arg any, dials bool) any {
	switch arg := arg.(type) {
	case string:
		return n.lane(arg)
	case Phrase:
		return n.phrase(arg, dials)
	case netip.AddrPort:
		if arg.Addr() == home && home != n.Own && !dials {
			n.elsewhere = true
		}
		return n.address(arg, dials)
	case netip.Addr:
		return n.host(arg)
	case Port:
		return n.port(uint16(arg))
	case Varying:
		return arg.canonical
	case Foreign:
		return n.Text(string(arg))
	case Quoted:
		return Quote(n.Bytes(arg.data), arg.size, arg.width)
	}
	return arg
}

// lane names a connection: one of a crowd is any of them.
func (n *Names) lane(name string) string {
	if n.Crowd[name] {
		return "C"
	}
	return name
}

// home is the host of the chapters.
var home = netip.MustParseAddr("127.0.0.1")

// host names a host: that of the scenario is 127.0.0.1, or 127.0.0.2 where that
// would be another one.
func (n *Names) host(a netip.Addr) string {
	switch a = a.Unmap(); {
	case a != n.Own || !a.IsValid():
		return a.String()
	case n.elsewhere:
		return "127.0.0.2"
	}
	return home.String()
}

// address names an address; dials says that a connection comes from there.
func (n *Names) address(a netip.AddrPort, dials bool) string {
	return net.JoinHostPort(n.host(a.Addr()), n.portOf(a, dials))
}

// port names a port of which the host is not known.
func (n *Names) port(port uint16) string {
	return n.portOf(netip.AddrPortFrom(netip.IPv4Unspecified(), port), false)
}

// portOf names the port of an address.
func (n *Names) portOf(a netip.AddrPort, dials bool) string {
	if n.wrong && n.Many[a.Port()] {
		return "N"
	}
	return strconv.Itoa(int(n.portNumber(a, dials)))
}

// seen reports whether a port has a name already.
func (n *Names) seen(port uint16) bool {
	if _, held := n.Ports[port]; held {
		return true
	}
	for a := range n.addresses {
		if a.Port() == port {
			return true
		}
	}
	return false
}

// portNumber is that name. Every host has the port that is unspecified.
func (n *Names) portNumber(a netip.AddrPort, dials bool) uint16 {
	a = netip.AddrPortFrom(a.Addr().Unmap(), a.Port())
	if name, held := n.Ports[a.Port()]; held {
		return name
	}
	if a.Port() < ephemeral {
		return a.Port()
	}
	if name, known := n.addresses[a]; known {
		return name
	}
	for other, name := range n.addresses {
		if other.Port() == a.Port() && (other.Addr().IsUnspecified() || a.Addr().IsUnspecified()) {
			return name
		}
	}
	if n.addresses == nil {
		n.addresses = map[netip.AddrPort]uint16{}
	}
	if dials {
		n.dialling++
		n.addresses[a] = 50000 + n.dialling
	} else {
		n.listening++
		n.addresses[a] = 40000 + n.listening
	}
	return n.addresses[a]
}

// identifier names an identifier by another of its length.
func (n *Names) identifier(real string) string {
	if n.made == nil {
		n.made = map[string]string{}
	}
	if n.made[real] == "" {
		n.made[real] = fmt.Sprintf("1d%06d", len(n.made)+1)
	}
	return n.made[real]
}
