package mutants

import (
	"context"
	"os"
	"path/filepath"
	"time"

	"loopback/tools/base/record"
	"loopback/tools/engine/result"
	"loopback/tools/engine/scenario"
	"loopback/tools/grade"
)

// A Fate is what becomes of a mutant.
type Fate struct {
	How      string // one of those below
	Scenario string // the first that it fails, or that could not be graded
	Code     record.Code
}

// What can become of a mutant.
const (
	Caught   = "caught"
	Passed   = "passed"
	NotBuilt = "not compiled"
	NotKnown = "could not be graded"
)

// patience is how long the grading of a mutant may take.
const patience = 3 * time.Minute

// Try grades the mutant of a unit's reference program, with the race detector in it if asked.
// The error is one of the machine's.
func Try(ctx context.Context, u *scenario.Unit, m Mutant, race bool) (Fate, error) {
	dir, err := os.MkdirTemp("", "mutant-")
	if err != nil {
		return Fate{}, err
	}
	defer os.RemoveAll(dir)
	if err := os.WriteFile(filepath.Join(dir, "main.go"), m.Source, 0o600); err != nil {
		return Fate{}, err
	}
	r, err := grade.GradeFolder(ctx, u, dir, race, grade.Options{Parallel: 2, FirstOnly: true, Private: true,
		Deadline: patience, Seed: grade.FixedSeed})
	if err != nil {
		return Fate{}, err
	}
	return fateOf(r), nil
}

func fateOf(r *result.Result) Fate {
	if !r.Build.OK {
		return Fate{How: NotBuilt}
	}
	t := r.FirstFailure()
	switch {
	case t == nil && r.AllPass():
		return Fate{How: Passed}
	case t == nil || t.Code == record.CannotGrade:
		f := Fate{How: NotKnown}
		if t != nil {
			f.Scenario = t.ID
		}
		return f
	}
	return Fate{How: Caught, Scenario: t.ID, Code: t.Code}
}
