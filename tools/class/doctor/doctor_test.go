package doctor

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"loopback/tools/class/box"
	"loopback/tools/class/rung"
)

// TestLook: everything that is looked at has one line, which says what there is or what
// is lost, and here at least something can be graded.
func TestLook(t *testing.T) {
	root, err := filepath.Abs("../../..")
	if err != nil {
		t.Fatal(err)
	}
	lines := Look(t.Context(), root)
	seen := map[string]bool{}
	for _, l := range lines {
		if l.Has == "" && l.Lost == "" || seen[l.What] || strings.Contains(l.String(), "\n") {
			t.Errorf("%q: %+v", l, l)
		}
		seen[l.What] = true
	}
	if _, err := Judge(lines); err != nil {
		t.Errorf("%v: %v", err, lines)
	}
}

// TestNoGo: without the go command nothing can be graded; without a C compiler a part
// is lost.
func TestNoGo(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	lines := []Line{golang(t.Context(), "."), tool("ss", "iproute2")}
	if lost, err := Judge(lines); lost != 2 || !errors.Is(err, ErrCannot) {
		t.Errorf("%d lost, %v", lost, err)
	}
	if lost, err := Judge(lines[1:]); lost != 1 || err != nil {
		t.Errorf("%d lost, %v", lost, err)
	}
	if text := lines[0].String(); !strings.HasPrefix(text, "lacks   go") {
		t.Errorf("%q", text)
	}
}

// TestLadder: each rung has a line, and where something is lost the line says what is
// needed; what would come of --sandbox require stands in a line of its own.
func TestLadder(t *testing.T) {
	whole := rung.Machine{Place: box.Place{Level: box.Closed, Counted: "namespace"}, Sealed: true, Lasting: true,
		Fences: 2, Weighs: true}
	bare := rung.Machine{Place: box.Place{Why: "no namespaces"}}
	for _, m := range []rung.Machine{whole, bare} {
		lines := ladder(m)
		if len(lines) != len(rung.All)+1 {
			t.Errorf("%d lines for %d rungs", len(lines), len(rung.All))
		}
		for i, l := range lines {
			if (l.Lost == "") != (m == whole) || (l.Has == "") != (m == bare) {
				t.Errorf("%+v", l)
			}
			if i < len(rung.All) && (l.What != rung.All[i].Name ||
				m == bare && !strings.Contains(l.Lost, rung.All[i].Mend)) {
				t.Errorf("%+v", l)
			}
		}
	}
}
