package laws

import (
	"fmt"
	"path/filepath"
	"strings"

	"loopback/tools/base/catalogue"
	"loopback/tools/base/problem"
	"loopback/tools/engine/result"
	"loopback/tools/engine/scenario"
)

// minChallenges is how many challenges each unit from 01 on has at the least.
const minChallenges = 2

// challenges checks that a unit has enough challenges, and that each has a right
// variant of its name, without the number.
func challenges(root, unit string) []problem.Problem {
	u, err := scenario.LoadUnit(root, unit)
	if err != nil {
		return nil // told by those who need it
	}
	var ps []problem.Problem
	n := 0
	for _, sc := range u.Scenarios {
		if !sc.Challenge {
			continue
		}
		n++
		if file := filepath.Join(catalogue.ChallengeFolder(unit, sc.ID), "main.go"); !exists(root, file) {
			ps = append(ps, problem.In(file,
				"the file is missing: a right variant that passes the challenge %s", sc.ID))
		}
	}
	if n < minChallenges && !strings.HasPrefix(unit, "00-") {
		ps = append(ps, problem.In(filepath.Join("testdata", unit), "has %d challenges; a unit needs at least %d", n,
			minChallenges))
	}
	return ps
}

// challenge returns the challenge by which a wrong program is caught, nil when
// what catches it is none.
func (s subject) challenge(r *result.Result) *result.Test {
	if t := r.Test(s.Scenario); t != nil && t.Challenge && !s.passes() {
		return t
	}
	return nil
}

// about returns what a recorded report is about: the whole, or the challenge
// that catches the program.
func (s subject) about(r *result.Result) *result.Result {
	if t := s.challenge(r); t != nil {
		return r.Alone(t)
	}
	return r
}

// wronglyAt is [subject.wrongly] for a wrong program that a challenge catches: it
// passes all else.
func (s subject) wronglyAt(r *result.Result, t *result.Test) string {
	switch other := r.FirstFailure(); {
	case other != nil && other != t:
		return fmt.Sprintf("it must pass all that is no challenge, but %s ended with %s:\n%s",
			other.ID, other.Code, r.Text())
	case t.Status == result.Pass, t.Status == result.Skip:
		return fmt.Sprintf("it must fail the challenge %s (%s), but what becomes of that is: %s", t.ID, s.Code,
			t.Status)
	case !s.May(t.Code):
		return fmt.Sprintf("it must fail the challenge %s with %s, but failed with %s:\n%s", t.ID,
			s.Code, t.Code, r.Alone(t).Text())
	}
	return ""
}

// wronglyTried says how the challenges of a program that passes all else are
// not as they must be, or "": the reference passes none, and a right variant
// passes that of its name.
func (s subject) wronglyTried(r *result.Result) string {
	for _, t := range r.Tests {
		switch {
		case !t.Challenge:
		case s.Kind == catalogue.Solution && t.Status == result.Pass:
			return fmt.Sprintf("the reference must not pass the challenge %s: it would ask for nothing more", t.ID)
		case s.Kind == catalogue.Right && t.ID[len("NN-"):] == s.Name &&
			t.Status != result.Pass && t.Status != result.Skip:
			return fmt.Sprintf("it must pass the challenge of its name, but %s ended with %s:\n%s", t.ID,
				t.Code, r.Alone(t).Text())
		}
	}
	return ""
}
