package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// bound is how long anything on the screen may take; no measure of speed.
const bound = 60 * time.Second

// A watching is `course watch` while it runs, and what it has written.
type watching struct {
	t    *testing.T
	dir  string
	cmd  *exec.Cmd
	keys *os.File // the keyboard, or nil
	done chan error

	mu   sync.Mutex
	seen bytes.Buffer
	from int // what was waited for lies before
}

// watchPlain starts the command without a terminal.
func watchPlain(t *testing.T, dir string, args ...string) *watching {
	t.Helper()
	return plainly(t, dir, append([]string{"watch"}, args...)...)
}

// plainly starts any verb without a terminal.
func plainly(t *testing.T, dir string, args ...string) *watching {
	t.Helper()
	w := newWatching(t, dir, nil, args)
	out, err := w.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	w.cmd.Stderr = w.cmd.Stdout
	w.start(out)
	return w
}

// watchTerminal starts the command on a terminal of its own.
func watchTerminal(t *testing.T, dir string, env []string, args ...string) *watching {
	t.Helper()
	w := newWatching(t, dir, env, append([]string{"watch"}, args...))
	master, slave := openTerminal(t)
	w.keys = master
	w.cmd.Stdin, w.cmd.Stdout, w.cmd.Stderr = slave, slave, slave
	w.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	w.start(master)
	return w
}

func newWatching(t *testing.T, dir string, env, args []string) *watching {
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(exe, args...)
	cmd.Dir = dir
	cmd.Env = append(append(os.Environ(), asCourse+"=1", "TERM=xterm", "PAGER="), env...)
	return &watching{t: t, dir: dir, cmd: cmd, done: make(chan error, 1)}
}

func (w *watching) start(out io.Reader) {
	w.t.Helper()
	if err := w.cmd.Start(); err != nil {
		w.t.Fatal(err)
	}
	read := make(chan struct{})
	go func() {
		defer close(read)
		buf := make([]byte, 4096)
		for {
			n, err := out.Read(buf)
			w.mu.Lock()
			w.seen.Write(buf[:n])
			w.mu.Unlock()
			if err != nil {
				return
			}
		}
	}()
	go func() {
		if w.keys == nil {
			<-read // Wait closes the pipe
		}
		w.done <- w.cmd.Wait()
	}()
	w.t.Cleanup(func() { w.cmd.Process.Kill() })
}

// openTerminal opens a pseudo-terminal (pty(7)) of 100 columns.
func openTerminal(t *testing.T) (master, slave *os.File) {
	t.Helper()
	fd, err := unix.Open("/dev/ptmx", unix.O_RDWR|unix.O_NOCTTY|unix.O_CLOEXEC, 0)
	if err != nil {
		t.Skipf("NOT TESTED: no pseudo-terminal here: /dev/ptmx: %v", err)
	}
	master = os.NewFile(uintptr(fd), "terminal")
	t.Cleanup(func() { master.Close() })
	if err := unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	slave, err = os.OpenFile(fmt.Sprint("/dev/pts/", n), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { slave.Close() })
	unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, &unix.Winsize{Row: 40, Col: 100})
	return master, slave
}

// text returns what was written since the last thing that was waited for.
func (w *watching) text() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.seen.String()[w.from:]
}

// all returns everything that was written.
func (w *watching) all() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.seen.String()
}

// sees waits until text is written, and forgets what lies before.
func (w *watching) sees(text string) {
	w.t.Helper()
	for end := time.Now().Add(bound); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		w.mu.Lock()
		if i := strings.Index(w.seen.String()[w.from:], text); i >= 0 {
			w.from += i + len(text)
			w.mu.Unlock()
			return
		}
		w.mu.Unlock()
	}
	w.t.Fatalf("%q was not written:\n%s", text, w.text())
}

// edit saves a program as an editor does that writes a new file and renames it.
func (w *watching) edit(unit, program string) {
	w.t.Helper()
	file := filepath.Join(w.dir, "exercises", unit, "main.go")
	put(w.t, file+"~", program)
	if err := os.Rename(file+"~", file); err != nil {
		w.t.Fatal(err)
	}
}

func (w *watching) program(path string) string {
	w.t.Helper()
	data, err := os.ReadFile(filepath.Join(w.dir, path, "main.go"))
	if err != nil {
		w.t.Fatal(err)
	}
	return string(data)
}

func (w *watching) press(key string) {
	w.t.Helper()
	if _, err := w.keys.WriteString(key); err != nil {
		w.t.Fatal(err)
	}
}

// ends waits for the end, which must be a good one.
func (w *watching) ends() {
	w.t.Helper()
	select {
	case err := <-w.done:
		if err != nil {
			w.t.Errorf("%v\n%s", err, w.text())
		}
	case <-time.After(bound):
		w.t.Fatal("it does not end")
	}
}

// children returns the commands of the processes that the command has started
// and that still run.
func (w *watching) children() []string {
	var out []string
	tasks, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", w.cmd.Process.Pid))
	for _, f := range tasks {
		data, _ := os.ReadFile(f)
		for _, pid := range strings.Fields(string(data)) {
			line, _ := os.ReadFile("/proc/" + pid + "/cmdline")
			out = append(out, pid+" "+strings.ReplaceAll(string(line), "\x00", " "))
		}
	}
	return out
}
