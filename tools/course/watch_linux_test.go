package main

import (
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// Without a terminal: plain lines, whatever the program is, until a signal.
func TestWatchPlain(t *testing.T) {
	t.Parallel()
	dir := copyCourse(t)
	w := watchPlain(t, dir)
	w.sees("00-setup is not started")
	w.sees("notWritten()")
	w.sees("it is graded again.")
	w.edit("00-setup", w.program("testdata/00-setup/wrong/sprocket"))
	w.sees("── 01-greeting ── wrong-bytes ─")
	w.edit("00-setup", "package main\n\nfunc main() {\n\tlgo.Println()\n}\n")
	w.sees("main.go:4:2: undefined: lgo")
	w.edit("00-setup", "package ma") // half written
	w.sees("00-setup: does not compile")
	w.edit("00-setup", w.program("solutions/00-setup"))
	w.sees("00-setup passes. Next is 02-echo-once")
	w.sees("it is graded again.")
	// It does not go on by itself: the same exercise is still the one.
	w.edit("00-setup", w.program("testdata/00-setup/wrong/accept-once"))
	w.sees("── 02-next-client ── silence ─")
	// It goes where the learner goes.
	w.edit("02-echo-once", w.program("testdata/02-echo-once/wrong/port-0-printed"))
	w.sees("02-echo-once: 0 of ")
	w.cmd.Process.Signal(syscall.SIGTERM)
	w.sees("Stopped at 02-echo-once")
	w.ends()
	if all := w.all(); strings.Contains(all, "\x1b") || strings.Contains(all, "\r") {
		t.Errorf("control sequences: %q", all)
	}
	// Its place is kept.
	w = watchPlain(t, dir)
	w.sees("02-echo-once: 0 of ")
	w.sees("Not changed since it was graded")
	w.cmd.Process.Signal(syscall.SIGHUP) // as when the connection to the machine is lost
	w.ends()
}

// slow is a server that says nothing and has a timer: nobody can prove that it
// is stuck, and its verdict takes a while.
const slow = `package main

import (
	"flag"
	"fmt"
	"net"
	"time"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:0", "")
	flag.Parse()
	ln, err := net.Listen("tcp", *listen)
	if err != nil {
		panic(err)
	}
	fmt.Println("listening on", ln.Addr())
	for {
		ln.Accept()
		time.Sleep(time.Hour)
	}
}
`

// A grade whose program is edited again is called off: its verdict is never
// shown, and its program is ended.
func TestWatchCallsOff(t *testing.T) {
	t.Parallel()
	dir := copyCourse(t)
	put(t, filepath.Join(dir, "testdata", "00-setup", "01-greeting.txtar"), "# It greets.\n# timeout 40s\nserve\n"+
		"dial A\nrecv A 'hello, socket\\n'\neof A\n")
	w := watchPlain(t, dir, "0")
	w.sees("it is graded again.")
	w.edit("00-setup", slow)
	for end := time.Now().Add(bound); len(w.children()) == 0 ||
		strings.Contains(w.children()[0], "go build"); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the slow program was never started")
		}
	}
	begun := time.Now()
	w.edit("00-setup", w.program("solutions/00-setup"))
	w.sees("00-setup passes")
	if took := time.Since(begun); took > 30*time.Second {
		t.Errorf("the new verdict took %v: the old one was waited for", took)
	}
	if strings.Contains(w.all(), "FAIL") {
		t.Errorf("a verdict of the program that was edited is shown:\n%s", w.all())
	}
	if left := w.children(); len(left) > 0 {
		t.Errorf("still running: %v", left)
	}
	w.cmd.Process.Signal(syscall.SIGTERM)
	w.ends()
}

// Many exercises that change at once are Git's doing, not the learner's.
func TestWatchStays(t *testing.T) {
	t.Parallel()
	dir := copyCourse(t)
	w := watchPlain(t, dir, "00")
	w.sees("it is graded again.")
	w.edit("00-setup", w.program("testdata/00-setup/wrong/sprocket"))
	w.edit("02-echo-once", w.program("solutions/02-echo-once"))
	w.sees("── 01-greeting ── wrong-bytes ─")
	w.edit("00-setup", w.program("solutions/00-setup"))
	w.sees("00-setup passes")
	// A scenario that changes is graded again, too.
	put(t, filepath.Join(dir, "testdata", "00-setup", "01-greeting.txtar"),
		"# It greets otherwise.\nserve\ndial A\nrecv A 'hallo\\n'\n")
	w.sees("It greets otherwise.")
	w.cmd.Process.Signal(syscall.SIGTERM)
	w.sees("Stopped at 00-setup")
	w.ends()
}

// On a terminal there are keys, and the terminal is given back as it was.
func TestWatchKeys(t *testing.T) {
	t.Parallel()
	dir := copyCourse(t)
	w := watchTerminal(t, dir, nil)
	before, err := unix.IoctlGetTermios(int(w.keys.Fd()), unix.TCGETS)
	if err != nil {
		t.Fatal(err)
	}
	w.sees("00-setup is not started")
	w.sees("q quit")
	w.edit("00-setup", w.program("testdata/00-setup/wrong/sprocket"))
	w.sees("building ...")
	w.sees("── 01-greeting ── wrong-bytes ─")
	w.sees("h hint")
	w.press("h")
	w.sees("Hint 1 of 3, which the report shows")
	w.sees("Hint 2 of 3")
	w.press("h")
	w.sees("Hint 3 of 3")
	w.press("h")
	w.sees("That was the last hint")
	w.sees("chapters/00-setup.md#fix-one-word")
	w.press("s")
	w.sees("sealed until your program passes")
	w.press("c")
	w.sees("Read chapters/00-setup.md#fix-one-word")
	w.press("l")
	w.sees("Loopback: 0 of 2 exercises done")
	w.press("r")
	w.sees("── 01-greeting ── wrong-bytes ─")
	w.press("n")
	w.sees("02-echo-once is not started")
	w.press("p")
	w.sees("00-setup: 0 of 2")
	w.edit("00-setup", w.program("solutions/00-setup"))
	w.sees("00-setup passes")
	w.sees("s solution")
	w.press("s")
	w.sees("the same, line by line")
	w.press("q")
	w.sees("Stopped at 00-setup")
	w.ends()
	after, err := unix.IoctlGetTermios(int(w.keys.Fd()), unix.TCGETS)
	if err != nil {
		t.Fatal(err)
	}
	if after.Lflag&(unix.ICANON|unix.ECHO) != unix.ICANON|unix.ECHO ||
		*after != *before && before.Lflag&unix.ICANON != 0 {
		t.Errorf("the terminal was %+v, is %+v", before, after)
	}
}

// Watch tells that a challenge is passed, once, and shows the report of one
// only when the learner asks.
func TestWatchChallenge(t *testing.T) {
	t.Parallel()
	dir := challenged(t)
	w := watchTerminal(t, dir, nil)
	w.sees("q quit")
	w.press("x")
	w.sees("Challenges run when all else passes.")
	w.edit("00-setup", w.program("solutions/00-setup"))
	w.sees("Challenges passed: 0 of 2.")
	w.sees("x challenge")
	if strings.Contains(w.all(), "── 03-quick ──") || strings.Contains(w.all(), "Challenge passed:") {
		t.Errorf("nobody asked:\n%s", w.all())
	}
	w.press("x")
	w.sees("── 03-quick ──")
	w.sees("This is one of 2 that are not passed")
	w.press("x")
	w.sees("── 04-quiet ──")
	w.edit("00-setup", w.program("testdata/00-setup/right/quick"))
	w.sees("Challenge passed: 03-quick. It knows the flag -quick.")
	w.press("r")
	w.sees("Challenges passed: 1 of 2.")
	w.press("q")
	w.sees("Stopped at 00-setup")
	w.ends()
	if n := strings.Count(w.all(), "Challenge passed: 03"); n != 1 {
		t.Errorf("told %d times:\n%s", n, w.all())
	}
}

// Ctrl-C ends it like q.
func TestWatchCtrlC(t *testing.T) {
	t.Parallel()
	w := watchTerminal(t, copyCourse(t), nil)
	w.sees("q quit")
	w.press("\x03")
	w.sees("Stopped at 00-setup")
	w.ends()
}

// NO_COLOR leaves colours out; a dumb terminal gets no control sequence at all,
// and its keys come with Enter.
func TestWatchWithoutColours(t *testing.T) {
	t.Parallel()
	for name, env := range map[string][]string{"NO_COLOR": {"NO_COLOR=1"}, "dumb": {"TERM=dumb"}, "colours": nil} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := watchTerminal(t, copyCourse(t), env)
			w.sees("it is graded again.")
			w.edit("00-setup", w.program("testdata/00-setup/wrong/sprocket"))
			w.sees("wrong-bytes")
			w.sees("it is graded again.")
			enter := map[string]string{"dumb": "\n"}[name]
			w.press("h" + enter)
			w.sees("Hint 1 of 3")
			w.press("q" + enter)
			w.sees("Stopped at 00-setup")
			w.ends()
			all := w.all()
			if strings.Contains(all, "\x1b[31m") != (name == "colours") {
				t.Errorf("colours: %q", all)
			}
			if strings.Contains(all, "\x1b") != (name != "dumb") {
				t.Errorf("control sequences: %q", all)
			}
		})
	}
}

// The chapter is shown with the learner's pager, which has the terminal alone.
func TestWatchPager(t *testing.T) {
	t.Parallel()
	w := watchTerminal(t, copyCourse(t), []string{"PAGER=head -n 1"})
	w.sees("q quit")
	w.press("c")
	w.sees("# Setup: how you will be graded")
	w.sees("q quit")
	w.press("q")
	w.ends()
}
