package play

import (
	"context"
	"slices"
	"time"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/scenario"
)

// A client that asks again after a while has a clock, and a busy machine may
// keep it, or the grader, from running until that clock has run out. So such a
// scenario says how long its client waits, in the variable $patience, and what
// goes wrong in it is played again with a far longer wait before it counts. A
// program that is wrong is wrong with both; one that was late is not. Without
// such a clock a program may have one of its own, and what it does when the
// grader was late is played again, too.

// doubtful reports whether o may be what a busy machine has made of a client's
// clock. What is proved, or has crashed, is not.
func doubtful(o *record.Outcome) bool {
	if o.Verdict == nil {
		return false
	}
	switch o.Verdict.Code {
	case record.Silence, record.NoExit, record.BusyLoop:
		return o.Verdict.ByTime || o.Tardy // a server that has given up sleeps, and that is proved
	case record.Crash, record.Race, record.Left, record.NotListening, record.WrongAddress:
		return false
	}
	return true
}

// Run plays one scenario, and once more with a patient client where the
// first outcome may be the machine's. Where the machine was late even then, a
// third play with a very patient one decides, or nothing does.
func Run(ctx context.Context, sc *scenario.Scenario, prog *scene.Program) *record.Outcome {
	o := playTimed(ctx, sc, prog)
	if sc.Patience == 0 && !late(o) || sc.Patience > 0 && !doubtful(o) || ctx.Err() != nil {
		return o
	}
	slow := sc.Slowly()
	again := playTimed(ctx, slow, prog)
	again.Took += o.Took
	if (late(again) || again.Verdict != nil && again.Verdict.Code == record.CannotGrade) && ctx.Err() == nil {
		took := again.Took
		again = playTimed(ctx, slow.Slowly(), prog)
		again.Took += took
		if late(again) {
			busy := tooBusy
			again.Verdict = &busy
		}
	}
	if again.Verdict != nil && sc.Patience > 0 {
		again.Verdict.ByTime = false // this was the second look
	}
	return again
}

// late reports whether o may be what a program does that has given up, rightly, since the
// grader did not get to run: it ends, or ends a connection, or does nothing more.
func late(o *record.Outcome) bool {
	return o.Tardy && o.Verdict != nil && slices.Contains([]record.Code{record.Silence, record.NoExit, record.Exited,
		record.ExitStatus, record.Output, record.Wait, record.EarlyEOF, record.Reset}, o.Verdict.Code)
}

// tooBusy is the verdict where the grader did not get to run in three plays.
var tooBusy = record.Verdict{Code: record.CannotGrade, What: record.Say("the machine is too busy: again and again " +
	"the grader was kept from running for so long that a time limit of the program's may have been over")}

// ownPatience is the shortest limit that a program may have of itself, which no scenario
// gives it: for how long it waits, say, for a client that it has refused.
const ownPatience = time.Second

// playTimed plays a scenario, and notes whether the grader was late.
func playTimed(ctx context.Context, sc *scenario.Scenario, prog *scene.Program) *record.Outcome {
	patience := sc.Patience
	if patience == 0 {
		patience = ownPatience
	}
	stop := takePulse(patience)
	o := playScenario(ctx, sc, prog)
	o.Tardy = stop() > patience/2
	return o
}
