package laws

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"sync"

	"loopback/tools/base/catalogue"
	"loopback/tools/base/problem"
	"loopback/tools/engine/build"
	"loopback/tools/engine/result"
	"loopback/tools/engine/scenario"
	"loopback/tools/grade"
)

// Hidden are the hidden scenarios of each unit.
type Hidden map[string][]scenario.Hidden

// A Trial is what came of a hidden scenario with the programs of its unit.
type Trial struct {
	Unit, ID     string
	Passed       int      // the solution and the right variants that pass it
	Caught       []string // the wrong programs that it fails, each with the verdict
	Right, Wrong int      // how many of both have met it
}

// TryHidden has the solution, the right variants and the wrong programs of their units meet
// hidden scenarios, each alone and once. A scenario that cannot be played is a problem, and so
// is a right program that fails one, unless it is a challenge.
func TryHidden(ctx context.Context, root string, hidden Hidden, o Options) (all []*Trial, ps []problem.Problem) {
	race := build.Detector(ctx, root) == nil
	for _, unit := range slices.Sorted(maps.Keys(hidden)) {
		known, found := meetings(root, unit, hidden[unit])
		if ps = append(ps, found...); len(found) > 0 {
			continue
		}
		trials := map[string]*Trial{}
		for _, h := range hidden[unit] {
			trials[h.ID] = &Trial{Unit: unit, ID: h.ID}
			all = append(all, trials[h.ID])
		}
		var mu sync.Mutex
		o.note("%s: grading %d times", unit, len(known))
		each(known, func(s subject) {
			if s.Race && !race {
				return
			}
			test, err := s.meet(ctx, root)
			mu.Lock()
			defer mu.Unlock()
			ps = append(ps, trials[s.only].count(s, test, err)...)
		})
	}
	for _, t := range all {
		slices.Sort(t.Caught)
	}
	return all, ps
}

// meetings are the programs of a unit whose verdict is known, each once for every hidden
// scenario, which it meets alone.
func meetings(root, unit string, hidden []scenario.Hidden) (all []subject, ps []problem.Problem) {
	u, err := scenario.LoadUnit(root, unit)
	if err == nil {
		err = u.Add(hidden)
	}
	if err != nil {
		return nil, []problem.Problem{problem.In(filepath.Join("testdata", unit), "%v", err)}
	}
	known, ps := subjects(root, unit)
	for _, sc := range u.Scenarios {
		for _, s := range known {
			if sc.IsHidden() && !s.NotBuilt {
				s.only, s.hidden, s.optional, s.Race = sc.ID, hidden, sc.Challenge, s.Race || sc.Race
				all = append(all, s)
			}
		}
	}
	return all, ps
}

// meet has a program meet the one scenario that it is to meet.
func (s subject) meet(ctx context.Context, root string) (*result.Test, error) {
	r, err := s.grade(ctx, root, grade.Options{Seed: grade.FixedSeed, Only: s.only})
	switch {
	case err != nil:
		return nil, err
	case r.Status == result.NotBuilt:
		return nil, fmt.Errorf("it does not compile:\n%s", r.Build.Output)
	case r.Test(s.only) == nil:
		return nil, fmt.Errorf("it could not be graded: %s", r.Reason)
	}
	return r.Test(s.only), nil
}

// count adds what a program came to, and returns what is wrong with that.
func (tr *Trial) count(s subject, t *result.Test, err error) []problem.Problem {
	file := filepath.Join(s.Folder, "main.go")
	switch {
	case errors.Is(err, build.ErrElsewhere), err == nil && t.Status == result.Skip:
		return nil
	case err != nil:
		return []problem.Problem{problem.In(file, "%v", err)}
	case t.Status == result.Error:
		return []problem.Problem{problem.In(file, "%s could not be played: %s", t.ID, t.Rationale)}
	}
	switch passed := t.Status == result.Pass; {
	case s.Kind == catalogue.Wrong:
		tr.Wrong++
		if !passed {
			tr.Caught = append(tr.Caught, fmt.Sprintf("%s (%s)", s.Name, t.Code))
		}
	case passed:
		tr.Right++
		tr.Passed++
	default:
		tr.Right++
		if !s.optional {
			return []problem.Problem{problem.In(file, "it is right, and %s ends with %s: %s", t.ID, t.Code,
				t.Rationale)}
		}
	}
	return nil
}

// soakHidden are the right programs of the units, each once for every hidden scenario. Of a
// challenge nothing is promised, so it is left out.
func soakHidden(root string, o SoakOptions) (all []subject, err error) {
	for _, unit := range slices.Sorted(maps.Keys(o.Hidden)) {
		known, ps := meetings(root, unit, o.Hidden[unit])
		if len(ps) > 0 {
			return nil, fmt.Errorf("%v", ps[0])
		}
		for _, s := range known {
			if s.passes() && !s.optional {
				all = append(all, s)
			}
		}
	}
	if len(all) == 0 {
		return nil, errors.New("there is no hidden scenario that right programs must pass")
	}
	return all, nil
}
