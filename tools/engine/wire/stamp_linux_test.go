package wire

import (
	"io"
	"testing"
	"time"
)

// stampedPair is pair, with stamps at the end that dialled.
func stampedPair(t *testing.T) (ours, theirs *Conn) {
	t.Helper()
	ours, theirs = pair(t, "127.0.0.1", Default)
	if err := ours.Stamp(); err != nil {
		t.Fatal(err)
	}
	return ours, theirs
}

// awaitStamped reads until n bytes have come, and returns when the last came.
func awaitStamped(t *testing.T, c *Conn, n int) (last time.Time) {
	t.Helper()
	buf := make([]byte, n)
	for end := time.Now().Add(long); n > 0; {
		k, at, err := c.ReadStamped(buf[:n])
		if err != nil && err != ErrLater || time.Now().After(end) {
			t.Fatalf("%d bytes are missing: %v", n, err)
		}
		if k > 0 {
			n, last = n-k, at
		}
	}
	return last
}

// From the first byte after Stamp on there are stamps, also where this is the
// first socket of the machine that asks for them.
func TestStampHoldsAtOnce(t *testing.T) {
	c, far := stampedPair(t)
	if _, err := far.Write([]byte("x"), time.Second); err != nil {
		t.Fatal(err)
	}
	if awaitStamped(t, c, 1).IsZero() {
		t.Error("the byte came without a stamp")
	}
}

// The stamps tell in which order bytes arrived, in whatever order they are
// read.
func TestReadStamped(t *testing.T) {
	a, farA := stampedPair(t)
	b, farB := stampedPair(t)
	for round := range 20 {
		if _, err := farA.Write([]byte("first"), time.Second); err != nil {
			t.Fatal(err)
		}
		if _, err := farB.Write([]byte("second"), time.Second); err != nil {
			t.Fatal(err)
		}
		second := awaitStamped(t, b, 6)
		first := awaitStamped(t, a, 5)
		if first.IsZero() || !first.Before(second) {
			t.Fatalf("round %d: the first came at %v, the second at %v", round, first, second)
		}
	}
	if n, _, err := a.ReadStamped(make([]byte, 1)); n != 0 || err != ErrLater {
		t.Errorf("nothing is there: %d, %v; want 0, %v", n, err, ErrLater)
	}
	farA.CloseWrite()
	for end := time.Now().Add(long); !a.EOF && time.Now().Before(end); {
		if _, _, err := a.ReadStamped(make([]byte, 1)); err == io.EOF {
			break
		}
	}
	if !a.EOF {
		t.Error("the end of the stream was not seen")
	}
}

// When a datagram came is known however late it is asked for, and it stays where it is.
func TestArrived(t *testing.T) {
	to, err := OpenEndpoint("to", "127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	defer to.Close()
	from, err := OpenEndpoint("from", "127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	defer from.Close()
	if err := to.Stamp(); err != nil {
		t.Fatal(err)
	}
	if at := to.Arrived(); !at.IsZero() {
		t.Errorf("nothing was sent, and it came at %v", at)
	}
	before := time.Now()
	if err := from.Send([]byte("hello"), to.Local); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(long); to.Arrived().IsZero() && time.Now().Before(end); {
	}
	after := time.Now()
	for time.Since(after) < 20*time.Millisecond {
	}
	if at := to.Arrived(); at.Before(before.Round(0)) || at.After(after.Round(0)) {
		t.Errorf("it came at %v, and was sent between %v and %v", at, before, after)
	}
	if data, _, err := to.Receive(0); err != nil || string(data) != "hello" {
		t.Errorf("%q, %v", data, err)
	}
}
