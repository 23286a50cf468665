package scene

import (
	"errors"
	"slices"
	"time"

	"loopback/tools/base/record"
	"loopback/tools/engine/probe"
	"loopback/tools/engine/wire"
)

// Whether a program holds a connection is what the kernel says: a socket that its
// owner has closed has no inode, whatever is still under way on it.

// Holds reports whether the program holds its end of c. One that waits to be accepted
// has no inode yet, and is held by the program's listener.
func (s *Scene) Holds(c *wire.Conn) bool {
	theirs, err := s.TheirEnd(c)
	switch {
	case err == probe.ErrNoEvidence:
		s.Skip("this system does not say which connections a program holds (Linux does, by sock_diag)")
	case errors.Is(err, probe.ErrNoSocket), theirs.State == probe.Closed: // the kernel has given it up
		return false
	}
	return theirs.Inode != 0 || theirs.State == probe.Established || theirs.State == probe.CloseWait
}

// AwaitRelease waits until p holds none of conns, and does meanwhile, unless it is
// nil, with those that it holds. It returns these when the wait ends.
func (s *Scene) AwaitRelease(p *Instance, meanwhile func(*wire.Conn), conns ...*wire.Conn) ([]*wire.Conn, Why) {
	held := conns
	end := s.Await(p, nil, func(d time.Duration) Progress {
		still := slices.DeleteFunc(slices.Clone(held), func(c *wire.Conn) bool { return !s.Holds(c) })
		less := len(still) < len(held)
		if held = still; len(held) == 0 {
			return Done
		}
		for _, c := range held {
			if meanwhile != nil {
				meanwhile(c)
			}
		}
		if p.Pause(d / 4); less {
			return Moved
		}
		return Nothing
	})
	return held, end
}

// AwaitClosed waits until the program holds none of the connections of clients
// that have gone.
func (s *Scene) AwaitClosed(conns ...*wire.Conn) {
	p := s.Main()
	if left, end := s.AwaitRelease(p, nil, conns...); end != Happened {
		s.Judge(p, end, Owes{Code: record.Leak, Conn: left[0],
			What: record.Say("it still holds its end of the connection"),
			Note: record.Say("%s has left, and the server does not let go of it", left[0].Name)})
	}
}
