// Package coach accompanies a learner: it shows how far each exercise is, grades
// what was edited, gives hints one by one, and compares with the reference once
// an exercise passes. It decides what is said and when; verdicts are those of
// package grade, and what is kept lies in package progress.
//
// It never moves the learner on by itself, and never throws anything of theirs
// away. Start with [New].
package coach

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"loopback/tools/base/called"
	"loopback/tools/base/screen"
	"loopback/tools/base/tree"
	"loopback/tools/companion/progress"
	"loopback/tools/engine/scenario"
	"loopback/tools/grade"
)

// Command is how the learner has called the course's one command.
var Command = called.Command()

// A Coach accompanies the learner of one clone.
type Coach struct {
	Root   string
	Names  []string // of the units, in order
	Grader *progress.Grader
	Screen *screen.Screen // where progress lines are shown
	Seed   int            // of what scenarios make up, as in [grade.Options]
}

// New returns the coach of the course at root.
func New(root string, s *screen.Screen) (*Coach, error) {
	names, err := tree.Units(root)
	if err != nil {
		return nil, err
	}
	if len(names) == 0 {
		return nil, errors.New("the course has no units: testdata has no folder that is named like one")
	}
	return &Coach{Root: root, Names: names, Grader: progress.NewGrader(root), Screen: s}, nil
}

// Now returns how far an exercise is, with a progress line while it has to be
// graded. An exercise that cannot be graded has a record that says why.
func (c *Coach) Now(ctx context.Context, unit string) progress.Record {
	return c.record(ctx, unit, unit, (*progress.Grader).Now, nil)
}

// grading is how a record is come by.
type grading func(g *progress.Grader, ctx context.Context, u *scenario.Unit, o grade.Options) (progress.Record, error)

// record gets the record of an exercise. The progress line begins with what;
// first, which may be nil, is told the first failure while the rest is graded.
func (c *Coach) record(ctx context.Context, unit, what string, get grading, first func(report string)) progress.Record {
	u, err := scenario.LoadUnit(c.Root, unit)
	if err == nil {
		o, stop := c.Follow(what, first)
		defer stop()
		var r progress.Record
		if r, err = get(c.Grader, ctx, u, o); err == nil {
			return r
		}
	}
	report := fmt.Sprintf("%s: could not grade\n\n  %v\n", unit, err)
	return progress.Record{Unit: unit, State: progress.CannotGrade, Report: report}
}

// Place returns the unit that the learner works on: where they were, while it
// is not done; else the next one that was begun; else the next one that is not
// done; "" when all are.
func (c *Coach) Place(state func(unit string) progress.State) string {
	at := slices.Index(c.Names, c.Grader.Store.Learner().Place)
	if at >= 0 && state(c.Names[at]) != progress.Done {
		return c.Names[at]
	}
	isOpen := func(s progress.State) bool { return s != progress.Done }
	for _, good := range []func(progress.State) bool{progress.State.Begun, isOpen} {
		for i := range c.Names {
			if name := c.Names[(max(at, 0)+i)%len(c.Names)]; good(state(name)) {
				return name
			}
		}
	}
	return ""
}

// GoTo makes unit the place of the learner.
func (c *Coach) GoTo(unit string) {
	c.Grader.Store.Update(func(l *progress.Learner) { l.Place = unit })
}

// Chapter is the file that teaches a unit, relative to the root.
func Chapter(unit string) string { return "chapters/" + unit + ".md" }

// Program is the file that the learner edits, relative to the root.
func Program(unit string) string { return "exercises/" + unit + "/main.go" }

// Title returns the heading of a unit's chapter, or "".
func (c *Coach) Title(unit string) string {
	for line := range strings.Lines(c.text(Chapter(unit))) {
		if title, ok := strings.CutPrefix(line, "# "); ok {
			return strings.TrimSpace(title)
		}
	}
	return ""
}

// text returns a file's text, "" when it cannot be read.
func (c *Coach) text(name string) string {
	data, err := readFile(filepath.Join(c.Root, filepath.FromSlash(name)))
	if err != nil {
		return ""
	}
	return data
}
