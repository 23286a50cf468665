package relay

import (
	"io"
	"net"
	"sync"

	"loopback/tools/base/record"
)

// A pair is the two connections that are relayed as one.
type pair struct {
	relay           *Relay
	name            string
	visitor, server end

	mu   sync.Mutex
	over bool // reset or hung up: what follows is our own doing
	fins int
}

// An end is one of the two connections, with the kinds of the events that come
// from it.
type end struct {
	conn            *net.TCPConn
	bytes, fin, rst record.Kind
}

// pump passes on what comes from one end, until its FIN or the end of all.
func (p *pair) pump(from, to *end) {
	buf := make([]byte, 64<<10)
	for {
		n, err := from.conn.Read(buf)
		if n > 0 {
			p.tell(record.Event{Kind: from.bytes, Data: buf[:n], Size: n})
			if _, err := to.conn.Write(buf[:n]); err != nil {
				p.reset(to, from) // it takes no more: its RST has come
				return
			}
		}
		switch {
		case err == io.EOF:
			p.tell(record.Event{Kind: from.fin})
			to.conn.CloseWrite() // if it is gone already, that will be told
			p.untilReset(from, to)
			return
		case err != nil:
			p.reset(from, to)
			return
		}
	}
}

// untilReset waits, after the FIN of an end, for the RST that may still come
// from it, or for the FIN of the other end.
func (p *pair) untilReset(from, to *end) {
	p.mu.Lock()
	p.fins++
	both := p.fins == 2
	p.mu.Unlock()
	if both {
		p.hangUp()
		return
	}
	if waitError(from.conn) {
		p.reset(from, to)
	}
}

// tell tells an event of this connection, unless it is over.
func (p *pair) tell(e record.Event) {
	p.mu.Lock()
	over := p.over
	p.mu.Unlock()
	if !over {
		e.Conn = p.name
		p.relay.tell(e)
	}
}

// reset tells that an end has reset its connection, and resets the other.
func (p *pair) reset(from, to *end) {
	p.mu.Lock()
	over := p.over
	p.over = true
	p.mu.Unlock()
	if over {
		return
	}
	p.relay.tell(record.Event{Conn: p.name, Kind: from.rst})
	to.conn.SetLinger(0)
	to.conn.Close()
	from.conn.Close()
}

// hangUp closes both ends in the orderly way.
func (p *pair) hangUp() {
	p.mu.Lock()
	p.over = true
	p.mu.Unlock()
	p.visitor.conn.Close()
	p.server.conn.Close()
}
