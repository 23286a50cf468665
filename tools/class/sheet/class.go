package sheet

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"loopback/tools/class/term"
	"loopback/tools/engine/result"
)

// A Learner is one row: what was handed in by one id.
type Learner struct {
	ID      string
	Notes   []string // what a person must look at, whatever the results are
	results map[string]*result.Result
}

// A Class is all that is known when a batch has ended.
type Class struct {
	Units    []string
	Learners []*Learner
	Most     map[string]int // points of each unit
	Earlier  Marks
	Feedback result.Feedback // how much learners see on their pages
	Term     term.Term       // what each unit is worth in the course; nil: the points of its scenarios
}

// mark says in a few signs what a result came to.
func mark(r *result.Result) string {
	switch {
	case r == nil:
		return ""
	case r.Status == result.CouldNotGrade:
		return "?"
	}
	return fmt.Sprintf("%d/%d", r.Score, r.MaxScore)
}

// Write reads the results of the learners in out and writes all pages and tables.
func Write(out string, c *Class) (*Class, error) {
	if c.Feedback == "" {
		c.Feedback = result.FeedbackFull
	}
	slices.SortFunc(c.Learners, func(a, b *Learner) int { return cmp.Compare(a.ID, b.ID) })
	for _, l := range c.Learners {
		l.results = map[string]*result.Result{}
		for _, u := range c.Units {
			if r := read(ResultFile(out, l.ID, u)); r != nil {
				l.results[u] = r
			}
		}
		if len(l.results) == 0 {
			continue
		}
		page, err := c.page(l)
		if err != nil {
			return nil, err
		}
		if err := WriteWhole(filepath.Join(out, pageFile(l.ID)), page); err != nil {
			return nil, err
		}
		l.slim()
	}
	index, err := c.index()
	if err != nil {
		return nil, err
	}
	for name, data := range map[string][]byte{"index.html": index, "grades.csv": c.grades(), "details.csv": c.details(),
		"review.csv": c.review(), "changes.csv": c.changes()} {
		if err := WriteWhole(filepath.Join(out, name), data); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// slim lets go of what only the learner's own page shows.
func (l *Learner) slim() {
	for _, r := range l.results {
		for _, t := range r.Tests {
			t.Timeline, t.Hints, t.Help, t.Expected, t.Actual, t.Compared = nil, nil, "", "", "", nil
		}
	}
}

// An item is one thing that a person must look at.
type item struct{ ID, Unit, What string }

// items lists what a person must look at: all that could not be graded, and
// each flag.
func (c *Class) items() (all []item) {
	for _, l := range c.Learners {
		for _, note := range l.Notes {
			all = append(all, item{l.ID, "", note})
		}
		for _, u := range c.Units {
			r := l.results[u]
			if r == nil {
				continue
			}
			if r.Status == result.CouldNotGrade {
				all = append(all, item{l.ID, u, "could not grade: " + Why(r)})
				continue
			}
			for _, f := range r.Flags {
				all = append(all, item{l.ID, u, f})
			}
		}
	}
	return all
}

// Review counts what a person must look at.
func (c *Class) Review() int { return len(c.items()) }

// Why says why a program could not be graded.
func Why(r *result.Result) string {
	why := slices.Clone(r.Flags)
	if r.Reason != "" {
		why = slices.Insert(why, 0, r.Reason)
	}
	if len(why) > 0 {
		return strings.Join(why, "; ")
	}
	for _, t := range r.Tests {
		if t.Status == result.Error {
			return t.ID + ": " + t.Rationale
		}
	}
	return "no reason is known"
}

// worth returns what a learner gets for a unit, and what there is to get. In a
// term that is the share of what the unit is worth there.
func (c *Class) worth(u string, r *result.Result) (got, most float64) {
	score, full := 0, c.Most[u]
	if r != nil {
		score, full = r.Score, r.MaxScore
	}
	if c.Term == nil {
		return float64(score), float64(full)
	}
	most = float64(c.Term[u].Points)
	if full == 0 {
		return 0, most
	}
	return most * float64(score) / float64(full), most
}

// total adds up a row. Known is false while one unit could not be graded: a
// total without it would be wrong. What was not handed in has no points of what
// there was to have.
func (c *Class) total(l *Learner) (score, most float64, known bool) {
	known = true
	for _, u := range c.Units {
		r := l.results[u]
		if r != nil && r.Status == result.CouldNotGrade {
			known = false
			continue
		}
		got, of := c.worth(u, r)
		score, most = score+got, most+of
	}
	return score, most, known
}

// number writes points: whole ones as they are, others with two digits.
func number(points float64) string {
	text := strconv.FormatFloat(points, 'f', 2, 64)
	return strings.TrimSuffix(text, ".00")
}

// Unknown counts the results that say that a program could not be graded.
func (c *Class) Unknown() (n int) {
	for _, l := range c.Learners {
		for _, r := range l.results {
			if r.Status == result.CouldNotGrade {
				n++
			}
		}
	}
	return n
}

// Untried says of each unit which scenarios no program of the class was run in, and
// why: the machine lacks something, or the command a flag.
func (c *Class) Untried() (lines []string) {
	for _, u := range c.Units {
		ran, ids := map[string]bool{}, map[string][]string{} // by why
		var order []string
		for _, r := range c.resultsOf(u) {
			for _, t := range r.Tests {
				if t.Status != result.Skip {
					ran[t.ID] = true
				}
			}
		}
		for _, r := range c.resultsOf(u) {
			for _, t := range r.Tests {
				if ran[t.ID] || t.Challenge || t.Waits() || slices.Contains(ids[t.Rationale], t.ID) ||
					strings.Contains(strings.Join(r.Flags, "\n"), " "+t.ID+" (") { // it is the program's doing
					continue
				}
				if ids[t.Rationale] == nil {
					order = append(order, t.Rationale)
				}
				ids[t.Rationale] = append(ids[t.Rationale], t.ID)
			}
		}
		for _, why := range order {
			lines = append(lines, fmt.Sprintf("%s: %s: not run for any program: %s", u, strings.Join(ids[why], ", "),
				why))
		}
	}
	return lines
}

// resultsOf are the results of a unit that have a mark from scenarios.
func (c *Class) resultsOf(u string) (all []*result.Result) {
	for _, l := range c.Learners {
		if r := l.results[u]; r != nil && r.Status == result.Graded {
			all = append(all, r)
		}
	}
	return all
}

// Summary says in a few lines what there is to see.
func (c *Class) Summary() string {
	graded, whole := 0, 0
	for _, l := range c.Learners {
		for _, r := range l.results {
			if r.Status != result.CouldNotGrade {
				graded++
			}
			if r.AllPass() {
				whole++
			}
		}
	}
	text := fmt.Sprintf("%d learners, %d programs graded, %d with full marks, %d could not be graded, %d to look at\n",
		len(c.Learners), graded, whole, c.Unknown(), c.Review())
	for _, line := range c.Untried() {
		text += line + "\n"
	}
	return text
}
