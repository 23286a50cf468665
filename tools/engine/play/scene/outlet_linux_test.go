//go:build linux && !noevidence

package scene

import (
	"net"
	"testing"
	"time"

	"loopback/tools/engine/probe"
	"loopback/tools/engine/scenario"
	"loopback/tools/engine/wire"
)

// What the kernel has said of send buffers that were full, and of those whose writer
// it then woke. One segment's share was 6912 bytes.
func TestMayGrow(t *testing.T) {
	for _, c := range []struct {
		name string
		room probe.Room
		want bool
	}{
		{"as large as its window makes it", probe.Room{Buffer: 138240, Taken: 139612, Window: 20}, false},
		{"grown a little more", probe.Room{Buffer: 138240, Taken: 139612, Window: 22}, false},
		{"the window has grown since", probe.Room{Buffer: 69120, Taken: 71888, Window: 20}, true},
		{"three segments are not acknowledged", probe.Room{Buffer: 69120, Taken: 72652, Window: 13, Flying: 3}, true},
		{"a writer sleeps until a third is free", probe.Room{Buffer: 69120, Taken: 60000, Window: 20}, true},
		{"a third is free", probe.Room{Buffer: 69120, Taken: 46000, Window: 20}, false},
		{"new, and its window is not full", probe.Room{Buffer: 69120, Taken: 70000, Window: 4}, false},
	} {
		if got := (outlet{share: 6912}).mayGrow(c.room); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

// A writer whose peer reads nothing is waited for until the kernel can give it no more
// room: what it has written by then is all that it writes.
func TestWidens(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	s := NewScene(&scenario.Scenario{}, &Program{})
	c, err := wire.Dial(t.Context(), "A", ln.Addr().String(), wire.Small)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Reset()
	peer, err := ln.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer peer.Close()
	theirs, err := s.TheirEnd(c)
	if err != nil || theirs.Room.Buffer == 0 || theirs.Room.Window == 0 {
		t.Skipf("SKIP: this kernel does not tell of send buffers: %+v, %v", theirs, err)
	}
	s.Widens(c, theirs)
	go func() {
		for {
			if _, err := peer.Write(make([]byte, 4096)); err != nil {
				return
			}
		}
	}()
	until := func(ok func(theirs probe.Socket) bool) (written int64) {
		for end := time.Now().Add(FenceBound); time.Now().Before(end); time.Sleep(time.Millisecond) {
			if theirs, err := s.TheirEnd(c); err == nil && ok(theirs) {
				return theirs.HasWritten()
			}
		}
		theirs, err := s.TheirEnd(c)
		t.Fatalf("it did not come to that: %+v, %v", theirs, err)
		return 0
	}
	first := until(func(theirs probe.Socket) bool {
		full, probed := 3*theirs.Room.Taken > 2*theirs.Room.Buffer, theirs.Timer == 4
		return !s.Widens(c, theirs) && full && probed
	})
	then := time.Now().Add(ackClock)
	last := until(func(theirs probe.Socket) bool { return time.Now().Add(-theirs.Room.Acked).After(then) })
	if last != first {
		t.Errorf("after %d bytes there was nothing to wait for, and %d were written", first, last)
	}
}
