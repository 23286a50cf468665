package main

import (
	"io"
	"net"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// dialTried waits until the relay's address is shown and connects to it.
func dialTried(t *testing.T, w *watching) *net.TCPConn {
	t.Helper()
	w.sees("    nc 127.0.0.1 ")
	m := regexp.MustCompile(`(?m)^    (127\.0\.0\.1:\d+)\r?$`).FindStringSubmatch(w.all())
	if m == nil {
		t.Fatalf("no address:\n%s", w.all())
	}
	c, err := net.Dial("tcp", m[1])
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(bound))
	shown, _, _ := strings.Cut(w.all(), "connect from") // the address of the learner's own end
	for _, other := range regexp.MustCompile(`127\.\d+\.\d+\.\d+:\d+`).FindAllString(shown, -1) {
		if other != m[1] {
			t.Errorf("%s is shown, too; which one is meant?\n%s", other, shown)
		}
	}
	return c.(*net.TCPConn)
}

// Try shows what goes over the wire between the learner and the program, until
// Ctrl-C, and leaves nothing behind.
func TestTry(t *testing.T) {
	t.Parallel()
	w := plainly(t, copyCourse(t), "try", "00", "--solution")
	c := dialTried(t, w)
	w.sees("●  the server is up: you reach it at " + c.RemoteAddr().String())
	data, err := io.ReadAll(c)
	if err != nil || string(data) != "hello, socket\n" {
		t.Errorf("%q, %v", data, err)
	}
	w.sees("      ms   A     server\n")
	w.sees("├─────▶  connect from 127.0.0.1:")
	w.sees(`◀─────┤  "hello, socket\n"`)
	w.sees("◀─────┤  FIN: end of stream")
	c.SetLinger(0)
	c.Close()
	w.sees("├─────▶  RST: A is gone without saying goodbye")
	w.cmd.Process.Signal(syscall.SIGINT)
	w.ends()
}

// Try ends when the program does, and says how.
func TestTryProgramEnds(t *testing.T) {
	t.Parallel()
	dir := copyCourse(t)
	put(t, filepath.Join(dir, "exercises", "02-echo-once", "main.go"), `package main

import (
	"fmt"
	"net"
	"os"
)

func main() {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Println("listening on", ln.Addr())
	ln.Accept()
	fmt.Println("somebody came")
	fmt.Fprintln(os.Stderr, os.Args[len(os.Args)-1])
	os.Exit(3)
}
`)
	w := plainly(t, dir, "try", "02", "--", "-word")
	dialTried(t, w)
	w.sees("✗  the process has ended: exit status 3")
	w.ends()
	// two streams: in any order
	for _, row := range []string{`●  prints "somebody came"`, `●  on standard error: "-word"`} {
		if !strings.Contains(w.all(), row) {
			t.Errorf("no row %q in\n%s", row, w.all())
		}
	}
}

// What cannot be tried is told in a line.
func TestTryNot(t *testing.T) {
	t.Parallel()
	dir := copyCourse(t)
	for _, c := range []struct{ name, program, want string }{
		{"untouched", "", "has not been written yet: delete the call to notWritten()"},
		{"no announcement", "package main\n\nimport \"fmt\"\n\nfunc main() { fmt.Println(\"hello\"); select {} }\n",
			`the program's first line is "hello"`},
		{"not listening", "package main\n\nimport (\n\t\"fmt\"\n\t\"time\"\n)\n\n" +
			"func main() { fmt.Println(\"listening on 127.0.0.1:9\"); time.Sleep(time.Hour) }\n",
			"it does not listen for TCP connections"},
		{"ended", "package main\n\nfunc main() {}\n",
			"the program ended (exit status 0) before it said where it listens"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.program != "" {
				put(t, filepath.Join(dir, "exercises", "00-setup", "main.go"), c.program)
			}
			status, stdout, stderr := course(t, dir, "try", "00")
			if status != 2 || stdout != "" || !strings.HasPrefix(stderr, "course: ") ||
				!strings.Contains(stderr, c.want) {
				t.Errorf("status %d\n%s%s", status, stdout, stderr)
			}
		})
	}
	put(t, filepath.Join(dir, "exercises", "00-setup", "main.go"), "package main\n\nfunc main() { lgo() }\n")
	status, _, stderr := course(t, dir, "try", "00")
	if status != 1 || !strings.Contains(stderr, "main.go:3:15: undefined: lgo") {
		t.Errorf("status %d\n%s", status, stderr)
	}
}
