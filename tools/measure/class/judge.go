package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"

	"loopback/tools/base/catalogue"
	"loopback/tools/engine/result"
)

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// results reads what the class came to, by learner, and says which are lost: each who has
// handed in has a result, and each of the roster has a row in the table.
func (c *class) results(out string) (graded map[string]*result.Result, lost []string) {
	graded = map[string]*result.Result{}
	for _, l := range c.learners {
		var r result.Result
		data, err := os.ReadFile(filepath.Join(out, l.id, l.program.Unit+".json"))
		if err == nil {
			err = json.Unmarshal(data, &r)
		}
		if err != nil {
			lost = append(lost, fmt.Sprintf("%s: no result: %v", l.id, err))
			continue
		}
		graded[l.id] = &r
	}
	table, err := os.Open(filepath.Join(out, "grades.csv"))
	if err != nil {
		return graded, append(lost, err.Error())
	}
	defer table.Close()
	rows, err := csv.NewReader(table).ReadAll()
	if want := 1 + len(c.learners) + absentees; err != nil || len(rows) != want {
		lost = append(lost, fmt.Sprintf("grades.csv has %d rows, not %d: %v", len(rows), want, err))
	}
	return graded, lost
}

// judge says which verdicts are others than those that the programs are known for.
func (c *class) judge(graded map[string]*result.Result) (problems []string) {
	for _, l := range c.learners {
		if r := graded[l.id]; r != nil {
			if why := wrongly(l.program, r); why != "" {
				problems = append(problems, fmt.Sprintf("%s (%s, %s): %s", l.id, l.program.Folder, r.Unit, why))
			}
		}
	}
	return problems
}

// wrongly says how r is not what s is known for, or "".
func wrongly(s catalogue.Subject, r *result.Result) string {
	if r.Status == result.CouldNotGrade {
		return "could not be graded: " + r.Reason + fmt.Sprint(r.Flags)
	}
	first := r.FirstFailure()
	if t := r.Test(s.Scenario); t != nil && t.Challenge && first == nil {
		first = t
	}
	passes := s.Kind == catalogue.Solution || s.Kind == catalogue.Right
	switch {
	case s.NotBuilt || r.Status == result.NotBuilt:
		if s.NotBuilt != (r.Status == result.NotBuilt) {
			return "compiles: " + fmt.Sprint(!s.NotBuilt) + " was expected"
		}
		return ""
	case passes && first != nil:
		return fmt.Sprintf("a right program failed %s (%s): %s", first.ID, first.Code, first.Rationale)
	case passes:
		return ""
	case first == nil:
		return fmt.Sprintf("it passes, and is known for %s (%s)", s.Scenario, s.Code)
	case first.ID != s.Scenario || !s.May(first.Code):
		return fmt.Sprintf("it fails %s (%s), and is known for %s (%s)", first.ID, first.Code, s.Scenario, s.Code)
	}
	return ""
}

// compare says which verdicts of two runs differ. Times, the wire, and the addresses that
// the kernel gave may; where other words are others that is printed, for someone to look at.
func compare(one, two map[string]*result.Result) (problems []string) {
	var words []string
	for _, id := range sortedKeys(one) {
		a, b := one[id], two[id]
		if b == nil {
			continue // that it is lost is said already
		}
		if x, y := verdicts(a), verdicts(b); x != y {
			problems = append(problems, fmt.Sprintf("%s: two runs differ:\n  %s\n  %s", id, x, y))
		}
		words = append(words, otherWords(id, timeless(a), timeless(b))...)
	}
	fmt.Printf("two runs: %d of %d verdicts differ; but for times, timelines and addresses %d fields differ\n",
		len(problems), len(one), len(words))
	for _, w := range words {
		fmt.Println("  " + w)
	}
	return problems
}

// otherWords names the fields of two results that differ, with the first words that do.
func otherWords(id string, a, b map[string]string) (fields []string) {
	for _, k := range sortedKeys(a) {
		if x, y := a[k], b[k]; x != y {
			n := 0
			for n < len(x) && n < len(y) && x[n] == y[n] {
				n++
			}
			n = max(0, n-20)
			fields = append(fields, fmt.Sprintf("%s %s: %.60q, %.60q", id, k, x[n:], y[n:]))
		}
	}
	return fields
}

// verdicts is what a mark comes from.
func verdicts(r *result.Result) string {
	text := fmt.Sprintf("%s %d of %d:", r.Status, r.Score, r.MaxScore)
	for _, t := range r.Tests {
		text += fmt.Sprintf(" %s %s %s", t.ID, t.Status, t.Code)
	}
	return text
}

// ofTheRun is what the clock and the kernel put into words.
var ofTheRun = regexp.MustCompile(`\d{4}/\d\d/\d\d \d\d:\d\d:\d\d|(127(\.\d+){3}|\[::1\]):\d+`)

// timeless is a result without times, without what is recorded of the wire, and without
// addresses: the text of each of its fields, and of those of each test.
func timeless(r *result.Result) map[string]string {
	fields := map[string]string{}
	put := func(of string, v any) {
		var all map[string]json.RawMessage
		data, err := json.Marshal(v)
		if err == nil {
			err = json.Unmarshal(data, &all)
		}
		if err != nil {
			fields[of] = err.Error()
		}
		for name, text := range all {
			fields[of+name] = ofTheRun.ReplaceAllString(string(text), "")
		}
	}
	whole := *r
	whole.Build.Millis, whole.Tests = 0, nil
	put("", whole)
	for _, t := range r.Tests {
		same := *t
		same.Millis, same.Timeline = 0, nil
		put(t.ID+" ", same)
	}
	return fields
}
