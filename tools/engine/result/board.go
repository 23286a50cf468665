package result

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"loopback/tools/base/record"
)

// Text returns the whole report: one line for each scenario, and the first
// failure in full. Why all of it could not be graded comes first.
func (r *Result) Text() string {
	var b strings.Builder
	if r.Reason != "" {
		fmt.Fprintf(&b, "%s: could not grade: %s\n", r.Unit, record.Printable(r.Reason))
	}
	switch {
	case r.Reason != "" && !r.begun():
	case r.Status == NotBuilt:
		r.writeNotBuilt(&b)
	case r.Untouched():
		r.writeUntouched(&b)
	default:
		b.WriteString(r.page())
	}
	return b.String()
}

// begun reports whether a scenario was played.
func (r *Result) begun() bool {
	return slices.ContainsFunc(r.Tests, func(t *Test) bool { return !t.Waits() && t.Rationale != notReached })
}

// page returns the board and the first failure. When the failure has much to
// tell, the board has fewer rows.
func (r *Result) page() (text string) {
	t := r.FirstFailure()
	if t == nil {
		return r.Table() + r.raceLine() + r.challengeLine()
	}
	for most := boardMost; ; most -= 2 {
		var b strings.Builder
		r.writeBoard(&b, most)
		b.WriteString("\n")
		rows := strings.Count(b.String(), "\n")
		report, whole := r.report(t, record.ReportLines-rows, record.ReportBytes-b.Len())
		if whole || most <= boardLeast {
			return b.String() + report
		}
	}
}

// raceLine names what was left out because the program was built without the
// race detector, and the command that runs it; "" when that is nothing.
func (r *Result) raceLine() string {
	var left []string
	for _, t := range r.Counting() {
		if t.Scenario != nil && t.Scenario.Race && t.Status == Skip && !t.Waits() {
			left = append(left, t.ID)
		}
	}
	if len(left) == 0 || r.Raced == "" {
		return ""
	}
	return fmt.Sprintf("\nNot run without the race detector: %s. With a C compiler:\n  %s\n", strings.Join(left, ", "),
		r.Raced)
}

func (r *Result) writeUntouched(b *strings.Builder) {
	folder := "the program"
	if r.Folder != "" {
		folder = filepath.ToSlash(filepath.Join(r.Folder, "main.go"))
	}
	fmt.Fprintf(b, "%s: not started (%d scenarios wait)\n", r.Unit, len(r.Counting()))
	fmt.Fprintf(b, "  read  chapters/%s.md\n", r.Unit)
	fmt.Fprintf(b, "  then open  %s\n", folder)
}

func (r *Result) writeNotBuilt(b *strings.Builder) {
	fmt.Fprintf(b, "%s: does not compile\n\n", r.Unit)
	all := r.messages()
	for _, line := range all[:min(len(all), maxMessages)] {
		fmt.Fprintln(b, line)
	}
	if more := len(all) - maxMessages; more > 0 {
		fmt.Fprintf(b, "  ... and %d lines more\n", more)
	}
	b.WriteString("\n  Read the first message first: it names the line, and later ones often follow from it.\n")
}

// messages returns those of the compiler, each as it is shown.
func (r *Result) messages() (all []string) {
	for line := range strings.SplitSeq(strings.TrimRight(r.Build.Output, "\n"), "\n") {
		all = append(all, "  "+record.Cut(record.Printable(line), 3*(record.ReportWidth-4)))
	}
	return all
}

// FirstMessage returns the compiler's first message, "" for a program that compiles.
func (r *Result) FirstMessage() string {
	if r.Status != NotBuilt {
		return ""
	}
	return r.messages()[0]
}

// maxMessages is how many of the compiler's messages are shown.
const maxMessages = 10

// boardMost is how many rows the board has before it is folded, and when it is;
// boardLeast how many are left when the failure needs the room.
const (
	boardMost  = 8
	boardLeast = 4
)

func (r *Result) writeBoard(b *strings.Builder, most int) {
	passed, unseen, tests := 0, 0, r.Counting()
	for _, t := range tests {
		switch {
		case t.Status == Pass:
			passed++
		case t.Status == Skip && !t.Waits() && !t.Scenario.Race:
			unseen++
		}
	}
	fmt.Fprintf(b, "%s: %d of %d", r.Unit, passed, len(tests))
	if unseen > 0 {
		fmt.Fprintf(b, ", and %d cannot be checked on this system", unseen)
	}
	fmt.Fprintln(b)
	for _, line := range r.board(most) {
		fmt.Fprintln(b, line)
	}
}

// report tells one failure in full, in at most most lines and room bytes.
func (r *Result) report(t *Test, most, room int) (text string, all bool) {
	return r.failure(t).Report(most, room)
}

// Canonical returns the report in the form in which it is recorded: without the
// table, and the same whenever the program fails in the same way.
func (r *Result) Canonical() string {
	t := r.FirstFailure()
	if t == nil || r.Status == NotBuilt || r.Untouched() {
		return r.Text()
	}
	return r.failure(t).Canonical(t.Names)
}

// failure is what is told of t, which did not pass.
func (r *Result) failure(t *Test) *record.Failure {
	v := t.Verdict
	if v == nil {
		v = &record.Verdict{Code: t.Code, What: record.Say("%s", t.Rationale)}
	}
	return &record.Failure{Scenario: t.ID, Rule: t.Title, Verdict: v, Program: t.Program, Events: t.Events,
		Cause: causeFor(t.Scenario, v), Hint: first(t.Hints), Read: t.See, Again: r.again(t)}
}

// board returns one line for each scenario. A long list is folded, but for the
// first failure: that is what the learner looks for, and what the rest of the
// page has to tell.
func (r *Result) board(most int) []string {
	first, tests := r.FirstFailure(), r.Shown()
	fold := len(tests) > most && first != nil
	var out []string
	for i := 0; i < len(tests); i++ {
		t := tests[i]
		n := 1
		if fold && t != first {
			for i+n < len(tests) && alike(t, tests[i+n]) {
				n++
			}
		}
		if n > 2 {
			out = append(out, foldedRow(t, tests[i+n-1]))
			i += n - 1
			continue
		}
		out = append(out, boardRow(t))
	}
	if !fold || len(out) <= most+1 { // a row that says how many there are takes a row, too
		return out
	}
	from := max(0, min(slices.Index(out, boardRow(first))-most+1, len(out)-most)) // the failure is always there
	if from > 0 {
		out = append([]string{fmt.Sprintf("  ... %d before these", from)}, out[from:]...)
		most++
	}
	if len(out) > most {
		out = append(out[:most], andMore(out[most:]))
	}
	return out
}

// alike reports whether the rows of two scenarios may be one: the same has come of
// them, and where they wait it is for the same reason.
func alike(t, next *Test) bool {
	return mark(next) == mark(t) && (t.Status != Skip || t.Waits() && next.Rationale == t.Rationale)
}

// foldedRow is one row for all scenarios from first to last. Of those that were not
// checked it says why; where there is little room they have their numbers.
func foldedRow(first, last *Test) string {
	row := fmt.Sprintf("  %s %s … %s", mark(first), first.ID, last.ID)
	if !first.Waits() {
		return row
	}
	why := "  " + first.Rationale
	if utf8.RuneCountInString(row+why) > record.ReportWidth {
		row = fmt.Sprintf("  %s %s … %s", mark(first), number(first.ID), number(last.ID))
	}
	return record.Cut(row+why, record.ReportWidth)
}

// number is the number of a scenario, by which it can be named shortly.
func number(id string) string {
	n, _, _ := strings.Cut(id, "-")
	return n
}

// andMore is the row for rows for which there is no room. What has failed among
// them is there by its number, so that there is room for all.
func andMore(rows []string) string {
	row := fmt.Sprintf("  ... and %d more", len(rows))
	sep := ", of which failed: "
	for _, r := range rows {
		if f := strings.Fields(r); len(f) > 1 && f[0] == "FAIL" {
			row += sep + number(f[1])
			if len(f) > 3 && f[2] == "…" {
				row += "–" + number(f[3])
			}
			sep = ", "
		}
	}
	return record.Cut(row, record.ReportWidth)
}

func boardRow(t *Test) string {
	text := t.Title
	if t.Status == Skip {
		text = t.Rationale
	}
	row := fmt.Sprintf("  %s %-22s ", mark(t), t.ID)
	return row + record.Cut(text, max(20, record.ReportWidth-utf8.RuneCountInString(row)))
}

// mark says in a word what happened; the word is the sign.
func mark(t *Test) string {
	if t.Challenge {
		return star(t)
	}
	switch t.Status {
	case Pass:
		return "ok  "
	case Skip:
		return "-   "
	case Error:
		return "ERR "
	}
	return "FAIL"
}
