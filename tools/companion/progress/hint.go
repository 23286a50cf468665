package progress

import (
	"loopback/tools/engine/scenario"
)

// A Hint is one step of the hints for what fails now.
type Hint struct {
	Known string // the first hint, which the report shows, when this is the second
	Text  string // "" when there was none left
	N, Of int    // the number of this one, counted from 1, and how many there are
	Read  string // where the chapter explains it, or ""
}

// Hint returns the next hint for the first failure of r. When something else
// failed the last time, or the same in another way, that is the second one: the
// first stands in the report. Then each call goes a step further.
func (s *Store) Hint(u *scenario.Unit, r Record) Hint {
	return s.hint(u, u.Name, r.First, r.Hints)
}

// ChallengeHint is [Store.Hint] for a challenge that is not passed.
func (s *Store) ChallengeHint(u *scenario.Unit, c Challenge) Hint {
	return s.hint(u, u.Name+"/"+c.Scenario, c.Failure, c.Hints)
}

// hint returns the next of the hints for a failure; key is under which it is
// kept how far they were read.
func (s *Store) hint(u *scenario.Unit, key string, failure Failure, hints []string) Hint {
	sc := u.Scenario(failure.Scenario)
	if sc == nil {
		return Hint{}
	}
	h := Hint{Of: len(hints), Read: sc.Read}
	s.Update(func(l *Learner) {
		given := l.Hints[key]
		if given.Failure != failure {
			given = Given{Failure: failure}
		}
		// A course that was updated may have fewer hints than were shown.
		given.Shown = min(given.Shown, len(hints))
		if given.Shown == 0 && len(hints) > 0 {
			h.Known, given.Shown = hints[0], 1
		}
		if given.Shown < len(hints) {
			h.Text = hints[given.Shown]
			given.Shown++
			h.N = given.Shown
		}
		l.Hints[key] = given
	})
	return h
}

// Shown returns the hints for the failure of r that were shown already.
func (s *Store) Shown(u *scenario.Unit, r Record) []string {
	given := s.Learner().Hints[u.Name]
	if u.Scenario(r.First.Scenario) == nil || given.Failure != r.First {
		return nil
	}
	return r.Hints[:min(given.Shown, len(r.Hints))]
}
