package batch

import (
	"fmt"
	"strings"
	"sync"
	"time"

	"loopback/tools/base/screen"
	"loopback/tools/class/sheet"
	"loopback/tools/engine/result"
)

// A note tells how far a batch is: a line for each grading that has ended, and
// on a terminal a bar below them.
type note struct {
	screen        *screen.Screen
	of            int
	mu            sync.Mutex
	ended, review int
	running       map[*job]bool
	start         time.Time
	failed        error // the first result that could not be written
}

func newNote(s *screen.Screen, of int) *note {
	return &note{screen: s, of: of, running: map[*job]bool{}, start: time.Now()}
}

func (n *note) begin(j *job) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.running[j] = true
	n.bar()
}

func (n *note) end(j *job, r *result.Result, err error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.running, j)
	n.ended++
	words := fmt.Sprintf("%d of %d", r.Score, r.MaxScore)
	switch {
	case err != nil:
		words = err.Error()
		n.failed = err
	case r.Status == result.CouldNotGrade:
		words = "could not grade: " + sheet.Why(r)
		n.review++
	case r.Status == result.NotBuilt:
		words = "does not compile"
	}
	n.screen.Printf("%s: %s\n", j, words)
	n.bar()
}

// width is how long the bar is.
const width = 30

// bar shows how far it is, where lines can be rewritten.
func (n *note) bar() {
	if !n.screen.Moves() || n.of == 0 {
		return
	}
	filled := width * n.ended / n.of
	bar := strings.Repeat("#", filled) + strings.Repeat("-", width-filled)
	line := fmt.Sprintf("[%s] %d of %d", bar, n.ended, n.of)
	if n.review > 0 {
		line += fmt.Sprintf(", %d to look at", n.review)
	}
	if n.ended > 0 {
		left := time.Since(n.start) / time.Duration(n.ended) * time.Duration(n.of-n.ended)
		line += fmt.Sprintf(", about %v left", left.Round(time.Second))
	}
	n.screen.Progress("%s", line)
}

func (n *note) done() { n.screen.Wipe() }
