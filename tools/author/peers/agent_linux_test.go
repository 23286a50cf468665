package peers

import (
	"path/filepath"
	"strings"
	"testing"
)

// TestAgent has foreign clients talk to the server on a Unix socket: lines over a
// stream, and messages, which socat calls type 5 (SOCK_SEQPACKET).
func TestAgent(t *testing.T) {
	for _, c := range []struct{ tool, network, args string }{
		{"nc", "unix", "-N -U PATH"},
		{"ncat", "unix", "-U PATH"},
		{"socat", "unix", "- UNIX-CONNECT:PATH"},
		{"socat", "unixpacket", "- UNIX-CONNECT:PATH,type=5"},
	} {
		t.Run(c.tool+" "+c.network, func(t *testing.T) {
			path := tool(t, c.tool)
			at := filepath.Join(t.TempDir(), "a")
			s := start(t, "agentd", program(t, "agentd"), "-listen", c.network+":"+at)
			s.announces(s.Stdout(), announcement)
			args := strings.Fields(strings.ReplaceAll(c.args, "PATH", at))
			// Read as one piece, it is one message of the second type.
			text, want := "put key some words\nget key\nhello\n", "ok\nsome words\nerror: unknown command\n"
			if c.network == "unixpacket" {
				text, want = "put key some words\n", "ok\n"
			}
			r := startReading(t, fileOf(t, []byte(text)), c.tool, append([]string{path}, args...)...)
			r.succeeds()
			r.printed(0, []byte(want))
			if err := s.Signal("TERM"); err != nil {
				t.Fatal(err)
			}
			s.succeeds()
		})
	}
}
