package play

import (
	"time"

	"loopback/tools/base/record"
	"loopback/tools/engine/probe"
	"loopback/tools/engine/wire"
)

var untilCutCommands = []Command{{
	Name: "until-cut", Args: "NAME DURATION", Group: "Connections and bytes",
	Summary: "send a byte x now and then, until the program ends the connection; it must, before it has slept for " +
		"DURATION",
	Detail: "Only the time is counted in which every thread of the program sleeps, so a machine that is busy cannot " +
		"use it up. The bytes come as soon as the program has slept for a hundredth of DURATION since the last one.",
	run: func(s *scene, args []string) {
		exactly(2, args)
		d, err := time.ParseDuration(args[1])
		if err != nil || d <= 0 {
			s.misuse("until-cut: not a duration: %s", args[1])
		}
		s.dripUntilCut(s.conn(args[0]), d)
	},
}}

// bytesUntilCut is how many bytes come in the whole time, at the most.
const bytesUntilCut = 100

func (s *scene) dripUntilCut(c *wire.Conn, most time.Duration) {
	p := s.owner(c)
	s.rest(p)
	d, slept := s.dripper(c, "x", 1), time.Duration(0)
	for start := time.Now(); slept < most; {
		if _, err := s.early(c); err != nil || p.gone() {
			what := record.Say("%v has sent a byte now and then, until it was cut off", c.Name)
			s.record(record.Event{Kind: record.Note, What: what})
			return
		}
		if time.Since(start) > wallBound || s.ctx.Err() != nil {
			s.judge(p, unknown, owes{})
		}
		d.drop(nil)
		slept += s.sleepsFor(p, most/bytesUntilCut)
	}
	s.record(record.Event{Conn: c.Name, Kind: record.Out, What: record.Say("%v sends a byte now and then", c.Name)})
	s.rejectAt(p, c.Name, record.Say("it is not cut off"), record.Verdict{Code: record.Wait, Evidence: s.gather(c, p),
		What: record.Say("%s sends a byte now and then, and the %s, which has slept for %v meanwhile, goes on waiting",
			c.Name, s.kind(), most)})
}

// sleepsFor waits until p has slept for d, and returns how long it has. It returns
// earlier when p ends.
func (s *scene) sleepsFor(p *program, d time.Duration) (slept time.Duration) {
	last, at := probe.Look(p.proc.PID()), time.Now()
	for start := at; slept < d && !p.gone() && time.Since(start) < wallBound; {
		p.pause(slice)
		act, now := probe.Look(p.proc.PID()), time.Now()
		if act.State == probe.Unknown {
			s.skip("this system cannot tell when a program sleeps")
		}
		if act.State != probe.Moving && act.Same(last) {
			slept += min(now.Sub(at), oneLook)
		}
		last, at = act, now
	}
	return slept
}
