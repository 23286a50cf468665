package peers

import (
	"net"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"loopback/tools/base/tree"
	"loopback/tools/engine/build"
)

// program returns the executable of the solution whose doc comment shows how
// to call name.
func program(t *testing.T, name string) string {
	t.Helper()
	root, err := tree.Root(".")
	if err != nil {
		t.Fatal(err)
	}
	path, err := build.Alone(t.Context(), root, solution(t, root, name), false)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// solution returns the folder of that solution. The units' names stay where
// they are: what a test needs is a program.
func solution(t *testing.T, root, name string) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(root, "solutions", "*", "main.go"))
	if err != nil {
		t.Fatal(err)
	}
	synopsis := regexp.MustCompile(`(?m)^//\t` + regexp.QuoteMeta(name) + ` `)
	var found []string
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if synopsis.Match(text) {
			found = append(found, filepath.Dir(f))
		}
	}
	if len(found) != 1 {
		t.Fatalf("the solutions whose doc comment shows how to call %s: %q, want exactly one", name, found)
	}
	return found[0]
}

// server is one of ours, ready for clients.
type server struct {
	*running
	addr, host, port string
}

// announcement is how our servers say that they can be reached, and where.
var announcement = regexp.MustCompile(`^listening on (.*)\n`)

// serve starts the server called name and waits for its announcement.
func serve(t *testing.T, name string, args ...string) *server {
	t.Helper()
	r := start(t, name, append([]string{program(t, name), "-listen", "127.0.0.1:0"}, args...)...)
	s := &server{running: r, addr: r.announces(r.Stdout(), announcement)}
	var err error
	if s.host, s.port, err = net.SplitHostPort(s.addr); err != nil {
		r.fatalf("announced %q: %v", s.addr, err)
	}
	return s
}

// quiet makes sure that the announcement is all that the server has printed.
func (s *server) quiet() {
	s.t.Helper()
	s.printed(0, []byte("listening on "+s.addr+"\n"))
}

// ask starts our client for addr and these words.
func ask(t *testing.T, addr string, words ...string) *running {
	t.Helper()
	return start(t, "ask", append([]string{program(t, "ask"), addr}, words...)...)
}
