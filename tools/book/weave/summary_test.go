package weave

import (
	"strings"
	"testing"
)

// A unit that has no row on the first page stands in no part of the book, nor under Reference.
func TestUnitWithoutRow(t *testing.T) {
	of := func(rows string) string {
		b := &book{}
		for file, src := range map[string]string{introduction: "# First\n\n## Part I: all\n\n" + rows,
			"chapters/21-new.md": "# The new unit\n"} {
			p := readPage(file, []byte(src))
			if file != introduction {
				p.unit = "21-new"
			}
			b.pages = append(b.pages, p)
		}
		return strings.Join(b.summary(), "\n")
	}
	if got := of(""); strings.Contains(got, "new") {
		t.Errorf("without a row:\n%s", got)
	}
	if got := of("| [21-new](21-new.md) | it | see | 1 |\n"); strings.Count(got, "- [The new unit](21-new.md)") != 1 {
		t.Errorf("with a row:\n%s", got)
	}
}

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
