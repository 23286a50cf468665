package grade

import (
	"crypto/sha256"
	"fmt"
	"os"
	"sync"

	"loopback/tools/disk"
	"loopback/tools/probe"
	"loopback/tools/record"
)

// grading is a result while it comes about.
type grading struct {
	*Result
	unit  *Unit
	prog  *graded
	turns map[*Test]*turn // of each scenario, under go test

	slowOnes sync.Map // the scenarios in which the program has taken all the time there is, by *Test
	trying   bool     // the challenges run

	progress func(Moment)        // may be nil
	first    func(report string) // may be nil
	told     *Test               // by first
	moment   Moment
	ticking  sync.Mutex
}

// A turn is what go test has to do with a scenario.
type turn struct {
	once   sync.Once // it is run
	chosen bool      // -run has not left it out
}

// graded is the program that is graded, and what a report says of it.
type graded struct {
	*Program
	// where its source is, relative to the root; "" when only the executable is known
	Folder string
	again  func(sc *Scenario) record.Phrase // the command that runs one scenario again
	raced  string                           // the command that has it built with the race detector, or ""
}

// newGrading begins the grading of a program.
func newGrading(u *Unit, prog *graded) *grading {
	r := &grading{Result: newResult(u, probe.Missing()), unit: u, prog: prog, turns: map[*Test]*turn{}}
	for _, t := range r.Tests {
		r.turns[t] = &turn{}
	}
	r.Inputs, r.Seed = inputsOf(prog.Program), prog.seed
	r.Folder, r.Race, r.Again, r.Raced = prog.Folder, prog.Race, prog.again, prog.raced
	return r
}

// inputsOf returns a hash over what is graded: the source files where they are
// known, else the executable.
func inputsOf(prog *Program) string {
	if prog.sources != nil {
		return disk.Fingerprint(prog.sources)
	}
	h := sha256.New()
	fmt.Fprintln(h, prog.Argv)
	if data, err := os.ReadFile(prog.Argv[0]); err == nil {
		h.Write(data)
	}
	return fmt.Sprintf("sha256:%x", h.Sum(nil))
}
