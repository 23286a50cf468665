package convert

import (
	"fmt"
	"strings"

	"loopback/tools/engine/result"
)

// markdown is a page for the summary of a job or the text of a release. What a
// program sent is in fences that it cannot close.
func markdown(r *result.Result, o Options) ([]byte, error) {
	var b strings.Builder
	switch r.Status {
	case result.CouldNotGrade:
		fmt.Fprintf(&b, "## %s: could not grade\n\nThis is not a mark, and no fault of the program is known.\n", r.Unit)
		return []byte(b.String()), nil
	case result.NotBuilt:
		fmt.Fprintf(&b, "## %s: does not compile\n\n%s", r.Unit, fenced(r.Build.Output))
		return []byte(b.String()), nil
	}
	fmt.Fprintf(&b, "## %s: %d of %d points\n\n", r.Unit, r.Score, r.MaxScore)
	b.WriteString("| outcome | scenario | points |\n|---|---|---|\n")
	seen := r.ForLearner(o.Feedback)
	tests, aside := seen.Tests, false
	for _, t := range seen.Shown() {
		if t.Counts() {
			fmt.Fprintf(&b, "| %s | %s | %d/%d |\n", t.Status, cell(name(t)), t.Points, t.MaxPoints)
			continue
		}
		fmt.Fprintf(&b, "| %s | %s | |\n", t.Sign(), cell(name(t)))
		aside = true
	}
	if aside {
		fmt.Fprintf(&b, "\nChallenges passed (%s): %d of %d. They do not count.\n", result.Passed,
			r.Challenges.Passed, r.Challenges.Of)
	}
	for _, t := range tests {
		if failed(t) {
			fmt.Fprintf(&b, "\n### %s\n\n%s", cell(name(t)), fenced(told(t)))
		}
	}
	return []byte(b.String()), nil
}

// cell makes a text fit for one cell of a table.
func cell(s string) string {
	return strings.NewReplacer("|", `\|`, "\n", " ", "<", "&lt;", "`", "'").Replace(s)
}

// fenced puts a text into a fence longer than any in it.
func fenced(text string) string {
	fence := "```"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	return fence + "text\n" + strings.TrimRight(text, "\n") + "\n" + fence + "\n"
}
