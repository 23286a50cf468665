package coach

import (
	"context"
	"fmt"
	"path"
	"path/filepath"
	"strings"

	"loopback/tools/base/catalogue"
	"loopback/tools/base/unified"
	"loopback/tools/companion/progress"
	"loopback/tools/engine/result"
)

// stars shows the challenges of an exercise, a star for each that is passed;
// "" when none was run.
func stars(r progress.Record) string {
	var b strings.Builder
	for _, c := range r.Challenges {
		if c.Passed {
			b.WriteString(result.Passed)
		} else {
			b.WriteString(result.NotPassed)
		}
	}
	return b.String()
}

// won tells which challenges are passed for the first time.
func won(r progress.Record) string {
	var b strings.Builder
	for _, id := range r.Won {
		if c, ok := r.Challenge(id); ok {
			fmt.Fprintf(&b, "Challenge passed: %s. %s\n", id, c.Title)
		}
	}
	return b.String()
}

// challenge shows the report of a challenge that is not passed; each time that
// of the next one.
func (w *watcher) challenge() {
	open := w.rec.Open()
	switch {
	case w.rec.State != progress.Done:
		w.c.Screen.Printf("\nChallenges run when all else passes.\n")
	case len(w.rec.Challenges) == 0:
		w.c.Screen.Printf("\n%s has no challenges.\n", w.unit)
	case len(open) == 0:
		w.c.Screen.Printf("\nNo challenge of %s is left to pass.\n", w.unit)
	default:
		c := open[w.asked%len(open)]
		w.asked++
		w.c.Screen.Print("\n" + c.Report)
		if n := len(open); n > 1 {
			w.c.Screen.Printf("\nThis is one of %d that are not passed; x shows the next.\n", n)
		}
	}
}

// ChallengeHint returns the next hint for a challenge of a unit.
func (c *Coach) ChallengeHint(ctx context.Context, unit, id string) (string, error) {
	r := c.Now(ctx, unit)
	if err := ctx.Err(); err != nil {
		return "", err
	}
	u, err := c.load(unit)
	if err != nil {
		return "", err
	}
	one, run := r.Challenge(id)
	switch {
	case r.State != progress.Done:
		return fmt.Sprintf("%s is a challenge of %s: it runs when all else passes. The exercise is at: %s.\n"+
			"  %s hint %s   is about what fails first\n", id, unit, state(r), Command, number(unit)), nil
	case !run:
		return fmt.Sprintf("%s was not run.\n", id), nil
	case one.NotRun != "":
		return fmt.Sprintf("%s cannot be run here: %s.\n", id, one.NotRun), nil
	case one.Passed:
		return fmt.Sprintf("The challenge %s is passed: there is nothing to hint at.\n"+
			"  %s solution %s   shows our program for it\n",
			id, Command, number(unit)), nil
	}
	head := fmt.Sprintf("%s, challenge %s (%s)\n", unit, id, one.Code)
	return head + steps(c.Grader.Store.ChallengeHint(u, r, one), unit, id), nil
}

// answers shows our programs for the challenges of a unit that were passed, as
// differences from the reference; with spoil for all of them.
func (c *Coach) answers(r progress.Record, spoil bool) string {
	u, err := c.load(r.Unit)
	if err != nil {
		return ""
	}
	learner := c.Grader.Store.Learner()
	var b strings.Builder
	for _, sc := range u.Scenarios {
		if !sc.Challenge {
			continue
		}
		one, _ := r.Challenge(sc.ID)
		if !spoil && !one.Passed && !learner.HasPassed(r.Unit, sc.ID) {
			fmt.Fprintf(&b, "\nChallenge %s: our program is sealed until yours passes it.\n", sc.ID)
			continue
		}
		fmt.Fprintf(&b, "\nChallenge %s, from the reference (-) to our program for it (+).\n\n%s", sc.ID,
			c.variant(r.Unit, catalogue.ChallengeFolder(r.Unit, sc.ID)))
	}
	return b.String()
}

// variant returns the difference from a unit's reference to a right variant.
func (c *Coach) variant(unit, folder string) string {
	files, _ := filepath.Glob(filepath.Join(c.Root, folder, "*.go"))
	var b strings.Builder
	for _, f := range files {
		name := filepath.Base(f)
		reference, ours := path.Join("solutions", unit, name), path.Join(filepath.ToSlash(folder), name)
		b.WriteString(unified.Texts(reference, c.text(reference), ours, c.text(ours)))
	}
	return b.String()
}
