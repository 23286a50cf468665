package scene

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

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
		s := &Scene{Prog: &Program{Race: c.race}}
		var got record.Code
		if v := s.tooMuch(c.b); v != nil {
			got = v.Code
		}
		if got != c.want {
			t.Errorf("%+v, race %v: %q, want %q", c.b, c.race, got, c.want)
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
	if err := LoopbackWorks(t.Context()); err != nil {
		t.Error(errors.Unwrap(err), err)
	}
}
