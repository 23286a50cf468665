package stream

import (
	"time"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/probe"
	"loopback/tools/engine/wire"
)

// atOnceCommands are about bytes that a program keeps for a while.
var atOnceCommands = []scene.Command{{
	Name: "at-once", Args: "NAME TEXT", Group: "Connections and bytes",
	Summary: "send TEXT; it must come back before the program sleeps",
	Detail: "A program that has read TEXT and sleeps until a timer of its own fires keeps " +
		"the bytes back, for however long. Where the system does not tell that, TEXT must come back, and if " +
		"that takes longer than 200 ms the scenario is left out.",
	Run: scene.OnBytes(promptly),
}}

// keptProofs is how often in a row a program must be found asleep with the same
// bytes until it is said to keep them back.
const keptProofs = 3

// soon is how long bytes may take for the clock alone to say that they were not kept
// back: what takes longer may have waited for a processor.
const soon = 200 * time.Millisecond

func promptly(s *scene.Scene, c *wire.Conn, data []byte) {
	p := s.Owner(c)
	sent := time.Now()
	Send(s, c, data)
	var last probe.Activity
	for proofs := 0; holdsBack(s, p, c, &last); p.Pause(scene.RestPause) {
		if proofs++; proofs == keptProofs {
			s.RejectAt(p, c.Name, record.Say("it sleeps until a timer of its own fires"),
				record.Verdict{Code: record.Wait, Evidence: s.Gather(c, p),
					What: record.Say("the %s has read %s of %s, has sent nothing back, and sleeps for a while",
						s.Kind(), record.Bytes(len(data)), c.Name)})
		}
	}
	Recv(s, c, data)
	if s.Blind(p) && time.Since(sent) > soon {
		s.Lacks("this system does not tell whether a program sleeps until a timer fires, and bytes took a while")
	}
}

// holdsBack reports whether p sleeps with a timer, has read all that was sent on c, and
// nothing is under way to it or from it. It waits until that is so, and is false when
// something has come back, or p rests in another way. From one look to the next p has
// not run.
func holdsBack(s *scene.Scene, p *scene.Instance, c *wire.Conn, last *probe.Activity) bool {
	for end := time.Now().Add(scene.FenceBound); time.Now().Before(end) && !p.Gone(); p.Pause(scene.RestPause) {
		before, act := s.Survey(nil), p.Look()
		still := !before.UnderWay && before.Equal(s.Survey(nil)) && !p.Proc.Pending()
		ours, err1 := s.OurEnd(c)
		theirs, err2 := s.TheirEnd(c)
		switch {
		case err1 != nil || err2 != nil || ours.Unread > 0 || act.State == probe.Asleep || act.State == probe.Unknown:
			return false
		case act.State == probe.Timed && still && theirs.Unread == 0:
			ran := act.Runs != last.Runs
			if *last = act; !ran {
				return true
			}
		}
	}
	return false
}
