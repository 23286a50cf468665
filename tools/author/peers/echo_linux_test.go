package peers

import (
	"bytes"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
)

// echoServers are the servers that all do the same for one client, and how
// many clients one after another each is given.
var echoServers = []struct {
	name    string
	clients int
}{
	{"echo-once", 1},
	{"echo-seq", 2},
	{"echo-go", 2},
	{"echo-sys", 2},
}

// client is a foreign program that copies its standard input to a connection
// and what comes back to its standard output.
type client struct {
	tool string
	args []string // HOST and PORT stand for the server's
	// banner is the last that it prints before anything from the peer.
	banner string
	// status says that the exit status tells success.
	status bool
}

var (
	// -N: send a FIN at the end of the input. Without it netcat says nothing,
	// and an echo server and netcat wait for each other forever.
	netcat = client{tool: "nc", args: []string{"-N", "HOST", "PORT"}, status: true}
	// -t: how long to wait, in seconds, for the peer's part after our own has
	// ended. The default of half a second cuts off the reply of a slow peer.
	socat = client{tool: "socat", args: []string{"-t", "60", "STDIO", "TCP:HOST:PORT"}, status: true}
	ncat  = client{tool: "ncat", args: []string{"HOST", "PORT"}, status: true}
	// telnet closes the connection at the end of its input, and has not even
	// sent what it read just before. It is for people who type and read.
	telnet = client{tool: "telnet", args: []string{"HOST", "PORT"}, banner: "Escape character is '^]'.\n"}
)

// python is the client in testdata, in one of its modes.
func python(t *testing.T, mode string) client {
	t.Helper()
	script, err := filepath.Abs(filepath.Join("testdata", "echo_client.py"))
	if err != nil {
		t.Fatal(err)
	}
	return client{tool: "python3", args: []string{"-u", script, mode, "HOST", "PORT"}, status: true}
}

// argv returns the command line that connects c to s.
func (c client) argv(t *testing.T, s *server) []string {
	t.Helper()
	fill := strings.NewReplacer("HOST", s.host, "PORT", s.port)
	argv := []string{tool(t, c.tool)}
	for _, arg := range c.args {
		argv = append(argv, fill.Replace(arg))
	}
	return argv
}

// everyByte is more than one read can take, and has all bytes there are: a
// zero, an end of line of each kind, and no valid text.
func everyByte() []byte {
	var b []byte
	for i := range 256 {
		b = append(b, byte(i))
	}
	random := rand.NewChaCha8([32]byte{})
	rest := make([]byte, 256<<10)
	random.Read(rest) // never fails
	return append(b, rest...)
}

// TestOneShot sends everything, then the end of the stream, and wants all of it
// back and the peer's end of stream.
func TestOneShot(t *testing.T) {
	content := everyByte()
	input := fileOf(t, content)
	for _, c := range []client{netcat, socat, ncat, python(t, "once")} {
		forEachServer(t, c, func(t *testing.T, s *server) {
			r := startReading(t, input, c.tool, c.argv(t, s)...)
			r.succeeds()
			r.printed(0, content)
		})
	}
}

// TestLineByLine sends each line only after the one before has come back.
func TestLineByLine(t *testing.T) {
	for _, c := range []client{netcat, socat, ncat, telnet, python(t, "lines")} {
		forEachServer(t, c, func(t *testing.T, s *server) { c.converse(t, s) })
	}
}

// converse types lines at c, one for each echo.
func (c client) converse(t *testing.T, s *server) {
	k := newKeyboard(t)
	r := startReading(t, k.name, c.tool, c.argv(t, s)...)
	from := 0
	if c.banner != "" {
		r.await(quote([]byte(c.banner)), func() bool {
			before, _, ok := bytes.Cut(r.Stdout().Bytes(), []byte(c.banner))
			from = len(before) + len(c.banner)
			return ok
		})
	}
	var typed []byte
	for _, line := range []string{"one\n", "two words\n", "\n", strings.Repeat("long ", 100) + "\n"} {
		k.types(line)
		typed = append(typed, line...)
		r.prints(from, typed)
	}
	k.ends()
	if code := r.exits(); c.status && code != 0 {
		r.fatalf("exit status %d, want 0", code)
	}
	r.printed(from, typed)
}

// forEachServer runs test against each echo server, with as many clients in
// turn as the server is for.
func forEachServer(t *testing.T, c client, test func(*testing.T, *server)) {
	for _, e := range echoServers {
		t.Run(e.name+"/"+c.tool, func(t *testing.T) {
			tool(t, c.tool) // before anything is built
			s := serve(t, e.name)
			for range e.clients {
				test(t, s)
			}
			if e.clients == 1 {
				s.succeeds()
			}
			s.quiet()
		})
	}
}

// TestManyAsks has 20 of our clients at the concurrent server at once.
func TestManyAsks(t *testing.T) {
	s := serve(t, "echo-go")
	var clients []*running
	var lines []string
	for i := range 20 {
		word := strings.Repeat("x", i)
		clients = append(clients, ask(t, s.addr, "client", word))
		lines = append(lines, "client "+word+"\n")
	}
	for i, c := range clients {
		c.succeeds()
		c.printed(0, []byte(lines[i]))
	}
	s.quiet()
}
