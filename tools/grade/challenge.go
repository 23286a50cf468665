package grade

import (
	"context"
	"sync"
	"testing"

	"loopback/tools/engine/play"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/result"
)

// tryChallenges runs the challenges, some at a time, when all else has passed;
// else they wait.
func (r *grading) tryChallenges(ctx context.Context, parallel int) {
	tests := r.Aside()
	if r.FirstFailure() != nil || r.Untouched() || len(tests) == 0 {
		return
	}
	r.ticking.Lock()
	r.trying = true
	r.ticking.Unlock()
	slots := make(chan struct{}, scene.AtOnce(parallel))
	var wg sync.WaitGroup
	for _, t := range tests {
		slots <- struct{}{}
		if ctx.Err() != nil {
			break
		}
		wg.Go(func() {
			defer func() { <-slots }()
			r.run(ctx, t)
		})
	}
	wg.Wait()
	r.holdNeedy()
	r.confirm(ctx, tests)
}

// planned is how many scenarios are to be run, as far as that is known.
func (r *grading) planned() int {
	if r.trying {
		return len(r.Tests)
	}
	return len(r.Counting())
}

// mirrorChallenge runs a challenge as a subtest, which is passed or skipped,
// never failed. What else was selected comes first.
func (r *grading) mirrorChallenge(t *testing.T, test *result.Test) {
	r.turns[test].chosen = true
	t.Parallel()
	for _, other := range r.Tests {
		if r.turns[other].chosen && !other.Challenge && !r.mirrorOnce(t, other) {
			t.Skip(test.Rationale)
		}
	}
	if r.Untouched() {
		t.Skip(test.Rationale)
	}
	r.mirrorOnce(t, test)
	switch {
	case test.Status == result.Skip:
		t.Skip(test.Rationale)
	case test.Status != result.Pass:
		t.Skipf("challenge not passed; its report: go run ./tools/course run %s %s", r.Unit[:2], test.ID)
	}
}

// mirrorOnce runs a scenario unless that has been done, and reports whether
// nothing is wrong with it. One that is being run is waited for.
func (r *grading) mirrorOnce(t *testing.T, test *result.Test) (ok bool) {
	r.turns[test].once.Do(func() {
		r.begin(test)
		r.end(test, play.Run(t.Context(), test.Scenario, r.prog.Program))
	})
	return test.Status == result.Pass || test.Status == result.Skip
}
