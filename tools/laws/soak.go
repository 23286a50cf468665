package laws

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"

	"loopback/tools/grade"
)

// SoakOptions say how long and how hard to try.
type SoakOptions struct {
	Units   []string // none for all
	Repeats int      // how often each program is graded
	Skip    int      // how many verdicts of the order to leave out, from its beginning
	Burn    bool     // keep every processor busy all the while
	Race    bool     // build every program with the race detector
	Seed    uint64
	Note    func(done, of, wrong int)
	Wrong   func(line string) // told of each wrong verdict
}

// A SoakCount is what a soak found.
type SoakCount struct {
	Programs, Verdicts, Wrong int
}

// procs are the values of GOMAXPROCS at which programs are graded in turn.
var procs = []int{1, 2, 8}

// Soak grades every program whose verdict is known again and again, in random
// order, at several values of GOMAXPROCS, and counts wrong verdicts.
func Soak(ctx context.Context, root string, o SoakOptions) (SoakCount, error) {
	subjects, err := soakable(root, o)
	if err != nil {
		return SoakCount{}, err
	}
	if o.Burn {
		stop := Burn()
		defer stop()
	}
	jobs := make([]int, 0, len(subjects)*o.Repeats)
	for i := range cap(jobs) {
		jobs = append(jobs, i)
	}
	rng := rand.New(rand.NewPCG(o.Seed, 0))
	rng.Shuffle(len(jobs), func(i, j int) { jobs[i], jobs[j] = jobs[j], jobs[i] })

	jobs = jobs[min(max(o.Skip, 0), len(jobs)):]

	var finished, wrong atomic.Int64
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
			if why := soakOne(ctx, root, s, cpus); why != "" && ctx.Err() == nil {
				wrong.Add(1)
				o.Wrong(fmt.Sprintf("%s (GOMAXPROCS=%d): %s", s.title(), cpus, why))
			}
			o.Note(int(finished.Add(1)), len(jobs), int(wrong.Load()))
		})
	}
	wg.Wait()
	return SoakCount{Programs: len(subjects), Verdicts: int(finished.Load()), Wrong: int(wrong.Load())}, ctx.Err()
}

// soakable returns the programs of the units but for those that have nothing to
// repeat on this machine. With Race every program is built with the race
// detector, which must not change a verdict.
func soakable(root string, o SoakOptions) ([]Subject, error) {
	units := o.Units
	if len(units) == 0 {
		units = []string{""}
	}
	race := HasRace()
	var out []Subject
	for _, u := range units {
		all, ps := Subjects(root, u)
		if len(ps) > 0 {
			return nil, fmt.Errorf("%v", ps[0])
		}
		for _, s := range all {
			if s.Kind != Hostile && !s.NotBuilt && (race || !s.Race) {
				s.Race = s.Race || o.Race && race
				out = append(out, s)
			}
		}
	}
	return out, nil
}

// soakOne grades s once. A wrong program is run through the scenario that is
// meant for it, and the gate before it through which it must come.
func soakOne(ctx context.Context, root string, s Subject, cpus int) string {
	o := grade.Options{Parallel: 2, Env: []string{"GOMAXPROCS=" + strconv.Itoa(cpus)}}
	if !s.passes() {
		o.Only = s.Scenario
	}
	r, err := s.Grade(ctx, root, o)
	if err != nil {
		return err.Error()
	}
	return s.Wrongly(r)
}

// burnName is the argument that makes the course's own command a burner.
const burnName = "burn-a-processor"

// Burner runs for ever, using one processor, when args ask for it; else it
// returns at once. It stops when its standard input is closed, which happens
// when its parent ends.
func Burner(args []string) {
	if len(args) != 2 || args[1] != burnName {
		return
	}
	go func() {
		for { //nolint: this is what it is for
		}
	}()
	buf := make([]byte, 1)
	os.Stdin.Read(buf)
	os.Exit(0)
}

// Burn starts one burner for each processor, as processes of their own so that
// the grader's own goroutines are starved as they would be by a busy machine.
// Stop ends them. It needs a caller whose main begins with [Burner].
func Burn() (stop func()) {
	exe, err := os.Executable()
	if err != nil {
		return func() {}
	}
	var stops []func()
	for range runtime.NumCPU() {
		cmd := exec.Command(exe, burnName)
		cmd.Dir = filepath.Dir(exe)
		in, err := cmd.StdinPipe()
		if err != nil || cmd.Start() != nil {
			continue
		}
		stops = append(stops, func() { in.Close(); cmd.Wait() })
	}
	return func() {
		for _, s := range stops {
			s()
		}
	}
}
