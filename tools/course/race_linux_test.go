package main

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const raceScenario = `# No memory is shared without a rule.
# race
serve
dial A
recv A 'hello, socket\n'
eof A
-- hint --
The hint of the report.
-- hint --
The next hint.
`

// racy is what a program needs to have a data race.
const racy = `
var shared int

func init() {
	done := make(chan bool)
	go func() {
		shared++
		done <- true
	}()
	shared++
	<-done
}
`

// What was found with the race detector is remembered for as long as the program
// stays as it is.
func TestRaceIsRemembered(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("cc"); err != nil {
		t.Skip("NOT TESTED: no C compiler: the race detector cannot be built here")
	}
	dir := copyCourse(t)
	put(t, filepath.Join(dir, "testdata", "00-setup", "03-race.txtar"), raceScenario)
	exercise(t, dir, "00-setup", "solutions/00-setup")
	says(t, dir, 0, "", "00-setup                  done, -race untried", "go test -race ./exercises/00-setup")
	says(t, dir, 0, "grade 00", "needs the race detector: grade 00 --race",
		"Not run without the race detector: 03-race.", "  go test -race ./exercises/00-setup\n")
	says(t, dir, 0, "hint 00", "what needs the race detector was not", "go test -race ./exercises/00-setup")
	says(t, dir, 0, "run 00 03-race", "00-setup: 1 of 1")
	says(t, dir, 0, "hint 00", "there is nothing to hint at")
	if board := says(t, dir, 0, "", "00-setup                  done  "); strings.Contains(board, "-race") {
		t.Errorf("it has passed:\n%s", board)
	}
	w := watchTerminal(t, dir, nil, "00")
	text := w.program("solutions/00-setup")
	w.sees("00-setup passes")
	w.edit("00-setup", text+racy)
	w.sees("needs the race detector: grade 00 --race")
	w.sees("Edited since the race detector saw it: press d")
	w.press("d")
	w.sees("── 03-race ── race ─")
	w.sees("The lines that met")
	w.sees("2 of 3")
	w.press("h")
	w.sees("The next hint.")
	w.press("q")
	w.ends()
	says(t, dir, 0, "", "> 00-setup                  2 of 3", "Next: 03-race of 00-setup fails (race).")
	exercise(t, dir, "00-setup", "solutions/00-setup")
	says(t, dir, 0, "", "00-setup                  done, -race stale")
}

// Without a C compiler the key says so.
func TestRaceWithoutCompiler(t *testing.T) {
	t.Parallel()
	w := watchTerminal(t, copyCourse(t), []string{onlyGo(t)})
	w.sees("q quit")
	w.press("d")
	w.sees("the race detector needs a C compiler, and there is none here (")
	w.press("q")
	w.ends()
}

// dawdler greets its first client and sleeps with a timer when the next comes:
// what has to wait for that takes a while.
const dawdler = `package main

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
	conn, _ := ln.Accept()
	fmt.Fprintln(conn, "hello, socket")
	conn.Close()
	ln.Accept()
	time.Sleep(time.Hour)
}
`

// The first failure is shown while later scenarios still run, and what runs is
// named.
func TestWatchFirst(t *testing.T) {
	t.Parallel()
	dir := copyCourse(t)
	put(t, filepath.Join(dir, "testdata", "00-setup", "02-next-client.txtar"),
		"# A rule.\nserve\ndial A\nrecv A 'something else\\n'\n")
	put(t, filepath.Join(dir, "testdata", "00-setup", "03-slow.txtar"), "# A rule.\n# timeout 40s\nserve\ndial A\n"+
		"recv A 'hello, socket\\n'\neof A\ndial B\nrecv B 'hello, socket\\n'\n")
	w := watchTerminal(t, dir, nil, "00")
	w.sees("it is graded again.")
	w.edit("00-setup", dawdler)
	w.sees("── 02-next-client ── wrong-bytes ─")
	w.sees("2 of 3 done; 03-slow (")
	if strings.Contains(w.all(), "FAIL") {
		t.Errorf("the table came before the last scenario ended:\n%s", w.all())
	}
	w.press("q")
	w.sees("Stopped at 00-setup")
	w.ends()
	if left := w.children(); len(left) > 0 {
		t.Errorf("still running: %v", left)
	}
}
