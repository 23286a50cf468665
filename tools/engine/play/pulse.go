package play

import (
	"time"
)

// Between two beats of a pulse a busy machine may let the grader wait: it then speaks too
// late, whatever the program has done meanwhile.
const (
	beatsInPatience = 20 // as many beats are in the time that a client waits
	shortestBeat    = 5 * time.Millisecond
)

// takePulse measures how late the grader is, until stop is called, which returns the
// longest time that it was kept from running.
func takePulse(patience time.Duration) (stop func() (longest time.Duration)) {
	beat := max(shortestBeat, patience/beatsInPatience)
	over, told := make(chan struct{}), make(chan time.Duration)
	ticker, last, longest := time.NewTicker(beat), time.Now(), time.Duration(0)
	go func() {
		defer ticker.Stop()
		for beats := true; beats; {
			select {
			case <-ticker.C:
			case <-over: // a gap may just have ended
				beats = false
			}
			now := time.Now()
			longest, last = max(longest, now.Sub(last)-beat), now
		}
		told <- longest
	}()
	return func() time.Duration { close(over); return <-told }
}
