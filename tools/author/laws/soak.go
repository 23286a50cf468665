package laws

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"

	"loopback/tools/base/burner"
	"loopback/tools/base/catalogue"
	"loopback/tools/base/record"
	"loopback/tools/engine/build"
	"loopback/tools/grade"
)

// SoakOptions say how long and how hard to try.
type SoakOptions struct {
	Units   []string // none for all
	Repeats int      // how often each program is graded
	Skip    int      // how many verdicts of the order to leave out, from its beginning
	Burn    bool     // keep every processor busy all the while
	Stalled bool     // this process is stopped again and again: it may be too late to grade
	Race    bool     // build every program with the race detector
	Hidden  Hidden   // hidden scenarios that right programs meet, and nothing else is graded; nil for none
	Seed    uint64
	Note    func(done, of, wrong int)
	Wrong   func(line string) // told of each wrong verdict
}

// A SoakCount is what a soak found.
type SoakCount struct {
	Programs, Verdicts, Wrong int
	Late                      int // how many verdicts were that the grader came too late
}

// procs are the values of GOMAXPROCS at which programs are graded in turn.
var procs = []int{1, 2, 8}

// Soak grades every program whose verdict is known again and again, in random
// order, at several values of GOMAXPROCS, and counts wrong verdicts.
func Soak(ctx context.Context, root string, o SoakOptions) (SoakCount, error) {
	subjects, err := soakable(ctx, root, o)
	if err != nil {
		return SoakCount{}, err
	}
	if o.Burn {
		stop := burner.Start()
		defer stop()
	}
	jobs := make([]int, 0, len(subjects)*o.Repeats)
	for i := range cap(jobs) {
		jobs = append(jobs, i)
	}
	rng := rand.New(rand.NewPCG(o.Seed, 0))
	rng.Shuffle(len(jobs), func(i, j int) { jobs[i], jobs[j] = jobs[j], jobs[i] })

	jobs = jobs[min(max(o.Skip, 0), len(jobs)):]

	var finished, wrong, late atomic.Int64
	slots := make(chan struct{}, 4*runtime.NumCPU())
	var wg sync.WaitGroup
	for _, job := range jobs {
		slots <- struct{}{}
		if ctx.Err() != nil {
			break
		}
		s := subjects[job%len(subjects)]
		cpus := procs[job/len(subjects)%len(procs)]
		wg.Go(func() {
			defer func() { <-slots }()
			switch why, none := soakOne(ctx, root, s, cpus); {
			case why == "" || ctx.Err() != nil:
			case none && o.Stalled:
				late.Add(1)
			default:
				wrong.Add(1)
				o.Wrong(fmt.Sprintf("%s (GOMAXPROCS=%d): %s", s.title(), cpus, why))
			}
			o.Note(int(finished.Add(1)), len(jobs), int(wrong.Load()))
		})
	}
	wg.Wait()
	return SoakCount{Programs: len(subjects), Verdicts: int(finished.Load()), Wrong: int(wrong.Load()),
		Late: int(late.Load())}, ctx.Err()
}

// soakable returns the programs of the units but for those that have nothing to
// repeat on this machine. With Race every program is built with the race
// detector, which must not change a verdict.
func soakable(ctx context.Context, root string, o SoakOptions) ([]subject, error) {
	units := o.Units
	if len(units) == 0 {
		units = []string{""}
	}
	var known []subject
	for _, u := range units {
		all, ps := subjects(root, u)
		if len(ps) > 0 {
			return nil, fmt.Errorf("%v", ps[0])
		}
		known = append(known, all...)
	}
	if o.Hidden != nil {
		var err error
		if known, err = soakHidden(root, o); err != nil {
			return nil, err
		}
	}
	race := build.Detector(ctx, root) == nil
	var out []subject
	for _, s := range known {
		possible := (race || !s.Race) && (!s.Two || runtime.NumCPU() > 1)
		if o.Stalled && !s.passes() {
			continue // what is wrong with the time that it takes may pass where the grader looks late
		}
		if s.Kind != catalogue.Hostile && !s.NotBuilt && possible {
			s.Race = s.Race || o.Race && race
			out = append(out, s)
		}
	}
	return out, nil
}

// soakOne grades s once. A wrong program is run through the scenario that is
// meant for it, and the gate before it through which it must come. It returns what is
// wrong with the verdict, or "", and whether there was none.
func soakOne(ctx context.Context, root string, s subject, cpus int) (why string, none bool) {
	if s.Two {
		cpus = max(2, cpus)
	}
	o := grade.Options{Parallel: 2, Only: s.only, Env: []string{"GOMAXPROCS=" + strconv.Itoa(cpus)}}
	if !s.passes() {
		o.Only = s.Scenario
	}
	r, err := s.grade(ctx, root, o)
	if err != nil {
		return err.Error(), false
	}
	t := r.FirstFailure()
	return s.wrongly(r), t != nil && t.Code == record.CannotGrade
}
