package process

import (
	"errors"
	"os"
	"syscall"
	"time"
)

// openInput opens what the program gets as its standard input: a file, the null
// device, or one end of a pipe, whose other end we keep.
func (p *Process) openInput(o Options) (*os.File, error) {
	switch {
	case o.Input != "":
		return os.Open(o.Input)
	case !o.Stdin:
		return os.Open(os.DevNull)
	}
	r, w, err := os.Pipe()
	p.stdin = w
	return r, err
}

// inputTime bounds how long Input waits for room in the pipe. Only a program
// that never reads, and is given more than a pipe holds, uses it up.
const inputTime = 2 * time.Second

// ErrNoInput is returned by [Process.Input] for a program that was started
// without a pipe as its standard input, or whose input was closed.
var ErrNoInput = errors.New("standard input is not a pipe of ours")

// Input writes text to the program's standard input. It returns when the pipe
// holds all of it; whether the program has read it is not known. The error is
// ErrNoInput, or that of the pipe: EPIPE when nobody can read it any more.
func (p *Process) Input(text []byte) error {
	if p.stdin == nil {
		return ErrNoInput
	}
	p.stdin.SetWriteDeadline(time.Now().Add(inputTime)) // a pipe that cannot have one only waits longer
	_, err := p.stdin.Write(text)
	if errors.Is(err, os.ErrClosed) {
		return ErrNoInput
	}
	return err
}

// CloseInput ends the program's standard input: after what was written it
// reads the end of the file. Without a pipe it does nothing.
//
// A program that is being started has all our descriptors until it has called
// execve(2), and the pipe does not end before it has. So no start is under way then.
func (p *Process) CloseInput() {
	if p.stdin != nil {
		syscall.ForkLock.RLock()
		defer syscall.ForkLock.RUnlock()
		p.stdin.Close() // a second time is harmless
	}
}
