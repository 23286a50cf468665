package process

import (
	"testing"
	"time"

	"loopback/tools/engine/probe"
)

// A program whose standard output is jammed stands in its first write until
// that is undone, and nothing of what it prints is lost or added.
func TestJammed(t *testing.T) {
	o := shell("echo one; echo two")
	o.Jammed = true
	p := start(t, o)
	for end := time.Now().Add(10 * time.Second); probe.Printing([]int{p.PID()}) != len(
		"one\n"); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the program does not stand in its write")
		}
	}
	if p.Pending() || p.Stdout().Total() != 0 {
		t.Errorf("pending: %v, printed %d bytes; it has printed nothing yet", p.Pending(), p.Stdout().Total())
	}
	p.Unjam()
	if st := ended(t, p); st.Code != 0 {
		t.Errorf("%v", st)
	}
	p.End()
	if got := string(p.Stdout().Bytes()); got != "one\ntwo\n" {
		t.Errorf("printed %q", got)
	}
}

// A program can be ended while it stands there.
func TestJammedToTheEnd(t *testing.T) {
	o := shell("echo one")
	o.Jammed = true
	p := start(t, o)
	p.End()
	if n := p.Stdout().Total(); n > int64(len("one\n")) {
		t.Errorf("printed %d bytes", n)
	}
}
