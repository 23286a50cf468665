package play

import (
	"time"

	"loopback/tools/base/record"
	"loopback/tools/engine/probe"
	"loopback/tools/engine/wire"
)

// atOnceCommands are about bytes that a program keeps for a while.
var atOnceCommands = []Command{{
	Name: "at-once", Args: "NAME TEXT", Group: "Connections and bytes",
	Summary: "send TEXT; it must come back before the program sleeps",
	Detail: "A program that has read TEXT and sleeps until a timer of its own fires keeps " +
		"the bytes back, for however long. Where the system does not tell that, TEXT must come back, and if " +
		"that takes longer than 200 ms the scenario is left out.",
	run: onBytes((*scene).promptly),
}}

// keptProofs is how often in a row a program must be found asleep with the same
// bytes until it is said to keep them back.
const keptProofs = 3

// soon is how long bytes may take for the clock alone to say that they were not kept
// back: what takes longer may have waited for a processor.
const soon = 200 * time.Millisecond

func (s *scene) promptly(c *wire.Conn, data []byte) {
	p := s.owner(c)
	sent := time.Now()
	s.send(c, data)
	var last probe.Activity
	for proofs := 0; s.holdsBack(p, c, &last); p.pause(restPause) {
		if proofs++; proofs == keptProofs {
			s.rejectAt(p, c.Name, record.Say("it sleeps until a timer of its own fires"),
				record.Verdict{Code: record.Wait, Evidence: s.gather(c, p),
					What: record.Say("the %s has read %s of %s, has sent nothing back, and sleeps for a while",
						s.kind(), record.Bytes(len(data)), c.Name)})
		}
	}
	s.recv(c, data)
	if s.blind(p) && time.Since(sent) > soon {
		s.lacks("this system does not tell whether a program sleeps until a timer fires, and bytes took a while")
	}
}

// holdsBack reports whether p sleeps with a timer, has read all that was sent on c, and
// nothing is under way to it or from it. It waits until that is so, and is false when
// something has come back, or p rests in another way. From one look to the next p has
// not run.
func (s *scene) holdsBack(p *program, c *wire.Conn, last *probe.Activity) bool {
	for end := time.Now().Add(fenceBound); time.Now().Before(end) && !p.gone(); p.pause(restPause) {
		before, act := s.survey(nil), probe.Look(p.proc.PID())
		still := !before.underWay && before.equal(s.survey(nil)) && !p.proc.Pending()
		ours, err1 := s.ourEnd(c)
		theirs, err2 := s.theirEnd(c)
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
