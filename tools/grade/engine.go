package grade

import (
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"loopback/tools/process"
	"loopback/tools/record"
)

// An outcome is what running one scenario came to.
type outcome struct {
	verdict   *Verdict // nil: passed
	skipped   string   // why it could not be run here
	untouched bool
	timeline  []string
	needed    []bool // which rows of it a report must keep
	events    []record.Event
	names     record.Names // what it calls the host and the ports of the scenario
	program   string
	line      int // of the scenario file, where it ended
	took      time.Duration
}

// timelineRows is how many rows of the timeline a report shows at the most.
const timelineRows = 12

// playScenario runs one scenario against the program, in a process (or several)
// of its own, and leaves nothing behind. When ctx is done it ends early, with an
// outcome that says nothing.
func playScenario(ctx context.Context, u *Unit, sc *Scenario, prog *Program) *outcome {
	start := time.Now()
	if sc.Race && !prog.Race {
		return &outcome{skipped: "needs the race detector: " + prog.raceBy}
	}
	if err := loopbackWorks(ctx); err != nil {
		return cannot(err)
	}
	tmp, err := os.MkdirTemp("", "loopback-")
	if err != nil {
		return cannot(err)
	}
	defer removeAll(tmp)
	s := newScene(sc, prog)
	s.tmp, s.ctx = tmp, ctx
	s.places = placesOf(filepath.Join(u.Root, sc.File))
	if o := s.enter(); o != nil {
		s.leave()
		return o
	}
	t := &scriptT{}
	t.run(func() {
		testscript.RunT(t, testscript.Params{
			Files:               []string{filepath.Join(u.Root, sc.File)},
			Cmds:                scriptCommands(),
			RequireUniqueNames:  false, // hints come one after another under one name
			RequireExplicitExec: true,
			Setup: func(e *testscript.Env) error {
				e.Values[sceneKey{}] = s
				e.Setenv("patience", sc.patience.String())
				return nil
			},
		})
	})
	failed := t.failed && !s.endedWell
	if !failed && !s.endedWell {
		s.log.At(0) // the script is over
		failed = s.finish()
	}
	strays := s.close()
	if err := context.Cause(ctx); err != nil {
		return cannot(fmt.Errorf("not finished: %w", err))
	}
	o := s.outcome(failed, strays, t)
	o.took = time.Since(start)
	return o
}

// removeAll removes dir and all below it, also where the program has taken
// away its own permissions.
func removeAll(dir string) {
	if os.RemoveAll(dir) == nil {
		return
	}
	filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if d != nil && d.IsDir() {
			os.Chmod(path, 0o700)
		}
		return nil
	})
	os.RemoveAll(dir)
}

func cannot(err error) *outcome {
	return &outcome{verdict: &Verdict{Code: CannotGrade, What: record.Say("%v", err)}}
}

// finish checks, when every line of the script has passed, that the program
// itself came through unharmed.
func (s *scene) finish() (failed bool) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case stop:
			failed = true
		default:
			panic(r)
		}
	}()
	if len(s.programs) == 0 {
		s.fail(Verdict{Code: CannotGrade, What: record.Say("%v: the scenario starts no program, and so proves nothing",
			filepath.ToSlash(s.sc.File))})
	}
	for _, p := range s.programs {
		if p.quit {
			continue
		}
		s.rest(p)
		if p.gone() {
			p.drain()
		}
		s.checkRace(p)
		st, gone := p.proc.Status()
		if gone && !p.checked && (st.Code != 0 || st.Signal != "") {
			s.dead(p, Verdict{})
		}
		s.checkChatter(p)
	}
	return false
}

// checkChatter makes sure that a server printed its announcement and no more.
func (s *scene) checkChatter(p *program) {
	out := p.proc.Stdout()
	if p.name != "server" || out.Lines() <= 1 {
		return
	}
	line, _ := out.FirstLine()
	s.reject("", record.Say("it prints more than its announcement"),
		Verdict{Code: Output, What: record.Say("standard output has %s; after \"listening on ADDR\" nothing "+
			"was promised", plus(int(min(out.Total(), mostExtra)))),
			Want: []byte{}, Got: out.Bytes()[len(line)+1:], Compare: true})
}

func (s *scene) outcome(failed bool, strays []process.Stray, t *scriptT) *outcome {
	o := &outcome{verdict: s.verdict, skipped: s.skipped, untouched: s.untouched, program: s.kind()}
	o.line, _ = t.place()
	if failed && o.verdict == nil && o.skipped == "" {
		_, message := t.place()
		o.verdict = &Verdict{Code: CannotGrade,
			What: record.Say("%s:%d: %s", filepath.ToSlash(s.sc.File), o.line, message)}
	}
	if o.verdict == nil && o.skipped == "" && len(strays) > 0 {
		s.trouble("", "it left processes behind")
		o.verdict = &Verdict{Code: Left,
			What: record.Say("the program left processes behind, and they were ended: %v", names(strays))}
	}
	o.events, o.names = s.log.Events(), s.names()
	o.timeline, o.needed = record.Draw(s.kind(), o.events, timelineRows)
	return o
}

func names(strays []process.Stray) string {
	count, order := map[string]int{}, []string{}
	for _, p := range strays {
		name, _, _ := strings.Cut(filepath.Base(p.Command), " ")
		if count[name]++; count[name] == 1 {
			order = append(order, name)
		}
	}
	var out []string
	for _, name := range order[:min(len(order), 4)] {
		out = append(out, fmt.Sprintf("%s ×%d", name, count[name]))
	}
	return strings.Join(out, ", ")
}

// Options say how a unit is to be graded.
type Options struct {
	Only     string // one scenario's name; "" for all
	Parallel int    // how many scenarios at once; 0 for a good number
	// Challenges asks for the challenges whatever else fails; they decide about
	// [Result.AllPass] then.
	Challenges bool
	Env        []string // more variables for the program's environment
	Seed       int      // of what scenarios make up; 0 for that of the environment, or else for one that is drawn

	// Progress is told how far grading is whenever that changes; First is told
	// the report of the first failure, once, as soon as no other can come before
	// it. They may be nil. The calls come from any goroutine, one at a time.
	Progress func(Moment)
	First    func(report string)
	// Start is called before a folder is compiled, Built after; they may be nil.
	Start, Built func()
}

// Grade runs the program through all scenarios of the unit. It is the only
// source of marks. When ctx is done before it has finished, the programs are
// ended and the result says nothing: look at ctx.Err.
func Grade(ctx context.Context, u *Unit, prog *Program, o Options) *Result {
	prog.env = o.Env
	r := newResult(u, prog)
	r.Seed = prog.seed
	r.progress, r.first = o.Progress, o.First
	if o.Only != "" {
		r.only(o.Only)
	}
	if o.Challenges {
		r.count()
	}
	gate := r.Tests[0]
	r.run(ctx, gate)
	if gate.Status != Pass && gate.Status != Skip {
		r.wait(gate.ID)
	} else {
		r.rest(ctx, o.Parallel)
	}
	r.confirm(ctx, r.inOrder())
	r.tryChallenges(ctx, o.Parallel)
	r.sum()
	return r
}

// run runs one scenario and gives it its outcome.
func (r *Result) run(ctx context.Context, t *Test) {
	r.begin(t)
	r.end(t, runScenario(ctx, r.unit, t.scenario, r.prog))
	if t.verdict != nil && t.verdict.Slow {
		r.slowOnes.Store(t, true)
	}
}

// only keeps one scenario of the plan.
func (r *Result) only(id string) {
	for _, t := range r.Tests {
		if t.ID == id {
			r.Tests, r.Plan, r.MaxScore = []*Test{t}, []string{id}, t.MaxPoints
			r.count() // a challenge that is named is meant
			return
		}
	}
}

// wait marks all scenarios but the gate as waiting for it.
func (r *Result) wait(gate string) {
	for _, t := range r.Tests[1:] {
		t.hold(gate)
	}
}

func (t *Test) hold(need string) {
	t.Status, t.Code, t.Rationale = Skip, "", waitsFor+"needs "+need
}

// rest runs all scenarios after the gate, some at a time.
func (r *Result) rest(ctx context.Context, parallel int) {
	slots := make(chan struct{}, atOnce(parallel))
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
func (r *Result) comesAfterSlow(t *Test) bool {
	for _, before := range r.inOrder() {
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
func (r *Result) holdSlow() {
	first := ""
	for _, t := range r.inOrder() {
		switch {
		case first != "":
			t.hold(first)
			t.verdict, t.Points = nil, 0
		case t.verdict != nil && t.verdict.Slow:
			first = t.ID
		}
	}
}

// afterGate returns the scenarios after the first in the order in which they
// begin: those that may wait for timers do so while the others run.
func (r *Result) afterGate() []*Test {
	order := slices.Clone(r.inOrder()[1:])
	slices.SortStableFunc(order, func(a, b *Test) int { return cmp.Compare(rank(a), rank(b)) })
	return order
}

func rank(t *Test) int {
	if t.scenario.lasting {
		return 0
	}
	return 1
}

// holdNeedy takes back the verdict of scenarios that need one that failed.
func (r *Result) holdNeedy() {
	status := map[string]string{}
	for _, t := range r.Tests {
		for _, need := range t.Needs {
			if s := status[need]; s != Pass && s != "" {
				t.hold(need)
				t.Points = 0
			}
		}
		status[t.ID] = t.Status
	}
}

// confirm runs again, alone, every scenario whose verdict rests on time. When it
// passes then, nobody knows which is right. A second verdict that does not rest
// on time holds: what was seen once is certain.
func (r *Result) confirm(ctx context.Context, tests []*Test) {
	for _, t := range tests {
		if t.verdict != nil && t.verdict.ByTime && ctx.Err() == nil {
			before := t.verdict.Code
			r.begin(t)
			t.settle(runScenario(ctx, r.unit, t.scenario, r.prog))
			if t.Status == Pass || t.Status == Error || t.Status == Skip {
				t.disputed(before)
			}
			r.confirmed(t)
		}
	}
}

func (t *Test) disputed(before Code) {
	after := string(t.Code)
	if t.Status == Pass {
		after = "a pass"
	}
	t.verdict = &Verdict{Code: CannotGrade,
		What: record.Say("two runs of this scenario differ: %s, then %s", before, after)}
	t.Status, t.Code, t.Rationale, t.Points = Error, CannotGrade, t.verdict.What.String(), 0
}
