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
		"grows each time is a long one in the end.",
	Run: func(s *scene.Scene, args []string) {
		argument.Exactly(1, args)
		elapse(s, argument.LengthOfTime(args[0]))
	},
}}

func elapse(s *scene.Scene, long time.Duration) {
	p, mark, failed := s.Main(), s.Log.Mark(), 0
	s.Rest(p)
	for passed := time.Duration(0); passed < long && !p.Gone() && s.Ctx.Err() == nil; {
		d, timer := probe.Timeout(p.Proc.PID())
		if !timer || !probe.Golang(p.Proc.PID()) || failed == scene.ManyJumps {
			return
		}
		d = (d + time.Second).Truncate(time.Second) // whatever is due at the same time has come by then
		s.Stop(p, record.Say("the %s is stopped (SIGSTOP)", s.Called(p)))
		err := p.Proc.Advance(d)
		p.GoOn()
		s.Rest(p)
		s.Log.Rewind(mark)
		if err != nil {
			failed++
			continue
		}
		passed, failed = passed+d, 0
	}
	s.Record(record.Event{Kind: record.Note, What: record.Say("its clock is put forward by %v, from timer "+
		"to timer", long)})
}
