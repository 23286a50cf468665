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
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(time.Millisecond) {
		size, err := probe.Printing([]int{p.PID()})
		if size == len("one\n") {
			break
		}
		if err != nil || time.Now().After(end) {
			t.Fatalf("the program does not stand in its write: %d bytes, %v", size, err)
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
