package scene

import (
	"net/netip"
	"sync"

	"loopback/tools/base/record"
	"loopback/tools/engine/probe"
	"loopback/tools/engine/wire"
)

// sights are the connections of which a replay shows what the kernel knew. Events are
// recorded by several goroutines, so it keeps for itself what it needs of each.
type sights struct {
	mu    sync.Mutex
	conns []sight
}

// A sight is one connection: the grader's address, and the program's.
type sight struct {
	name   string
	at, to netip.AddrPort
	inode  uint32 // of the grader's end, of a Unix socket
	local  bool
}

func (v *sights) add(c *wire.Conn) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.conns = append(v.conns, sight{c.Name, c.Local, c.Remote, c.Inode, c.Path != ""})
}

// mostSights is how many connections one sighting has: a picture has lines for fewer.
const mostSights = 8

// See returns a function that looks at the program's ends of the connections, and at
// the listener that the first of them came to.
func (v *sights) See(net *probe.Net) func() *record.Sighting {
	return func() *record.Sighting {
		v.mu.Lock()
		defer v.mu.Unlock()
		all := &record.Sighting{Queue: -1}
		for _, c := range v.conns[max(0, len(v.conns)-mostSights):] {
			all.Ends = append(all.Ends, c.end(net))
			if l, err := net.Listener(c.to); !c.local && all.Queue < 0 && err == nil {
				all.Queue, all.Backlog = int(l.Unread), int(l.Unacked)
			}
		}
		return all
	}
}

func (c sight) end(net *probe.Net) record.End {
	e := record.End{Conn: c.name, Peer: c.at.Port(), Own: c.to.Port()}
	find := func() (probe.Socket, error) { return net.TCP(c.to, c.at) }
	if c.local {
		e.Peer, e.Own = 0, 0
		find = func() (probe.Socket, error) { return probe.UnixPeer(c.inode) }
	}
	if theirs, err := find(); err == nil {
		e.State, e.Unread, e.Unsent = theirs.State.String(), int(theirs.Unread), int(theirs.NotSent)
	}
	return e
}
