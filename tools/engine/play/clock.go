package play

import (
	"context"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/scenario"
)

// A client that asks again after a while has a clock, and a busy machine may
// keep it, or the grader, from running until that clock has run out. So such a
// scenario says how long its client waits, in the variable $patience, and what
// goes wrong in it is played again with a far longer wait before it counts. A
// program that is wrong is wrong with both; one that was late is not.

// doubtful reports whether o may be what a busy machine has made of a client's
// clock. What is proved, or has crashed, is not.
func doubtful(o *record.Outcome) bool {
	if o.Verdict == nil {
		return false
	}
	switch o.Verdict.Code {
	case record.Silence, record.NoExit, record.BusyLoop:
		return o.Verdict.ByTime || o.Tardy // whoever has given up sleeps, and that is proved
	case record.Crash, record.Race, record.Left, record.NotListening, record.WrongAddress:
		return false
	}
	return true
}

// Run plays one scenario, and once more with a patient client where the
// first outcome may be the machine's. Where the machine was late even then, a
// third play with a very patient one decides.
func Run(ctx context.Context, sc *scenario.Scenario, prog *scene.Program) *record.Outcome {
	o := playScenario(ctx, sc, prog)
	if sc.Patience == 0 || !doubtful(o) || ctx.Err() != nil {
		return o
	}
	slow := sc.Slowly()
	again := playScenario(ctx, slow, prog)
	again.Took += o.Took
	if again.Verdict != nil && again.Verdict.Code == record.CannotGrade && ctx.Err() == nil {
		took := again.Took
		again = playScenario(ctx, slow.Slowly(), prog)
		again.Took += took
	}
	if again.Verdict != nil {
		again.Verdict.ByTime = false // this was the second look
	}
	return again
}
