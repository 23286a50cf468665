package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
	"unicode/utf8"

	"golang.org/x/sys/unix"
)

// sized starts a verb on a terminal of its own, of rows and columns.
func sized(t *testing.T, dir string, rows, columns int, args ...string) *watching {
	t.Helper()
	w := newWatching(t, dir, []string{"NO_COLOR=1", "LC_ALL=C.UTF-8"}, args)
	master, slave := openTerminal(t)
	size := unix.Winsize{Row: uint16(rows), Col: uint16(columns)}
	if err := unix.IoctlSetWinsize(int(master.Fd()), unix.TIOCSWINSZ, &size); err != nil {
		t.Fatal(err)
	}
	w.keys = master
	w.cmd.Stdin, w.cmd.Stdout, w.cmd.Stderr = slave, slave, slave
	w.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	w.start(master)
	return w
}

// erased is what moves the cursor: what was in the line before is gone.
var erased = regexp.MustCompile(`\r\x1b\[K|\x1b\[H\x1b\[2J`)

// fits reports what of a screen the terminal had to break.
func (w *watching) fits(columns int) {
	w.t.Helper()
	for _, line := range strings.FieldsFunc(erased.ReplaceAllString(w.all(), "\n"),
		func(r rune) bool { return r == '\n' || r == '\r' }) {
		if n := utf8.RuneCountInString(line); n > columns {
			w.t.Errorf("%d columns on a terminal of %d: %q", n, columns, line)
		}
	}
}

// terminals are small, usual and large.
var terminals = []struct{ rows, columns int }{{20, 40}, {24, 80}, {60, 200}}

// eachTerminal runs a test on terminals of several sizes, on a course whose program
// of unit 00 is wrong.
func eachTerminal(t *testing.T, run func(t *testing.T, dir string, rows, columns int)) {
	for _, size := range terminals {
		t.Run(fmt.Sprintf("%dx%d", size.columns, size.rows), func(t *testing.T) {
			t.Parallel()
			dir := copyCourse(t)
			wrong, err := os.ReadFile(filepath.Join(dir, "testdata", "00-setup", "wrong", "sprocket", "main.go"))
			if err != nil {
				t.Fatal(err)
			}
			put(t, filepath.Join(dir, "exercises", "00-setup", "main.go"), string(wrong))
			run(t, dir, size.rows, size.columns)
		})
	}
}

// A report fits the terminal: no word is torn, the caret is below its byte, the
// command can be copied.
func TestSizeGrade(t *testing.T) {
	t.Parallel()
	eachTerminal(t, func(t *testing.T, dir string, rows, columns int) {
		w := sized(t, dir, rows, columns, "grade", "00", "--dir", "testdata/00-setup/wrong/sprocket")
		w.sees("      expected  \"hello, socket\\n\"\r\n      got       \"hello, sprocket\\n\"\r\n" +
			"                         ^\r\n")
		w.sees("testdata/00-setup/01-greeting.txtar:4\r\n") // whole, though below its word where it is narrow
		w.ended(1)
		w.fits(columns)
		_, again, _ := strings.Cut(w.all(), "Again\r\n")
		again, _, _ = strings.Cut(again, "scenario:")
		again = strings.Join(strings.Fields(strings.ReplaceAll(again, "\\\r\n", "")), " ")
		want := "go run ./tools/course grade 00-setup --dir testdata/00-setup/wrong/sprocket --only "
		if !strings.HasPrefix(again, want) {
			t.Errorf("the command became %q", again)
		}
	})
}

// The first page of watch begins with what happened and ends with the keys, all of
// it on one screen.
func TestSizeWatch(t *testing.T) {
	t.Parallel()
	eachTerminal(t, func(t *testing.T, dir string, rows, columns int) {
		w := sized(t, dir, rows, columns, "watch", "00")
		w.sees("is graded again.")
		w.press("q")
		w.ends()
		w.fits(columns)
		pages := strings.Split(w.all(), "\x1b[H\x1b[2J")
		page, _, _ := strings.Cut(pages[len(pages)-1], "Stopped at")
		if n := strings.Count(page, "\n"); n >= rows {
			t.Errorf("%d rows on a terminal of %d:\n%s", n, rows, page)
		}
		for _, part := range []string{"── 01-greeting ── wrong-bytes", "What happened", "   ^\r\n", "q quit"} {
			if !strings.Contains(page, part) {
				t.Errorf("no %q on the page:\n%s", part, page)
			}
		}
		if whole := strings.Contains(page, "Again\r\n"); whole == strings.Contains(page, "v shows all of it") {
			t.Errorf("the whole report is there: %v\n%s", whole, page)
		}
	})
}

// The board has a row for each unit, and its commands are whole.
func TestSizeBoard(t *testing.T) {
	t.Parallel()
	eachTerminal(t, func(t *testing.T, dir string, rows, columns int) {
		w := sized(t, dir, rows, columns)
		w.sees("> 00-setup                  0 of 2")
		w.sees("  02-echo-once              not started")
		w.sees("  go run ./tools/course try 00")
		w.sees("be the peer, and see the wire live\r\n")
		w.ended(0)
		w.fits(columns)
	})
}

// Try shows the command that connects, whole, and goes on below itself with what
// does not fit beside its drawing.
func TestSizeTry(t *testing.T) {
	t.Parallel()
	eachTerminal(t, func(t *testing.T, dir string, rows, columns int) {
		w := sized(t, dir, rows, columns, "try", "00")
		c := dialTried(t, w)
		w.sees("hello,")
		w.sees("16 bytes")
		w.sees("FIN: end of stream")
		c.Close()
		w.cmd.Process.Signal(syscall.SIGINT)
		w.ends()
		w.fits(columns)
		if nc := "    nc 127.0.0.1 "; !strings.Contains(w.all(), nc) {
			t.Errorf("no %q:\n%s", nc, w.all())
		}
	})
}

// ended waits until the command has ended with a status.
func (w *watching) ended(status int) {
	w.t.Helper()
	select {
	case <-w.done:
	case <-time.After(bound):
		w.t.Fatal("it does not end")
	}
	if got := w.cmd.ProcessState.ExitCode(); got != status {
		w.t.Errorf("status %d, want %d:\n%s", got, status, w.all())
	}
}
