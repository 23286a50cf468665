package progress

import (
	"context"
	"slices"

	"loopback/tools/engine/scenario"
	"loopback/tools/grade"
)

// Raced says what is known of a unit's scenarios about races, which are run only
// with the race detector.
type Raced string

// What may be known.
const (
	RaceNone    Raced = ""        // the unit has no such scenario
	RaceUntried Raced = "untried" // some of them have not been run
	RaceStale   Raced = "stale"   // the program was edited since
	RacePassed  Raced = "passed"
	RaceFailed  Raced = "fails"
)

// raced returns what is known about the program with this key.
func raced(u *scenario.Unit, key string, d grade.Detected) Raced {
	var ids []string
	for _, sc := range u.Scenarios {
		if sc.Race && !sc.Challenge {
			ids = append(ids, sc.ID)
		}
	}
	passed := func(id string) bool { return slices.Contains(d.Passed, id) }
	missing := slices.DeleteFunc(slices.Clone(ids), passed)
	switch {
	case len(ids) == 0:
		return RaceNone
	case d.Key == "":
		return RaceUntried
	case d.Key != key:
		return RaceStale
	case len(d.Failed) > 0:
		return RaceFailed
	case len(missing) > 0:
		return RaceUntried
	}
	return RacePassed
}

// withRace adds to a record what the race detector has said about the same
// program: a race comes before the failures that it may have caused.
func (g *Grader) withRace(u *scenario.Unit, r Record, key string) Record {
	d := grade.DetectedOf(u)
	r.Race = raced(u, key, d)
	r.Left = slices.DeleteFunc(slices.Clone(r.Left), func(id string) bool {
		sc := u.Scenario(id)
		return sc != nil && sc.Race // Race tells of these
	})
	if r.Race == RaceFailed && d.First != "" && (r.State == Done || r.State == Failing) {
		r.State, r.Report, r.Hints = Failing, d.Report, d.Hints
		r.First = Failure{d.First, d.Code, d.Case}
	}
	return r
}

// Race grades the learner's program with the race detector in it. What that
// says about races is kept; the result itself is not, since without the detector
// it may be another.
func (g *Grader) Race(ctx context.Context, u *scenario.Unit, o grade.Options) (Record, error) {
	folder := g.Folder(u.Name)
	before, err := grade.Key(u, folder, g.engine)
	if err != nil {
		return Record{}, err
	}
	result, err := grade.GradeFolder(ctx, u, folder, true, o)
	if err != nil {
		return Record{}, err
	}
	r := recordOf(result, before)
	r.Race = raced(u, before, grade.DetectedOf(u))
	return r, nil
}
