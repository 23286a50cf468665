package progress

import (
	"context"
	"path/filepath"
	"time"

	"loopback/tools/engine/scenario"
	"loopback/tools/grade"
)

// A Grader finds out how far exercises are: from what is kept where nothing has
// changed, by grading where something has.
type Grader struct {
	Root  string
	Store *Store

	engine string
}

// NewGrader returns the grader of the course at root.
func NewGrader(root string) *Grader {
	return &Grader{Root: root, Store: Open(root), engine: grade.EngineKey(root)}
}

// Folder is where the learner's program for a unit is.
func (g *Grader) Folder(unit string) string { return filepath.Join(g.Root, "exercises", unit) }

// Kept returns the result that is kept of a unit; ok is false when something
// has changed since, or nothing is kept.
func (g *Grader) Kept(u *scenario.Unit) (r Record, ok bool) {
	key, err := grade.Key(u, g.Folder(u.Name), g.engine)
	if err != nil {
		return Record{}, false
	}
	r, ok = g.Store.Result(u.Name, key)
	return g.withRace(u, r, key), ok
}

// Grade grades the learner's program, whatever is kept, and keeps the result.
// The error is that of [grade.GradeFolder].
//
// A result whose files changed meanwhile is returned and not kept: nobody knows
// which of the two programs it is about. Neither is one that says "could not
// grade", nor one that ended with the first failure.
func (g *Grader) Grade(ctx context.Context, u *scenario.Unit, o grade.Options) (Record, error) {
	folder := g.Folder(u.Name)
	before, err := grade.Key(u, folder, g.engine)
	if err != nil {
		return Record{}, err
	}
	result, err := grade.GradeFolder(ctx, u, folder, false, o)
	if err != nil {
		return Record{}, err
	}
	r := recordOf(result, before)
	r.Fresh = true
	after, err := grade.Key(u, folder, g.engine)
	if err != nil || after != before || r.State == CannotGrade {
		r.Key = ""
		return g.withRace(u, r, before), nil
	}
	if o.FirstOnly && r.State == Failing {
		return g.withRace(u, r, before), nil
	}
	g.Store.Keep(r)
	g.Store.Update(func(l *Learner) {
		if r.State == Done && l.Passed[u.Name].IsZero() {
			l.Passed[u.Name] = time.Now().Round(time.Second)
		}
		r.Won = l.won(r)
	})
	return g.withRace(u, r, before), nil
}

// Now returns how far an exercise is now: kept or graded.
func (g *Grader) Now(ctx context.Context, u *scenario.Unit, o grade.Options) (Record, error) {
	if r, ok := g.Kept(u); ok {
		return r, nil
	}
	return g.Grade(ctx, u, o)
}
