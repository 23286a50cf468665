package result

import (
	"testing"

	"loopback/tools/base/record"
	"loopback/tools/engine/facts"
	"loopback/tools/engine/scenario"
)

// Of a program that has taken all its time there is only a guess, which is said
// before what a scenario says of the code, and not before what it knows.
func TestCauseOfTheSlow(t *testing.T) {
	for head, want := range map[string]string{
		"cause silence": "A guess.", "cause silence when says EOF": "Own.", "cause silence when says EPIPE": "A guess.",
	} {
		sc := helped(t, scenario.Scenario{}, behind(head, "Own."))
		v := &record.Verdict{Code: record.Silence, Slow: true, Only: true, Cause: "A guess.",
			Evidence: &facts.Evidence{Words: []string{"EOF"}}}
		if got := causeFor(&sc, v); got != want {
			t.Errorf("%s: %q, want %q", head, got, want)
		}
	}
}
