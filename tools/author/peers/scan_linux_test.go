package peers

import (
	"fmt"
	"regexp"
	"testing"

	"loopback/tools/engine/wire"
)

// A stranger is somebody else's server, and how it says where it listens.
type stranger struct {
	tool   string
	args   []string
	stderr bool // where it says so
	says   *regexp.Regexp
}

var strangers = []stranger{
	{"nc", []string{"-lkvn", "127.0.0.1", "0"}, true, regexp.MustCompile(`(?m)^Listening on 127\.0\.0\.1 ([0-9]+)$`)},
	{"socat", []string{"-d", "-d", "TCP-LISTEN:0,bind=127.0.0.1,fork", "EXEC:cat"}, true,
		regexp.MustCompile(`(?m) listening on AF=2 127\.0\.0\.1:([0-9]+)$`)},
	{"python3", []string{"-u", "-m", "http.server", "--bind", "127.0.0.1", "0"}, false, httpListening},
}

// opens starts the stranger and returns its port.
func (x stranger) opens(t *testing.T) (*running, string) {
	t.Helper()
	r := start(t, x.tool, append([]string{tool(t, x.tool)}, x.args...)...)
	if x.stderr {
		return r, r.announces(r.Stderr(), x.says)
	}
	return r, r.announces(r.Stdout(), x.says)
}

// scans runs our scanner on one port, which must be in this state.
func scans(t *testing.T, port, state string, flags ...string) {
	t.Helper()
	argv := append([]string{program(t, "scan")}, flags...)
	r := start(t, "scan", append(argv, "127.0.0.1", port+"-"+port)...)
	r.succeeds()
	r.printed(0, []byte(port+" "+state+"\n"))
}

// knocks asks netcat the same question, which waits so many seconds for an
// answer, and returns its words: only a connection is status 0.
func knocks(t *testing.T, port, seconds string, open bool) *running {
	t.Helper()
	r := start(t, "nc -z", tool(t, "nc"), "-znv", "-w", seconds, "127.0.0.1", port)
	if code := r.exits(); (code == 0) != open {
		r.fatalf("exit status %d for a port that is open: %v", code, open)
	}
	return r
}

// TestScanStrangers finds servers that are not ours. Neither scan nor nc -z
// does them any harm: they can be found again.
func TestScanStrangers(t *testing.T) {
	for _, x := range strangers {
		t.Run(x.tool, func(t *testing.T) {
			t.Parallel()
			r, port := x.opens(t)
			for range 3 {
				scans(t, port, "open", "-timeout", "1m")
				// A listener that is busy has a short queue: the answer may be late.
				knocks(t, port, "60", true)
			}
			if st, over := r.Status(); over {
				r.fatalf("%v after it was scanned", st)
			}
		})
	}
}

// TestScanNobody compares the two where nobody listens, and where nobody
// answers.
func TestScanNobody(t *testing.T) {
	tool(t, "nc")
	for _, c := range []struct {
		kind  wire.PortKind
		flags []string
		says  string // nc's words
	}{
		{wire.ClosedPort, []string{"-timeout", "1m"}, "Connection refused"},
		{wire.FilteredPort, nil, "timed out"},
	} {
		t.Run(string(c.kind), func(t *testing.T) {
			t.Parallel()
			port := holds(t, c.kind)
			scans(t, port, string(c.kind), c.flags...)
			r := knocks(t, port, "1", false)
			if !has(r.Stderr(), c.says) {
				r.fatalf("no word of %q", c.says)
			}
		})
	}
}

// holds takes a port of 127.0.0.1 that is of this kind until the test ends.
func holds(t *testing.T, kind wire.PortKind) string {
	t.Helper()
	var last error
	for port := 7401; port < 7600; port++ {
		l, err := wire.HoldPort("held", "127.0.0.1", port, kind)
		if err == nil {
			t.Cleanup(l.Close)
			return fmt.Sprint(port)
		}
		last = err
	}
	t.Fatalf("no port could be had: %v", last)
	return ""
}
