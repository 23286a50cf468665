package grade

import (
	"testing"

	"loopback/tools/probe"
)

// One look is never enough to call a program calm, and one that has ended is
// about to be reaped: until then its status is not known.
func TestCalm(t *testing.T) {
	for _, state := range []probe.State{probe.Timed, probe.Gone, probe.Moving} {
		c := calmness{printed: -1}
		if c.after(0, survey{}, probe.Activity{State: state, Napping: true}, true) {
			t.Errorf("%v: calm at the first look", state)
		}
	}
	c := calmness{printed: -1}
	c.after(0, survey{}, probe.Activity{State: probe.Gone}, true)
	c.lull = c.lull.Add(-2 * calmTime)
	if c.after(0, survey{}, probe.Activity{State: probe.Gone}, true) {
		t.Error("calm, and has ended")
	}
	c.lull = c.lull.Add(-2 * calmTime)
	if !c.after(0, survey{}, probe.Activity{State: probe.Moving, Napping: true}, true) {
		t.Error("it has slept all the time, and is not calm")
	}
}
