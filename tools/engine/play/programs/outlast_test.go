package programs

import (
	"testing"
	"time"

	"loopback/tools/engine/probe"
)

// A starved spinner is not taken for a program that wakes now and then.
func TestUsed(t *testing.T) {
	t.Parallel()
	const ms = time.Millisecond
	for _, c := range []struct{ cpu, delay, passed, own time.Duration }{
		{cpu: 100 * ms, passed: 100 * ms, own: 100 * ms},                    // alone on the machine
		{cpu: 100 * ms, delay: 900 * ms, passed: 1000 * ms, own: 100 * ms},  // starved
		{cpu: 10 * ms, delay: 90 * ms, passed: 1000 * ms, own: 910 * ms},    // sleeps for the most part
		{cpu: 150 * ms, delay: 2000 * ms, passed: 1000 * ms, own: 150 * ms}, // several threads wait
	} {
		cpu, own := used(probe.Activity{CPU: ms, Delay: ms}, probe.Activity{CPU: c.cpu + ms, Delay: c.delay + ms},
			c.passed)
		if cpu != c.cpu || own != c.own {
			t.Errorf("%+v: %v of %v", c, cpu, own)
		}
	}
}
