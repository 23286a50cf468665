package programs

import (
	"testing"

	"loopback/tools/engine/probe"
)

// A program has slept between two looks when no thread has run.
func TestSlept(t *testing.T) {
	asleep := probe.Activity{State: probe.Timed, Runs: 7, Threads: 3}
	ran, moving := asleep, asleep
	ran.Runs++
	moving.State = probe.Moving
	for _, c := range []struct {
		what          string
		before, after probe.Activity
		want          bool
	}{
		{"asleep all the while", asleep, asleep, true},
		{"a thread has run", asleep, ran, false},
		{"a thread runs", moving, moving, false},
		{"it sleeps by now", moving, asleep, false},
	} {
		if got := slept(c.before, c.after); got != c.want {
			t.Errorf("%s: %v", c.what, got)
		}
	}
}
