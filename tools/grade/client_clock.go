package grade

import (
	"context"
	"fmt"
	"time"
)

// A client that asks again after a while has a clock, and a busy machine may
// keep it, or the grader, from running until that clock has run out. So such a
// scenario says how long its client waits, in the variable $patience, and what
// goes wrong in it is played again with a far longer wait before it counts. A
// program that is wrong is wrong with both; one that was late is not.

// slower is how many times longer the client waits in the second play.
const slower = 6

// patienceRest is how long, beyond two waits of its own, such a client may
// sleep without doing anything.
const patienceRest = time.Second

// setPatience sets how long the client of the scenario waits.
func (sc *Scenario) setPatience(d time.Duration) {
	sc.patience, sc.patient, sc.Timeout = d, true, 2*d+patienceRest
}

// slowly returns the scenario with a client that waits longer.
func (sc *Scenario) slowly() *Scenario {
	slow := *sc
	slow.setPatience(slower * sc.patience)
	return &slow
}

// parsePatience reads the header of that name.
func (sc *Scenario) parsePatience(value string) error {
	d, err := time.ParseDuration(value)
	if err != nil || d <= 0 {
		return fmt.Errorf("patience must be a duration such as 150ms, not %q", value)
	}
	sc.setPatience(d)
	return nil
}

// doubtful reports whether o may be what a busy machine has made of a client's
// clock. What is proved, or has crashed, is not.
func (o *outcome) doubtful() bool {
	if o.verdict == nil {
		return false
	}
	switch o.verdict.Code {
	case Silence, NoExit, BusyLoop:
		return o.verdict.ByTime
	case Crash, Race, Left, NotListening, WrongAddress:
		return false
	}
	return true
}

// runScenario plays one scenario, and once more with a patient client where the
// first outcome may be the machine's. Where the machine was late even then, a
// third play with a very patient one decides.
func runScenario(ctx context.Context, u *Unit, sc *Scenario, prog *Program) *outcome {
	o := playScenario(ctx, u, sc, prog)
	if sc.patience == 0 || !o.doubtful() || ctx.Err() != nil {
		return o
	}
	slow := sc.slowly()
	again := playScenario(ctx, u, slow, prog)
	again.took += o.took
	if again.verdict != nil && again.verdict.Code == CannotGrade && ctx.Err() == nil {
		took := again.took
		again = playScenario(ctx, u, slow.slowly(), prog)
		again.took += took
	}
	if again.verdict != nil {
		again.verdict.ByTime = false // this was the second look
	}
	return again
}
