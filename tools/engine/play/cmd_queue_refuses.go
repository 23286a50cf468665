package play

import (
	"loopback/tools/base/record"
	"loopback/tools/engine/probe"
	"loopback/tools/engine/wire"
	"net/netip"
	"time"
)

var refusesCommands = []Command{{
	Name: "refuses", Args: "NAME", Group: "The accept queue",
	Summary: "the server's listener must be closed now, and the dial of NAME be refused",
	Detail: "That the listener is gone is what the kernel's table of sockets says. The server itself may still be " +
		"there, or have ended.",
	run: func(s *scene, args []string) {
		exactly(1, args)
		s.refuses(args[0])
	},
}}

// refuses waits until the kernel knows of no listener at the server's address.
func (s *scene) refuses(name string) {
	p, addr := s.main(), s.ts.Getenv("server")
	at, err := netip.ParseAddrPort(addr)
	if err != nil {
		s.misuse("no server runs yet: begin with serve")
	}
	s.rest(p)
	if _, err := s.net.Listener(at); err == probe.ErrNoEvidence {
		s.lacks("this system does not tell who listens (Linux does, by sock_diag)")
		return
	}
	end := s.await(p, nil, func(d time.Duration) progress {
		switch _, err := s.net.Listener(at); {
		case err == probe.ErrNoSocket || err != nil && p.gone():
			return done
		case err != nil:
			s.skip("this system does not tell who listens (Linux does, by sock_diag)")
		}
		p.pause(d / 4)
		return nothing
	})
	if end != ended {
		s.judge(p, end, owes{code: record.StillListens, lane: name, what: record.Say("the server still listens")})
	}
	if c, err := s.connect(p, name, addr, wire.Default); err == nil {
		c.Reset()
		s.fail(record.Verdict{Code: record.CannotGrade, What: record.Say("no listener is left at %s, and yet %s could "+
			"connect", record.Foreign(addr), name)})
	} else {
		s.checkShortage(err)
	}
	s.record(record.Event{Kind: record.Note, What: record.Say("%v dials: refused, nothing listens any more", name)})
}
