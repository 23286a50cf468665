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
// failed the last time, or the same in another way, or another program for
// another cause, that is the second one: the first stands in the report. Then
// each call goes a step further.
func (s *Store) Hint(u *scenario.Unit, r Record) Hint {
	return s.hint(u, u.Name, Given{Failure: r.First, Cause: r.Cause, Program: r.Key}, r.Hints)
}

// ChallengeHint is [Store.Hint] for a challenge that r does not pass.
func (s *Store) ChallengeHint(u *scenario.Unit, r Record, c Challenge) Hint {
	return s.hint(u, u.Name+"/"+c.Scenario, Given{Failure: c.Failure, Cause: c.Cause, Program: r.Key}, c.Hints)
}

// follows reports whether the hints for now go on where those for before ended.
// What one program has been told is one story, even when its evidence varies.
func (now Given) follows(before Given) bool {
	return now.Failure == before.Failure && (now.Program == before.Program || now.Cause == before.Cause)
}

// hint returns the next of the hints for a failure; key is under which it is
// kept how far they were read.
func (s *Store) hint(u *scenario.Unit, key string, now Given, hints []string) Hint {
	sc := u.Scenario(now.Scenario)
	if sc == nil {
		return Hint{}
	}
	h := Hint{Of: len(hints), Read: sc.Read}
	s.Update(func(l *Learner) {
		given := now
		if before := l.Hints[key]; now.follows(before) {
			// A course that was updated may have fewer hints than were shown.
			given.Shown = min(before.Shown, len(hints))
		}
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
	now := Given{Failure: r.First, Cause: r.Cause, Program: r.Key}
	if u.Scenario(r.First.Scenario) == nil || !now.follows(given) {
		return nil
	}
	return r.Hints[:min(given.Shown, len(r.Hints))]
}
