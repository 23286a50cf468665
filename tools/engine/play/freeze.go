package play

import (
	"loopback/tools/base/record"
	"loopback/tools/engine/probe"
	"time"
)

func (s *scene) freeze(args []string) {
	set, args := flags(args, []string{"-soon"}, nil)
	exactly(0, args)
	p := s.main()
	s.rest(p)
	if st, gone := p.proc.Status(); set["-soon"] != "" && gone && st.Code == 0 && st.Signal == "" {
		s.skip("this machine is too busy: the program had done its work before it could be stopped")
	}
	s.stop(p, record.Say("stopped, as by Ctrl-Z"))
	s.dg.frozen = true
}

func (s *scene) thaw(args []string) {
	exactly(0, args)
	s.dg.frozen = false
	s.record(record.Event{Kind: record.Note, What: record.Say("goes on")})
	if err := s.main().proc.Signal("CONT"); err != nil {
		s.fail(record.Verdict{Code: record.CannotGrade,
			What: record.Say("the program could not be let go on: %v", err)})
	}
}

// stop stops p with SIGSTOP, and returns when no thread of it runs any more, or
// where the system does not say so.
func (s *scene) stop(p *program, said record.Phrase) {
	if s.blind(p) {
		s.quieten(p)
	}
	if err := p.proc.Signal("STOP"); err != nil && !p.gone() {
		s.skip("this system cannot stop a program and continue it (SIGSTOP)")
	}
	for end := time.Now().Add(wallBound); ; p.pause(restPause) {
		if state := probe.Look(p.proc.PID()).State; state == probe.Stopped || state == probe.Unknown {
			break
		}
		if p.gone() {
			s.dead(p, record.Verdict{})
		}
		if time.Now().After(end) {
			s.judge(p, unknown, owes{})
		}
	}
	if s.blind(p) { // the first thread that meets the signal stops the others, when it gets a processor
		s.quieten(p)
	}
	s.record(record.Event{Kind: record.Note, What: said})
}
