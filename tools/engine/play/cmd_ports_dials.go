package play

import (
	"fmt"
	"time"

	"loopback/tools/base/record"
	"loopback/tools/engine/probe"
	"loopback/tools/engine/wire"
)

// underWay counts the dials to ports of r that wait for an answer, and those of
// them that wait in vain, because their port is filtered. On a busy machine a
// port that answers may take a moment, too.
func (r *portRun) underWay() (n, inVain int, err error) {
	all, err := probe.Dials(r.host)
	for _, d := range all {
		i := int(d.Remote.Port()) - r.first
		if i < 0 || i >= len(r.kinds) {
			continue
		}
		if n++; r.kinds[i] == wire.FilteredPort {
			inVain++
		}
	}
	return n, inVain, err
}

// Dials counts the dials that wait for an answer from a port of the grader's, or only
// those to runs in which some port gives none: where every port answers no dial waits
// for long, and that one does is no progress.
func (h *portRuns) Dials(onlySilent bool) (n int) {
	for _, r := range h.all {
		if onlySilent && !r.silent {
			continue
		}
		k, _, err := r.underWay()
		if err == nil {
			n += k
		}
	}
	return n
}

func (s *scene) dials(args []string) {
	set, args := flags(args, []string{"-most"}, nil)
	exactly(2, args)
	if !probe.Exact() {
		s.skip("the dials of a program cannot be counted here: that needs sock_diag(7), which shows all sockets " +
			"at one moment")
	}
	r, want := s.portRun(args[0]), count(args[1])
	p := s.last()
	if set["-most"] != "" {
		s.dialsNow(p, r, want)
		return
	}
	have, answered := 0, true
	look := func() {
		all, inVain, err := r.underWay()
		if err != nil {
			s.skip(fmt.Sprintf("the dials of a program cannot be counted here: %v", err))
		}
		answered = all == inVain
		if have = inVain; have > want {
			s.tooMany(p, r, want)
		}
	}
	end := s.awaitLimit(p, nil, startLimit, func(d time.Duration) progress {
		before := have
		look()
		switch {
		case have == want && answered:
			return done
		case have != before:
			return moved
		}
		p.pause(d)
		return nothing
	})
	if end == happened {
		s.rest(p)
		look()
		s.record(record.Event{Kind: record.Note, What: record.Say("%v under way, and no more", dialsText(have))})
		return
	}
	s.tooFew(p, end, have, want)
}

// giveUp ends the dials to a port in the way in which only the kernel can.
func (s *scene) giveUp(args []string) {
	exactly(1, args)
	r, i := s.portOf(args[0])
	p := s.last()
	s.rest(p)
	all, err := probe.Dials(r.host)
	pids, found := probe.Look(p.proc.PID()).PIDs, false
	for _, d := range all {
		if int(d.Remote.Port()) == r.first+i {
			found = probe.GiveUp(pids, d.Inode) || found
		}
	}
	if err != nil || !found {
		s.skip("this system does not let the grader end another program's dial")
	}
	s.record(record.Event{Kind: record.Note,
		What: record.Say("the kernel gives the dial to port %v up (ETIMEDOUT)", r.port(i))})
}

// dialsNow counts the dials to silent ports once, when the program has done what it
// can at this moment. Whether it has ended by then is chance, so few are no failure.
func (s *scene) dialsNow(p *program, r *portRun, most int) {
	s.rest(p)
	_, have, err := r.underWay()
	if err != nil {
		s.skip(fmt.Sprintf("the dials of a program cannot be counted here: %v", err))
	}
	if have > most {
		s.tooMany(p, r, most)
	}
	s.record(record.Event{Kind: record.Note, What: record.Say("no more than %d under way", most)})
}

func (s *scene) tooMany(p *program, r *portRun, want int) {
	s.rest(p) // how many there will be
	_, have, _ := r.underWay()
	s.rejectAt(p, "", record.Say("%v dials are under way at the same time", record.Varies(have, "N")),
		record.Verdict{Code: record.TooMany, Anywhere: true,
			What: record.Say("more dials are under way at the same time than the %d that were allowed", want)})
}

func (s *scene) tooFew(p *program, end why, have, want int) {
	if end == ended {
		s.endedEarly(p)
	}
	if end == slept && have > 0 {
		s.rejectAt(p, "", record.Say("%s under way, and not %d", dialsText(have), want),
			record.Verdict{Code: record.TooFew, ByTime: true,
				What: record.Say("%s under way, and the program waits; it should be %d at the same time",
					dialsText(have), want)})
	}
	s.judge(p, end, owes{code: record.TooFew, what: record.Say("%s under way, and not %d", dialsText(have), want)})
}
