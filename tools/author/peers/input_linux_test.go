package peers

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// redirect has the shell open the standard input of a program and then become
// that program: package process gives everybody the null device.
const redirect = `in=$1; shift; exec "$@" <"$in"`

// startReading is start for a program whose standard input is the file called
// input.
func startReading(t *testing.T, input, name string, argv ...string) *running {
	t.Helper()
	return start(t, name, append([]string{"/bin/sh", "-c", redirect, "sh", input}, argv...)...)
}

// fileOf returns the name of a file with this content.
func fileOf(t *testing.T, content []byte) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "content")
	if err := os.WriteFile(name, content, 0o644); err != nil {
		t.Fatal(err)
	}
	return name
}

// keyboard is a standard input that a test writes to as it goes: a named pipe.
type keyboard struct {
	t    *testing.T
	name string
	pipe *os.File
}

// newKeyboard makes the pipe. It is opened for reading too, which nobody does
// here: so the opening does not wait for the program to open the other end.
func newKeyboard(t *testing.T) *keyboard {
	t.Helper()
	name := filepath.Join(t.TempDir(), "keyboard")
	if err := unix.Mkfifo(name, 0o600); err != nil {
		t.Fatal(err)
	}
	pipe, err := os.OpenFile(name, os.O_RDWR|unix.O_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { pipe.Close() })
	return &keyboard{t, name, pipe}
}

// types writes text for the program to read.
func (k *keyboard) types(text string) {
	k.t.Helper()
	k.pipe.SetWriteDeadline(time.Now().Add(patience))
	if _, err := k.pipe.WriteString(text); err != nil {
		k.t.Fatalf("typing %q: %v", text, err)
	}
}

// ends ends the input. The program must have opened it by then, and has if it
// has answered something typed.
func (k *keyboard) ends() {
	k.t.Helper()
	if err := k.pipe.Close(); err != nil {
		k.t.Fatal(err)
	}
}

// quote returns b in Go's notation, cut to a length that can be read.
func quote(b []byte) string {
	const most = 160
	if len(b) <= most {
		return fmt.Sprintf("%q", b)
	}
	return fmt.Sprintf("%q and %d bytes more", b[:most], len(b)-most)
}
