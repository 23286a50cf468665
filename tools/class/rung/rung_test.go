package rung

import (
	"errors"
	"strings"
	"testing"

	"loopback/tools/class/box"
)

// whole is a machine that has everything.
var whole = Machine{Place: box.Place{Level: box.Closed, Counted: "namespace"}, Sealed: true, Lasting: true, Fences: 2,
	Weighs: true}

// TestMissing: what a machine lacks is named where it is required, at the door that could
// give it, and nowhere else.
func TestMissing(t *testing.T) {
	for _, c := range []struct {
		name        string
		change      func(*Machine)
		grade, want string // what each door lacks
	}{
		{"everything", func(*Machine) {}, "", ""},
		{"no Landlock", func(m *Machine) { m.Fences = 0 }, "signals files", ""},
		{"an old Landlock", func(m *Machine) { m.Fences = 1 }, "signals", ""},
		{"no namespaces", func(m *Machine) { m.Place = box.Place{Why: "it is\n\tforbidden"} }, "network",
			"network sight tasks"},
		{"neither", func(m *Machine) { m.Place, m.Fences = box.Place{}, 0 }, "signals files network",
			"signals files network sight tasks"},
		{"a network alone", func(m *Machine) { m.Place.Level = box.Network }, "", "sight"},
		{"nothing counts tasks", func(m *Machine) { m.Place.Counted = "" }, "", "tasks"},
		{"another system", func(m *Machine) { *m = Machine{} }, "grader signals files lasting network memory",
			"grader signals files lasting network sight tasks memory"},
	} {
		m := whole
		c.change(&m)
		for door, want := range map[Door]string{Grade: c.grade, Batch: c.want} {
			err := Missing(m, door, Require)
			if errors.Is(err, ErrMissing) != (want != "") {
				t.Errorf("%s, %s: %v", c.name, door, err)
			}
			var got []string
			for _, r := range All {
				if err != nil && strings.Contains(err.Error(), r.Name+" (needs ") {
					got = append(got, r.Name)
				}
			}
			if strings.Join(got, " ") != want || err != nil && strings.Contains(err.Error(), "\n") {
				t.Errorf("%s, %s: it lacks %q, want %q: %v", c.name, door, got, want, err)
			}
			if err := Missing(m, door, Auto); err != nil {
				t.Errorf("%s, %s: nothing is required, and %v", c.name, door, err)
			}
		}
	}
}

// TestWords: a result says what was asked for and what held, and keeps what it said.
func TestWords(t *testing.T) {
	words := Words(map[string]string{"files": "landlock"}, whole, Batch, Auto)
	if words["held"] != "grader, signals, files, lasting, network, sight, tasks, memory" || words["lacks"] != "" ||
		words["asked"] != "auto" || words["files"] != "landlock" {
		t.Errorf("%q", words)
	}
	if words := Words(nil, whole, Grade, Auto); words["lacks"] != "sight, tasks" {
		t.Errorf("%q", words)
	}
	if words := Words(nil, whole, Batch, None); words["held"] != "" || words["asked"] != "none" {
		t.Errorf("%q", words)
	}
	if Mode("on").Check() == nil || Auto.Check() != nil {
		t.Error("modes are not told apart from other words")
	}
}
