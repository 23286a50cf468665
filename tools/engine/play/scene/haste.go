package scene

import (
	"strconv"
	"time"

	"loopback/tools/base/record"
)

// Haste is what within asks of the grader. The zero value asks for nothing.
type Haste struct {
	until time.Time
	Spoke time.Time     // when the grader spoke last since then
	delay time.Duration // how long the program had waited for a processor before
}

// Lost reports whether the grader has spoken too late, or has not been able to
// speak in time, or the program has not got to run.
func (h Haste) Lost(s *Scene) bool {
	if h.until.IsZero() {
		return false
	}
	at := h.Spoke
	if at.IsZero() {
		at = time.Now()
	}
	waited := s.Main().Look().Delay - h.delay
	return at.After(h.until) || waited > s.Scenario.Patience/2
}

func (s *Scene) outOfTime() record.Verdict {
	return record.Verdict{Code: record.CannotGrade,
		What: record.Say("the machine is too busy: the grader spoke so late that a time limit was over")}
}

// Late says that the machine, and not the program, may have made it so.
func (s *Scene) Late() { s.Fail(s.outOfTime()) }

// Hasten says until when the grader has to speak.
func (s *Scene) Hasten(until time.Time) {
	s.Haste = Haste{until: until, delay: s.Main().Look().Delay}
}

// NeedPatience ends a scenario that uses command without the header patience.
func (s *Scene) NeedPatience(command string) {
	if s.Scenario.Patience == 0 {
		s.Misuse("%s needs the header patience, and a program whose limit is $patience", command)
	}
}

// Spare is how much the two clocks, and the rounding of a limit, may differ.
func (s *Scene) Spare() time.Duration { return 2*time.Millisecond + s.Scenario.Patience/50 }

// InMillis says how long something is. How long the limits of a play are depends
// on whether the one before was doubtful.
func InMillis(d time.Duration) record.Varying {
	return record.Varies(d.Round(time.Millisecond), "N ms")
}

// Times is n times what the client was asked to wait.
func (s *Scene) Times(n string) time.Duration {
	f, err := strconv.ParseFloat(n, 64)
	if err != nil || f < 0 {
		s.Misuse("wakes: not a number of waits: %s", n)
	}
	return time.Duration(f * float64(s.Scenario.Patience))
}
