package progress

import "loopback/tools/grade"

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
func (s *Store) Hint(u *grade.Unit, r Record) Hint {
	sc := u.Scenario(r.First.Scenario)
	if sc == nil {
		return Hint{}
	}
	hints := r.Hints
	h := Hint{Of: len(hints), Read: sc.Read}
	s.Update(func(l *Learner) {
		given := l.Hints[u.Name]
		if given.Failure != r.First {
			given = Given{Failure: r.First}
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
		l.Hints[u.Name] = given
	})
	return h
}

// Shown returns the hints for the failure of r that were shown already.
func (s *Store) Shown(u *grade.Unit, r Record) []string {
	given := s.Learner().Hints[u.Name]
	if u.Scenario(r.First.Scenario) == nil || given.Failure != r.First {
		return nil
	}
	return r.Hints[:min(given.Shown, len(r.Hints))]
}
