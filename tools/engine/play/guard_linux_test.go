package play

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"loopback/tools/base/record"
	"loopback/tools/engine/probe"
)

// The bounds on what a program takes are far from what a right one needs, and
// each has a code of its own.
func TestTooMuch(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		b    probe.Burden
		race bool
		want record.Code
	}{
		{b: probe.Burden{Memory: 500 << 20, Threads: 400, Processes: 60}},
		{b: probe.Burden{Memory: 1<<30 + 1}, want: record.Memory},
		{b: probe.Burden{Memory: 1<<30 + 1}, race: true},
		{b: probe.Burden{Memory: 4 << 30}, race: true, want: record.Memory},
		{b: probe.Burden{Threads: 4001}, want: record.Threads},
		{b: probe.Burden{Processes: 501}, want: record.Left},
	} {
		s := &scene{prog: &Program{Race: c.race}}
		var got record.Code
		if v := s.tooMuch(c.b); v != nil {
			got = v.Code
		}
		if got != c.want {
			t.Errorf("%+v, race %v: %q, want %q", c.b, c.race, got, c.want)
		}
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
