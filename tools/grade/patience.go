package grade

import (
	"fmt"
	"sync"
	"time"
)

// longWait is how long nothing may happen before a learner is told what runs.
const longWait = 10 * time.Second

// patience prints what is being run whenever no scenario has begun or ended for
// a while, until stop is called.
func (r *grading) patience() (stop func()) {
	var mu sync.Mutex
	var now Moment
	var timer *time.Timer
	timer = time.AfterFunc(longWait, func() {
		mu.Lock()
		defer mu.Unlock()
		if line := now.String(); line != "" {
			say(r.Unit + ": " + line + "\n")
		}
		timer.Reset(longWait)
	})
	r.progress = func(m Moment) {
		mu.Lock()
		defer mu.Unlock()
		now = m
		timer.Reset(longWait)
	}
	return func() {
		mu.Lock()
		defer mu.Unlock()
		now = Moment{}
		timer.Stop()
	}
}

// String says how far grading is, and which scenarios have been running for
// longer than a second; "" when nothing runs.
func (m Moment) String() string {
	if len(m.Running) == 0 {
		return ""
	}
	text := fmt.Sprintf("%d of %d done", m.Done, m.Of)
	for i, one := range m.Running {
		took := time.Since(one.Since)
		if took < time.Second {
			break // the others began later
		}
		if i == mostRunning {
			text += fmt.Sprintf(" and %d more", len(m.Running)-i)
			break
		}
		text += fmt.Sprintf("%s %s (%d s)", map[bool]string{true: ";", false: ","}[i == 0],
			one.Scenario, int(took.Seconds()))
	}
	return text
}

// mostRunning is how many of the scenarios that run are named.
const mostRunning = 3
