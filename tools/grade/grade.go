package grade

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"loopback/tools/engine/play"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/result"
	"loopback/tools/engine/scenario"
)

// Options say how a unit is to be graded.
type Options struct {
	Only string // one scenario's name; "" for all
	// OneIn has one in so many of the scenarios behind the first run, and no challenge;
	// 0 for all. Which ones depends on the number of the unit, so that over all units
	// those of each place are run.
	OneIn    int
	Parallel int // how many scenarios at once; 0 for a good number
	// FirstOnly ends the grading as soon as the first failure is certain. The result then
	// has no scenario behind that one.
	FirstOnly bool
	// Challenges asks for the challenges whatever else fails; they decide about
	// [result.Result.AllPass] then.
	Challenges bool
	Env        []string // more variables for the program's environment
	// Private has a folder built from copies, into a folder of this grading alone:
	// for programs that were handed in. Else executables are kept and used again.
	Private  bool
	Watched  bool          // events have what the kernel knew of the program, for a replay
	Deadline time.Duration // for all of it; 0 for none
	Seed     int           // of what scenarios make up; 0 for that of the environment, or else for one that is drawn
	// Example is how long it may take to find out whether a program that fails would have
	// passed with [FixedSeed]; 0 for not at all. Only [GradeBuilt] does.
	Example time.Duration

	// Progress is told how far grading is whenever that changes; First is told
	// the report of the first failure, once, as soon as no other can come before
	// it. They may be nil. The calls come from any goroutine, one at a time.
	Progress func(Moment)
	First    func(report string)
	// Start is called before a folder is compiled, Built after; they may be nil.
	Start, Built func()
}

// grade runs the program through all scenarios of the unit. It is the only
// source of marks. When ctx is done before it has finished, the programs are
// ended and the result says nothing: look at ctx.Err.
func grade(ctx context.Context, u *scenario.Unit, prog *graded, o Options) *result.Result {
	prog.Env, prog.Watched = o.Env, o.Watched
	frozen := prog.Freeze()
	defer prog.Thaw()
	r := newGrading(u, prog)
	if frozen != nil { // nothing is known of it that could be graded
		r.Reason = frozen.Error()
		return r.Result
	}
	r.progress, r.first = o.Progress, o.First
	ctx, enough := context.WithCancel(ctx)
	defer enough()
	if o.FirstOnly {
		r.first = func(report string) {
			if o.First != nil {
				o.First(report)
			}
			enough()
		}
	}
	if o.Only != "" {
		r.only(o.Only)
	}
	if o.OneIn > 0 {
		r.thin(o.OneIn)
	}
	if o.Challenges {
		r.Count()
	}
	gate := r.Tests[0]
	r.run(ctx, gate)
	if gate.Status != result.Pass && gate.Status != result.Skip {
		r.wait(gate.ID)
	} else {
		r.rest(ctx, o.Parallel)
	}
	r.confirm(ctx, r.InOrder())
	if o.FirstOnly && r.told != nil {
		r.upTo(r.told)
	}
	r.tryChallenges(ctx, o.Parallel)
	r.Sum()
	r.Flags = append(r.Flags, leftOut(r.Tests)...)
	if flag := onlyWhatIsSeen(r.Result); flag != "" {
		r.Flags = append(r.Flags, flag)
	}
	return r.Result
}

// leftOut is the flag that names what was skipped for what the program does.
func leftOut(tests []*result.Test) []string {
	var ids []string
	for _, t := range tests {
		if t.ByProgram && t.Status == result.Skip {
			ids = append(ids, t.ID+" ("+t.Rationale+")")
		}
	}
	if len(ids) == 0 {
		return nil
	}
	return []string{"not checked, for what the program does: " + strings.Join(ids, ", ")}
}

// run runs one scenario and gives it its outcome.
func (r *grading) run(ctx context.Context, t *result.Test) {
	r.begin(t)
	r.end(t, play.Run(ctx, t.Scenario, r.prog.Program))
	if t.Verdict != nil && t.Verdict.Slow {
		r.slowOnes.Store(t, true)
	}
}

// only keeps one scenario of the plan.
func (r *grading) only(id string) {
	for _, t := range r.Tests {
		if t.ID == id {
			r.Tests, r.Plan, r.MaxScore = []*result.Test{t}, []string{id}, t.MaxPoints
			r.Count() // a challenge that is named is meant
			return
		}
	}
}

// upTo takes out of the plan what comes after one scenario.
func (r *grading) upTo(last *result.Test) {
	order := r.InOrder()
	kept := order[:slices.Index(order, last)+1]
	r.Tests = slices.DeleteFunc(r.Tests, func(t *result.Test) bool { return !slices.Contains(kept, t) })
	r.Plan, r.MaxScore = nil, 0
	for _, t := range r.Tests {
		r.Plan, r.MaxScore = append(r.Plan, t.ID), r.MaxScore+t.MaxPoints
	}
}

// thin keeps the first of the plan, and of the others one in so many.
func (r *grading) thin(oneIn int) {
	number, _ := strconv.Atoi(r.unit.Name[:2])
	for i, t := range r.Tests {
		r.turns[t].chosen = i == 0 || i%oneIn == number%oneIn && !t.Challenge
	}
	r.selected()
}

// wait marks all scenarios but the gate as waiting for it.
func (r *grading) wait(gate string) {
	for _, t := range r.Tests[1:] {
		t.Hold(gate)
	}
}

// rest runs all scenarios after the gate, some at a time.
func (r *grading) rest(ctx context.Context, parallel int) {
	slots := make(chan struct{}, scene.AtOnce(parallel))
	var wg sync.WaitGroup
	for _, t := range r.afterGate() {
		slots <- struct{}{}
		if ctx.Err() != nil {
			break // what was not reached stays an error
		}
		if r.comesAfterSlow(t) {
			<-slots
			continue // it is held anyway
		}
		wg.Go(func() {
			defer func() { <-slots }()
			r.run(ctx, t)
		})
	}
	wg.Wait()
	r.holdSlow()
	r.holdNeedy()
}

// comesAfterSlow reports whether the program has already taken all the time there
// is in a scenario that comes before t.
func (r *grading) comesAfterSlow(t *result.Test) bool {
	for _, before := range r.InOrder() {
		if before == t {
			break
		}
		if _, slow := r.slowOnes.Load(before); slow {
			return true
		}
	}
	return false
}

// holdSlow leaves out what comes after the first scenario in which the program
// took all the time there is: it would take as long in each of the others.
func (r *grading) holdSlow() {
	first := ""
	for _, t := range r.InOrder() {
		switch {
		case first != "":
			t.HoldAfter(first)
			t.Verdict, t.Points = nil, 0
		case t.Verdict != nil && t.Verdict.Slow:
			first = t.ID
		}
	}
}

// afterGate returns the scenarios after the first in the order in which they
// begin: those that may wait for timers do so while the others run.
func (r *grading) afterGate() []*result.Test {
	order := slices.Clone(r.InOrder()[1:])
	slices.SortStableFunc(order, func(a, b *result.Test) int { return cmp.Compare(rank(a), rank(b)) })
	return order
}

func rank(t *result.Test) int {
	if t.Scenario.Lasting {
		return 0
	}
	return 1
}

// holdNeedy takes back the verdict of scenarios that need one that failed.
func (r *grading) holdNeedy() {
	unmet := map[string]bool{}
	for _, t := range r.Tests {
		for _, need := range t.Needs {
			if unmet[need] {
				t.Hold(need)
				t.Points = 0
			}
		}
		unmet[t.ID] = isUnmet(t)
	}
}

// isUnmet reports whether what needs t must wait. Where t cannot be graded here the
// program is not at fault, and nothing waits for it.
func isUnmet(t *result.Test) bool {
	return t.Status != result.Pass && (t.Status != result.Skip || t.Waits())
}

// confirm runs again, alone, every scenario whose verdict rests on time: such a verdict
// must be seen twice.
func (r *grading) confirm(ctx context.Context, tests []*result.Test) {
	for _, t := range tests {
		if t.Verdict != nil && t.Verdict.ByTime && ctx.Err() == nil {
			first := *t
			r.begin(t)
			if !r.failsAgain(ctx, t, first) {
				t.Disputed(first)
			}
			r.confirmed(t)
		}
	}
}

// When the second run has passed, there are so many more, and so many of these must fail.
const (
	onceMore = 5
	twice    = 2
)

// failsAgain runs t until it has failed again. In some programs luck decides whether they
// wait, such as the order in which a map is gone through: when the second run passes there
// are some more, and the verdict of the first holds if two of them end with the same in the
// same line. One is too few: a machine that has made a right program late may do so again.
// Else nobody knows which run is right. A verdict that does not rest on time holds in any
// case: what was seen once is certain.
func (r *grading) failsAgain(ctx context.Context, t *result.Test, first result.Test) bool {
	for n, failed := 0, 0; n <= onceMore; n++ {
		t.Settle(play.Run(ctx, t.Scenario, r.prog.Program))
		switch {
		case t.Status == result.Error || t.Status == result.Skip:
			return false
		case t.Status == result.Pass:
		case n == 0 || !t.Verdict.ByTime:
			return true
		case t.Code == first.Code && t.Line == first.Line:
			if failed++; failed == twice {
				return true
			}
		}
	}
	return false
}
