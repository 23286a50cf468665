package play

import (
	"errors"
	"slices"

	"loopback/tools/base/record"
	"loopback/tools/engine/probe"
	"loopback/tools/engine/space"
)

// A scenario with the header `# namespace` has a network of its own, in which
// the program under test is root: see package space. The process that will be
// the program exists from the beginning, because its sockets are the grader's.

// enter makes the scenario's namespace, when it asks for one. The scenario is
// skipped where the system has none for us.
func (s *scene) enter() *record.Outcome {
	if !s.sc.Namespace {
		return nil
	}
	s.future = newProcess()
	with := conditions{stdin: true, jammed: slices.Contains(s.sc.Start, "-jammed")}
	sp, err := space.Start(s.options(s.future, with), s.sc.Settings)
	if refused := (*space.Refused)(nil); errors.As(err, &refused) {
		return &record.Outcome{Skipped: refused.Error()}
	}
	if err != nil {
		return cannot(err)
	}
	s.space, s.future.proc = sp, sp.Process
	var asks []int
	for range diagSockets {
		fd, err := sp.Socket(space.Diag)
		if err != nil {
			return cannot(err)
		}
		asks = append(asks, fd)
	}
	s.net = probe.NewNet(asks)
	s.maker = func(ipv6 bool) (int, error) {
		if ipv6 {
			return sp.Socket(space.TCP6)
		}
		return sp.Socket(space.TCP4)
	}
	return nil
}

// diagSockets is how many look-ups can be made at the same time.
const diagSockets = 4

// become starts the program in the namespace. It is the only one there.
func (s *scene) become(name string, args []string, with conditions) *program {
	if with.descriptors != 0 {
		s.misuse("in a namespace the number of descriptors cannot be limited")
	}
	p := s.future
	if p == nil {
		s.misuse("a namespace holds one program, and it was started already")
	}
	s.future = nil
	p.name = name
	if !with.stdin {
		p.proc.CloseInput()
	}
	s.programs = append(s.programs, p)
	if err := s.space.Become(s.executable(),
		append(s.prog.Argv[1:len(s.prog.Argv):len(s.prog.Argv)], args...)); err != nil {
		s.fail(record.Verdict{Code: record.CannotGrade, What: record.Say("the program could not be started: %v", err)})
	}
	go s.guard(p)
	return p
}

// leave ends a process that never became the program, and closes what is left
// of the namespace's sockets.
func (s *scene) leave() {
	if s.space == nil {
		return
	}
	if s.future != nil {
		s.space.Process.End()
	}
	s.net.Close()
	s.space.Close()
}

// checkMade says so when a connection failed only because the scenario has used
// up the sockets of its namespace.
func (s *scene) checkMade(err error) {
	if errors.Is(err, space.ErrNoneLeft) {
		s.misuse("%v", err)
	}
}

// needSpace ends a scenario that does outside of a namespace what would reach
// beyond this machine.
func (s *scene) needSpace(what string) {
	if s.space == nil {
		s.misuse("%s needs a scenario with the header namespace", what)
	}
}

// needOutside ends a scenario that wants in its namespace what the grader has
// only outside.
func (s *scene) needOutside(what string) {
	if s.space != nil {
		s.misuse("%s is not there in a scenario with the header namespace", what)
	}
}
