package grade

import (
	"slices"
	"time"

	"loopback/tools/base/record"
	"loopback/tools/engine/result"
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
func (r *grading) begin(t *result.Test) {
	r.ticking.Lock()
	defer r.ticking.Unlock()
	r.moment.Running = append(r.moment.Running, Running{t.ID, time.Now()})
	r.tick()
}

// end gives t its outcome, and tells what is certain by now.
func (r *grading) end(t *result.Test, out *record.Outcome) {
	r.ticking.Lock()
	defer r.ticking.Unlock()
	t.Settle(out)
	t.Ran, t.Untouched = true, out.Untouched
	r.moment.Done++
	r.ended(t)
	r.tellFirst()
}

// confirmed notes that t was run again.
func (r *grading) confirmed(t *result.Test) {
	r.ticking.Lock()
	defer r.ticking.Unlock()
	t.Confirmed = true
	r.ended(t)
	r.tellFirst()
}

// ended notes that t is not being run any more. The caller holds ticking.
func (r *grading) ended(t *result.Test) {
	r.moment.Running = slices.DeleteFunc(r.moment.Running, func(one Running) bool { return one.Scenario == t.ID })
	r.tick()
}

// tick tells how far grading is. The caller holds ticking.
func (r *grading) tick() {
	if r.progress != nil {
		m := r.moment
		m.Of, m.Running = r.planned(), slices.Clone(m.Running)
		r.progress(m)
	}
}

// tellFirst tells the first failure, once, as soon as it is certain. The caller
// holds ticking.
func (r *grading) tellFirst() {
	if r.first == nil || r.told != nil || r.Untouched() {
		return
	}
	if r.told = r.certain(); r.told != nil {
		r.first(r.Failure(r.told))
	}
}

// certain returns the first failure as soon as nothing that is still open can
// come before it; nil until then, and when nothing fails.
func (r *grading) certain() *result.Test {
	for _, t := range r.InOrder() {
		switch {
		case t.Open():
			return nil
		case t.Status != result.Pass && t.Status != result.Skip && !r.waitsInVain(t):
			return t
		}
	}
	return nil
}

// waitsInVain reports whether t needs a scenario that failed; then it has
// no verdict of its own.
func (r *grading) waitsInVain(t *result.Test) bool {
	return slices.ContainsFunc(r.Tests, func(other *result.Test) bool {
		return slices.Contains(t.Needs, other.ID) && isUnmet(other)
	})
}
