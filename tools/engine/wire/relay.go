package wire

import (
	"net/netip"
	"slices"
)

// A Relay stands between two sides that speak UDP, and does to their datagrams
// what a script says: it drops, doubles and holds back certain ones, counted
// from 1 in each direction, and hands on all others in order. Chance and time
// have no part in it.
//
// The side that speaks first is told the relay's address. Each of its sockets
// gets a socket of the relay's own towards the other side, so that the other
// side can tell them apart; what comes back there goes back to that socket. A
// reply from another port than was asked, as TFTP's servers give, moves the
// rest of the exchange to that port.
//
// A Relay does nothing by itself: [Relay.Pump] does what is to be done.
type Relay struct {
	Name string

	front  *Endpoint
	target netip.AddrPort
	flows  []*flow
	rules  Rules
	seen   [2]int // how many datagrams have come, by direction
	held   []held
	note   func(Passage)
}

// Way is a direction through a relay.
type Way int

// The directions: from the side that dials the relay, and back.
const (
	Outward Way = iota
	Back
)

// String gives the direction as it stands in a script.
func (w Way) String() string { return [...]string{"out", "back"}[w] }

// A Place names one datagram: the Nth in one direction.
type Place struct {
	Way Way
	N   int
}

// Rules say what happens to certain datagrams.
type Rules struct {
	Drop, Dup map[Place]bool
	Hold      map[Place]Place // held back until the other has been dealt with
}

// Fate is what a relay did to a datagram.
type Fate int

// The fates.
const (
	HandedOn Fate = iota
	Dropped
	HandedOnAgain // the second copy of a doubled one
	HeldBack
	Released // a held one, handed on at last
)

// A Passage is one datagram that came to a relay, and what was done to it.
type Passage struct {
	Place
	Fate     Fate
	Data     []byte
	From, To netip.AddrPort // its sender, and for whom it is
	Until    Place          // for HeldBack
}

// A flow is one socket of the side that speaks first, and the relay's socket
// that stands for it on the other side.
type flow struct {
	peer    netip.AddrPort // the socket
	back    *Endpoint
	towards netip.AddrPort // where the other side speaks from
}

type held struct {
	place Place
	until Place
	data  []byte
	flow  *flow
}

// NewRelay opens a relay on host that stands for the address target. Note is
// called for each datagram, from within Pump.
func NewRelay(name, host string, target netip.AddrPort, rules Rules, note func(Passage)) (*Relay, error) {
	front, err := OpenEndpoint(name, host)
	if err != nil {
		return nil, err
	}
	return &Relay{Name: name, front: front, target: unmap(target), rules: rules, note: note}, nil
}

// Addr is the address that stands for the relay's target.
func (r *Relay) Addr() netip.AddrPort { return r.front.Local }

// Owns reports whether addr is one of the relay's own sockets.
func (r *Relay) Owns(addr netip.AddrPort) bool {
	return addr == r.front.Local || slices.ContainsFunc(r.flows, func(f *flow) bool { return f.back.Local == addr })
}

// Seen returns how many datagrams have come in one direction.
func (r *Relay) Seen(w Way) int { return r.seen[w] }

// Waiting names the datagrams that are still held back.
func (r *Relay) Waiting() []Place {
	var places []Place
	for _, h := range r.held {
		places = append(places, h.place)
	}
	return places
}

// Close closes the relay's sockets. What it holds back is lost.
func (r *Relay) Close() {
	r.front.Close()
	for _, f := range r.flows {
		f.back.Close()
	}
}

// Pump deals with all datagrams that have come, and reports whether there were
// any. It does not wait.
func (r *Relay) Pump() (moved bool, err error) {
	for {
		some, err := r.round()
		if err != nil || !some {
			return moved, err
		}
		moved = true
	}
}

// round takes at most one datagram from each socket.
func (r *Relay) round() (moved bool, err error) {
	data, from, err := r.front.Receive(0)
	if err == nil {
		f, err := r.flow(from)
		if err != nil {
			return false, err
		}
		if err := r.take(Outward, data, f); err != nil {
			return false, err
		}
		moved = true
	} else if err != ErrLater {
		return false, err
	}
	for _, f := range r.flows {
		data, from, err := f.back.Receive(0)
		if err == ErrLater {
			continue
		}
		if err != nil {
			return false, err
		}
		f.towards = from
		if err := r.take(Back, data, f); err != nil {
			return false, err
		}
		moved = true
	}
	return moved, nil
}

// flow returns the flow of a socket, a new one when it is a new socket.
func (r *Relay) flow(peer netip.AddrPort) (*flow, error) {
	for _, f := range r.flows {
		if f.peer == peer {
			return f, nil
		}
	}
	back, err := OpenEndpoint(r.Name, r.front.Local.Addr().String())
	if err != nil {
		return nil, err
	}
	f := &flow{peer: peer, back: back, towards: r.target}
	r.flows = append(r.flows, f)
	return f, nil
}

// take does to one datagram what the rules say.
func (r *Relay) take(w Way, data []byte, f *flow) error {
	r.seen[w]++
	at := Place{w, r.seen[w]}
	until, hold := r.rules.Hold[at]
	switch {
	case r.rules.Drop[at]:
		r.tell(at, Dropped, data, f, Place{})
	case hold && !r.settled(until):
		r.tell(at, HeldBack, data, f, until)
		r.held = append(r.held, held{at, until, data, f})
		return nil // it is settled when it is released
	default:
		if err := r.forward(at, HandedOn, data, f); err != nil {
			return err
		}
		if r.rules.Dup[at] {
			if err := r.forward(at, HandedOnAgain, data, f); err != nil {
				return err
			}
		}
	}
	return r.release(at)
}

// settled reports whether the datagram at that place has come and has not been
// held back.
func (r *Relay) settled(at Place) bool {
	if r.seen[at.Way] < at.N {
		return false
	}
	return !slices.ContainsFunc(r.held, func(h held) bool { return h.place == at })
}

// release hands on what was held back until the datagram at that place.
func (r *Relay) release(at Place) error {
	for {
		i := slices.IndexFunc(r.held, func(h held) bool { return h.until == at })
		if i < 0 {
			return nil
		}
		h := r.held[i]
		r.held = slices.Delete(r.held, i, i+1)
		if err := r.forward(h.place, Released, h.data, h.flow); err != nil {
			return err
		}
		if err := r.release(h.place); err != nil {
			return err
		}
	}
}

// forward hands a datagram on.
func (r *Relay) forward(at Place, fate Fate, data []byte, f *flow) error {
	r.tell(at, fate, data, f, Place{})
	if at.Way == Outward {
		return f.back.Send(data, f.towards)
	}
	return r.front.Send(data, f.peer)
}

func (r *Relay) tell(at Place, fate Fate, data []byte, f *flow, until Place) {
	p := Passage{Place: at, Fate: fate, Data: data, From: f.peer, To: f.towards, Until: until}
	if at.Way == Back {
		p.From, p.To = f.towards, f.peer
	}
	r.note(p)
}

// Towards is where the datagrams of one socket go on the other side, or the zero
// AddrPort when it has sent none.
func (r *Relay) Towards(peer netip.AddrPort) netip.AddrPort {
	for _, f := range r.flows {
		if f.peer == peer {
			return f.towards
		}
	}
	return netip.AddrPort{}
}
