package grade

import (
	"sync"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/probe"
	"loopback/tools/engine/result"
	"loopback/tools/engine/scenario"
)

// grading is a result while it comes about.
type grading struct {
	*result.Result
	unit  *scenario.Unit
	prog  *graded
	turns map[*result.Test]*turn // of each scenario

	slowOnes sync.Map // the scenarios in which the program has taken all the time there is, by *Test
	trying   bool     // the challenges run

	progress func(Moment)        // may be nil
	first    func(report string) // may be nil
	told     *result.Test        // by first
	moment   Moment
	ticking  sync.Mutex
}

// A turn is what a door has to do with a scenario.
type turn struct {
	once   sync.Once // under go test it is run
	chosen bool      // not left out, by -run or [Options.OneIn]
}

// graded is the program that is graded, and what a report says of it.
type graded struct {
	*scene.Program
	// where its source is, relative to the root; "" when only the executable is known
	Folder string
	again  func(sc *scenario.Scenario) record.Phrase // the command that runs one scenario again
	raced  string                                    // the command that has it built with the race detector, or ""
}

// newGrading begins the grading of a program.
func newGrading(u *scenario.Unit, prog *graded) *grading {
	r := &grading{Result: result.New(u, probe.Missing()), unit: u, prog: prog, turns: map[*result.Test]*turn{}}
	for _, t := range r.Tests {
		r.turns[t] = &turn{}
	}
	r.Inputs, r.Seed, r.Sandbox = prog.Inputs(), prog.Seed, sandbox()
	r.Folder, r.Race, r.Again, r.Raced = prog.Folder, prog.Race, prog.again, prog.raced
	return r
}
