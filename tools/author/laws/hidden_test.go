package laws

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"loopback/tools/engine/scenario"
)

// greeters writes a unit whose right programs say "hi" to each client, and some wrong ones.
func greeters(t *testing.T) (root string) {
	t.Helper()
	root = t.TempDir()
	write(t, root, "go.mod", "module loopback\n")
	write(t, root, "testdata/30-demo/01-one.txtar", "# The rule.\nserve\ndial A\nrecv A 'h'\n")
	write(t, root, "solutions/30-demo/main.go", server("hi"))
	write(t, root, "testdata/30-demo/right/another/main.go", server("hi"))
	caught := "// Belief: b.\n//\n// Caught by: 01-one (wrong-bytes).\n"
	write(t, root, "testdata/30-demo/wrong/bye/main.go", caught+server("bye"))
	write(t, root, "testdata/30-demo/wrong/hello/main.go", caught+server("hello"))
	return root
}

func mine(id, text string) Hidden {
	one := scenario.Hidden{Unit: "30-demo", ID: id, Text: []byte("# A rule.\n" + text), File: "mine/" + id + ".txtar"}
	return Hidden{"30-demo": {one}}
}

// What is said of a hidden scenario: who passes it, which wrong programs it catches, and what is
// wrong with it.
func TestTryHidden(t *testing.T) {
	root := greeters(t)
	for _, c := range []struct {
		text   string
		passed int
		caught []string
		wrong  []string // in the problems, in their order
	}{
		{"serve\ndial A\nrecv A 'hi'\n", 2, []string{"bye (wrong-bytes)", "hello (wrong-bytes)"}, nil},
		{"serve\ndial A\nrecv A 'h'\n", 2, []string{"bye (wrong-bytes)"}, nil},
		{"serve\ndial A\nrecv A 'ho'\n", 0, []string{"bye (wrong-bytes)", "hello (wrong-bytes)"},
			[]string{"it is right, and 90-mine ends with wrong-bytes", "it is right, and 90-mine"}},
		{"# challenge\nserve\ndial A\nrecv A 'ho'\n", 0, []string{"bye (wrong-bytes)", "hello (wrong-bytes)"}, nil},
		{"serve\ndial A\nsend A\n", 0, nil, slices.Repeat([]string{"90-mine could not be played"}, 4)},
		{"serve\nno-such-command\n", 0, nil, []string{"no-such-command"}},
	} {
		trials, ps := TryHidden(t.Context(), root, mine("90-mine", c.text), Options{})
		if len(ps) != len(c.wrong) {
			t.Errorf("%q: %v, want %q", c.text, ps, c.wrong)
		}
		for i, want := range c.wrong {
			if i < len(ps) && !strings.Contains(ps[i].String(), want) {
				t.Errorf("%q: %v, want %q", c.text, ps[i], want)
			}
		}
		if strings.Contains(c.text, "no-such") {
			continue // nothing was tried
		}
		if tr := trials[0]; len(trials) != 1 || tr.Passed != c.passed || !slices.Equal(tr.Caught, c.caught) {
			t.Errorf("%q: %+v", c.text, tr)
		}
	}
}

// A soak of a hidden scenario repeats what right programs come to, and nothing else.
func TestSoakHidden(t *testing.T) {
	root := greeters(t)
	for text, wrong := range map[string]int{"serve\ndial A\nrecv A 'hi'\n": 0, "serve\ndial A\nrecv A 'ho'\n": 6} {
		o := SoakOptions{Repeats: 3, Hidden: mine("90-mine", text), Note: func(int, int, int) {}}
		o.Wrong = func(line string) {
			if !strings.Contains(line, "it must pass, but 90-mine ended with wrong-bytes") {
				t.Error(line)
			}
		}
		count, err := Soak(t.Context(), root, o)
		if want := (SoakCount{Programs: 2, Verdicts: 6, Wrong: wrong}); err != nil || count != want {
			t.Errorf("%q: %+v, %v; want %+v", text, count, err, want)
		}
	}
	for name, h := range map[string]Hidden{"a challenge": mine("90-mine", "# challenge\nserve\n"), "none": {}} {
		_, err := Soak(t.Context(), root, SoakOptions{Repeats: 1, Hidden: h})
		if err == nil || !strings.Contains(fmt.Sprint(err), "no hidden scenario that right programs must pass") {
			t.Errorf("%s: %v", name, err)
		}
	}
	var none []scenario.Hidden
	if _, err := Soak(t.Context(), root, SoakOptions{Hidden: Hidden{"99-none": none}}); err == nil {
		t.Error("a unit that there is not can be soaked")
	}
}
