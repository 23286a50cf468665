package peers

import (
	"os"
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

// TestAgentByHTTP has curl ask the variant that answers it, as it asks any service that
// listens on a Unix socket.
func TestAgentByHTTP(t *testing.T) {
	curl := tool(t, "curl")
	at := filepath.Join(t.TempDir(), "a")
	s := start(t, "agentd", rightVariant(t, "agentd", "http"), "-listen", "unix:"+at)
	s.announces(s.Stdout(), announcement)
	nc := startReading(t, fileOf(t, []byte("put door 4096\n")), "nc", tool(t, "nc"), "-N", "-U", at)
	nc.succeeds()
	for _, c := range []struct{ path, status, body string }{
		{"door", "200", "4096\n"},
		{"window", "404", "error: no such secret\n"},
	} {
		body := filepath.Join(t.TempDir(), "body")
		r := start(t, "curl", curl, "-sS", "-w", "%{http_code} %{content_type}", "-o", body, "--unix-socket", at,
			"http://localhost/"+c.path)
		r.succeeds()
		r.printed(0, []byte(c.status+" text/plain"))
		if got, err := os.ReadFile(body); err != nil || string(got) != c.body {
			t.Errorf("%s: got %q, %v, want %q", c.path, got, err, c.body)
		}
	}
	if err := s.Signal("TERM"); err != nil {
		t.Fatal(err)
	}
	s.succeeds()
}
