package process

import (
	"errors"
	"os"
	"testing"

	"golang.org/x/sys/unix"
)

// What is given to Input arrives, in order, and CloseInput ends it.
func TestInput(t *testing.T) {
	o := shell("echo ready; read a; echo got $a; cat")
	o.Stdin = true
	p := startReady(t, o, 1)
	if err := p.Input([]byte("one\n")); err != nil {
		t.Fatal(err)
	}
	if err := p.Input([]byte("two\nthree")); err != nil {
		t.Fatal(err)
	}
	p.CloseInput()
	p.CloseInput() // a second time is harmless
	if st := ended(t, p); st.Code != 0 {
		t.Errorf("%v", st)
	}
	p.End()
	if got := string(p.Stdout().Bytes()); got != "ready\ngot one\ntwo\nthree" {
		t.Errorf("printed %q", got)
	}
	if err := p.Input([]byte("four")); !errors.Is(err, ErrNoInput) {
		t.Errorf("after the end: %v", err)
	}
}

// Without a pipe the input is at its end at once.
func TestNoInput(t *testing.T) {
	p := start(t, shell("cat"))
	if err := p.Input([]byte("x")); !errors.Is(err, ErrNoInput) {
		t.Errorf("%v", err)
	}
	if st := ended(t, p); st.Code != 0 {
		t.Errorf("%v", st)
	}
}

// Nobody reads any more: that is an error, and no signal.
func TestInputNobodyReads(t *testing.T) {
	o := shell("exec <&-; echo closed; sleep 60")
	o.Stdin = true
	p := startReady(t, o, 1)
	if err := p.Input([]byte("x")); !errors.Is(err, unix.EPIPE) {
		t.Errorf("%v", err)
	}
}

// The signal reaches a program that asks for it, and harms none that does not.
func TestInterrupt(t *testing.T) {
	p := startReady(t, shell("trap 'echo urgent; exit' URG; echo ready; while :; do sleep 0.01; done"), 1)
	if err := p.Interrupt(); err != nil {
		t.Fatal(err)
	}
	ended(t, p)
	p.End()
	if got := string(p.Stdout().Bytes()); got != "ready\nurgent\n" {
		t.Errorf("printed %q", got)
	}
	q := startReady(t, shell("echo ready; sleep 60"), 1)
	if err := q.Interrupt(); err != nil {
		t.Fatal(err)
	}
	q.End()
	if st := ended(t, q); st.Signal != "SIGKILL" {
		t.Errorf("%v: it was End that should have ended it", st)
	}
	if err := q.Interrupt(); !errors.Is(err, os.ErrProcessDone) {
		t.Errorf("after the end: %v", err)
	}
}

// A folder as the input fails each read.
func TestUnreadableInput(t *testing.T) {
	o := shell("cat")
	o.Input = t.TempDir()
	if st := ended(t, start(t, o)); st.Code != 1 {
		t.Errorf("%v", st)
	}
}
