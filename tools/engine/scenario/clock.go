package scenario

import (
	"fmt"
	"time"
)

// slower is how many times longer the client waits in the second play.
const slower = 6

// patienceRest is how long, beyond two waits of its own, such a client may
// sleep without doing anything.
const patienceRest = time.Second

// setPatience sets how long the client of the scenario waits.
func (sc *Scenario) setPatience(d time.Duration) {
	sc.Patience, sc.Patient, sc.Timeout = d, true, 2*d+patienceRest
}

// Slowly returns the scenario with a client that waits longer, if it has one that waits.
func (sc *Scenario) Slowly() *Scenario {
	if sc.Patience == 0 {
		return sc
	}
	slow := *sc
	slow.setPatience(slower * sc.Patience)
	return &slow
}

// parsePatience reads the header of that name.
func (sc *Scenario) parsePatience(value string) error {
	d, err := time.ParseDuration(value)
	if err != nil || d <= 0 {
		return fmt.Errorf("patience must be a duration such as 150ms, not %q", value)
	}
	sc.setPatience(d)
	return nil
}
