package peers

import (
	"strings"
	"testing"
)

// TestListenerShown compares the address announced with what the system's own
// tool shows.
func TestListenerShown(t *testing.T) {
	ss := tool(t, "ss")
	s := serve(t, "echo-go")
	r := start(t, "ss", ss, "-ltn")
	r.succeeds()
	for row := range strings.Lines(string(r.Stdout().Bytes())) {
		// State, Recv-Q, Send-Q, local address, peer address.
		f := strings.Fields(row)
		if len(f) >= 5 && f[0] == "LISTEN" && f[3] == s.addr {
			return
		}
	}
	r.fatalf("no row LISTEN with the address %s, which echo-go announced", s.addr)
}
