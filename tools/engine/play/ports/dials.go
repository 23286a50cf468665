package ports

import (
	"fmt"
	"slices"
	"time"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/argument"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/play/server"
	"loopback/tools/engine/probe"
	"loopback/tools/engine/wire"
)

// underWay counts the dials to ports of r that wait for an answer, and those of
// them that wait in vain, because their port is filtered. On a busy machine a
// port that answers may take a moment, too.
func (r *portRun) underWay() (n, inVain int, err error) {
	all, err := r.net.Dials(r.Host)
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
	for _, r := range h.All {
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

func dials(s *scene.Scene, args []string) {
	set, args := argument.Flags(args, []string{"-most"}, nil)
	argument.Exactly(2, args)
	if !probe.Exact() {
		s.Skip("the dials of a program cannot be counted here: that needs sock_diag(7), which shows all sockets " +
			"at one moment")
	}
	r, want := runOf(s, args[0]), argument.Count(args[1])
	p := s.Last()
	if set["-most"] != "" {
		dialsNow(s, p, r, want)
		return
	}
	have, answered := 0, true
	look := func() {
		all, inVain, err := r.underWay()
		if err != nil {
			s.Skip(fmt.Sprintf("the dials of a program cannot be counted here: %v", err))
		}
		answered = all == inVain
		if have = inVain; have > want {
			tooMany(s, p, r, want)
		}
	}
	end := s.AwaitLimit(p, nil, scene.StartLimit, func(d time.Duration) scene.Progress {
		before := have
		look()
		switch {
		case have == want && answered:
			return scene.Done
		case have != before:
			return scene.Moved
		}
		p.Pause(d)
		return scene.Nothing
	})
	if end == scene.Happened {
		s.Rest(p)
		look()
		r.remember(s)
		s.Record(record.Event{Kind: record.Note, What: record.Say("%v under way, and no more", scene.DialsText(have))})
		return
	}
	tooFew(s, p, end, have, want)
}

// giveUp ends the dials to a port in the way in which only the kernel can.
func giveUp(s *scene.Scene, args []string) {
	argument.Exactly(1, args)
	r, i := portOf(s, args[0])
	p := s.Last()
	var given []uint32
	for _, d := range r.waiting(s, p, i) {
		if probe.GiveUp(p.Look().PIDs, d.Inode, time.Millisecond) {
			given = append(given, d.Inode)
		}
	}
	if len(given) == 0 {
		s.Skip("this system does not let the grader end another program's dial")
	}
	s.AwaitLimit(p, nil, scene.StartLimit, func(d time.Duration) scene.Progress {
		if !slices.ContainsFunc(r.dialsTo(i), func(d probe.Socket) bool { return slices.Contains(given, d.Inode) }) {
			return scene.Done
		}
		p.Pause(d)
		return scene.Nothing
	})
	s.Record(record.Event{Kind: record.Note,
		What: record.Say("the kernel gives the dial to port %v up (ETIMEDOUT)", r.port(i))})
}

// abort ends the dials to a port as an administrator of this machine could.
func abort(s *scene.Scene, args []string) {
	argument.Exactly(1, args)
	s.NeedSpace("abort")
	r, i := portOf(s, args[0])
	found := false
	for _, d := range r.waiting(s, s.Last(), i) {
		found = s.Net.Abort(d) || found
	}
	if !found {
		s.Skip("this system does not let the grader abort another program's dial")
	}
	s.Record(record.Event{Kind: record.Note,
		What: record.Say("the kernel aborts the dial to port %v (ECONNABORTED)", r.port(i))})
}

// waiting returns the dials to port number i when the program is at rest. That there is
// none is the program's doing, and its verdict.
func (r *portRun) waiting(s *scene.Scene, p *scene.Instance, i int) (found []probe.Socket) {
	s.Rest(p)
	end := s.AwaitLimit(p, nil, scene.StartLimit, func(d time.Duration) scene.Progress {
		if found = r.dialsTo(i); len(found) > 0 {
			return scene.Done
		}
		p.Pause(d)
		return scene.Nothing
	})
	if end != scene.Happened {
		tooFew(s, p, end, 0, 1)
	}
	return found
}

// dialsTo returns the dials that are under way to port number i.
func (r *portRun) dialsTo(i int) []probe.Socket {
	all, _ := r.net.Dials(r.Host)
	return slices.DeleteFunc(all, func(d probe.Socket) bool { return int(d.Remote.Port()) != r.first+i })
}

// dialsNow counts the dials to silent ports once, when the program has done what it
// can at this moment. Whether it has ended by then is chance, so few are no failure.
func dialsNow(s *scene.Scene, p *scene.Instance, r *portRun, most int) {
	s.Rest(p)
	_, have, err := r.underWay()
	if err != nil {
		s.Skip(fmt.Sprintf("the dials of a program cannot be counted here: %v", err))
	}
	if have > most {
		tooMany(s, p, r, most)
	}
	s.Record(record.Event{Kind: record.Note, What: record.Say("no more than %d under way", most)})
}

func tooMany(s *scene.Scene, p *scene.Instance, r *portRun, want int) {
	s.Rest(p) // how many there will be
	_, have, _ := r.underWay()
	if want == 0 {
		s.RejectAt(p, "", record.Say("a dial is under way"), record.Verdict{Code: record.TooMany,
			What: record.Say("a dial is under way, and there should be none")})
	}
	s.RejectAt(p, "", record.Say("%v dials are under way at the same time", record.Varies(have, "N")),
		record.Verdict{Code: record.TooMany, Anywhere: true,
			What: record.Say("more dials are under way at the same time than the %d that were allowed", want)})
}

func tooFew(s *scene.Scene, p *scene.Instance, end scene.Why, have, want int) {
	if end == scene.Ended {
		server.EndedEarly(s, p)
	}
	if end == scene.Slept && have > 0 {
		s.RejectAt(p, "", record.Say("%s under way, and not %d", scene.DialsText(have), want),
			record.Verdict{Code: record.TooFew, ByTime: true,
				What: record.Say("%s under way, and the program waits; it should be %d at the same time",
					scene.DialsText(have), want)})
	}
	s.Judge(p, end, scene.Owes{Code: record.TooFew, What: record.Say("%s under way, and not %d", scene.DialsText(have),
		want)})
}
