package grade

import (
	"bufio"
	"io"
	"net"
	"sync"
	"testing"
	"time"
)

// Servers that take one client at a time, and let those that say bye leave in
// stages, with their place or without it.
func init() {
	const bound = 200 * time.Millisecond
	stages := func(conn net.Conn, word string) {
		conn.SetDeadline(time.Now().Add(bound))
		io.WriteString(conn, word)
		conn.(*net.TCPConn).CloseWrite()
		io.Copy(io.Discard, conn)
		conn.Close()
	}
	inside := func(part func(conn net.Conn, leave func())) func(net.Conn) {
		places := make(chan struct{}, 1)
		return func(conn net.Conn) {
			select {
			case places <- struct{}{}:
			default:
				stages(conn, "busy\n")
				return
			}
			leave := sync.OnceFunc(func() { <-places })
			defer leave()
			defer conn.Close()
			for r := bufio.NewReader(conn); ; {
				line, err := r.ReadString('\n')
				if line == "bye\n" {
					part(conn, leave)
					return
				}
				if _, failed := io.WriteString(conn, line); err != nil || failed != nil {
					return
				}
			}
		}
	}
	tinyHandlers["bye-with-its-place"] = inside(func(conn net.Conn, _ func()) { stages(conn, "so long\n") })
	tinyHandlers["bye-without-its-place"] = inside(func(conn net.Conn, leave func()) {
		leave()
		stages(conn, "so long\n")
	})
	tinyHandlers["bye-at-once"] = inside(func(conn net.Conn, _ func()) { io.WriteString(conn, "so long\n") })
	tinyHandlers["bye-and-sleeps"] = inside(func(conn net.Conn, _ func()) {
		io.WriteString(conn, "so long\n")
		conn.(*net.TCPConn).CloseWrite()
		time.Sleep(10 * bound)
	})
}

// A client that has got its last word is heard out, and keeps its place, or not.
func TestGoodbye(t *testing.T) {
	const (
		heard = "serve\nheard-out -say 'bye\\n' -pour 1MiB A 200ms 'so long\\n'\n" +
			"dial B\nsend B 'one\\n'\nrecv B 'one\\n'\n"
		place = "serve\nkeeps-place A 200ms 'bye\\n' 'so long\\n' B 'two\\n' 'busy\\n'\n"
	)
	for _, c := range []struct{ program, script, want string }{
		{"bye-with-its-place", heard, ""},
		{"bye-with-its-place", place, ""},
		{"bye-without-its-place", heard, ""},
		{"bye-without-its-place", place, "too-many: B was served although there was no room"},
		{"bye-at-once", heard, "reset: "},
		{"bye-at-once", place, "reset: "},
		{"bye-and-sleeps", heard, "reset: the server is asleep, and does not read what A still sends"},
	} {
		t.Run(c.program, func(t *testing.T) {
			t.Parallel()
			passes(t, c.program, c.script, c.want)
		})
	}
}

// What was known of addresses whose clients were refused is looked for as well.
func TestRefusedPassersBy(t *testing.T) {
	const refused = "# garbage soon\nserve\ndial A B\npassers-by -refused 'busy\\n' 300\n"
	passes(t, "two", refused, "")
	passes(t, "two-and-knows", refused, "memory: ")
}
