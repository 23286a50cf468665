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
		fmt.Fprintf(&b, "## %s: could not grade\n\nIt is no mark, and no fault of the program is known.\n", r.Unit)
		return []byte(b.String()), nil
	case result.NotBuilt:
		fmt.Fprintf(&b, "## %s: does not compile\n\n%s", r.Unit, fenced(r.Build.Output))
		return []byte(b.String()), nil
	}
	fmt.Fprintf(&b, "## %s: %d of %d points\n\n", r.Unit, r.Score, r.MaxScore)
	b.WriteString("| outcome | scenario | points |\n|---|---|---|\n")
	tests := r.ForLearner(o.Feedback).Tests
	for _, t := range tests {
		fmt.Fprintf(&b, "| %s | %s | %d/%d |\n", t.Status, cell(name(t)), t.Points, t.MaxPoints)
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
