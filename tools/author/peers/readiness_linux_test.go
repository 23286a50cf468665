package peers

import (
	"path/filepath"
	"strings"
	"testing"
)

// TestReadinessOneShot has each foreign client send everything to the server
// with one thread, and wants all of it back. A client that says nothing is
// connected all the while.
func TestReadinessOneShot(t *testing.T) {
	content := everyByte()
	input := fileOf(t, content)
	for _, c := range []client{netcat, socat, ncat, python(t, "once")} {
		t.Run(c.tool, func(t *testing.T) {
			tool(t, c.tool) // before anything is built
			s := serve(t, "echo-poll")
			silent := startReading(t, newKeyboard(t).name, "nc", tool(t, "nc"), s.host, s.port)
			r := startReading(t, input, c.tool, c.argv(t, s)...)
			r.succeeds()
			r.printed(0, content)
			silent.printed(0, nil)
			s.quiet()
		})
	}
}

// TestReadinessLineByLine sends each line only after the one before has come
// back.
func TestReadinessLineByLine(t *testing.T) {
	for _, c := range []client{netcat, socat, ncat, telnet, python(t, "lines")} {
		t.Run(c.tool, func(t *testing.T) {
			tool(t, c.tool)
			s := serve(t, "echo-poll")
			c.converse(t, s)
			s.quiet()
		})
	}
}

// TestReadinessSelectors has two event loops talk to each other: Python's
// selectors with a hundred clients, and our server.
func TestReadinessSelectors(t *testing.T) {
	python := tool(t, "python3")
	script, err := filepath.Abs(filepath.Join("testdata", "selectors_client.py"))
	if err != nil {
		t.Fatal(err)
	}
	s := serve(t, "echo-poll")
	r := start(t, "python3", python, "-u", script, "100", "50000", s.host, s.port)
	r.succeeds()
	r.printed(0, []byte("100 clients, 50000 bytes each\n"))
	s.quiet()
}

// TestReadinessAsks has 20 of our own clients at it at once.
func TestReadinessAsks(t *testing.T) {
	s := serve(t, "echo-poll")
	var clients []*running
	for i := range 20 {
		clients = append(clients, ask(t, s.addr, "client", strings.Repeat("x", i)))
	}
	for i, c := range clients {
		c.succeeds()
		c.printed(0, []byte("client "+strings.Repeat("x", i)+"\n"))
	}
	s.quiet()
}
