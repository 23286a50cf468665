package programs

import (
	"time"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/argument"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/probe"
)

var elapseCommands = []scene.Command{{
	Name: "elapse", Args: "DURATION", Group: "The program itself",
	Summary: "DURATION passes by the program's own clock, and each timer of the program fires when it is due",
	Detail: "The clock of a Go program is put forward, again and again, to when its next timer is due, where the " +
		"grader knows how (Linux on amd64); for others, and where no timer is set, nothing happens. So a pause that " +
		"grows each time is a long one in the end. A timer that is set to more than DURATION is left as it is.",
	Run: func(s *scene.Scene, args []string) {
		argument.Exactly(1, args)
		elapse(s, argument.LengthOfTime(args[0]))
	},
}}

func elapse(s *scene.Scene, long time.Duration) {
	p, mark, failed, passed := s.Main(), s.Log.Mark(), 0, time.Duration(0)
	s.Rest(p)
	for passed < long && !p.Gone() && s.Ctx.Err() == nil {
		d, timer := probe.Timeout(p.Proc.PID())
		if !timer || !probe.Golang(p.Proc.PID()) || failed == scene.ManyJumps {
			return
		}
		if d > long {
			break // it is not due by then
		}
		d = (d + time.Second).Truncate(time.Second) // whatever is due at the same time has come by then
		s.Stop(p, record.Say("the %s is stopped (SIGSTOP)", s.Called(p)))
		runs := p.Look().Runs
		err := p.Proc.Advance(d)
		p.GoOn()
		s.Log.Rewind(mark)
		if err != nil || !dozesAgain(p, runs) {
			s.Rest(p)
		}
		if err != nil {
			failed++
			continue
		}
		passed, failed = passed+d, 0
	}
	if passed > 0 {
		s.Record(record.Event{Kind: record.Note, What: record.Say("its clock is put forward by %v, from timer "+
			"to timer", long)})
	}
}

// dozesAgain waits until a program has run since and sleeps with a timer, as one does that
// has looked around when its timer fired. It reports false when that takes longer: then it
// does something else, and must come to rest.
func dozesAgain(p *scene.Instance, runs uint64) bool {
	for range scene.CalmLooks {
		if act := p.Look(); act.Runs != runs && act.State == probe.Timed {
			return true
		}
		p.Pause(scene.RestPause)
	}
	return false
}
