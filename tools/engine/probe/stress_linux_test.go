//go:build !noevidence

package probe

import (
	"flag"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// The stress test looks for the one thing this package must never do: prove a
// correct program stuck. Run it for longer with
//
//	go test ./tools/engine/probe -run Sandwich -probe.trips 6250 -v
var trips = flag.Int("probe.trips", 60, "round trips of each connection in the stress test")

// counts is what the stress test has seen.
type counts struct {
	sync.Mutex                         // for the checks: the program shall have some processor time, too
	trips, checks, looks, asleep, lies atomic.Int64
}

// sandwich is the proof that a program cannot answer: both ends of the
// connection, the program asleep, and both ends again, all alike and with
// nothing under way in either direction. It returns our end as last seen.
func (n *counts) sandwich(conn net.Conn, pid int) (ours Socket, holds bool, err error) {
	n.Lock()
	defer n.Unlock()
	n.checks.Add(1)
	server, ours, err := ends(conn)
	// What has arrived need not be acknowledged yet: the kernel may take 40 ms for
	// that. So the counts of bytes tell whether anything is under way.
	if err != nil || server.Inode == 0 || server.Unread > 0 || ours.Unread > 0 ||
		ours.Sent != server.Received || server.Sent != ours.Received {
		return ours, false, err
	}
	n.looks.Add(1)
	if a := Look(pid); a.State != Asleep {
		return ours, false, nil
	}
	n.asleep.Add(1)
	server2, ours2, err := ends(conn)
	return ours2, err == nil && same(server, server2) && same(ours, ours2), err
}

// ends looks at the server's end first: what it sends afterwards shows at ours.
func ends(conn net.Conn) (server, ours Socket, err error) {
	if server, err = serverEnd(conn); err == nil {
		ours, err = ourEnd(conn)
	}
	return server, ours, err
}

// same compares all but what an acknowledgement changes.
func same(a, b Socket) bool {
	a.Timer, b.Timer, a.Unacked, b.Unacked = 0, 0, 0, 0
	return a == b
}

// talk sends a line and reads it back, n times. While the reply is owed it tries
// to prove that none will come.
func (n *counts) talk(conn net.Conn, pid, times int) error {
	var owed uint64
	buf := make([]byte, 64)
	for i := range times {
		line := buf[:1+i%len(buf)]
		if _, err := conn.Write(line); err != nil {
			return err
		}
		owed += uint64(len(line))
		for {
			ours, holds, err := n.sandwich(conn, pid)
			if err != nil {
				return err
			}
			if ours.Received == owed {
				break
			}
			if holds {
				n.lies.Add(1)
			}
		}
		if _, err := io.ReadFull(conn, line); err != nil {
			return err
		}
		n.trips.Add(1)
	}
	return nil
}

func TestSandwich(t *testing.T) {
	if lacks := Missing(); len(lacks) > 0 {
		t.Skipf("this system lacks %q", lacks)
	}
	for _, server := range []string{"echo", "ring"} {
		t.Run(server, func(t *testing.T) { testSandwich(t, start(t, server, true)) })
	}
}

func testSandwich(t *testing.T, c *child) {
	var n counts
	var wg sync.WaitGroup
	var last net.Conn
	begin := time.Now()
	for range 8 {
		conn := dial(t, c.addr)
		last = conn
		wg.Go(func() {
			if err := n.talk(conn, c.pid(), *trips); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	t.Logf("%d round trips in %v: %d checks, %d looks, %d asleep, %d lies", n.trips.Load(), time.Since(begin),
		n.checks.Load(), n.looks.Load(), n.asleep.Load(), n.lies.Load())
	if n.lies.Load() > 0 {
		t.Errorf("%d of %d checks proved a correct server stuck", n.lies.Load(), n.checks.Load())
	}
	until(t, "the proof holds for a server at rest", func() bool {
		_, holds, err := n.sandwich(last, c.pid())
		if err != nil {
			t.Fatal(err)
		}
		return holds
	})
}
