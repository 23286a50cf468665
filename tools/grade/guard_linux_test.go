package grade

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"loopback/tools/probe"
)

func init() {
	tinyClients["eats"] = func([]string) { // before it announces anything
		var kept [][]byte
		for {
			kept = append(kept, []byte(strings.Repeat("x", 1<<20)))
			fmt.Fprint(os.Stderr, len(kept)%2)
		}
	}
	tinyClients["dots"] = func([]string) {
		for range time.Tick(20 * time.Millisecond) {
			fmt.Print(".")
		}
	}
}

// The bounds on what a program takes are far from what a right one needs, and
// each has a code of its own.
func TestTooMuch(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		b    probe.Burden
		race bool
		want Code
	}{
		{b: probe.Burden{Memory: 500 << 20, Threads: 400, Processes: 300}},
		{b: probe.Burden{Memory: 1<<30 + 1}, want: Memory},
		{b: probe.Burden{Memory: 1<<30 + 1}, race: true},
		{b: probe.Burden{Memory: 4 << 30}, race: true, want: Memory},
		{b: probe.Burden{Threads: 4001}, want: Threads},
		{b: probe.Burden{Processes: 501}, want: Left},
	} {
		s := &scene{prog: &Program{Race: c.race}}
		var got Code
		if v := s.tooMuch(c.b); v != nil {
			got = v.Code
		}
		if got != c.want {
			t.Errorf("%+v, race %v: %q, want %q", c.b, c.race, got, c.want)
		}
	}
}

func TestGuard(t *testing.T) {
	t.Parallel()
	if r := gradeTiny(t, tinyUnit(t, echoScript), Options{}, "eats"); statuses(r) != "fail:memory" {
		t.Errorf("%s\n%s", statuses(r), r.Text())
	}
}

// A program that always gets on a little has an end, too, and what comes after
// that scenario is not run.
func TestSlow(t *testing.T) {
	t.Parallel()
	r := gradeTiny(t, tinyUnit(t, echoScript), Options{}, "dots")
	if got := statuses(r); got != "timeout:not-listening" || !r.Tests[0].verdict.Slow {
		t.Errorf("%s\n%s", got, r.Text())
	}
}

// What comes after a scenario that took all the time is not run, what comes
// before is.
func TestHoldSlow(t *testing.T) {
	t.Parallel()
	r := &grading{Result: &Result{Tests: []*Test{{ID: "a", Status: Pass},
		{ID: "b", Status: Timeout, verdict: &Verdict{Slow: true, ByTime: true}}, {ID: "c", Status: Pass, Points: 1}}}}
	r.slowOnes.Store(r.Tests[1], true)
	for i, want := range []bool{false, false, true} {
		if got := r.comesAfterSlow(r.Tests[i]); got != want {
			t.Errorf("%s comes after a slow one: %v", r.Tests[i].ID, got)
		}
	}
	r.holdSlow()
	if got := statuses(r.Result); got != "pass timeout skip" || r.Tests[2].Rationale != "not checked: needs b" ||
		r.Tests[2].Points != 0 {
		t.Errorf("%s, %q", got, r.Tests[2].Rationale)
	}
}

// A spinner that is starved is told from a program that wakes now and then.
func TestUsed(t *testing.T) {
	t.Parallel()
	const ms = time.Millisecond
	for _, c := range []struct{ cpu, delay, passed, own time.Duration }{
		{cpu: 100 * ms, passed: 100 * ms, own: 100 * ms},                    // alone on the machine
		{cpu: 100 * ms, delay: 900 * ms, passed: 1000 * ms, own: 100 * ms},  // starved
		{cpu: 10 * ms, delay: 90 * ms, passed: 1000 * ms, own: 910 * ms},    // sleeps for the most part
		{cpu: 150 * ms, delay: 2000 * ms, passed: 1000 * ms, own: 150 * ms}, // several threads wait
	} {
		cpu, own := used(probe.Activity{CPU: ms, Delay: ms}, probe.Activity{CPU: c.cpu + ms, Delay: c.delay + ms},
			c.passed)
		if cpu != c.cpu || own != c.own {
			t.Errorf("%+v: %v of %v", c, cpu, own)
		}
	}
}

// The grader's own want of something is said as such.
func TestShortage(t *testing.T) {
	t.Parallel()
	for err, want := range map[error]string{unix.EMFILE: "descriptors", unix.EADDRNOTAVAIL: "ports",
		unix.ENOBUFS: "memory", unix.ECONNREFUSED: ""} {
		if got := shortage(fmt.Errorf("dial: %w", os.NewSyscallError("connect", err))); !strings.Contains(got, want) ||
			(want == "") != (got == "") {
			t.Errorf("%v: %q", err, got)
		}
	}
	if err := loopbackWorks(t.Context()); err != nil {
		t.Error(errors.Unwrap(err), err)
	}
}
