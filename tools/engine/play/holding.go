package play

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

// holds reports whether the program holds its end of c. One that waits to be accepted
// has no inode yet, and is held by the program's listener.
func (s *scene) holds(c *wire.Conn) bool {
	theirs, err := s.theirEnd(c)
	switch {
	case err == probe.ErrNoEvidence:
		s.skip("this system does not say which connections a program holds (Linux does, by sock_diag)")
	case errors.Is(err, probe.ErrNoSocket), theirs.State == probe.Closed: // the kernel has given it up
		return false
	}
	return theirs.Inode != 0 || theirs.State == probe.Established || theirs.State == probe.CloseWait
}

// awaitRelease waits until p holds none of conns, and does meanwhile, unless it is
// nil, with those that it holds. It returns these when the wait ends.
func (s *scene) awaitRelease(p *program, meanwhile func(*wire.Conn), conns ...*wire.Conn) ([]*wire.Conn, why) {
	held := conns
	end := s.await(p, nil, func(d time.Duration) progress {
		still := slices.DeleteFunc(slices.Clone(held), func(c *wire.Conn) bool { return !s.holds(c) })
		less := len(still) < len(held)
		if held = still; len(held) == 0 {
			return done
		}
		for _, c := range held {
			if meanwhile != nil {
				meanwhile(c)
			}
		}
		if p.pause(d / 4); less {
			return moved
		}
		return nothing
	})
	return held, end
}

// awaitClosed waits until the program holds none of the connections of clients
// that have gone.
func (s *scene) awaitClosed(conns ...*wire.Conn) {
	p := s.main()
	if left, end := s.awaitRelease(p, nil, conns...); end != happened {
		s.judge(p, end, owes{code: record.Leak, c: left[0],
			what: record.Say("it still holds its end of the connection"),
			note: record.Say("%s has left, and the server does not let go of it", left[0].Name)})
	}
}
