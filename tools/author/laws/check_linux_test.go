package laws

import (
	"path/filepath"
	"strings"
	"testing"

	"loopback/tools/base/catalogue"
	"loopback/tools/base/record"
)

// A wrong program whose scenario cannot be played on this system is left out, and that is
// said. One that does not come to it, for it fails before or does not compile, is not.
func TestScenarioOfOtherSystems(t *testing.T) {
	const elsewhere = "# The rule.\nserve\ngoroutines 2\n-- hint --\nA.\n-- hint --\nB.\n"
	// A program without standard error does not tell its goroutines.
	mute := strings.NewReplacer("\t\"net\"\n", "\t\"net\"\n\t\"syscall\"\n",
		"flag.Parse()", "flag.Parse()\n\tsyscall.Close(2)").Replace(server("ha"))
	for _, c := range []struct {
		name, first, text string
		full              bool
		left              bool   // out
		want              string // in what is wrong with it; "" for nothing
	}{
		{"a scenario of other systems", "recv A 'ha'\n", mute, false, true, ""},
		{"it, and all the others", "recv A 'ha'\n", mute, true, true, ""},
		{"a failure before", "recv A 'ho'\n", mute, true, false, "its first failure must be 02-elsewhere"},
		{"no program", "recv A 'ha'\n", "package main\n", false, false, "it does not compile"},
		{"a scenario of this one", "recv A 'ha'\n", server("ha"), false, false, "but passes it, and everything else"},
		{"another one", "recv A 'ho'\n", server("ha"), false, false, "but passes it; it fails 01-one (wrong-bytes)"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			root := t.TempDir()
			write(t, root, "go.mod", "module loopback\n")
			write(t, root, "testdata/30-demo/01-one.txtar", "# The rule.\nserve\ndial A\n"+c.first)
			write(t, root, "testdata/30-demo/02-elsewhere.txtar", elsewhere)
			s := subject{Subject: catalogue.Subject{Unit: "30-demo", Kind: catalogue.Wrong, Scenario: "02-elsewhere",
				Code: record.Leak, Folder: filepath.Join("testdata", "30-demo", "it")}}
			write(t, root, "testdata/30-demo/it/main.go", c.text)
			var notes []string
			ps, _, here := verify(t.Context(), root, s, Options{Full: c.full,
				Note: func(line string) { notes = append(notes, line) }})
			if here == c.left {
				t.Errorf("it could be graded here: %v", here)
			}
			said := len(notes) == 1 && strings.Contains(notes[0], "02-elsewhere cannot be played on this system")
			if said != c.left {
				t.Errorf("what was said: %q", notes)
			}
			switch {
			case c.want == "" && len(ps) > 0, c.want != "" && len(ps) == 0:
				t.Errorf("got %v, want %q", ps, c.want)
			case c.want != "" && !strings.Contains(ps[0].String(), c.want):
				t.Errorf("got %v, want %q", ps, c.want)
			}
		})
	}
}
