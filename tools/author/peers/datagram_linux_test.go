package peers

import (
	"path/filepath"
	"regexp"
	"testing"

	"loopback/tools/engine/probe"
)

// datagrams returns the path of the Python program in testdata.
func datagrams(t *testing.T) string {
	t.Helper()
	script, err := filepath.Abs(filepath.Join("testdata", "datagrams.py"))
	if err != nil {
		t.Fatal(err)
	}
	return script
}

// TestDatagramsTyped has foreign clients send a datagram for each line that is
// typed, and print what comes back. Neither ever learns that the other is done.
func TestDatagramsTyped(t *testing.T) {
	for _, c := range []client{
		{tool: "nc", args: []string{"-u", "HOST", "PORT"}},
		{tool: "socat", args: []string{"-t", "60", "STDIO", "UDP:HOST:PORT"}},
	} {
		t.Run(c.tool, func(t *testing.T) {
			s := serve(t, "echo-udp")
			k := newKeyboard(t)
			r := startReading(t, k.name, c.tool, c.argv(t, s)...)
			k.types("one datagram\n")
			r.prints(0, []byte("one datagram\n"))
			k.types("two\nlines\n")
			r.prints(len("one datagram\n"), []byte("two\nlines\n"))
			s.quiet()
		})
	}
}

// TestDatagramSizes has Python send datagrams from 0 to 65,507 bytes.
func TestDatagramSizes(t *testing.T) {
	s := serve(t, "echo-udp")
	c := start(t, "python3", tool(t, "python3"), "-u", datagrams(t), "ask", s.host, s.port)
	c.succeeds()
	c.printed(0, []byte("14 datagrams came back\n"))
	s.quiet()
}

// TestDatagramClient asks a server in Python that loses the first datagram of
// each question, says other things before it answers, and answers three times.
func TestDatagramClient(t *testing.T) {
	s := start(t, "python3", tool(t, "python3"), "-u", datagrams(t), "serve")
	addr := s.announces(s.Stdout(), announcement)
	c := start(t, "echo-udp", program(t, "echo-udp"), "-timeout", "2s", addr, "one", "two words", "")
	c.succeeds()
	c.printed(0, []byte("ONE\nTWO WORDS\n\n"))
}

// socatReceiving is how socat -d -d says that it has bound its UDP socket. The
// port in it is the one that was asked for, 0.
var socatReceiving = regexp.MustCompile(`(?m) (receiving) on AF=2 127\.0\.0\.1:`)

// TestDatagramSocat has socat start a cat for every datagram, which sends it
// back.
func TestDatagramSocat(t *testing.T) {
	s := start(t, "socat", tool(t, "socat"), "-d", "-d", "UDP-RECVFROM:0,bind=127.0.0.1,fork", "EXEC:cat")
	s.announces(s.Stderr(), socatReceiving)
	all, err := probe.UDPSocketsOf([]int{s.PID()})
	if err != nil || len(all) != 1 {
		s.fatalf("its UDP sockets: %v, %v; want one", all, err)
	}
	c := start(t, "echo-udp", program(t, "echo-udp"), "-timeout", "20s", all[0].Local.String(), "hello", "socat")
	c.succeeds()
	c.printed(0, []byte("hello\nsocat\n"))
}

// TestDatagramRefused asks where a socket was, and nobody is any more: the
// kernel says so at once.
func TestDatagramRefused(t *testing.T) {
	c := start(t, "echo-udp", program(t, "echo-udp"), "-timeout", "60s", "127.0.0.1:7", "anyone")
	if code := c.exits(); code != 1 || !has(c.Stderr(), "connection refused") {
		c.fatalf("status %d, want 1 and a refusal", code)
	}
}
