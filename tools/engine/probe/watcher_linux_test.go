//go:build !noevidence

package probe

import (
	"os"
	"testing"

	"golang.org/x/sys/unix"
)

// TestWatcherSeesEachWake wakes a program again and again. The look behind each wake must
// not tell of the sleep before it.
func TestWatcherSeesEachWake(t *testing.T) {
	c := start(t, "read", false)
	w := NewWatcher(c.pid())
	t.Cleanup(w.Close)
	for range 500 {
		var a Activity
		until(t, "asleep", func() bool { a = w.Look(); return a.State == Asleep })
		if len(w.tasks) == 0 {
			t.Fatal("a sleeping program is not remembered")
		}
		c.say(t)
		if b := w.Look(); a.Same(b) {
			t.Fatalf("asleep in spite of a line: %+v, then %+v", a, b)
		}
	}
}

// TestWatcherAgrees compares what is remembered with a look that remembers nothing.
func TestWatcherAgrees(t *testing.T) {
	for role, want := range map[string]State{"read": Asleep, "sleep": Timed, "parent": Timed} {
		t.Run(role, func(t *testing.T) {
			c := start(t, role, role != "read")
			w := NewWatcher(c.pid())
			t.Cleanup(w.Close)
			until(t, "remembered", func() bool { return w.Look().State == want && w.stillAsleep() })
			a := w.Look()
			b := Look(c.pid())
			if c := w.Look(); a.Same(c) && (a.State != b.State || a.Runs != b.Runs || a.Threads != b.Threads) {
				t.Errorf("remembered: %+v; looked at: %+v", a, b)
			}
		})
	}
}

// TestWatcherEnd looks at a program that was killed in its sleep, when its number is free
// again, and at what is left open.
func TestWatcherEnd(t *testing.T) {
	c := start(t, "read", false)
	w := NewWatcher(c.pid())
	before := openHere(t)
	until(t, "asleep", func() bool { return w.Look().State == Asleep })
	if keepsFiles() && openHere(t) == before {
		t.Error("no file was kept open")
	}
	if err := unix.Kill(c.pid(), unix.SIGKILL); err != nil {
		t.Fatal(err)
	}
	c.cmd.Wait()
	if a := w.Look(); a.State != Gone {
		t.Errorf("after its end: %v", a.State)
	}
	w.Close()
	if n := openHere(t); n > before {
		t.Errorf("%d descriptors are open, %d were", n, before)
	}
}

// openHere counts the descriptors of this process that lead into /proc.
func openHere(t *testing.T) int {
	t.Helper()
	n := 0
	err := eachLink(os.Getpid(), func(_ string, link []byte) bool {
		if len(link) > 6 && string(link[:6]) == "/proc/" {
			n++
		}
		return true
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestWatcherLooksAnew has a memory that is wrong: Look believes it, LookAnew does not.
func TestWatcherLooksAnew(t *testing.T) {
	c := start(t, "read", false)
	w := NewWatcher(c.pid())
	t.Cleanup(w.Close)
	until(t, "remembered", func() bool { return w.Look().State == Asleep && w.stillAsleep() })
	w.last.State = Timed
	if a := w.Look(); a.State != Timed {
		t.Errorf("nothing is remembered: %v", a.State)
	}
	if a := w.LookAnew(); a.State != Asleep {
		t.Errorf("looked at anew: %v", a.State)
	}
}
