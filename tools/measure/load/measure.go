package main

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"time"

	"loopback/tools/engine/probe"
)

// A load is what the servers are to bear.
type load struct {
	conns  int // connections held
	active int // of which send messages

	silence, talk time.Duration // how long nobody says anything, and how long they do
}

// The figures of one server in one round.
type figures struct {
	held    int           // connections that were served once and are still there
	memory  float64       // bytes of physical memory for each of them
	idle    time.Duration // processor time that all of them cost in a second of silence
	rate    float64       // messages echoed in a second
	message time.Duration // processor time for each message
	threads int
}

const messageSize = 64

var errNoEvidence = errors.New("this system does not say what a server uses: the comparison needs Linux")

// measure starts the server s, bears down on it, and ends it.
func (l load) measure(s server) (figures, error) {
	var f figures
	addr, p, err := s.start("")
	if err != nil {
		return f, err
	}
	defer p.End()
	before, err := probe.Memory(probe.Look(p.PID()).PIDs)
	if err != nil {
		return f, errNoEvidence
	}
	clients, err := l.connect(addr)
	defer closeAll(clients)
	if err != nil {
		return f, err
	}
	f.held = len(clients)
	after, err := probe.Memory(probe.Look(p.PID()).PIDs)
	if err != nil {
		return f, errNoEvidence
	}
	f.memory = float64(after-before) / float64(f.held)
	idle := probe.Look(p.PID())
	time.Sleep(l.silence) // the silence that is measured
	f.idle = (probe.Look(p.PID()).CPU - idle.CPU) * time.Second / l.silence

	busy := probe.Look(p.PID())
	began := time.Now()
	n, err := exchange(clients[:l.active], l.talk)
	if err != nil {
		return f, err
	}
	took := time.Since(began)
	done := probe.Look(p.PID())
	f.rate = float64(n) / took.Seconds()
	f.message = (done.CPU - busy.CPU) / time.Duration(n)
	f.threads = done.Threads
	return f, check(endsOf(clients), n)
}

// connect makes the connections, and has each of them served once.
func (l load) connect(addr string) (clients []*net.TCPConn, err error) {
	for range l.conns {
		c, err := net.Dial("tcp", addr)
		if err != nil {
			return clients, fmt.Errorf("connection %d: %w", len(clients)+1, err)
		}
		clients = append(clients, c.(*net.TCPConn))
		if err := each(clients[len(clients)-1:], 1); err != nil {
			return clients, err
		}
	}
	return clients, nil
}

// An end is the server's end of a connection.
type end struct{ local, remote netip.AddrPort }

func endsOf(clients []*net.TCPConn) (ends []end) {
	for _, c := range clients {
		ends = append(ends, end{addrOf(c.RemoteAddr()), addrOf(c.LocalAddr())})
	}
	return ends
}

// check compares what the clients have counted with what the kernel counts at
// the server's ends: after n messages of the active ones, and one of each.
func check(ends []end, n int) error {
	var received, sent uint64
	for _, e := range ends {
		s, err := probe.TCP(e.local, e.remote)
		if err != nil || !s.Counted {
			return errNoEvidence
		}
		received += s.Received
		sent += s.Sent - s.Resent
	}
	if want := uint64(n+len(ends)) * messageSize; received != want || sent != want {
		return fmt.Errorf("the clients count %d bytes each way; the kernel counts %d received and %d sent "+
			"by the server", want, received, sent)
	}
	return nil
}
