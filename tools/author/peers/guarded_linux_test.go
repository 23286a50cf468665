package peers

import (
	"net"
	"path/filepath"
	"testing"
)

// guarded starts the server with bounds.
func guarded(t *testing.T, args ...string) *server {
	t.Helper()
	r := start(t, "guarded", append([]string{program(t, "guarded"), "-listen", "127.0.0.1:0"}, args...)...)
	s := &server{running: r, addr: r.announces(r.Stdout(), announcement)}
	s.host, s.port, _ = net.SplitHostPort(s.addr)
	return s
}

// TestGuardedRefuses has a foreign client take the only place, and others come:
// each must print the word, and see the end.
func TestGuardedRefuses(t *testing.T) {
	nc := tool(t, "nc")
	input := fileOf(t, []byte("hello\n"))
	for _, c := range []client{netcat, socat} {
		t.Run(c.tool, func(t *testing.T) {
			tool(t, c.tool)
			s := guarded(t, "-max", "1")
			k := newKeyboard(t)
			first := startReading(t, k.name, "nc", nc, s.host, s.port)
			k.types("I have a place\n")
			first.prints(0, []byte("I have a place\n"))
			r := startReading(t, input, c.tool, c.argv(t, s)...)
			r.succeeds()
			r.printed(0, []byte("busy\n"))
			s.quiet()
		})
	}
}

// TestGuardedSwarm has a hundred and sixty clients of Python's asyncio at the same
// time at a server for a hundred.
func TestGuardedSwarm(t *testing.T) {
	python := tool(t, "python3")
	script, err := filepath.Abs(filepath.Join("testdata", "swarm.py"))
	if err != nil {
		t.Fatal(err)
	}
	s := guarded(t, "-max", "100")
	r := start(t, "python3", python, "-u", script, "160", "20", s.host, s.port)
	r.succeeds()
	r.printed(0, []byte("100 served, 60 busy\n"))
	s.quiet()
}
