package play

import (
	"testing"

	"loopback/tools/base/record"
)

// What a busy machine may have made is played again, and what is proved is not. A server
// that has given its client up sleeps, which is a proof, and yet may be the machine's doing.
func TestDoubtful(t *testing.T) {
	silence := func(byTime bool) *record.Verdict { return &record.Verdict{Code: record.Silence, ByTime: byTime} }
	for _, tt := range []struct {
		name string
		o    record.Outcome
		want bool
	}{
		{"a pass", record.Outcome{Tardy: true}, false},
		{"a proof", record.Outcome{Verdict: silence(false)}, false},
		{"by time", record.Outcome{Verdict: silence(true)}, true},
		{"a proof, after a late answer", record.Outcome{Verdict: silence(false), Tardy: true}, true},
		{"a crash, after a late answer",
			record.Outcome{Verdict: &record.Verdict{Code: record.Crash}, Tardy: true}, false},
		{"a wrong wait", record.Outcome{Verdict: &record.Verdict{Code: record.Wait}}, true},
	} {
		if got := doubtful(&tt.o); got != tt.want {
			t.Errorf("%s: doubtful is %v", tt.name, got)
		}
	}
}
