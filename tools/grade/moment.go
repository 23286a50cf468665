package grade

import (
	"slices"
	"time"
)

// A Moment is how far the grading of a unit is.
type Moment struct {
	Done, Of int
	Running  []Running // in the order in which they began
}

// Running is a scenario that is being run.
type Running struct {
	Scenario string
	Since    time.Time
}

// begin notes that t is being run.
func (r *Result) begin(t *Test) {
	r.ticking.Lock()
	defer r.ticking.Unlock()
	r.moment.Running = append(r.moment.Running, Running{t.ID, time.Now()})
	r.tick()
}

// end gives t its outcome, and tells what is certain by now.
func (r *Result) end(t *Test, out *outcome) {
	r.ticking.Lock()
	defer r.ticking.Unlock()
	t.settle(out)
	t.ran, t.untouched = true, out.untouched
	r.untouched = r.untouched || out.untouched
	r.moment.Done++
	r.ended(t)
	r.tellFirst()
}

// confirmed notes that t was run again.
func (r *Result) confirmed(t *Test) {
	r.ticking.Lock()
	defer r.ticking.Unlock()
	t.confirmed = true
	r.ended(t)
	r.tellFirst()
}

// ended notes that t is not being run any more. The caller holds ticking.
func (r *Result) ended(t *Test) {
	r.moment.Running = slices.DeleteFunc(r.moment.Running, func(one Running) bool { return one.Scenario == t.ID })
	r.tick()
}

// tick tells how far grading is. The caller holds ticking.
func (r *Result) tick() {
	if r.progress != nil {
		m := r.moment
		m.Of, m.Running = r.planned(), slices.Clone(m.Running)
		r.progress(m)
	}
}

// tellFirst tells the first failure, once, as soon as it is certain. The caller
// holds ticking.
func (r *Result) tellFirst() {
	if r.first == nil || r.told != nil || r.untouched {
		return
	}
	if r.told = r.certain(); r.told != nil {
		r.first(r.Failure(r.told))
	}
}

// certain returns the first failure as soon as nothing that is still open can
// come before it; nil until then, and when nothing fails.
func (r *Result) certain() *Test {
	for _, t := range r.inOrder() {
		switch {
		case t.open():
			return nil
		case t.Status != Pass && t.Status != Skip && !r.waitsInVain(t):
			return t
		}
	}
	return nil
}

// open reports whether the verdict of t may still change: it has not been run,
// or what it rests on is time and it has not been run again.
func (t *Test) open() bool {
	return !t.ran && !t.Waits() || t.verdict != nil && t.verdict.ByTime && !t.confirmed
}

// waitsInVain reports whether t needs a scenario that did not pass; then it has
// no verdict of its own.
func (r *Result) waitsInVain(t *Test) bool {
	return slices.ContainsFunc(r.Tests, func(other *Test) bool {
		return slices.Contains(t.Needs, other.ID) && other.Status != Pass
	})
}

// inOrder returns the scenarios that count in the order in which their failures are told:
// that of the report, but a race comes before what it may have caused. While
// the detector is at work scenarios about races come first.
func (r *Result) inOrder() []*Test {
	tests := r.counting()
	if r.prog == nil || !r.prog.Race {
		return tests
	}
	place := func(t *Test) int {
		switch {
		case t == r.Tests[0]: // the gate; while it fails nothing else is run
			return 0
		case t.Challenge:
			return 3
		case t.scenario.Race && (t.open() || t.Code == Race):
			return 1
		}
		return 2
	}
	slices.SortStableFunc(tests, func(a, b *Test) int { return place(a) - place(b) })
	return tests
}
