package coach

import (
	"context"
	"fmt"
	"os"
	"strings"

	"loopback/tools/companion/progress"
	"loopback/tools/engine/scenario"
	"loopback/tools/grade"
)

// Hint returns the next hint for what fails now in a unit.
func (c *Coach) Hint(ctx context.Context, unit string) (string, error) {
	r := c.record(ctx, unit, unit, firstOnly, nil)
	if err := ctx.Err(); err != nil {
		return "", err
	}
	return c.hint(r)
}

// firstOnly gets the record of an exercise; where it has to be graded, no further than to
// the first failure.
func firstOnly(g *progress.Grader, ctx context.Context, u *scenario.Unit, o grade.Options) (progress.Record, error) {
	o.FirstOnly = true
	return g.Now(ctx, u, o)
}

func (c *Coach) hint(r progress.Record) (string, error) {
	switch r.State {
	case progress.NotStarted:
		grade := fmt.Sprintf("Grade    %s watch %s does it each time you save", Command, number(r.Unit))
		return c.begin(r.Unit, grade), nil
	case progress.NotBuilt:
		return fmt.Sprintf("Hint for %s, which does not compile:\n%s"+
			"  Go to that line first. The other messages may go away with it.\n", r.Unit, r.Error+"\n"), nil
	case progress.Done:
		if race := c.racing(r); race != "" {
			return race, nil
		}
		return fmt.Sprintf("%s passes: there is nothing to hint at.\n  %s solution %s   compares your program with "+
			"the reference\n", r.Unit, Command, number(r.Unit)), nil
	case progress.CannotGrade:
		return r.Report, nil
	}
	u, err := scenario.LoadUnit(c.Root, r.Unit)
	if err != nil {
		return "", err
	}
	head := fmt.Sprintf("%s, scenario %s (%s)\n", r.Unit, r.First.Scenario, r.First.Code)
	return head + steps(c.Grader.Store.Hint(u, r), r.Unit, r.First.Scenario), nil
}

// racing says how a program that passes is tried with the race detector, "" when
// that has been done, or is nothing.
func (c *Coach) racing(r progress.Record) string {
	if r.Race != progress.RaceUntried && r.Race != progress.RaceStale {
		return ""
	}
	return fmt.Sprintf("%s passes, as far as it was run: what needs the race detector was not.\n"+
		"With a C compiler:\n  go test -race ./exercises/%s   says what is wrong, if something is, and then there is "+
		"a hint for it\n",
		r.Unit, r.Unit)
}

// steps shows a hint for a scenario of a unit; when there was none left, where
// to read on.
func steps(h progress.Hint, unit, scenario string) string {
	var out strings.Builder
	switch {
	case h.Of == 0:
		out.WriteString("\n  This scenario has no hints.\n")
	case h.Text == "" && h.Known != "":
		fmt.Fprintf(&out, "\nThe hint of the report, the only one\n%s", indent(h.Known))
	case h.Text == "":
		fmt.Fprintf(&out, "\n  That was the last hint; there are %d.\n", h.Of)
	default:
		if h.Known != "" {
			fmt.Fprintf(&out, "\nHint 1 of %d, which the report shows\n%s", h.Of, indent(h.Known))
		}
		fmt.Fprintf(&out, "\nHint %d of %d\n%s", h.N, h.Of, indent(h.Text))
	}
	if read := readOr(h.Read, unit); h.Text == "" {
		fmt.Fprintf(&out, "  It is explained in %s\n", read)
		fmt.Fprintf(&out, "  The wire, step by step:  %s run %s %s --timeline\n", Command, number(unit), scenario)
	}
	return out.String()
}

// begin says how to begin an exercise; more is the last step, or "".
func (c *Coach) begin(unit, more string) string {
	steps := []string{"Read     " + Chapter(unit), "Open     " + Program(unit)}
	if line := c.lineOf(unit, "notWritten()"); line > 0 {
		steps = append(steps, fmt.Sprintf("Delete   line %d, notWritten(): it tells the grader not to look yet", line))
	}
	steps = append(steps, "Write    what the TODO lines ask for, and save", more)
	var out strings.Builder
	fmt.Fprintf(&out, "%s is not started.\n\n", unit)
	for i, step := range steps {
		if step != "" {
			fmt.Fprintf(&out, "  %d. %s\n", i+1, step)
		}
	}
	return out.String()
}

// lineOf returns the number of the first line of the learner's program that is
// text and nothing else; 0 when there is none.
func (c *Coach) lineOf(unit, text string) int {
	n := 0
	for line := range strings.Lines(c.text(Program(unit))) {
		if n++; strings.TrimSpace(line) == text {
			return n
		}
	}
	return 0
}

func readOr(read, unit string) string {
	if read == "" {
		return Chapter(unit)
	}
	return read
}

// indent indents every line that is not empty.
func indent(text string) string {
	var b strings.Builder
	for line := range strings.Lines(strings.TrimRight(text, "\n") + "\n") {
		if line != "\n" {
			b.WriteString("  ")
		}
		b.WriteString(line)
	}
	return b.String()
}

func readFile(path string) (string, error) {
	data, err := os.ReadFile(path)
	return string(data), err
}
