package mutants

import (
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"loopback/tools/base/record"
	"loopback/tools/base/tree"
	"loopback/tools/engine/scenario"
)

// given is what a stub has of small.
const given = `
func main() {
	notWritten()

	os.Exit(1)
}
`

const small = `package main

func main() {
	os.Exit(1)
}

const most = 3

func f(n int) error {
	defer g()
	if n < most && n != 1 {
		g()
		return err
	}
	switch {
	case n > 7:
		n++
	}
	return nil
}
`

func TestOf(t *testing.T) {
	all, err := Of([]byte(small), []byte(given))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, m := range all {
		got = append(got, m.What)
		if string(m.Source) == small {
			t.Errorf("%s: nothing is different", m.What)
		}
		if _, err := parser.ParseFile(token.NewFileSet(), "", m.Source, 0); err != nil {
			t.Errorf("%s: %v", m.What, err)
		}
	}
	for _, want := range []string{
		"4 in place of 3", "without: defer g()", "now, and not at the end: g()", "without: g()",
		"<= in place of <: n < most", "== in place of !=: n != 1", "|| in place of &&: n < most && n != 1",
		"only n != 1 of: n < most && n != 1", "if n < most && n != 1: the other way round", "nil in place of err",
		"case n > 7: never", "without: n++",
	} {
		if !slices.Contains(got, want) {
			t.Errorf("no mutant is %q; there are:\n%s", want, strings.Join(got, "\n"))
		}
	}
	if slices.Contains(got, "without: os.Exit(1)") {
		t.Error("what the stub has is changed, too")
	}
	if !slices.IsSortedFunc(all, func(a, b Mutant) int { return a.Line - b.Line }) {
		t.Error("they are not in the order of their lines")
	}
}

// An echo without its Write is caught, one that is as it was passes, and one that is no
// Go is not compiled.
func TestTry(t *testing.T) {
	root, err := tree.Root(".")
	if err != nil {
		t.Fatal(err)
	}
	u, err := scenario.LoadUnit(root, "02-echo-once")
	if err != nil {
		t.Fatal(err)
	}
	src := read(t, u)
	for _, test := range []struct {
		old, new string
		want     Fate
	}{
		{"conn.Write(buf[:n])", "conn.Write(nil)", Fate{Caught, "02-one-line", record.Silence}},
		{"make([]byte, 4096)", "make([]byte, 5000)", Fate{How: Passed}},
		{"func main", "func maim", Fate{How: NotBuilt}},
	} {
		changed := strings.Replace(src, test.old, test.new, 1)
		if changed == src {
			t.Errorf("the reference has no %q", test.old)
		}
		got, err := Try(t.Context(), u, Mutant{Source: []byte(changed)}, false)
		if err != nil || got != test.want {
			t.Errorf("%s: %+v, %v; want %+v", test.new, got, err, test.want)
		}
	}
}

// read returns the reference program of a unit.
func read(t *testing.T, u *scenario.Unit) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(u.Root, "solutions", u.Name, "main.go"))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
