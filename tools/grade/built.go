package grade

import (
	"context"
	"time"

	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/probe"
	"loopback/tools/engine/result"
	"loopback/tools/engine/scenario"
)

// Built is a program that was compiled before it is graded, where neither the
// compiler nor the course's own programs are.
type Built struct {
	Exe     string
	Sources []string // the Go files that it was made from
	Race    bool     // it has the race detector
	Took    time.Duration
	Linked  map[string][]string // of build.Linked, for all packages; nil where that was not looked for
}

// GradeBuilt grades a program that was compiled before.
func GradeBuilt(ctx context.Context, u *scenario.Unit, b Built, o Options) (*result.Result, error) {
	seed, err := chooseSeed(o.Seed)
	if err != nil {
		return nil, err
	}
	start := time.Now()
	r := grade(ctx, u, b.graded(seed), o)
	if o.Example > time.Since(start)/2 {
		flag := onlyItsSeed(ctx, r, o.Example, func(ctx context.Context, only string) *result.Result {
			return grade(ctx, u, b.graded(FixedSeed), Options{Parallel: o.Parallel, Only: only})
		})
		if flag != "" {
			r.Flags = append(r.Flags, flag)
		}
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	r.Build.Millis = b.Took.Milliseconds()
	return r, nil
}

// graded is the program as it is graded with this seed.
func (b Built) graded(seed int) *graded {
	prog := &graded{Program: &scene.Program{Argv: []string{b.Exe}, Race: b.Race, Sources: b.Sources, Seed: seed,
		RaceBy: "grade with --race"}}
	if b.Linked != nil {
		prog.Linked = func(context.Context, []string) (map[string][]string, error) { return b.Linked, nil }
	}
	return prog
}

// NotGraded is the result for a program that could not be graded: it says so of
// every scenario, and holds no points. Why goes into the flags.
func NotGraded(u *scenario.Unit, why ...string) *result.Result {
	r := result.New(u, probe.Missing())
	r.Status, r.Flags = result.CouldNotGrade, append(r.Flags, why...)
	return r
}

// DidNotCompile is the result for a program that does not compile.
func DidNotCompile(u *scenario.Unit, output string, took time.Duration) *result.Result {
	return result.DidNotCompile(u, probe.Missing(), output, took)
}
