package process

import (
	"os"
	"time"
)

// readSize is the most that is read from a pipe in one piece.
const readSize = 32 << 10

// openFiles opens what the program gets as descriptors 0, 1 and 2, and keeps
// the ends of the pipes that we read.
//
// The pipes are our own. With a Writer in exec.Cmd, Wait would also wait for
// the end of the output, which a grandchild that inherited the stream can put
// off forever.
func (p *Process) openFiles(o Options) (files []*os.File, err error) {
	in, err := p.openInput(o)
	if err != nil {
		return nil, err
	}
	files = append(files, in)
	for range 2 {
		r, w, err := os.Pipe()
		if err != nil {
			closeAll(files)
			closeAll(p.pipes)
			p.CloseInput()
			return nil, err
		}
		p.pipes = append(p.pipes, r)
		files = append(files, w)
	}
	if err := p.prepareOutput(o, files); err != nil {
		closeAll(files)
		closeAll(p.pipes)
		p.CloseInput()
		return nil, err
	}
	return files, nil
}

// prepareOutput makes of files[1], the pipe of standard output, what o asks for.
func (p *Process) prepareOutput(o Options, files []*os.File) error {
	if o.Jammed {
		return p.jam(files[1])
	}
	if o.Output == "" {
		return nil
	}
	out, err := os.OpenFile(o.Output, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	files[1].Close() // the pipe of standard output ends before it began
	files[1] = out
	return nil
}

func closeAll(files []*os.File) {
	for _, f := range files {
		f.Close()
	}
}

// readOutput captures standard output, from where the program's own begins.
func (p *Process) readOutput(r *os.File) {
	p.skipFiller(r) // an error is met again at once
	p.read(r, p.stdout)
}

// read captures one stream until its end. It never stops early: a program
// whose pipe is full would be held up by us.
func (p *Process) read(r *os.File, c *Capture) {
	defer p.running.Done()
	buf := make([]byte, readSize)
	for {
		err := fill(r, c, buf)
		p.notify()
		if err != nil {
			break
		}
	}
	r.Close()
	c.end()
	p.notify()
}

// drain waits for the end of both streams and of the process, within bounds.
func (p *Process) drain() {
	finished := make(chan struct{})
	go func() {
		p.running.Wait()
		close(finished)
	}()
	select {
	case <-finished:
		return
	case <-time.After(drainTime):
	}
	// Somebody out of reach holds the other end. Closing ours makes the
	// readers return.
	closeAll(p.pipes)
	select {
	case <-finished:
	case <-time.After(drainTime):
	}
}

// Pending reports whether the program has printed something that is not in
// Stdout or Stderr yet. A program that is asleep, with nothing pending, has
// printed all that it will print before it is woken.
func (p *Process) Pending() bool {
	if !tellsUnread {
		return p.unended()
	}
	return !p.jammed() && unread(p.pipes[0], p.stdout) || unread(p.pipes[1], p.stderr)
}

// unended is what can be known of pending output where the system does not say how much a
// pipe holds: all of a process that has ended has been read when its streams have ended.
// One of its children may keep them open, so a wait for that needs a bound.
func (p *Process) unended() bool {
	_, over := p.Status()
	return over && !(p.stdout.ended() && p.stderr.ended())
}
