package grade

import (
	"testing"

	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/probe"
)

// One look is never enough to call a program calm, and one that has ended is
// about to be reaped: until then its status is not known.
func TestCalm(t *testing.T) {
	for _, state := range []probe.State{probe.Timed, probe.Gone, probe.Moving} {
		c := scene.Calmness{Printed: -1}
		if c.After(0, scene.Survey{}, probe.Activity{State: state, Napping: true}, true) {
			t.Errorf("%v: calm at the first look", state)
		}
	}
	c := scene.Calmness{Printed: -1}
	c.After(0, scene.Survey{}, probe.Activity{State: probe.Gone}, true)
	c.Lull = c.Lull.Add(-2 * scene.CalmTime)
	if c.After(0, scene.Survey{}, probe.Activity{State: probe.Gone}, true) {
		t.Error("calm, and has ended")
	}
	c.Lull = c.Lull.Add(-2 * scene.CalmTime)
	if !c.After(0, scene.Survey{}, probe.Activity{State: probe.Moving, Napping: true}, true) {
		t.Error("it has slept all the time, and is not calm")
	}
}
