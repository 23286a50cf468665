package programs

import (
	"testing"
	"time"
)

// samples of a program that uses, in each hundredth of the time, what share says.
func samplesOf(passed time.Duration, share func(at time.Duration) float64) (seen []sample) {
	var cpu time.Duration
	for at := time.Duration(0); at <= passed; at += passed / 100 {
		seen = append(seen, sample{at, cpu})
		cpu += time.Duration(share(at) * float64(passed/100))
	}
	return seen
}

func TestIdleness(t *testing.T) {
	always := func(share float64) func(time.Duration) float64 {
		return func(time.Duration) float64 { return share }
	}
	until := func(end time.Duration) func(time.Duration) float64 {
		return func(at time.Duration) float64 {
			if at < end {
				return 1
			}
			return 0
		}
	}
	for name, test := range map[string]struct {
		passed time.Duration
		share  func(time.Duration) float64
		want   idler
	}{
		"too early":                     {blindIdle / 2, always(1), watching},
		"waits":                         {time.Second, always(0), atRest},
		"has a clock":                   {time.Second, always(0.005), atRest},
		"spins":                         {time.Second, always(1), spins},
		"spins on two processors":       {time.Second, always(2), spins},
		"spins, and gets a third":       {time.Second, always(0.33), spins},
		"spins, and gets a tenth":       {time.Second, always(0.1), watching},
		"spins, and never gets more":    {blindDoubt + time.Second, always(0.1), undecided},
		"had something to do":           {time.Second, until(400 * time.Millisecond), atRest},
		"has something to do until now": {time.Second, until(550 * time.Millisecond), watching},
		"was busy for most of a second": {2 * time.Second, until(900 * time.Millisecond), atRest},
	} {
		if got := idleness(samplesOf(test.passed, test.share), idleShare); got != test.want {
			t.Errorf("%s: got %d, want %d", name, got, test.want)
		}
	}
}
