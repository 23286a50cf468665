package wire

import (
	"context"
	"errors"
	"net"
	"strconv"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// dialFor says what a client sees that waits for d: "" for a connection.
func dialFor(t *testing.T, addr string, d time.Duration) string {
	t.Helper()
	c, err := net.DialTimeout("tcp", addr, d)
	var ne net.Error
	switch {
	case err == nil:
		c.Close()
		return ""
	case errors.Is(err, unix.ECONNREFUSED):
		return "refused"
	case errors.As(err, &ne) && ne.Timeout():
		return "timeout"
	}
	return err.Error()
}

// hold takes a free port of an address of this test's own.
func hold(t *testing.T, host string, kind PortKind) *Listener {
	t.Helper()
	for port := 7001; port < 7100; port++ {
		l, err := HoldPort("P", host, port, kind)
		if errors.Is(err, unix.EADDRINUSE) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(l.Close)
		if want := net.JoinHostPort(host, strconv.Itoa(port)); l.Addr != want {
			t.Errorf("took %s, not %s", l.Addr, want)
		}
		return l
	}
	t.Fatal("no free port")
	return nil
}

func TestHoldPort(t *testing.T) {
	for kind, want := range map[PortKind]string{OpenPort: "", ClosedPort: "refused", FilteredPort: "timeout"} {
		for _, host := range []string{"127.77.1.1", "::1"} {
			t.Run(string(kind)+" "+host, func(t *testing.T) {
				t.Parallel()
				wait := time.Minute
				if kind == FilteredPort {
					wait = 50 * time.Millisecond
				}
				l := hold(t, host, kind)
				if got := dialFor(t, l.Addr, wait); got != want {
					t.Errorf("dial: %q, want %q", got, want)
				}
				if _, err := net.Listen("tcp", l.Addr); !errors.Is(err, unix.EADDRINUSE) {
					t.Errorf("somebody else can take the port: %v", err)
				}
			})
		}
	}
	if _, err := HoldPort("P", "127.77.1.1", 7001, "ajar"); err == nil {
		t.Error("a kind that does not exist is no error")
	}
}

// A client that waits long enough for a filtered port sees what becomes of it.
func TestFilteredPortAnswersLate(t *testing.T) {
	for _, c := range []struct {
		name, want string
		answer     func(*Listener) error
	}{{"open", "", (*Listener).Open}, {"refuse", "refused", (*Listener).Refuse}} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			l := hold(t, "127.77.1.2", FilteredPort)
			early := make(chan string)
			go func() { early <- dialFor(t, l.Addr, time.Minute) }()
			if got := dialFor(t, l.Addr, 50*time.Millisecond); got != "timeout" {
				t.Fatalf("before: %q", got)
			}
			if err := c.answer(l); err != nil {
				t.Fatal(err)
			}
			if got := <-early; got != c.want {
				t.Errorf("the patient dial: %q, want %q", got, c.want)
			}
			if got := dialFor(t, l.Addr, time.Minute); got != c.want {
				t.Errorf("a new dial: %q, want %q", got, c.want)
			}
			if _, err := net.Listen("tcp", l.Addr); !errors.Is(err, unix.EADDRINUSE) {
				t.Errorf("somebody else can take the port: %v", err)
			}
		})
	}
}

// What was dialled before a filtered port answers is accepted by name.
func TestAcceptLate(t *testing.T) {
	l := hold(t, "127.77.1.3", FilteredPort)
	if err := l.Open(); err != nil {
		t.Fatal(err)
	}
	c, err := Dial(context.Background(), "A", l.Addr, Default)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Reset()
	s, err := l.Accept("B", time.Minute)
	if err != nil || s.Remote != c.Local {
		t.Errorf("accepted %v, %v; want %v", s, err, c.Local)
	}
	s.Reset()
}
