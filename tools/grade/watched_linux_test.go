package grade

import (
	"slices"
	"testing"

	"loopback/tools/base/record"
)

// What the kernel knew of the program is recorded when a replay asks for it, and else is
// not asked for.
func TestWatched(t *testing.T) {
	t.Parallel()
	u := tinyUnit(t, echoScript)
	for _, watched := range []bool{false, true} {
		r := gradeTiny(t, u, Options{Watched: watched}, "echo")
		events := r.Tests[0].Events
		knows := func(e record.Event) bool {
			return e.Kind == record.Out && e.Seen != nil && e.Seen.Queue >= 0 && e.Seen.Backlog > 0 &&
				len(e.Seen.Ends) == 1 && e.Seen.Ends[0].State == "ESTABLISHED" && e.Seen.Ends[0].Peer > 0 &&
				e.Seen.Ends[0].Own > 0
		}
		if !r.AllPass() || slices.ContainsFunc(events, knows) != watched {
			t.Errorf("watched %v: %+v", watched, events)
		}
		if !watched && slices.ContainsFunc(events, func(e record.Event) bool { return e.Seen != nil }) {
			t.Error("it is looked at, though no replay was asked for")
		}
	}
}
