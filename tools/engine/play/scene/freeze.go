package scene

import (
	"time"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/argument"
	"loopback/tools/engine/probe"
)

// Freeze stops the program once it is at rest, and Thaw lets it go on: the commands of these names.
func (s *Scene) Freeze(args []string) {
	set, args := argument.Flags(args, []string{"-soon"}, nil)
	argument.Exactly(0, args)
	p := s.Main()
	s.Rest(p)
	if st, gone := p.Proc.Status(); set["-soon"] != "" && gone && st.Code == 0 && st.Signal == "" {
		s.Skip("this machine is too busy: the program had done its work before it could be stopped")
	}
	s.Stop(p, record.Say("stopped, as by Ctrl-Z"))
	s.Datagrams.Frozen = true
}

// Thaw lets a program go on that Freeze has stopped; with -late when a wait of
// $patience that had begun is over.
func (s *Scene) Thaw(args []string) {
	set, args := argument.Flags(args, []string{"-late"}, nil)
	argument.Exactly(0, args)
	if set["-late"] != "" {
		outwait(s)
	}
	s.Datagrams.Frozen = false
	s.Record(record.Event{Kind: record.Note, What: record.Say("goes on")})
	if err := s.Main().Proc.Signal("CONT"); err != nil {
		s.Fail(record.Verdict{Code: record.CannotGrade,
			What: record.Say("the program could not be let go on: %v", err)})
	}
}

// outwait lets one and a half times $patience pass.
func outwait(s *Scene) {
	if s.Scenario.Patience == 0 {
		s.Misuse("thaw -late needs the header patience")
	}
	for end := time.Now().Add(s.Scenario.Patience * 3 / 2); time.Now().Before(end) && !s.Main().Gone(); {
		s.Main().Pause(time.Until(end))
	}
}

// Stop stops p with SIGSTOP, and returns when no thread of it runs any more, or
// where the system does not say so.
func (s *Scene) Stop(p *Instance, said record.Phrase) {
	if s.Blind(p) {
		s.Quieten(p)
	}
	if err := p.Proc.Signal("STOP"); err != nil && !p.Gone() {
		s.Skip("this system cannot stop a program and continue it (SIGSTOP)")
	}
	for end := time.Now().Add(WallBound); ; p.Pause(RestPause) {
		if state := p.Look().State; state == probe.Stopped || state == probe.Unknown {
			break
		}
		if p.Gone() {
			s.Dead(p, record.Verdict{})
		}
		if time.Now().After(end) {
			s.Judge(p, Unknown, Owes{})
		}
	}
	if s.Blind(p) { // the first thread that meets the signal stops the others, when it gets a processor
		s.Quieten(p)
	}
	s.Record(record.Event{Kind: record.Note, What: said})
}
