package peers

import "testing"

// TestLinesTypedSlowly has a person at netcat fall silent inside a line: the
// server says so, and the next line is answered.
func TestLinesTypedSlowly(t *testing.T) {
	nc := tool(t, "nc")
	s := serve(t, "lined", "-request", "2s")
	k := newKeyboard(t)
	c := startReading(t, k.name, "nc", nc, "-N", s.host, s.port)
	k.types("upper one\nupper t")
	c.await("ERR timeout", func() bool { return has(c.Stdout(), "ONE\nERR timeout\n") })
	k.types("wo\nupper three\n")
	c.await("THREE", func() bool { return has(c.Stdout(), "THREE\n") })
	k.ends()
	c.succeeds()
	if got, want := string(c.Stdout().Bytes()), "ONE\nERR timeout\nTHREE\n"; got != want {
		t.Errorf("nc printed %q, want %q", got, want)
	}
	s.quiet()
}

// TestLinesByCurl has curl ask: for it, telnet is a protocol without any rules of
// its own, as long as no byte is 255. By "-T ." it looks at the connection also while
// nothing is typed; without it, it waits in read(2) of its input, whatever comes.
func TestLinesByCurl(t *testing.T) {
	curl := tool(t, "curl")
	s := serve(t, "lined")
	k := newKeyboard(t)
	c := startReading(t, k.name, "curl", curl, "-sN", "-T", ".", "telnet://"+s.addr)
	k.types("upper curl\nwhat else\n")
	c.await("both answers", func() bool { return has(c.Stdout(), "CURL\nERR unknown request\n") })
	s.quiet()
}
