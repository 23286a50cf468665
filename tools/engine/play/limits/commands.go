package limits

import (
	"time"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/argument"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/probe"
)

// Limits of time are judged by two kinds of evidence, and a busy machine can
// bring about neither. What comes too early is seen by the grader's own clock:
// what it has seen after less time than the limit, the program has done after
// less time. What comes too late is seen by what the program has done since the
// limit was over, read and slept, without doing what it should.
var limitCommands = []scene.Command{{
	Name: "mark", Args: "MARK", Group: "Time limits",
	Summary: "remember this moment, which since asks for",
	Run: func(s *scene.Scene, args []string) {
		argument.Exactly(1, args)
		s.NeedPatience("mark")
		if s.Marks == nil {
			s.Marks = map[string]time.Time{}
		}
		s.Marks[args[0]] = time.Now()
	},
}, {
	Name: "since", Args: "MARK TIMES", Group: "Time limits",
	Summary: "TIMES times $patience must have passed since MARK: what has come just now has not come sooner",
	Detail: "So no limit that begins after MARK has been cut short. A busy machine makes the time longer, never " +
		"shorter.",
	Run: since,
}, {
	Name: "until", Args: "MARK TIMES", Group: "Time limits",
	Summary: "wait until TIMES times $patience have passed since MARK",
	Run: func(s *scene.Scene, args []string) {
		argument.Exactly(2, args)
		s.NeedPatience("until")
		for at := marked(s, args[0]).Add(s.Times(args[1])); time.Now().Before(at) && s.Ctx.Err() == nil; {
			s.Pump()
			s.Partner().Pause(min(time.Until(at), scene.Glance))
		}
	},
}, {
	Name: "limit", Args: "NAME TIMES", Group: "Time limits",
	Sets:    "NAME",
	Summary: "set the variable $NAME to TIMES times $patience, for a program that has several limits",
	Run: func(s *scene.Scene, args []string) {
		argument.Exactly(2, args)
		s.NeedPatience("limit")
		s.TS.Setenv(args[0], s.Times(args[1]).String())
	},
}, {
	Name: "within", Args: "[MARK TIMES]", Group: "Time limits",
	Summary: "what the grader sends next, a signal included, must be sent before TIMES times $patience have passed " +
		"since MARK, or a limit of the program's may be over",
	Detail: "From now on nothing counts against the program when the grader, on a busy machine, has spoken later, or " +
		"the program has waited for a processor for half of $patience. Without arguments that is over.",
	Run: within,
}, {
	Name: "keep-asking", Args: "[-ended] NAME TIMES QUESTION REPLY", Group: "Time limits",
	Summary: "dial NAME and ask QUESTION again and again, with pauses of a third of $patience, for TIMES times " +
		"$patience; each REPLY must come",
	Detail: "A connection that ends counts against the program when it had been left alone for less than $patience; " +
		"when it was longer, since the machine was busy, nothing is said. With -ended the program must end the " +
		"connection by then, in any way, and not before TIMES times $patience have passed since the dial; it has " +
		"failed when it answers what is asked more than two times $patience later.",
	Run: keepAsking,
}, {
	Name: "drip", Args: "[-by N] [-from MARK] [-ends|-stands TIMES|-reply REPLY] NAME TEXT", Group: "Time limits",
	Summary: "send TEXT in pieces of N bytes, over and over, with pauses of a sixth of $patience, until $patience " +
		"counted from the first is over",
	Detail: "N is 1 when it is not given. Then REPLY must come, or, with -ends, the end of the connection, in any " +
		"way, and neither before; with -from $patience counts from MARK, and so does, with -stands, the pause before " +
		"the first piece. The program fails when it has read all that came for three times $patience, and sleeps. " +
		"With -stands nothing must come and the connection must not end for TIMES times $patience: the pieces are " +
		"quick enough; where they were not, since the machine was busy, nothing is said.",
	Run: drips,
}, {
	Name: "ended-by", Args: "MARK TIMES", Group: "Time limits",
	Summary: "the program must have ended when TIMES times $patience have passed since MARK",
	Detail: "It has failed when it is seen asleep after that. A program that waits for a processor is not asleep, so " +
		"a busy machine does not matter. Where the system cannot tell, nothing is said.",
	Run: endedBy,
}, {
	Name: "released-by", Args: "[-sipping] MARK TIMES NAME", Group: "Time limits",
	Summary: "the program must have closed its end of the connection when TIMES times $patience have passed since MARK",
	Detail: "The evidence is that of released and of ended-by: it has failed when it is seen asleep after that. With " +
		"-sipping the client reads a little each half of $patience, as much as lets the program write more.",
	Run: releasedBy,
}}

// Pauses between what is sent, as parts of $patience.
const (
	askShare  = 3
	dripShare = 6
)

// lateTimes is how many times $patience, after a limit is over, what the program
// does with what was sent then proves that it takes no notice of the limit, and
// lateAnswers how much of that there must be: a program that gets a processor
// again after a long time may do one thing before it looks at its timers.
const (
	lateTimes   = 2
	lateAnswers = 3
)

func since(s *scene.Scene, args []string) {
	argument.Exactly(2, args)
	limit, passed := s.Times(args[1]), time.Since(marked(s, args[0]))
	if passed < limit-s.Spare() {
		tooSoon(s, "", args[0], passed, limit)
	}
}

// marked returns the moment that the scenario has given this name.
func marked(s *scene.Scene, name string) time.Time {
	at, ok := s.Marks[name]
	if !ok {
		s.Misuse("there is no mark %q", name)
	}
	return at
}

// tooSoon judges what has come before its time. It does not return.
func tooSoon(s *scene.Scene, lane, mark string, passed, limit time.Duration) {
	p := s.Main()
	s.RejectAt(p, lane, record.Say("too early"), record.Verdict{Code: record.Wait, Evidence: s.Gather(nil, p),
		What: record.Say("that came %v after %s; the limit is %v, and begins no sooner",
			scene.InMillis(passed), mark, scene.InMillis(limit))})
}

func within(s *scene.Scene, args []string) {
	if s.Haste = (scene.Haste{}); len(args) == 0 {
		return
	}
	argument.Exactly(2, args)
	s.NeedPatience("within")
	s.Hasten(marked(s, args[0]).Add(s.Times(args[1]) - s.Spare()))
}

// endedBy waits until the program has ended, or sleeps although its time is over:
// a timer that was due would have woken it.
func endedBy(s *scene.Scene, args []string) {
	argument.Exactly(2, args)
	until, p, proofs := marked(s, args[0]).Add(s.Times(args[1])+s.Spare()), s.Partner(), 0
	if time.Now().After(until) {
		s.Late() // the grader has not seen whether it ended in time
	}
	var spin spinning
	for !p.Gone() && s.Ctx.Err() == nil {
		s.Pump()
		now := time.Now()
		switch act := p.Look(); {
		case spin.seen(s, act, until):
			s.Judge(p, scene.Spun, scene.Owes{Code: record.NoExit, What: record.Say("it has not ended")})
		case act.State == probe.Unknown || now.Sub(until) > scene.WallBound:
			return
		case act.State != probe.Timed && act.State != probe.Asleep || now.Before(until):
			proofs = 0
		default:
			proofs++
		}
		if proofs >= scene.VigilProofs {
			s.RejectAt(p, "", record.Say("it sleeps, and its time is over"), record.Verdict{Code: record.NoExit,
				Evidence: s.Gather(nil, p), What: record.Say("%v after %s the %s should have ended, and it sleeps on",
					scene.InMillis(s.Times(args[1])), args[0], s.Called(p))})
		}
		p.Pause(scene.Slice)
	}
	if time.Since(until) > s.Scenario.Patience/sureShare {
		s.Late() // it may have ended too late since the last look
	}
}
