// Package replay shows one run of a scenario again: the script beside the
// timeline, as text or as a page that goes through it step by step. It grades
// nothing; what it shows was recorded by package play, and the picture is that
// of package wire.
package replay

import (
	"fmt"
	"strings"

	"loopback/tools/base/record"
	"loopback/tools/engine/result"
)

// A Run is what is shown.
type Run struct {
	Unit, Scenario string
	Rule           string   // what must hold
	Folder         string   // where the program is, relative to the root
	Script         []string // the lines of the scenario, the first of which is line 1
	Verdict        string   // "passes", or the code of the verdict
	What           string   // what happened, when it does not pass
	Report         string   // what the grader says of it
	Program        string   // "server" or "client"
	Events         []record.Event
	Reference      *Run // what the reference program came to in the same scenario, or nil
}

// New makes a Run of the test of a result. Scenario is the text of its file.
func New(r *result.Result, t *result.Test, folder, scenario string) Run {
	run := Run{Unit: r.Unit, Scenario: t.ID, Rule: t.Title, Folder: folder, Script: script(scenario),
		Verdict: "passes", Program: t.Program, Events: t.Events}
	if t.Status != result.Pass {
		run.Verdict, run.What, run.Report = string(t.Code), t.Rationale, r.Text()
	}
	return run
}

// script returns the lines of a scenario up to the first section.
func script(text string) []string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if strings.HasPrefix(line, "-- ") && strings.HasSuffix(line, " --") {
			lines = lines[:i]
			break
		}
	}
	for len(lines) > 0 && strings.TrimSpace(lines[len(lines)-1]) == "" {
		lines = lines[:len(lines)-1]
	}
	return lines
}

// Text returns the timeline, all of it, with each line of the script above the
// rows that it made.
func (r Run) Text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, %s: %s\n", r.Unit, r.Scenario, r.Verdict)
	head, rows := record.Rows(r.Program, r.Events)
	fmt.Fprintf(&b, "\n%s\n", strings.TrimRight(head, " "))
	told := 0 // how many lines of the script are told
	for i, e := range r.Events {
		if e.Line > told {
			told = r.tell(&b, told, e.Line)
		}
		fmt.Fprintln(&b, rows[i])
	}
	if r.Verdict == "passes" { // what comes after a failure was not reached
		r.tell(&b, told, len(r.Script))
	}
	return b.String()
}

// tell writes the lines of the script from, which was told, to, and returns to.
func (r Run) tell(b *strings.Builder, from, to int) int {
	for i := from; i < min(to, len(r.Script)); i++ {
		if line := strings.TrimRight(r.Script[i], " "); line != "" {
			fmt.Fprintf(b, "%3d  %s\n", i+1, line)
		}
	}
	return max(from, to)
}
