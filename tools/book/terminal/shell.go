package terminal

import (
	"strings"

	"loopback/tools/engine/probe"
	"loopback/tools/engine/process"
)

// A shell is a console that has been started.
type shell struct {
	*console
	next    int              // index of the command to start next
	proc    *process.Process // runs commands[next-1]; nil when it has ended
	matched int              // how many of its promised lines have come
	spoken  bool             // any promised line of the console has come
	before  probe.Activity   // the look before the last one
	printed int64            // at that look
}

// start starts the next command, which has been rewritten to text.
func (s *shell) start(o process.Options, text string) error {
	// One line for both, so that bash's own complaints say "line 1". The wait
	// is for what the command has put into the background.
	o.Args = []string{"-c", "exec 2>&1; " + text + "\nwait"}
	proc, err := process.Start(o)
	if err != nil {
		return err
	}
	s.proc, s.matched, s.printed = proc, 0, 0
	s.before = probe.Activity{}
	s.next++
	return nil
}

// current is the command that was started last.
func (s *shell) current() *command { return s.commands[s.next-1] }

// over reports whether all commands have ended.
func (s *shell) over() bool { return s.proc == nil && s.next == len(s.commands) }

// ready reports whether the next console may begin: this one has shown its
// first promised line, or has none.
func (s *shell) ready() bool {
	if s.spoken || s.over() {
		return true
	}
	for _, c := range s.commands {
		if len(c.want) > 0 {
			return false
		}
	}
	return true
}

// read compares what the command has printed so far, and notices its end.
func (s *shell) read(n *names, partial bool) *complaint {
	if s.proc == nil {
		return nil
	}
	_, ended := s.proc.Status()
	if ended {
		s.proc.End() // its output is complete after that
	}
	// Bash complains about its own command line before it has merged the two.
	text := string(s.proc.Stdout().Bytes()) + string(s.proc.Stderr().Bytes())
	lines := strings.Split(text, "\n")
	if last := len(lines) - 1; lines[last] == "" || !ended && !partial {
		lines = lines[:last]
	}
	if c := s.compare(n, lines); c != nil {
		return c
	}
	if !ended {
		return nil
	}
	s.proc = nil
	if want := s.current().want; s.matched < len(want) {
		return complain(want[s.matched].line,
			"the command of line %d has ended without printing %q: take the line out, or mend the command",
			s.current().line, want[s.matched].text)
	}
	return nil
}

// compare compares the lines that are new.
func (s *shell) compare(n *names, lines []string) *complaint {
	want := s.current().want
	for ; s.matched < len(lines); s.matched++ {
		got := lines[s.matched]
		if s.matched >= len(want) {
			line := s.current().line
			if len(want) > 0 {
				line = want[len(want)-1].line
			}
			return complain(line, "the terminal goes on with %q: add the line below this one, or mend the command",
				n.told(got))
		}
		if fault := n.match(want[s.matched], got); fault != "" {
			return complain(want[s.matched].line, "%s", fault)
		}
		s.spoken = true
	}
	return nil
}

// missing is the first promised line of the running command that has not come.
func (s *shell) missing() *promise {
	if s.next == 0 || s.proc == nil || s.matched >= len(s.current().want) {
		return nil
	}
	return &s.current().want[s.matched]
}

// look looks at the running command once and reports whether anything has moved
// since the look before, and whether it has a timer of its own.
func (s *shell) look() (moved, timed bool) {
	if s.proc == nil {
		return false, false
	}
	printed := s.proc.Stdout().Total() + s.proc.Stderr().Total()
	pending := s.proc.Pending()
	now := probe.Look(s.proc.PID())
	_, ended := s.proc.Status()
	moved = ended || pending || printed != s.printed || now.State == probe.Moving || !now.Same(s.before)
	s.before, s.printed = now, printed
	return moved, now.State == probe.Timed || now.State == probe.Unknown
}
