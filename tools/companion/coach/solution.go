package coach

import (
	"context"
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"loopback/tools/base/catalogue"
	"loopback/tools/base/unified"
	"loopback/tools/companion/progress"
)

// Sealed reports whether the solution of a unit is still closed: it opens when
// the exercise passes, and then stays open.
func (c *Coach) Sealed(r progress.Record) bool {
	return r.State != progress.Done && c.Grader.Store.Learner().Passed[r.Unit].IsZero()
}

// Solution returns what differs between the learner's program and the
// reference, our programs for the challenges that are passed, and then how many
// mistakes of others there are, or, with mistakes, all of them. With spoil it
// does so for an exercise that does not pass, too. Open is false when it is sealed; then text
// says why.
func (c *Coach) Solution(ctx context.Context, unit string, spoil, mistakes bool) (text string, open bool, err error) {
	r := c.Now(ctx, unit)
	if err := ctx.Err(); err != nil {
		return "", false, err
	}
	if !spoil && c.Sealed(r) {
		return c.sealed(r), false, nil
	}
	text, err = c.difference(r)
	if err != nil {
		return "", false, err
	}
	text += c.answers(r, spoil) + "\n"
	switch n := len(c.mistaken(unit)); {
	case mistakes:
		text += c.gallery(unit)
	case n > 0:
		text += fmt.Sprintf("Mistakes of others: %d programs that do not pass.\n"+
			"  %s solution %s --mistakes   shows them\n", n, Command, number(unit))
	}
	return text, true, nil
}

// sealed says why the solution of a unit is not shown.
func (c *Coach) sealed(r progress.Record) string {
	return fmt.Sprintf("The solution of %s is sealed until your program passes; it is at: %s.\n\n"+
		"  %s hint %s   goes one step further each time\n  %s solution %s --spoil   opens it all the same\n",
		r.Unit, state(r), Command, number(r.Unit), Command, number(r.Unit))
}

// difference returns the unified difference from the learner's program to the
// reference.
func (c *Coach) difference(r progress.Record) (string, error) {
	files, err := filepath.Glob(filepath.Join(c.Root, "solutions", r.Unit, "*.go"))
	if err != nil {
		return "", err
	}
	var b strings.Builder
	for _, f := range files {
		name := filepath.Base(f)
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		theirs, ours := path.Join("exercises", r.Unit, name), path.Join("solutions", r.Unit, name)
		b.WriteString(unified.Texts(theirs, c.text(theirs), ours, c.text(ours)))
	}
	if b.Len() == 0 {
		return "Your program and the reference are the same, line by line.\n", nil
	}
	return "From your program (-) to the reference (+). There is more than one right way.\n\n" + b.String(), nil
}

// mistaken returns the wrong programs of a unit.
func (c *Coach) mistaken(unit string) []catalogue.Subject {
	subjects, _ := catalogue.Subjects(c.Root, unit)
	return slices.DeleteFunc(subjects, func(s catalogue.Subject) bool { return s.Kind != catalogue.Wrong })
}

// gallery shows the wrong programs of a unit: what their authors believe, and
// what then happens on the wire, from the recorded reports.
func (c *Coach) gallery(unit string) string {
	var b strings.Builder
	n := 0
	for _, s := range c.mistaken(unit) {
		n++
		folder := filepath.ToSlash(s.Folder)
		fmt.Fprintf(&b, "\n%d. %s\n\n", n, strings.ReplaceAll(s.Name, "-", " "))
		b.WriteString(indent(belief(c.text(folder + "/main.go"))))
		fmt.Fprintf(&b, "\n  %s: %s\n", s.Scenario, s.Code)
		report := c.text(folder + "/report.txt")
		b.WriteString(partOf(report, "What happened") + partOf(report, "On the wire"))
		fmt.Fprintf(&b, "  (%s/main.go)\n", folder)
	}
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("Mistakes of others: %d programs that do not pass, what their authors believe, and "+
		"what happens.\n", n) + b.String()
}

// belief returns the doc comment of a wrong program without its last line,
// which is for the tests.
func belief(program string) string {
	var lines []string
	for line := range strings.Lines(program) {
		text, ok := strings.CutPrefix(strings.TrimSpace(line), "//")
		if !ok || strings.HasPrefix(text, " Caught by:") {
			break
		}
		lines = append(lines, strings.TrimPrefix(text, " "))
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}
