package wire

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"
)

// A PortKind is what a port of the grader's does with a SYN.
type PortKind string

// The kinds of ports, in the words of port scanners.
const (
	OpenPort     PortKind = "open"     // a listener: the kernel answers with SYN and ACK
	ClosedPort   PortKind = "closed"   // bound, and nobody listens: the kernel answers with RST
	ResetPort    PortKind = "resets"   // a listener that ends every connection with RST as soon as it is made
	FilteredPort PortKind = "filtered" // nobody answers at all, as behind a firewall
)

// ErrNoFilter says that this system cannot make a port that does not answer.
var ErrNoFilter = errors.New("ports that do not answer are made with Linux's listen backlog")

// HoldPort takes exactly this port of host, so that nobody else can, and makes
// it one of kind. That another program has the port is an error like any other.
func HoldPort(name, host string, port int, kind PortKind) (*Listener, error) {
	return Maker(nil).HoldPort(name, host, port, kind)
}

// HoldPort is like the function [HoldPort], with sockets of m's.
func (m Maker) HoldPort(name, host string, port int, kind PortKind) (*Listener, error) {
	switch kind {
	case ClosedPort:
		return m.reserveAt(name, host, port)
	case OpenPort:
		return m.listenAt(name, host, port)
	case ResetPort:
		return m.holdResetting(name, host, port)
	case FilteredPort:
		return m.holdFiltered(name, host, port)
	}
	return nil, fmt.Errorf("no such kind of port: %q", kind)
}

// holdResetting makes a port where a listener hangs up on everybody: it accepts
// and closes, with SO_LINGER zero, until it is closed itself.
func (m Maker) holdResetting(name, host string, port int) (*Listener, error) {
	l, err := m.listenAt(name, host, port)
	if err != nil {
		return nil, err
	}
	go func() {
		for {
			c, err := l.tcp.AcceptTCP()
			if err != nil {
				return
			}
			c.SetLinger(0)
			c.Close()
		}
	}()
	return l, nil
}

// fillTime bounds the one dial on loopback that fills a backlog.
const fillTime = 10 * time.Second

// holdFiltered makes a port that does not answer, without a firewall: a
// listener with room for one connection that nobody has accepted, and one that
// waits there. While it does, the kernel drops every SYN (listen(2) says that
// the request "may be ignored so that a later reattempt at connection
// succeeds").
func (m Maker) holdFiltered(name, host string, port int) (*Listener, error) {
	l, err := m.listenAt(name, host, port)
	if err != nil {
		return nil, err
	}
	if err := setBacklog(l.tcp, 0); err != nil {
		l.Close()
		return nil, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), fillTime)
	defer cancel()
	if l.filler, err = m.Dial(ctx, name, l.Addr, Default); err != nil {
		l.Close()
		return nil, fmt.Errorf("filling the backlog of %s: %w", l.Addr, err)
	}
	return l, nil
}

// manyWaiting is the backlog of a port that was filtered and is open now.
const manyWaiting = 128

// Open lets a filtered port answer from now on: a SYN that comes again, as the
// kernel of a patient client sends it, is accepted.
func (l *Listener) Open() error {
	if err := setBacklog(l.tcp, manyWaiting); err != nil {
		return err
	}
	return l.dropFiller()
}

// Refuse lets a filtered port answer with RST from now on. The address stays
// taken: nobody else can listen there.
func (l *Listener) Refuse() error {
	if err := stopListening(l.tcp); err != nil {
		return err
	}
	l.filler.Reset()
	return nil
}

// dropFiller takes the connection that filled the backlog out of it. It came
// first, so it is accepted first.
func (l *Listener) dropFiller() error {
	l.tcp.SetDeadline(time.Now().Add(fillTime))
	c, err := l.tcp.Accept()
	if err != nil {
		return err
	}
	c.(*net.TCPConn).SetLinger(0)
	c.Close()
	l.filler.Reset()
	return nil
}
