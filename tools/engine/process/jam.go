package process

import (
	"io"
	"os"
)

// A stopper keeps a program's standard output full until it is pulled.
type stopper struct {
	filler int           // bytes in the pipe that are ours
	pulled chan struct{} // closed when the pipe is read; nil when it always was
}

// jam fills standard output, of which w is the program's end.
func (p *Process) jam(w *os.File) error {
	n, err := jam(w)
	if err == nil {
		p.stopper = stopper{filler: n, pulled: make(chan struct{})}
	}
	return err
}

// jammed reports whether standard output is still kept full.
func (p *Process) jammed() bool {
	if p.stopper.pulled == nil {
		return false
	}
	select {
	case <-p.stopper.pulled:
		return false
	default:
		return true
	}
}

// Unjam lets standard output flow that Options.Jammed had filled. What the
// program was about to write comes now. A second time it does nothing.
func (p *Process) Unjam() {
	p.unjamOnce.Do(func() {
		if p.stopper.pulled != nil {
			close(p.stopper.pulled)
		}
	})
}

// skipFiller waits until standard output may flow, and throws away what it was
// filled with.
func (p *Process) skipFiller(r *os.File) error {
	if p.stopper.pulled == nil {
		return nil
	}
	<-p.stopper.pulled
	_, err := io.CopyN(io.Discard, r, int64(p.stopper.filler))
	return err
}
