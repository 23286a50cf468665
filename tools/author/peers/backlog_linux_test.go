package peers

import (
	"net"
	"strings"
	"testing"
	"time"
)

// TestBacklog has three foreign clients wait in the queue of a listener with a
// backlog of 2, asks ss about it, and then has all three served.
func TestBacklog(t *testing.T) {
	ss := tool(t, "ss")
	clients := []client{netcat, socat, python(t, "once")}
	for _, c := range clients {
		tool(t, c.tool) // before anything is built
	}
	content := everyByte()
	input := fileOf(t, content)

	k := newKeyboard(t)
	r := startReading(t, k.name, "echo-sys", program(t, "echo-sys"), "-listen", "127.0.0.1:0", "-backlog", "2", "-hold")
	s := &server{running: r, addr: r.announces(r.Stdout(), announcement)}
	s.host, s.port, _ = net.SplitHostPort(s.addr)
	s.listens(ss, "0", "2")

	var waiting []*running
	for _, c := range clients {
		waiting = append(waiting, startReading(t, input, c.tool, c.argv(t, s)...))
	}
	s.listens(ss, "3", "2")
	k.types("go\n")
	for _, c := range waiting {
		c.succeeds()
		c.printed(0, content)
	}
	s.listens(ss, "0", "2")
	s.quiet()
}

// listens waits until ss says that so many connections wait to be accepted
// (Recv-Q), with this backlog (Send-Q).
func (s *server) listens(ss, queue, backlog string) {
	s.t.Helper()
	for end := time.Now().Add(patience); ; {
		look := start(s.t, "ss", ss, "-tlnH", "src", s.addr)
		look.succeeds()
		f := strings.Fields(string(look.Stdout().Bytes()))
		if len(f) >= 3 && f[0] == "LISTEN" && f[1] == queue && f[2] == backlog {
			return
		}
		if time.Now().After(end) {
			s.fatalf("ss says %q; want a queue of %s and a backlog of %s", f, queue, backlog)
		}
	}
}
