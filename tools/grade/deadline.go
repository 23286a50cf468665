package grade

import (
	"context"
	"errors"
	"time"

	"loopback/tools/engine/probe"
	"loopback/tools/engine/result"
	"loopback/tools/engine/scenario"
)

// errDeadline ends a grading that takes longer than it may. It is no verdict: a busy
// machine may be the reason.
var errDeadline = errors.New("the deadline of the whole grading has passed")

// within bounds the whole of a grading; 0 is no bound.
func within(ctx context.Context, bound time.Duration) (context.Context, context.CancelFunc) {
	if bound == 0 {
		return context.WithCancel(ctx)
	}
	return context.WithTimeoutCause(ctx, bound, errDeadline)
}

// late reports whether ctx is done because of the deadline.
func late(ctx context.Context) bool { return ctx.Err() != nil && context.Cause(ctx) == errDeadline }

// overdue is the result when the deadline has passed before the program ran.
func overdue(u *scenario.Unit, bound time.Duration) *result.Result {
	r := result.New(u, probe.Missing())
	r.Late(bound)
	return r
}

// CouldNot is the result for a program that could not be graded, and why.
func CouldNot(u *scenario.Unit, why string) *result.Result {
	r := result.New(u, probe.Missing())
	r.Reason = why
	return r
}
