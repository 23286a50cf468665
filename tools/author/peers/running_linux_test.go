package peers

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"loopback/tools/engine/process"
)

// keep is how much of a program's output can be compared byte for byte.
const keep = 1 << 20

// patience bounds each wait. Nothing here takes a second; a wait that ends by
// this bound is a failure, so it may be generous to a busy machine.
const patience = time.Minute

// cleanup is the time kept free before the deadline of the test binary, so that
// a wait in vain is reported by us and not by a dump of all goroutines.
const cleanup = 10 * time.Second

// running is a program that a test has started: one of ours, or a foreign one.
type running struct {
	*process.Process
	t       *testing.T
	name    string
	helper  string        // a command of its own that may end a moment after it
	changed chan struct{} // holds a token when there was output, or the end
}

// start starts argv, whose first element is the path of the executable, and
// ends it with the test.
func start(t *testing.T, name string, argv ...string) *running {
	t.Helper()
	r := &running{t: t, name: name, changed: make(chan struct{}, 1)}
	dir := t.TempDir()
	p, err := process.Start(process.Options{
		Path: argv[0], Args: argv[1:], Dir: dir, Keep: keep,
		Env:      []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "TMPDIR=" + dir, "LC_ALL=C", "TERM=dumb"},
		OnOutput: r.notify,
	})
	if err != nil {
		t.Fatal(err)
	}
	r.Process = p
	t.Cleanup(func() {
		strays := slices.DeleteFunc(p.End(), func(s process.Stray) bool {
			ending := "[" + filepath.Base(r.helper) + "]" // it has no arguments any more
			return r.helper != "" && (strings.Contains(s.Command, r.helper) || s.Command == ending)
		})
		if len(strays) > 0 {
			t.Errorf("%s left processes running: %v", name, strays)
		}
	})
	return r
}

// notify leaves a token; one is enough, as the waiter looks at everything.
func (r *running) notify() {
	select {
	case r.changed <- struct{}{}:
	default:
	}
}

// await waits until done reports true. The test fails when the program ends
// before that, or when the time is up; what completes the words "no sign of".
func (r *running) await(what string, done func() bool) {
	r.t.Helper()
	bound := time.Until(r.deadline())
	late := time.After(bound)
	for !done() {
		if st, over := r.Status(); over {
			r.End() // reads the output to its end: the answer may be in the rest
			if done() {
				return
			}
			r.fatalf("ended (%v), and no sign of %s", st, what)
		}
		select {
		case <-r.changed:
		case <-late:
			r.fatalf("waited %v, and no sign of %s", bound.Round(time.Millisecond), what)
		}
	}
}

// deadline returns when a wait that begins now must be over.
func (r *running) deadline() time.Time {
	bound := time.Now().Add(patience)
	if end, ok := r.t.Deadline(); ok && end.Add(-cleanup).Before(bound) {
		return end.Add(-cleanup)
	}
	return bound
}

// exits waits for the end of the program and of its output, and returns the
// exit status.
func (r *running) exits() int {
	r.t.Helper()
	r.await("its end", func() bool {
		_, over := r.Status()
		return over
	})
	r.End()
	st, _ := r.Status()
	return st.Code
}

// succeeds waits for the end of the program, which must be a success.
func (r *running) succeeds() {
	r.t.Helper()
	if code := r.exits(); code != 0 {
		st, _ := r.Status()
		r.fatalf("%v, want exit status 0", st)
	}
}

// announces waits until what the program prints to c matches form, and returns
// the first group of the match: the program can be reached there.
func (r *running) announces(c *process.Capture, form *regexp.Regexp) string {
	r.t.Helper()
	var said [][]byte
	r.await("an announcement like "+form.String(), func() bool {
		said = form.FindSubmatch(c.Bytes())
		return said != nil
	})
	return string(said[1])
}

// prints waits until standard output, from byte offset from on, is as long as
// want, and compares the two.
func (r *running) prints(from int, want []byte) {
	r.t.Helper()
	r.await("all of "+quote(want), func() bool {
		return len(r.Stdout().Bytes()) >= from+len(want)
	})
	r.printed(from, want)
}

// printed compares standard output, from byte offset from on, with want.
func (r *running) printed(from int, want []byte) {
	r.t.Helper()
	if got := r.Stdout().Bytes()[from:]; !bytes.Equal(got, want) {
		same := 0
		for same < min(len(got), len(want)) && got[same] == want[same] {
			same++
		}
		r.fatalf("printed %d bytes, want %d; the first %d are right; then got %s, want %s",
			len(got), len(want), same, quote(got[same:]), quote(want[same:]))
	}
}

// fatalf ends the test with what happened to the program and what it said.
func (r *running) fatalf(format string, args ...any) {
	r.t.Helper()
	r.t.Logf("%s on standard output: %s", r.name, quote(r.Stdout().Bytes()))
	r.t.Logf("%s on standard error: %s", r.name, quote(r.Stderr().Bytes()))
	r.t.Fatalf(r.name+": "+format, args...)
}
