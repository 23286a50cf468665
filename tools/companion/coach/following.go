package coach

import (
	"sync"
	"time"

	"loopback/tools/grade"
)

// A following shows on one line what is being done while an exercise is graded.
// A line that tells how long something has been running must be written anew
// though nothing happens.
type following struct {
	c    *Coach
	what string // begins the line

	mu     sync.Mutex
	moment grade.Moment
	timer  *time.Timer
}

// redrawn is how often the line is written anew.
const redrawn = 500 * time.Millisecond

// Follow returns options with which grading shows what it does, on a line that
// begins with what, and a function that takes the line away. First is told the
// first failure; it may be nil.
func (c *Coach) Follow(what string, first func(report string)) (o grade.Options, stop func()) {
	f := &following{c: c, what: what}
	f.timer = time.AfterFunc(redrawn, f.redraw)
	o = grade.Options{
		Seed:     c.Seed,
		Start:    func() { c.Screen.Progress("%s: building ...", what) },
		Built:    func() { c.Screen.Progress("%s: starting the grader ...", what) },
		Progress: f.progress,
		First:    first,
	}
	return o, f.stop
}

func (f *following) progress(m grade.Moment) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.moment = m
	f.show()
}

func (f *following) redraw() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.timer != nil {
		f.show()
		f.timer.Reset(redrawn)
	}
}

func (f *following) show() {
	if text := f.moment.String(); text != "" {
		f.c.Screen.Progress("%s: %s", f.what, text)
	}
}

// stop takes the line away.
func (f *following) stop() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.timer.Stop()
	f.timer = nil
	f.c.Screen.Wipe()
}
