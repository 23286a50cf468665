package weave

import "testing"

// Units, and pages that stand among them, have a row in a table of the first page.
func TestRowOf(t *testing.T) {
	for line, want := range map[string]string{
		"| [01-dial](01-dial.md) | `ask` | talk | 3 |":  "chapters/01-dial.md",
		"| [where to go on](where.md) | a page | | ½ |": "chapters/where.md",
		"| 20-proxy (planned) | A proxy | | |":          "",
		"Begin with [Setup](00-setup.md).":              "",
		"| socket | [05](05-syscalls.md) |":             "",
		"| [a picture](pictures/one.svg) | one |":       "",
	} {
		if got := rowOf(line); got != want {
			t.Errorf("rowOf(%q) = %q, want %q", line, got, want)
		}
	}
}
