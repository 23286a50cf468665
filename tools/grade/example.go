package grade

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"loopback/tools/base/record"
	"loopback/tools/engine/result"
)

// A program can be made for what its author has seen: the scenarios of the course, and
// the bytes that its reports show. It has the marks that it has; but a person should
// know, so there is a flag that begins with [result.WorkedForTheExample].

// onlyWhatIsSeen returns the flag for a program that passes everything in the course, and
// not what is hidden; "" for every other one.
func onlyWhatIsSeen(r *result.Result) string {
	var failed []string
	seen := false // one of the course has been run
	for _, t := range r.Tests {
		seen = seen || !t.Scenario.IsHidden()
		switch {
		case t.Challenge || t.Status == result.Pass || t.Status == result.Skip && !t.Waits():
		case t.Scenario.IsHidden() && t.Status != result.Error:
			failed = append(failed, t.ID)
		default:
			return ""
		}
	}
	if len(failed) == 0 || !seen {
		return ""
	}
	return fmt.Sprintf("%s: it passes every scenario of the course, and not what is hidden: %s",
		result.WorkedForTheExample,
		strings.Join(failed, ", "))
}

// onlyItsSeed returns the flag for a program that passes everything with the seed of the
// reports that learners can read, and not with the one that it was graded with. Again
// grades it with that seed: one scenario, or all for "". That may take as long as bound.
func onlyItsSeed(ctx context.Context, r *result.Result, bound time.Duration,
	again func(ctx context.Context, only string) *result.Result) string {
	first := r.FirstFailure()
	if r.Seed == FixedSeed || r.Status != result.Graded || first == nil || first.Challenge ||
		first.Verdict != nil && first.Verdict.Slow || slices.Contains(whateverIsSent, first.Code) {
		return ""
	}
	ctx, cancel := context.WithTimeout(ctx, bound)
	defer cancel()
	for _, only := range []string{first.ID, ""} { // most programs are known by the first
		if !again(ctx, only).AllPass() || ctx.Err() != nil {
			return ""
		}
	}
	return fmt.Sprintf("%s: it passes everything with seed %d, that of the course's own reports, and not with "+
		"seed %d: %s", result.WorkedForTheExample, FixedSeed, r.Seed, first.ID)
}

// whateverIsSent are verdicts that have nothing to do with the bytes that a client sends.
var whateverIsSent = []record.Code{record.Left, record.Memory, record.Threads, record.NotListening}
