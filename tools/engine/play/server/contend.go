package server

import (
	"fmt"
	"slices"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/argument"
	"loopback/tools/engine/play/scene"
)

var contendCommands = []scene.Command{{
	Name: "contend", Args: "-unix PATH N [ARG...]", Group: "A server under test",
	Sets: "server",
	Summary: "start N copies of the program at once, for one PATH: exactly one must listen there, and the others end " +
		"with status 1",
	Detail: "The one that listens is the server from now on.",
	Run:    contend,
}}

func contend(s *scene.Scene, args []string) {
	with, args := manner(s, args)
	argument.AtLeast(1, args)
	if with.Unix == "" {
		s.Misuse("contend needs -unix PATH")
	}
	n, asked := argument.Count(args[0]), with.Unix
	argv := append([]string{"-listen", asked}, args[1:]...)
	for i := range n {
		s.StartWith(fmt.Sprintf("copy %d", i+1), argv, with)
	}
	s.Record(record.Event{Kind: record.Note, What: record.Say("%d copies are started at once", n)})
	var won []*scene.Instance
	for _, p := range s.Programs {
		if hasListened(s, p) {
			won = append(won, p)
		}
	}
	if len(won) != 1 {
		s.Reject("", record.Say("%v of them listen", record.Varies(len(won), "N")),
			record.Verdict{Code: record.NotListening,
				What: record.Say("of %d copies that were started at once exactly one may listen at %s, and %v do", n,
					with.Unix, record.Varies(len(won), "N"))})
	}
	for _, p := range s.Programs {
		if p != won[0] {
			p.Checked = true
			if st, _ := p.Proc.Status(); st.Code != 1 || st.Signal != "" {
				s.Reject("", record.Say("one of the others ended otherwise"), record.Verdict{Code: record.ExitStatus,
					What: record.Say("a copy that found the path in use ended otherwise than with status 1: %v", st)})
			}
		}
	}
	won[0].Name = "server"
	others := slices.DeleteFunc(slices.Clone(s.Programs), func(p *scene.Instance) bool { return p == won[0] })
	s.Programs = append(won, others...)
	Ready(s, won[0], asked)
}

// hasListened waits until p has announced where it listens, or has ended.
func hasListened(s *scene.Scene, p *scene.Instance) bool {
	listens := false
	end := s.AwaitLimit(p, nil, scene.StartLimit, p.Looking(func() bool {
		_, listens = p.Proc.Stdout().FirstLine()
		return listens || p.Gone()
	}))
	if end != scene.Ended {
		s.Judge(p, end, scene.Owes{Code: record.NoExit, What: record.Say("a copy neither listens nor ends")})
	}
	p.Drain()
	_, listens = p.Proc.Stdout().FirstLine()
	return listens
}
