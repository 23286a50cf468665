package laws

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"

	"loopback/tools/base/catalogue"
	"loopback/tools/base/problem"
	"loopback/tools/base/tree"
	"loopback/tools/engine/build"
	"loopback/tools/engine/result"
	"loopback/tools/engine/scenario"
	"loopback/tools/grade"
)

// Options of [Check].
type Options struct {
	Fix  bool              // record what can be recorded
	Full bool              // run wrong programs against every scenario, not only the one meant for each
	Busy bool              // the machine has other work: see some, and teaches
	Note func(line string) // told what is being done; may be nil
}

func (o Options) note(format string, args ...any) {
	if o.Note != nil {
		o.Note(fmt.Sprintf(format, args...))
	}
}

// Check checks the laws for one unit, or for all when unit is "".
func Check(ctx context.Context, root, unit string, o Options) []problem.Problem {
	units := []string{unit}
	if unit == "" {
		var err error
		if units, err = tree.Units(root); err != nil {
			return []problem.Problem{problem.In("testdata", "%v", err)}
		}
	}
	var ps []problem.Problem
	for _, u := range units {
		o.note("%s: names, files, stub", u)
		if !o.Fix {
			ps = append(ps, Structure(root, u)...)
		}
		stub, begun := Stub(ctx, root, u)
		if begun {
			o.note("%s: the exercise has been begun; its stub is not checked", u)
		}
		ps = append(ps, stub...)
		ps = append(ps, Pristine(root, u, o.Fix)...)
	}
	var before map[string]recorded
	if o.Fix && unit != "" {
		before = reports(root)
	}
	ps = append(ps, Verdicts(ctx, root, unit, o)...)
	if o.Fix && unit != "" {
		ps = append(ps, borrowed(root, unit, before)...)
	}
	if o.Fix { // after the reports are recorded, whose files may have been missing
		for _, u := range units {
			ps = append(ps, Structure(root, u)...)
		}
	}
	if unit == "" || o.Fix { // a new scenario may have needed a new command
		ps = append(ps, Reference(root, o.Fix)...)
	}
	return ps
}

// Verdicts grades every program whose verdict is known and compares: right
// ones pass, wrong ones are failed by the scenario meant for them, with the
// recorded report. With Full they are failed by no scenario before it, and every
// scenario of a unit's own is failed by one.
func Verdicts(ctx context.Context, root, unit string, o Options) []problem.Problem {
	subjects, ps := subjects(root, unit)
	if o.Busy {
		subjects = some(root, subjects)
	}
	race := build.Detector(ctx, root) == nil
	if ctx.Err() != nil {
		return ps // it is not the compiler that has failed
	}
	if !race {
		o.note("no C compiler: programs that need the race detector are left out")
	}
	one := runtime.NumCPU() == 1
	if one {
		o.note("one processor: programs that go wrong only on two are left out")
	}
	var mu sync.Mutex
	all := race && !one // every program could be graded
	killers := map[string]bool{}
	o.note("grading %d programs", len(subjects))
	each(subjects, func(s subject) {
		if s.Race && !race || s.Two && one {
			return
		}
		found, failed, here := verify(ctx, root, s, o)
		mu.Lock()
		defer mu.Unlock()
		all = all && here
		ps = append(ps, found...)
		for _, id := range failed {
			killers[s.Unit+"/"+id] = true
		}
	})
	if all && o.Full {
		ps = append(ps, unkilled(root, unit, killers)...)
	}
	if o.Full && unit != "" {
		noteUnmeant(root, unit, subjects, o)
	}
	slices.SortFunc(ps, func(a, b problem.Problem) int { return strings.Compare(a.String(), b.String()) })
	return ps
}

// fewer says of how many scenarios of its unit a right variant meets one where the
// machine is busy.
const fewer = 4

// some returns fewer subjects: of the wrong programs of a unit the first for each
// verdict, of its right variants the first, which meets a few scenarios, and those that
// pass a challenge, which meet it alone. References are graded by the tests of their own
// folders.
func some(root string, all []subject) (kept []subject) {
	seen := map[string]bool{}
	for _, s := range all {
		key := s.Unit + " " + string(s.Kind) + " " + string(s.Code)
		switch s.only = challengeOf(root, s); {
		case s.only != "":
			kept = append(kept, s)
			continue
		case s.Kind != catalogue.Solution && !seen[key]:
			if s.Kind == catalogue.Right {
				s.oneIn = fewer
			}
			kept = append(kept, s)
		}
		seen[key] = true
	}
	return kept
}

// challengeOf returns the challenge of a right variant's name, "" when there is none.
func challengeOf(root string, s subject) string {
	files, _ := filepath.Glob(filepath.Join(root, "testdata", s.Unit, "[0-9][0-9]-"+s.Name+".txtar"))
	if s.Kind != catalogue.Right || len(files) != 1 {
		return ""
	}
	return strings.TrimSuffix(filepath.Base(files[0]), ".txtar")
}

// slots are for the subjects that are graded at a time, of all units. Most graders wait, so
// there are more than processors; but one that waits looks at its program again and again,
// so there are not many more.
var slots = make(chan struct{}, 2*runtime.GOMAXPROCS(0))

// each runs f for every subject, a few at a time.
func each(subjects []subject, f func(subject)) {
	var wg sync.WaitGroup
	for _, s := range subjects {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			f(s)
		})
	}
	wg.Wait()
}

// verify grades one subject and returns what is wrong, which scenarios it
// failed, and whether it can be graded on this system at all.
func verify(ctx context.Context, root string, s subject, o Options) (ps []problem.Problem, failed []string, here bool) {
	how := grade.Options{Parallel: 2, Seed: grade.FixedSeed, Only: s.only, OneIn: s.oneIn}
	if s.Kind == catalogue.Wrong && !o.Full {
		how.Only = s.Scenario
	}
	r, err := s.grade(ctx, root, how)
	file := filepath.Join(s.Folder, "main.go")
	if errors.Is(err, build.ErrElsewhere) {
		o.note("left out: %v", err)
		return nil, nil, false
	}
	if err != nil {
		return []problem.Problem{problem.In(file, "%v", err)}, nil, true
	}
	if s.Kind == catalogue.Wrong && skipped(r, s.Scenario) {
		o.note("%s is left out: %s cannot be played on this system", file, s.Scenario)
		return nil, nil, false
	}
	if why := s.wrongly(r); why != "" {
		if how.Only != "" && len(r.Tests) == 1 && r.Tests[0].Status == result.Pass && s.Kind == catalogue.Wrong {
			why += s.instead(ctx, root, how)
		}
		return []problem.Problem{problem.In(file, "%s", why)}, nil, true
	}
	if !s.passes() {
		ps = append(ps, s.checkReport(root, s.about(r), o)...)
	}
	if s.Kind == catalogue.Wrong {
		for _, t := range r.Tests {
			if t.Status != result.Pass && t.Status != result.Skip && (!t.Challenge || t.ID == s.Scenario) {
				failed = append(failed, t.ID)
			}
		}
	}
	return ps, failed, true
}

// skipped reports whether a scenario could not be played here, as one that only root's
// grader can play. One that was not come to, since the program does not compile or fails
// another one, is not such.
func skipped(r *result.Result, id string) bool {
	if r.Status == result.NotBuilt || r.FirstFailure() != nil {
		return false
	}
	return slices.ContainsFunc(r.Tests, func(t *result.Test) bool { return t.ID == id && t.Status == result.Skip })
}

// noteUnmeant names the scenarios of the unit's own for which no wrong program is meant. That is
// no breach: programs that are caught before may fail them.
func noteUnmeant(root, unit string, subjects []subject, o Options) {
	meant := map[string]bool{}
	for _, s := range subjects {
		meant[s.Scenario] = true
	}
	u, err := scenario.LoadUnit(root, unit)
	if err != nil {
		return // told by those who need it
	}
	for _, sc := range u.Scenarios {
		if !sc.Alias && !meant[sc.ID] {
			o.note("%s: no wrong program is meant for it; one that fails it is caught before", sc.File)
		}
	}
}

// unkilled reports scenarios of the unit's own that no wrong program fails: a
// check that nothing fails proves nothing.
func unkilled(root, unit string, killers map[string]bool) []problem.Problem {
	units := []string{unit}
	if unit == "" {
		units, _ = tree.Units(root)
	}
	var ps []problem.Problem
	for _, name := range units {
		u, err := scenario.LoadUnit(root, name)
		if err != nil {
			ps = append(ps, problem.In(filepath.Join("testdata", name), "%v", err))
			continue
		}
		for _, sc := range u.Scenarios {
			if !sc.Alias && !killers[name+"/"+sc.ID] {
				ps = append(ps,
					problem.In(sc.File, "no wrong program of the unit fails this scenario: it proves nothing yet"))
			}
		}
	}
	return ps
}
