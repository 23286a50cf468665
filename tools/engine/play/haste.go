package play

import (
	"loopback/tools/base/record"
	"loopback/tools/engine/probe"
	"strconv"
	"time"
)

// haste is what within asks of the grader. The zero value asks for nothing.
type haste struct {
	until time.Time
	spoke time.Time     // when the grader spoke last since then
	delay time.Duration // how long the program had waited for a processor before
}

// lost reports whether the grader has spoken too late, or has not been able to
// speak in time, or the program has not got to run.
func (h haste) lost(s *scene) bool {
	if h.until.IsZero() {
		return false
	}
	at := h.spoke
	if at.IsZero() {
		at = time.Now()
	}
	waited := probe.Look(s.main().proc.PID()).Delay - h.delay
	return at.After(h.until) || waited > s.sc.Patience/2
}

func (s *scene) outOfTime() record.Verdict {
	return record.Verdict{Code: record.CannotGrade,
		What: record.Say("the machine is too busy: the grader spoke so late that a limit of time was over")}
}

// late says that the machine, and not the program, may have made it so.
func (s *scene) late() { s.fail(s.outOfTime()) }

// hasten says until when the grader has to speak.
func (s *scene) hasten(until time.Time) {
	s.haste = haste{until: until, delay: probe.Look(s.main().proc.PID()).Delay}
}

func (s *scene) needPatience(command string) {
	if s.sc.Patience == 0 {
		s.misuse("%s needs the header patience, and a program whose limit is $patience", command)
	}
}

// spare is how much the two clocks, and the rounding of a limit, may differ.
func (s *scene) spare() time.Duration { return 2*time.Millisecond + s.sc.Patience/50 }

// inMillis says how long something is. How long the limits of a play are depends
// on whether the one before was doubtful.
func inMillis(d time.Duration) record.Varying {
	return record.Varies(d.Round(time.Millisecond), "N ms")
}

// times is n times what the client was asked to wait.
func (s *scene) times(n string) time.Duration {
	f, err := strconv.ParseFloat(n, 64)
	if err != nil || f < 0 {
		s.misuse("wakes: not a number of waits: %s", n)
	}
	return time.Duration(f * float64(s.sc.Patience))
}
