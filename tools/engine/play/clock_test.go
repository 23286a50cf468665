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

// What was late in the second play, too, decides only where nobody can have given up.
func TestLate(t *testing.T) {
	for code, want := range map[record.Code]bool{record.Silence: true, record.Exited: true, record.Wait: true,
		record.Leak: false, record.WrongBytes: false, record.Crash: false} {
		o := record.Outcome{Verdict: &record.Verdict{Code: code}, Tardy: true}
		if got := late(&o); got != want {
			t.Errorf("%s: late is %v", code, got)
		}
		if o.Tardy = false; late(&o) {
			t.Errorf("%s was in time, and is late", code)
		}
	}
	if late(&record.Outcome{Tardy: true}) {
		t.Error("a pass is late")
	}
}
