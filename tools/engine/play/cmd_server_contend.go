package play

import (
	"fmt"
	"slices"
	"time"

	"loopback/tools/base/record"
)

var contendCommands = []Command{{
	Name: "contend", Args: "-unix PATH N [ARG...]", Group: "A server under test",
	Summary: "start N copies of the program at once, for one PATH: exactly one must listen there, and the others end " +
		"with status 1",
	Detail: "The one that listens is the server from now on.",
	run:    (*scene).contend,
}}

func (s *scene) contend(args []string) {
	with, args := s.manner(args)
	atLeast(1, args)
	if with.unix == "" {
		s.misuse("contend needs -unix PATH")
	}
	n, asked := count(args[0]), with.unix
	argv := append([]string{"-listen", asked}, args[1:]...)
	for i := range n {
		s.startWith(fmt.Sprintf("copy %d", i+1), argv, with)
	}
	s.record(record.Event{Kind: record.Note, What: record.Say("%d copies are started at once", n)})
	var won []*program
	for _, p := range s.programs {
		if s.hasListened(p) {
			won = append(won, p)
		}
	}
	if len(won) != 1 {
		s.reject("", record.Say("%v of them listen", record.Varies(len(won), "N")),
			record.Verdict{Code: record.NotListening,
				What: record.Say("of %d copies that were started at once exactly one may listen at %s, and %v do", n,
					with.unix, record.Varies(len(won), "N"))})
	}
	for _, p := range s.programs {
		if p != won[0] {
			p.checked = true
			if st, _ := p.proc.Status(); st.Code != 1 || st.Signal != "" {
				s.reject("", record.Say("one of the others ended otherwise"), record.Verdict{Code: record.ExitStatus,
					What: record.Say("a copy that found the path in use ended otherwise than with status 1: %v", st)})
			}
		}
	}
	won[0].name = "server"
	others := slices.DeleteFunc(slices.Clone(s.programs), func(p *program) bool { return p == won[0] })
	s.programs = append(won, others...)
	s.ready(won[0], asked)
}

// hasListened waits until p has announced where it listens, or has ended.
func (s *scene) hasListened(p *program) bool {
	listens := false
	end := s.awaitLimit(p, nil, startLimit, func(d time.Duration) progress {
		if _, listens = p.proc.Stdout().FirstLine(); listens || p.gone() {
			return done
		}
		p.pause(d)
		return nothing
	})
	if end != ended {
		s.judge(p, end, owes{code: record.NoExit, what: record.Say("a copy neither listens nor ends")})
	}
	p.drain()
	_, listens = p.proc.Stdout().FirstLine()
	return listens
}
