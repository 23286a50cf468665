package grade

import (
	"net"
	"slices"
	"sync"
	"testing"
)

// Echo servers that know their clients too well.
func init() {
	var mu sync.Mutex
	var kept [][]byte
	tinyHandlers["keeps-what-was-said"] = tinyEcho(func(b []byte) []byte {
		mu.Lock()
		defer mu.Unlock()
		kept = append(kept, slices.Clone(b))
		return b
	})
	ports := map[int]net.Conn{}
	tinyHandlers["knows-clients-by-port"] = func(conn net.Conn) {
		port := conn.RemoteAddr().(*net.TCPAddr).Port
		mu.Lock()
		if old := ports[port]; old != nil {
			old.Close()
		}
		ports[port] = conn
		mu.Unlock()
		tinyEcho(func(b []byte) []byte { return b })(conn)
	}
}

// What visitors leave in memory is found, and so is a table whose key is the port.
func TestVisitors(t *testing.T) {
	const visitors = "# garbage\nserve\nvisitors 1600 4KiB\ndescriptors"
	const samePort = "serve\ndial -elsewhere A\nsend A a\nrecv A a\ndial -port-of A B\nsend B b\nrecv B b\n" +
		"send A a\nrecv A a\nclosewrite B\neof B\nclosewrite A\neof A\n"
	for _, c := range []struct{ program, script, want string }{
		{"echo", visitors, "pass"},
		{"keeps-what-was-said", visitors, "fail:memory"},
		{"echo", samePort, "pass"},
		{"knows-clients-by-port", samePort, "fail:early-eof"},
	} {
		t.Run(c.program, func(t *testing.T) {
			t.Parallel()
			r := gradeTiny(t, tinyUnit(t, c.script), Options{}, c.program, "")
			if got := statuses(r); got != c.want {
				t.Errorf("%s; want %s\n%s", got, c.want, r.Text())
			}
		})
	}
}
