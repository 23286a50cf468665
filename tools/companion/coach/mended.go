package coach

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"loopback/tools/base/catalogue"
	"loopback/tools/base/record"
	"loopback/tools/base/unified"
	"loopback/tools/companion/mend"
	"loopback/tools/companion/progress"
	"loopback/tools/engine/result"
	"loopback/tools/grade"
)

// puzzle is what is shown of a program that is handed out.
func (c *Coach) puzzle(s catalogue.Subject, h progress.Handed) string {
	var b strings.Builder
	fmt.Fprintf(&b, "A program of %s with a mistake: %s/main.go\n\n", h.Unit, h.Folder)
	if s.NotBuilt {
		b.WriteString("It does not compile.\n")
	} else {
		report := c.text(filepath.ToSlash(s.Folder) + "/report.txt")
		b.WriteString(broken(s.Scenario, cmp.Or(partOf(report, "The rule"), c.rule(s)), partOf(report, "What happened"),
			partOf(report, "On the wire")))
	}
	if c.Grader.Store.Learner().Passed[h.Unit].IsZero() {
		b.WriteString("\nYou have not solved this exercise yet, and the program shows most of an answer.\n")
	}
	fmt.Fprintf(&b, "\nFind the mistake, and mend it with as few lines as you can. Then\n\n  %-42s grades it\n"+
		"  %-42s shows the answer\n",
		Command+" debug", Command+" debug --give-up")
	return b.String()
}

// rule is that of the scenario by which a program is caught.
func (c *Coach) rule(s catalogue.Subject) string {
	if u, err := c.load(s.Unit); err == nil && u.Scenario(s.Scenario) != nil {
		return "    " + u.Scenario(s.Scenario).Rule + "\n"
	}
	return ""
}

// fewRows is with how many rows a timeline begins to tell what happened; one of
// a program that only prints has fewer.
const fewRows = 5

// broken shows the rule that a program breaks and what went over the wire; where
// that was next to nothing, what happened, too.
func broken(scenario, rule, happened, onTheWire string) string {
	text := fmt.Sprintf("It breaks the rule of %s\n%s", scenario, rule)
	if onTheWire != "" {
		text += "On the wire\n" + onTheWire
	}
	if happened != "" && strings.Count(onTheWire, "\n") < fewRows {
		text += "What happened\n" + happened
	}
	return text
}

// partOf returns the lines of a report below a heading.
func partOf(report, head string) string {
	var b strings.Builder
	in := false
	for line := range strings.Lines(report) {
		if !strings.HasPrefix(line, " ") {
			in = strings.TrimSpace(line) == head
		} else if in {
			b.WriteString(line)
		}
	}
	return b.String()
}

// checkMended grades a program that the learner has mended. One that has not
// been changed is shown again, unless must is set.
func (c *Coach) checkMended(ctx context.Context, s catalogue.Subject, h progress.Handed, must bool) (Debugged, error) {
	change := c.change(h)
	if change.text == "" && !must {
		return Debugged{Text: "It has not been changed yet.\n\n" + c.puzzle(s, h)}, nil
	}
	u, err := c.load(s.Unit)
	if err != nil {
		return Debugged{}, err
	}
	o, stop := c.Follow(h.Folder, nil)
	r, err := grade.GradeFolder(ctx, u, filepath.Join(c.Root, filepath.FromSlash(h.Folder)), s.Race, o)
	stop()
	if err != nil {
		return Debugged{}, err
	}
	if t := failure(r, s); t != nil || r.Status == result.NotBuilt || r.Untouched() {
		return Debugged{Text: c.stillBroken(r, t, s, h) + change.size("Your change so far"), Fails: true,
			Unknown: r.Status == result.CouldNotGrade}, nil
	}
	c.update(func(m *progress.Mending) { m.Mend(h) })
	var b strings.Builder
	fmt.Fprintf(&b, "Mended: %s passes all scenarios of %s%s.\n", h.Folder, h.Unit, c.mended("; %d of %d programs"))
	fmt.Fprintf(&b, "%s%s\n%s\n", change.size("Your change"), c.ours(s).size("Our change"), change.text)
	b.WriteString(c.answer(s, h))
	return Debugged{Text: b.String()}, nil
}

// failure returns the first scenario that a mended program must pass and does
// not, or nil: a challenge is among them when that is what it was caught by.
func failure(r *result.Result, s catalogue.Subject) *result.Test {
	t := r.FirstFailure()
	if one := r.Test(s.Scenario); t == nil && one != nil && one.Challenge && one.Status != result.Pass {
		return one
	}
	return t
}

// stillBroken shows which rule a program breaks now.
func (c *Coach) stillBroken(r *result.Result, t *result.Test, s catalogue.Subject, h progress.Handed) string {
	if t == nil || t.Status == result.Error {
		return r.Text() + "\n"
	}
	rows := slices.Clone(t.Timeline)
	for i := range rows {
		rows[i] = strings.TrimRight("    "+rows[i], " ") + "\n"
	}
	head := fmt.Sprintf("%s is not mended yet.\n\n", h.Folder)
	if first := r.Test(s.Scenario); first != nil && first != t && first.Status == result.Pass {
		head = fmt.Sprintf("%s passes %s now. But all scenarios must pass.\n\n", h.Folder, s.Scenario)
	}
	return head +
		broken(t.ID, "    "+t.Title+"\n", "    "+t.Rationale+"\n", strings.Join(rows, "")) + "\n"
}

// A change is the difference between two programs.
type change struct {
	text     string // in the unified form
	in, gone int    // lines that are neither empty nor comments
}

func (d *change) add(oldName, old, newName, new string) {
	text := unified.Texts(oldName, old, newName, new)
	d.text += text
	for i, line := range strings.Split(text, "\n") {
		rest := strings.TrimSpace(strings.TrimLeft(line, "+-"))
		switch {
		case i < 2, rest == "", strings.HasPrefix(rest, "//"): // the names, and what does nothing
		case strings.HasPrefix(line, "+"):
			d.in++
		case strings.HasPrefix(line, "-"):
			d.gone++
		}
	}
}

func (d change) size(what string) string {
	return fmt.Sprintf("%s: %s of code put in, %d taken away.\n", what, record.Number(d.in, "line"), d.gone)
}

// change returns what the learner has changed.
func (c *Coach) change(h progress.Handed) (d change) {
	files, _ := filepath.Glob(filepath.Join(c.Root, filepath.FromSlash(h.Folder), "*.go"+handedOut))
	for _, f := range files {
		before := path.Join(h.Folder, filepath.Base(f))
		after := strings.TrimSuffix(before, handedOut)
		d.add(before, c.text(before), after, c.text(after))
	}
	return d
}

// ours returns what we would change in a wrong program: what it takes to the
// reference, or, where a challenge catches it, to our program for that.
func (c *Coach) ours(s catalogue.Subject) (d change) {
	files, err := c.stripped(s)
	if err != nil {
		return d
	}
	right := path.Join("solutions", s.Unit)
	if u, err := c.load(s.Unit); err == nil && u.Scenario(s.Scenario) != nil && u.Scenario(s.Scenario).Challenge {
		right = filepath.ToSlash(catalogue.ChallengeFolder(s.Unit, s.Scenario))
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		to := path.Join(right, name)
		d.add(path.Join(filepath.ToSlash(s.Folder), name), files[name], to, bare(c.text(to), files[name]))
	}
	return d
}

// bare returns ours without the comments that theirs does not have, so that the
// difference of the two is one of code.
func bare(ours, theirs string) string {
	if text, err := mend.Strip(ours, theirs); err == nil {
		return text
	}
	return ours
}

// answer shows what the author of a wrong program believes, and our mend.
func (c *Coach) answer(s catalogue.Subject, h progress.Handed) string {
	doc, _, _ := strings.Cut(mend.Doc(c.text(filepath.ToSlash(s.Folder)+"/main.go")), "Caught by:")
	return fmt.Sprintf("What its author believes\n%s\nOur mend, from the program that you were given (-) to ours "+
		"(+)\n\n%s\nThe next one: %s debug %s\n",
		indent(strings.TrimSpace(doc)), c.ours(s).text, Command, number(h.Unit))
}
