package programs

import (
	"net/netip"
	"time"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/argument"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/probe"
	"loopback/tools/engine/wire"
)

var refusesCommands = []scene.Command{{
	Name: "refuses", Args: "[-now] NAME", Group: "The accept queue",
	Summary: "the server's listener must be closed now, and the dial of NAME be refused",
	Detail: "That the listener is gone is what the kernel's table of sockets says. The server itself may still be " +
		"there, or have ended. With -now it must be closed when the program is at rest: no timer of the program " +
		"is waited for.",
	Run: func(s *scene.Scene, args []string) {
		set, args := argument.Flags(args, []string{"-now"}, nil)
		argument.Exactly(1, args)
		refuses(s, args[0], set["-now"] != "")
	},
}}

// refuses waits until the kernel knows of no listener at the server's address; now is
// when the program has come to rest.
func refuses(s *scene.Scene, name string, now bool) {
	p, addr := s.Main(), s.TS.Getenv("server")
	at, err := netip.ParseAddrPort(addr)
	if err != nil {
		s.Misuse("no server runs yet: begin with serve")
	}
	s.Rest(p)
	switch _, err := s.Net.Listener(at); {
	case err == probe.ErrNoEvidence:
		s.Lacks("this system does not tell who listens (Linux does, by sock_diag)")
		return
	case err == nil && now && !p.Gone():
		s.RejectAt(p, name, record.Say("it has not closed its listener"), record.Verdict{Code: record.StillListens,
			What: record.Say("the server is asleep, and still listens")})
	}
	end := s.Await(p, nil, func(d time.Duration) scene.Progress {
		switch _, err := s.Net.Listener(at); {
		case err == probe.ErrNoSocket || err != nil && p.Gone():
			return scene.Done
		case err != nil:
			s.Skip("this system does not tell who listens (Linux does, by sock_diag)")
		}
		p.Pause(d / 4)
		return scene.Nothing
	})
	if end != scene.Ended {
		s.Judge(p, end, scene.Owes{Code: record.StillListens, Lane: name,
			What: record.Say("it has not closed its listener")})
	}
	if c, err := s.Connect(p, name, addr, wire.Default); err == nil {
		c.Reset()
		s.Fail(record.Verdict{Code: record.CannotGrade, What: record.Say("no listener is left at %s, and yet %s could "+
			"connect", record.Foreign(addr), name)})
	} else {
		s.CheckShortage(err)
	}
	s.Record(record.Event{Kind: record.Note, What: record.Say("%v dials: refused, nothing listens any more", name)})
}
