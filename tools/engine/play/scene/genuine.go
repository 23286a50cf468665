package scene

import (
	"os"

	"loopback/tools/base/record"
	"loopback/tools/engine/probe"
)

// remember notes which program p is, after it was started as one.
func (p *Instance) remember() { p.image = probe.Image(p.Proc.PID()) }

// CheckSame makes sure that a program that was built from its text is still the one that
// runs. One that becomes another program, such as an interpreter, could be written in any
// language, and with what its unit does without.
func (s *Scene) CheckSame(p *Instance) {
	if p.built == "" || p.Gone() {
		return
	}
	exe := builtBytes(s, p)
	for _, pid := range p.Look().PIDs {
		if !probe.IsOther(pid, p.built, exe) || p.Gone() {
			continue
		}
		if pid != p.Proc.PID() { // it may be left behind, which is said where nothing else is wrong
			s.Employs = true
			continue
		}
		s.Reject("", record.Say("the program is another one"), others("the process is no longer the program that was "+
			"built from the text: it has become another one (execve)"))
	}
}

// SeeOthers notes whether a program that was built from its text has started another one, which
// works for it now. It may end before the scenario does, or before the program.
func SeeOthers(s *Scene) {
	for _, p := range s.Programs {
		if s.Employed || p.built == "" || p.Gone() {
			continue
		}
		for _, pid := range p.Look().PIDs {
			s.Employed = s.Employed || pid != p.Proc.PID() && probe.IsOther(pid, p.built, builtBytes(s, p))
		}
	}
}

// builtBytes returns the bytes of the file from which p was started.
func builtBytes(s *Scene, p *Instance) func() ([]byte, error) {
	if f := s.Prog.frozen; f != nil {
		return func() ([]byte, error) { return f.exe, nil }
	}
	return func() ([]byte, error) { return os.ReadFile(p.built) }
}

// others is the verdict for a program that lets another one do the work.
func others(what string) record.Verdict {
	return record.Verdict{Code: record.Source, Anywhere: true, Only: true, What: record.Say("%s", what),
		Cause: "The program is to do its work itself. Leave out what starts another program."}
}

// CheckAlone makes sure that no other program has worked for this one. That it left some
// behind comes first.
func (s *Scene) CheckAlone() {
	if !s.Employs && !s.Employed {
		return
	}
	s.Trouble("", "another program runs beside it")
	v := others("the program has started another program, which ran beside it until the end")
	if !s.Employs {
		v = others("the program has started another program, which ran beside it for a while")
	}
	s.Verdict = &v
}

// CheckGenuine makes sure, in a scenario about races, that the race detector could
// speak: it tells the process in which it is, and what it tells depends on a variable
// that it reads when that process begins. So the process must be the program that was
// started, with the grader's settings, and it must do the work itself.
func (s *Scene) CheckGenuine(p *Instance) {
	if !s.Scenario.Race || p.image == 0 || p.Gone() {
		return // there is no evidence, or nothing to ask
	}
	pids := p.Look().PIDs
	image := probe.Image(p.Proc.PID())
	value, known := probe.Variable(p.Proc.PID(), "GORACE")
	what := ""
	switch {
	case image != 0 && image != p.image:
		what = "the program has restarted itself"
	case known && value != raceSettings(s.Scenario):
		what = "the program has other settings of the race detector than the grader gave it"
	case len(pids) > 1:
		what = "the program has started other processes"
	default:
		return
	}
	s.Reject("", record.Say("the race detector cannot be relied on"),
		record.Verdict{Code: record.Race, Anywhere: true, Only: true,
			Cause: "In this scenario the program is one process, as it was started, with the environment that it " +
				"got. Leave out what starts a program.",
			What: record.Say("%s, so that its race detector does not say what it sees", what)})
}
