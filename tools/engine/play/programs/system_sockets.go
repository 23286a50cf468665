package programs

import (
	"fmt"
	"time"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/argument"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/play/stream"
	"loopback/tools/engine/probe"
	"loopback/tools/engine/wire"
)

// socketCommands are about the descriptors that a server is given, or takes.
var socketCommands = []scene.Command{{
	Name: "exhaust", Args: "NAME", Group: "The program and its system",
	Summary: "clients connect and say nothing, one after the other, until one is not accepted, since the program has " +
		"no descriptor for it; that one is NAME",
	Detail: "The program has been started with serve -descriptors.",
	Run: func(s *scene.Scene, args []string) {
		argument.Exactly(1, args)
		exhaust(s, args[0])
	},
}, {
	Name: "sockets", Args: "MOST", Group: "The program and its system",
	Summary: "at rest the program must hold at most MOST sockets more than when it announced, whatever clients do",
	Detail:  "Nor may it have held more while clients of turned-away were accepted.",
	Run:     scene.OnCount(mostSockets),
}}

// mostExhausting is how many clients exhaust sends at the most.
const mostExhausting = 300

func exhaust(s *scene.Scene, name string) {
	p, mark := s.Main(), s.Log.Mark()
	for i := range mostExhausting {
		c := s.Dial(name, wire.Default)
		scene.RestLong(s, p)
		theirs, err := s.TheirEnd(c)
		if err == probe.ErrNoEvidence {
			s.Skip("this system does not say which connections have been accepted")
		}
		stream.StillOpen(s, c, nil)
		if err == nil && theirs.Inode == 0 && theirs.State == probe.Established {
			s.Log.Rewind(mark)
			s.Log.Note("clients connect and say nothing, until the server has no descriptor for the next one, %s", name)
			return
		}
		if i%20 == 19 { // the program may have made room by ending one that was there
			allOpen(s)
		}
		c.Name = fmt.Sprintf("C%02d", i+1)
		s.Crowded[c.Name] = true
		s.Log.Rewind(mark)
	}
	s.Misuse("%d clients have been accepted, and the program still has descriptors", mostExhausting)
}

// allOpen fails when the program has ended one of the clients that are there.
func allOpen(s *scene.Scene) {
	for _, c := range s.Open() {
		stream.StillOpen(s, c, nil)
	}
}

// WatchSockets notices how many sockets the program holds until it has accepted all
// that wait, or sleeps although some do. They may be gone again when it is at rest, on
// a busy machine.
func WatchSockets(s *scene.Scene) {
	p, asleep := s.Main(), 0
	s.Await(p, nil, func(d time.Duration) scene.Progress {
		waiting := acceptQueue(s, p).Unread
		n, err := probe.OpenSockets(p.Look().PIDs)
		s.Peak = max(s.Peak, n-len(p.Sockets))
		if asleep++; !stream.AsleepNow(s, p) {
			asleep = 0
		}
		if waiting == 0 || err != nil || asleep >= scene.VigilProofs {
			return scene.Done
		}
		p.Pause(d / 4)
		return scene.Nothing
	})
}

func mostSockets(s *scene.Scene, most int) {
	p := s.Main()
	scene.RestLong(s, p)
	n, err := probe.OpenSockets(p.Look().PIDs)
	if err != nil {
		s.Lacks("this system does not say which sockets a program has")
		return
	}
	if p.Gone() {
		s.Dead(p, record.Verdict{})
	}
	if n = max(n-len(p.Sockets), s.Peak); n <= most {
		s.Record(record.Event{Kind: record.Note,
			What: record.Say("the server holds at most %d sockets more than before", most)})
		return
	}
	s.RejectAt(p, "", record.Say("it holds more than %d sockets", most), record.Verdict{Code: record.Leak,
		What: record.Say("the server holds %v sockets more than when it announced, and at most %d are allowed here",
			record.Varies(n, "N"), most)})
}
