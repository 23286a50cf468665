package server

import (
	"time"

	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/probe"
	"loopback/tools/engine/wire"
)

// questioning takes connections of a listener until the program has sent something on
// one. Those on which it sends nothing are how a program looks whether a backend is
// there: it ends them by itself.
type questioning struct {
	*scene.Scene
	listener *wire.Listener
	silent   []*wire.Conn // accepted, and neither spoken to nor ended so far
}

// accept is like that of the listener, for the first connection that asks.
func (a *questioning) accept(name string, d time.Duration) (*wire.Conn, error) {
	if c, err := a.listener.Accept(name, d); err == nil {
		a.silent = append(a.silent, c)
	} else if err != wire.ErrLater {
		return nil, err
	}
	still := a.silent[:0]
	var asks *wire.Conn
	for _, c := range a.silent {
		switch ours, err := a.OurEnd(c); {
		case err != nil || ours.State == probe.CloseWait:
			c.Close() // a reset leaves nothing in the table
		case asks == nil && ours.Unread > 0:
			asks = c
		default:
			still = append(still, c)
		}
	}
	if a.silent = still; asks != nil {
		return asks, nil
	}
	return nil, wire.ErrLater
}

// leave ends what has not asked.
func (a *questioning) leave() {
	for _, c := range a.silent {
		c.Close()
	}
}

// letGo ends all connections that wait in the accept queue of l.
func letGo(l *wire.Listener) {
	for {
		c, err := l.Accept("", scene.Slice)
		if err != nil {
			return
		}
		c.Close()
	}
}
