//go:build unix

package wire

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"
)

// endpoint opens an endpoint that is closed with the test.
func endpoint(t *testing.T, name string) *Endpoint {
	t.Helper()
	e, err := OpenEndpoint(name, "127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.Close)
	return e
}

// hear receives one datagram, pumping the relay meanwhile.
func hear(t *testing.T, e *Endpoint, r *Relay) (string, netip.AddrPort) {
	t.Helper()
	for end := time.Now().Add(long); time.Now().Before(end); {
		if r != nil {
			if _, err := r.Pump(); err != nil {
				t.Fatal(err)
			}
		}
		if data, from, err := e.Receive(short); err == nil {
			return string(data), from
		} else if err != ErrLater {
			t.Fatal(err)
		}
	}
	t.Fatalf("%s: nothing came", e.Name)
	return "", netip.AddrPort{}
}

// deaf makes sure that nothing waits for e.
func deaf(t *testing.T, e *Endpoint) {
	t.Helper()
	if data, _, err := e.Receive(0); err != ErrLater {
		t.Errorf("%s: %q, %v; want nothing", e.Name, data, err)
	}
}

func TestEndpointKeepsEdges(t *testing.T) {
	a, b := endpoint(t, "A"), endpoint(t, "B")
	long := strings.Repeat("x", MaxDatagram)
	for _, text := range []string{"one", "", "three", long} {
		if err := a.Send([]byte(text), b.Local); err != nil {
			t.Fatal(err)
		}
		if got, from := hear(t, b, nil); got != text || from != a.Local {
			t.Errorf("%d bytes from %v, want %d from %v", len(got), from, len(text), a.Local)
		}
	}
	if err := a.Send(make([]byte, MaxDatagram+1), b.Local); err != ErrTooLong {
		t.Errorf("one byte more: %v", err)
	}
	deaf(t, b)
}

// What Receive returns is the caller's: the next datagram leaves it alone.
func TestEndpointCopies(t *testing.T) {
	a, b := endpoint(t, "A"), endpoint(t, "B")
	a.Send([]byte("first"), b.Local)
	first, _, err := b.Receive(long)
	if err != nil {
		t.Fatal(err)
	}
	a.Send([]byte("XXXXX"), b.Local)
	hear(t, b, nil)
	if string(first) != "first" {
		t.Errorf("it has become %q", first)
	}
}

// The scripts of a relay: what goes in on one side, and what comes out.
func TestRelayRules(t *testing.T) {
	out := func(n int) Place { return Place{Outward, n} }
	for _, c := range []struct {
		name  string
		rules Rules
		in    string // one datagram for each letter
		want  string
	}{
		{"none", Rules{}, "abc", "abc"},
		{"drop", Rules{Drop: map[Place]bool{out(2): true}}, "abc", "ac"},
		{"drop all", Rules{Drop: map[Place]bool{out(1): true, out(2): true}}, "ab", ""},
		{"dup", Rules{Dup: map[Place]bool{out(1): true}}, "ab", "aab"},
		{"swap", Rules{Hold: map[Place]Place{out(1): out(2)}}, "abc", "bac"},
		{"hold over two", Rules{Hold: map[Place]Place{out(1): out(3)}}, "abcd", "bcad"},
		{"a chain", Rules{Hold: map[Place]Place{out(1): out(2), out(2): out(3)}}, "abcd", "cbad"},
		{"until one that is dropped", Rules{Hold: map[Place]Place{out(1): out(2)}, Drop: map[Place]bool{out(2): true}},
			"abc", "ac"},
		{"until one that has gone", Rules{Hold: map[Place]Place{out(2): out(1)}}, "ab", "ab"},
		{"the other direction only", Rules{Drop: map[Place]bool{{Back, 1}: true}}, "ab", "ab"},
	} {
		t.Run(c.name, func(t *testing.T) {
			a, b := endpoint(t, "A"), endpoint(t, "B")
			r, err := NewRelay("R", "127.0.0.1", b.Local, c.rules, func(Passage) {})
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			for i := range c.in {
				a.Send([]byte(c.in[i:i+1]), r.Addr())
				pumped(t, r, Outward, i+1)
			}
			got := ""
			for range c.want {
				one, _ := hear(t, b, r)
				got += one
			}
			deaf(t, b)
			if got != c.want {
				t.Errorf("%s came out as %s, want %s", c.in, got, c.want)
			}
		})
	}
}

// pumped lets r work until it has seen n datagrams in one direction: what is
// sent next comes after them.
func pumped(t *testing.T, r *Relay, w Way, n int) {
	t.Helper()
	for end := time.Now().Add(long); r.Seen(w) < n; r.Pump() {
		if time.Now().After(end) {
			t.Fatalf("%d of %d datagrams came", r.Seen(w), n)
		}
	}
}

// Two sockets of one side are two sockets for the other, and each gets its own
// replies; a reply from a new port moves the exchange to that port.
func TestRelayKeepsFlowsApart(t *testing.T) {
	a, b, s, s2 := endpoint(t, "A"), endpoint(t, "B"), endpoint(t, "S"), endpoint(t, "S2")
	var fates []string
	r, err := NewRelay("R", "127.0.0.1", s.Local, Rules{Hold: map[Place]Place{{Back, 1}: {Outward, 3}}},
		func(p Passage) {
			fates = append(fates, fmt.Sprintf("%v %d %d", p.Way, p.N, p.Fate))
		})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	a.Send([]byte("a"), r.Addr())
	_, fromA := hear(t, s, r)
	b.Send([]byte("b"), r.Addr())
	_, fromB := hear(t, s, r)
	if fromA == fromB || !r.Owns(fromA) || !r.Owns(fromB) || r.Owns(s.Local) {
		t.Errorf("A comes as %v and B as %v", fromA, fromB)
	}
	s.Send([]byte("to A, late"), fromA) // held back
	pumped(t, r, Back, 1)
	s2.Send([]byte("to B"), fromB)
	if got, from := hear(t, b, r); got != "to B" || from != r.Addr() {
		t.Errorf("B got %q from %v", got, from)
	}
	deaf(t, a)
	if w := r.Waiting(); len(w) != 1 || w[0] != (Place{Back, 1}) {
		t.Errorf("waiting: %v", w)
	}
	b.Send([]byte("b again"), r.Addr())
	if got, _ := hear(t, s2, r); got != "b again" {
		t.Errorf("the new port got %q", got)
	}
	if got, _ := hear(t, a, r); got != "to A, late" {
		t.Errorf("A got %q", got)
	}
	want := "out 1 0,out 2 0,back 1 3,back 2 0,out 3 0,back 1 4"
	if got := strings.Join(fates, ","); got != want {
		t.Errorf("passages %s, want %s", got, want)
	}
}

// A reserved address answers nobody, and nobody else can have it.
func TestReserveUDP(t *testing.T) {
	addr, release, err := ReserveUDP("127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	a := endpoint(t, "A")
	if err := a.Send([]byte("hello"), netip.MustParseAddrPort(addr)); err != nil {
		t.Fatal(err)
	}
	deaf(t, a)
}
