package coach

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"loopback/tools/base/screen"
	"loopback/tools/companion/progress"
	"loopback/tools/companion/watch"
	"loopback/tools/engine/build"
)

// WatchOptions say how to watch.
type WatchOptions struct {
	Unit   string            // where to begin; "" for the learner's place
	Keys   *screen.Keys      // nil for no keyboard
	Resume <-chan struct{}   // the terminal was somebody else's meanwhile; may be nil
	Follow watch.Options     // how to follow the files
	Read   func(path string) // shows a chapter; nil when there is nothing to show it with
}

// A watcher is the coach while it follows the learner's files. All of it is
// used by one goroutine; only a task runs beside it.
type watcher struct {
	c       *Coach
	o       WatchOptions
	unit    string
	rec     progress.Record
	took    time.Duration // from the edit to the verdict
	kept    bool          // the verdict was known already
	running *task
	queued  *task
	key     byte // pressed while something ran, and answered after it
	quit    bool
	asked   int    // how often the report of a challenge was asked for
	whole   bool   // the whole report is shown, however long it is
	early   string // the report of the first failure, shown while the rest runs
	firsts  chan first
	results chan *task
}

// A first is the report of the first failure that a task has found.
type first struct {
	task   *task
	report string
}

// A task is something that takes a while and can be called off.
type task struct {
	work   func(ctx context.Context, t *task) (show func())
	cancel context.CancelFunc
	show   func() // nil when it was called off
}

// Watch follows the learner's files until the learner has had enough: q is
// pressed, or ctx is done, or the terminal is gone. It grades what was edited,
// and only that.
//
// It goes to another exercise when the learner asks for it, or edits its
// program; never because an exercise passes. A grade whose program is edited
// again is called off, and nothing of it is left.
func (c *Coach) Watch(ctx context.Context, o WatchOptions) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	w := &watcher{c: c, o: o, unit: o.Unit, results: make(chan *task), firsts: make(chan first)}
	if w.unit == "" {
		w.unit = c.Place(func(unit string) progress.State { return c.known(unit).State })
	}
	if w.unit == "" {
		w.unit = c.Names[0]
	}
	c.GoTo(w.unit)
	build.Prune() // each edit leaves an executable
	o.Follow.Match = func(name string) bool {
		return strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go") ||
			strings.HasSuffix(name, ".txtar")
	}
	changes := watch.Follow(ctx, c.folders(), o.Follow)
	w.grade(ctx, nil)
	for !w.quit {
		select {
		case <-ctx.Done():
			w.quit = true
		case dirs := <-changes:
			w.changed(ctx, dirs)
		case key, ok := <-o.Keys.C():
			w.quit = w.quit || !ok
			w.press(ctx, key)
		case <-o.Resume:
			o.Keys.Again()
			w.show()
		case one := <-w.firsts:
			w.showFirst(one)
		case t := <-w.results:
			w.finished(ctx, t)
		}
	}
	cancel()
	if w.running != nil {
		<-w.results // its programs are ended by then
	}
	c.Screen.Printf("Stopped at %s. To go on there: %s watch\n", w.unit, Command)
	return nil
}

// folders returns the folders that are followed.
func (c *Coach) folders() []string {
	var dirs []string
	for _, name := range c.Names {
		dirs = append(dirs, filepath.Join(c.Root, "exercises", name), filepath.Join(c.Root, "testdata", name))
	}
	return dirs
}

// changed decides what to grade when files have changed. An edit in another
// exercise, alone, is the learner going there; many edits at once are not: that
// is Git.
func (w *watcher) changed(ctx context.Context, dirs []string) {
	var edited []string
	scenarios := false
	for _, dir := range dirs {
		if filepath.Base(filepath.Dir(dir)) == "exercises" {
			edited = append(edited, filepath.Base(dir))
		} else {
			scenarios = true
		}
	}
	switch {
	case slices.Contains(edited, w.unit):
	case len(edited) == 1 && !scenarios:
		w.unit = edited[0]
		w.c.GoTo(w.unit)
	case !scenarios:
		return
	}
	if w.running == nil && w.c.known(w.unit).Key == w.rec.Key && w.rec.Key != "" {
		return // what changed is nothing that this exercise is graded by
	}
	w.grade(ctx, nil)
}

// grade starts to grade the exercise; as get says, with no look at what is
// known, when it is not nil.
func (w *watcher) grade(ctx context.Context, get grading) {
	unit, begun := w.unit, time.Now()
	kept := get == nil && w.c.known(unit).Key != ""
	if get == nil {
		get = (*progress.Grader).Now
	}
	w.start(ctx, func(ctx context.Context, t *task) func() {
		if !kept && w.c.Screen.Moves() {
			w.c.Screen.Clear() // what is there is about another program
		}
		rec := w.c.record(ctx, unit, unit, get, func(report string) {
			select {
			case w.firsts <- first{t, report}:
			case <-ctx.Done():
			}
		})
		return func() {
			w.rec, w.took, w.kept, w.asked = rec, time.Since(begun), kept, 0
			w.show()
		}
	})
}

// start begins a task. One that runs is called off, and the new one begins when
// it has ended: two never run side by side.
func (w *watcher) start(ctx context.Context, work func(context.Context, *task) func()) {
	t := &task{work: work}
	if w.running != nil {
		w.running.cancel()
		w.queued = t
		return
	}
	w.running, w.early, w.whole = t, "", false
	ctx, t.cancel = context.WithCancel(ctx)
	go func() {
		if show := t.work(ctx, t); ctx.Err() == nil {
			t.show = show
		}
		t.cancel()
		w.results <- t
	}()
}

func (w *watcher) finished(ctx context.Context, t *task) {
	w.running = nil
	if next := w.queued; next != nil {
		w.queued = nil
		w.start(ctx, next.work)
		return
	}
	if t.show != nil {
		t.show()
	}
	if key := w.key; key != 0 {
		w.key = 0
		w.press(ctx, key)
	}
}

// known returns what is kept of an exercise, an empty record when nothing is.
func (c *Coach) known(unit string) progress.Record {
	if u, err := c.load(unit); err == nil {
		if r, ok := c.Grader.Kept(u); ok {
			return r
		}
	}
	return progress.Record{Unit: unit}
}

// footer says how it stands and which keys there are.
func (w *watcher) footer() string {
	var b strings.Builder
	for _, line := range w.c.Grader.Store.Notes() {
		fmt.Fprintf(&b, "Note: %s\n", line)
	}
	b.WriteString(won(w.rec))
	switch next := w.c.after(w.unit, 1); {
	case w.rec.State == progress.Done && next != "":
		fmt.Fprintf(&b, "%s passes. Next is %s: %s.\n", w.unit, next, w.c.Title(next))
	case w.rec.State == progress.Done:
		fmt.Fprintf(&b, "%s passes, and so do all others.\n", w.unit)
	}
	if len(w.rec.Left) > 0 {
		fmt.Fprintf(&b, "Not run here: %s.\n", strings.Join(w.rec.Left, ", "))
	}
	b.WriteString(w.raced())
	if w.o.Keys != nil {
		b.WriteString(w.keys())
	}
	how := fmt.Sprintf("Graded in %.2f s.", w.took.Seconds())
	if w.kept {
		how = "Not changed since it was graded."
	}
	b.WriteString(how + " Save your program, and it is graded again.\n")
	return b.String()
}

// raced says what is left to do with the race detector.
func (w *watcher) raced() string {
	how := "go test -race ./exercises/" + w.unit
	if w.o.Keys != nil {
		how = "press d, or " + how
	}
	switch {
	case w.rec.State != progress.Done:
		return ""
	case w.rec.Race == progress.RaceUntried:
		return "Not run yet: what needs the race detector. With a C compiler, " + how + "\n"
	case w.rec.Race == progress.RaceStale:
		return "Edited since the race detector saw it: " + how + "\n"
	}
	return ""
}
