package weave

import (
	"path/filepath"
	"strings"
	"testing"
)

const tables = "# First\n\n4½ hours in all.\n\n### Part I: One\n\n| unit | hours |\n|---|---|\n" +
	"| [00-hello](00-hello.md) | a \\| b | ½ |\n\n### Part II: More\n\n| [01-twice](01-twice.md) | x | 4 |\n" +
	"| [words](words.md) | x |\n"

func TestOutline(t *testing.T) {
	got := Outline(strings.ReplaceAll(tables, "\n", "\r\n"))
	want := map[string]Place{"00-hello.md": {"Part I: One", "½"}, "01-twice.md": {"Part II: More", "4"}}
	if len(got) != len(want) || got["00-hello.md"] != want["00-hello.md"] || got["01-twice.md"] != want["01-twice.md"] {
		t.Errorf("got %v, want %v", got, want)
	}
}

// The hours of the first page are those of README.md, and their sum is what it says.
func TestHours(t *testing.T) {
	for _, c := range []struct{ first, readme, want string }{
		{tables, "| [01-twice](chapters/01-twice.md) | y | 4 |\n", ""},
		{tables, "\n| [01-twice](chapters/01-twice.md) | y | 3 |\n",
			`README.md:2: 01-twice.md takes "3" hours here and "4" in chapters/introduction.md`},
		{tables, "| [words](chapters/words.md) | y | 1 |\n",
			`README.md:1: words.md takes "1" hours here and "" in chapters/introduction.md`},
		{strings.Replace(tables, "| 4 |", "| 4½ |", 1), "",
			"chapters/introduction.md:3: 4½ hours in all; the tables below come to 5; write it with: " + fixCommand},
		{strings.Replace(tables, "4½ hours", "45 hours", 1), "",
			"chapters/introduction.md:3: 45 hours in all; the tables below come to 4½; write it with: " + fixCommand},
	} {
		b := &book{root: filepath.Join("testdata", "tiny"), pages: []*page{readPage(introduction, []byte(c.first))},
			notes: []*page{readPage("README.md", []byte(c.readme))}}
		b.checkHours()
		got := ""
		for _, p := range b.problems {
			got += p.String()
		}
		if got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}

// Fix writes the sum.
func TestSummed(t *testing.T) {
	wrong := strings.Replace(tables, "4½ hours", "45 hours", 1)
	b := &book{pages: []*page{readPage(introduction, []byte(wrong))}}
	if ls, ok := b.summed(); !ok || string(joined(ls)) != tables {
		t.Errorf("got %q", ls)
	}
}
