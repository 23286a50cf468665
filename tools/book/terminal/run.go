package terminal

import (
	"context"
	"fmt"
	"time"

	"loopback/tools/engine/process"
)

// bounds is how long is waited in vain. Nothing comes near these when the text
// is right.
type bounds struct {
	quiet   time.Duration // for a promised line, while nothing moves
	section time.Duration // for a whole section
}

var usual = bounds{quiet: 5 * time.Second, section: 30 * time.Second}

const (
	tick      = time.Millisecond       // between two looks
	timerRest = 25 * time.Millisecond  // how long a program with a timer must sleep to be at rest
	linger    = 500 * time.Millisecond // how long bytes that nobody takes are held to be under way
)

// A runner runs one section.
type runner struct {
	bounds
	sec     *section
	options process.Options
	names   *names
	shells  []*shell
	skipped []*console // that could not be run here
	notes   []*complaint
	changed chan struct{} // holds a token when there was output, or an end
	still   time.Time     // since when nothing has moved
}

// runSection runs the section's consoles that are not skipped.
func runSection(ctx context.Context, s *section, o process.Options, b bounds) []*complaint {
	r := &runner{bounds: b, sec: s, options: o, names: newNames(), changed: make(chan struct{}, 1), still: time.Now()}
	r.options.OnOutput = func() {
		select {
		case r.changed <- struct{}{}:
		default:
		}
	}
	defer r.end()
	ctx, cancel := context.WithTimeout(ctx, b.section)
	defer cancel()
	var todo []*console
	for _, c := range s.consoles {
		if lack := lacks(c); lack != "" {
			r.skip(c, lack)
		} else {
			todo = append(todo, c)
		}
	}
	if fault := r.run(ctx, todo); fault != nil {
		r.notes = append(r.notes, fault)
	}
	return r.notes
}

// end ends what still runs.
func (r *runner) end() {
	for _, s := range r.shells {
		if s.proc != nil {
			s.proc.End()
		}
	}
}

func (r *runner) skip(c *console, lack string) {
	r.skipped = append(r.skipped, c)
	r.notes = append(r.notes, &complaint{line: c.line, skipped: true,
		text: fmt.Sprintf("console %q was not run: %s", c.name, lack)})
}

// run does what can be done whenever everything is at rest, until all is done.
func (r *runner) run(ctx context.Context, todo []*console) *complaint {
	for {
		for _, s := range r.shells {
			if c := s.read(r.names, false); c != nil {
				return c
			}
		}
		if r.resting() {
			acted, c := r.advance(&todo)
			if c != nil {
				return c
			}
			if acted {
				r.still = time.Now()
				continue
			}
			if len(todo) == 0 && r.done() {
				return r.remains()
			}
		}
		if time.Since(r.still) > r.quiet {
			return r.inVain()
		}
		select {
		case <-r.changed:
		case <-time.After(tick):
		case <-ctx.Done():
			return complain(r.sec.consoles[0].line,
				"the section has not come to rest (%v): let no program go on forever", ctx.Err())
		}
	}
}

// resting reports whether all programs are asleep, were so at the look before
// as well, and have nothing under way between them.
func (r *runner) resting() bool {
	moved, timed := false, false
	for _, s := range r.shells {
		m, t := s.look()
		moved, timed = moved || m, timed || t
	}
	if moved {
		r.still = time.Now()
		return false
	}
	slept := time.Since(r.still)
	if timed && slept < timerRest {
		return false
	}
	return slept > linger || !underWay(r.names)
}

// advance starts the next command of a terminal whose last one has ended, or
// else the next console. It reports whether it has done anything.
func (r *runner) advance(todo *[]*console) (bool, *complaint) {
	for _, s := range r.shells {
		if s.proc == nil && !s.over() {
			return true, r.start(s)
		}
	}
	if n := len(r.shells); n > 0 && !r.mayFollow(r.shells[n-1]) || len(*todo) == 0 {
		return false, nil
	}
	s := &shell{console: (*todo)[0]}
	*todo = (*todo)[1:]
	r.shells = append(r.shells, s)
	return true, r.start(s)
}

// mayFollow reports whether the next console may begin. All commands of this one but the
// last have ended by then: one that has printed all it promised may still be about to end,
// and what the next command does belongs before the next console. Where this one has several
// commands, and the one at work has more to print, it may be about to: a process that is
// just being made is seen a moment late.
func (r *runner) mayFollow(s *shell) bool {
	if s.over() {
		return true
	}
	return s.next == len(s.commands) && s.ready() &&
		(len(s.commands) == 1 || s.missing() == nil || time.Since(r.still) > linger)
}

// start starts the next command of a terminal.
func (r *runner) start(s *shell) *complaint {
	c := s.commands[s.next]
	text, unknown := r.names.command(c.text)
	if unknown != "" {
		for _, other := range r.skipped {
			if shows(other, unknown) {
				r.skip(s.console, fmt.Sprintf("it needs %s from console %q", unknown, other.name))
				s.next = len(s.commands)
				return nil
			}
		}
		return complain(c.line, "no line above has shown %s in this section: write a number that one has shown, as "+
			"\"listening on 127.0.0.1:%s\" would", unknown, unknown)
	}
	if err := s.start(r.options, text); err != nil {
		return complain(c.line, "the command could not be started: %v", err)
	}
	return nil
}

// done reports whether all that was promised has come.
func (r *runner) done() bool {
	for _, s := range r.shells {
		if s.proc != nil && (s.next < len(s.commands) || s.missing() != nil && !s.almost()) {
			return false
		}
	}
	return true
}

// almost reports whether there is output without an end of line, which remains
// compares.
func (s *shell) almost() bool {
	b := s.proc.Stdout().Bytes()
	return len(b) > 0 && b[len(b)-1] != '\n' && s.matched == len(s.current().want)-1
}

// remains compares what programs that go on have printed last, without an end
// of line.
func (r *runner) remains() *complaint {
	for _, s := range r.shells {
		if c := s.read(r.names, true); c != nil {
			return c
		}
	}
	return nil
}

// inVain says what has been waited for in vain.
func (r *runner) inVain() *complaint {
	if c := r.remains(); c != nil {
		return c
	}
	for _, s := range r.shells {
		if p := s.missing(); p != nil {
			return complain(p.line, "%q never comes, all programs of the section are asleep: take the line out, or "+
				"mend the command of line %d",
				p.text, s.current().line)
		}
	}
	for _, s := range r.shells {
		if s.proc != nil && s.next < len(s.commands) {
			return complain(s.commands[s.next].line,
				"the command of line %d does not end, so this one cannot be typed: put it into a console of its own",
				s.current().line)
		}
	}
	return complain(r.sec.consoles[0].line, "the section does not come to rest: shorten it")
}
