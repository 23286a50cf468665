package scene

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

// Enter makes the scenario's namespace, when it asks for one. The scenario is
// skipped where the system has none for us.
func (s *Scene) Enter() *record.Outcome {
	if !s.Scenario.Namespace {
		return nil
	}
	s.future = newProcess()
	with := Conditions{Stdin: true, Jammed: slices.Contains(s.Scenario.Start, "-jammed")}
	sp, err := space.Start(s.options(s.future, with), s.Scenario.Settings)
	if refused := (*space.Refused)(nil); errors.As(err, &refused) {
		return &record.Outcome{Skipped: refused.Error()}
	}
	if err != nil {
		return Cannot(err)
	}
	s.Space = sp
	s.future.has(sp.Process)
	var asks []int
	for range diagSockets {
		fd, err := sp.Socket(space.Diag)
		if err != nil {
			return Cannot(err)
		}
		asks = append(asks, fd)
	}
	s.Net = probe.NewNet(asks)
	s.Maker = func(ipv6 bool) (int, error) {
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
func (s *Scene) become(name string, args []string, with Conditions) *Instance {
	if with.Descriptors != 0 {
		s.Misuse("in a namespace the number of descriptors cannot be limited")
	}
	if with.Little {
		s.Misuse("in a namespace the standard output is no file")
	}
	if with.Unreadable {
		s.Misuse("in a namespace the standard input can be read")
	}
	p := s.future
	if p == nil {
		s.Misuse("a namespace holds one program, and it was started already")
	}
	s.future = nil
	p.Name = name
	if !with.Stdin {
		p.Proc.CloseInput()
	}
	s.Programs = append(s.Programs, p)
	if err := s.Space.Become(s.executable(),
		append(s.Prog.Argv[1:len(s.Prog.Argv):len(s.Prog.Argv)], args...)); err != nil {
		s.Fail(record.Verdict{Code: record.CannotGrade, What: record.Say("the program could not be started: %v", err)})
	}
	go s.guard(p)
	return p
}

// Leave ends a process that never became the program, and closes what is left
// of the namespace's sockets.
func (s *Scene) Leave() {
	if s.Space == nil {
		return
	}
	if s.future != nil {
		s.Space.Process.End()
	}
	s.Net.Close()
	s.Space.Close()
}

// CheckMade says so when a connection failed only because the scenario has used
// up the sockets of its namespace.
func (s *Scene) CheckMade(err error) {
	if errors.Is(err, space.ErrNoneLeft) {
		s.Misuse("%v", err)
	}
}

// NeedSpace ends a scenario that does outside of a namespace what would reach
// beyond this machine.
func (s *Scene) NeedSpace(what string) {
	if s.Space == nil {
		s.Misuse("%s needs a scenario with the header namespace", what)
	}
}

// NeedOutside ends a scenario that wants in its namespace what the grader has
// only outside.
func (s *Scene) NeedOutside(what string) {
	if s.Space != nil {
		s.Misuse("%s is not there in a scenario with the header namespace", what)
	}
}
