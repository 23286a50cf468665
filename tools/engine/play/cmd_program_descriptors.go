package play

import (
	"errors"
	"strings"
	"time"

	"loopback/tools/base/record"
	"loopback/tools/engine/facts"
	"loopback/tools/engine/probe"
)

// spareDescriptors is how many descriptors that are no sockets a program may
// open for itself after it has announced.
const spareDescriptors = 8

// descriptors waits until the program holds no more sockets, or descriptors of
// every kind, than it should.
func (s *scene) descriptors(args []string) {
	set, args := flags(args, []string{"-all"}, []string{"-spare"})
	exactly(0, args)
	p := s.main()
	kind, excess := "sockets", func(p *program) (int, error) { return s.excessSockets(p) }
	if set["-all"] != "" {
		if s.prog.isGo() && s.prog.Race {
			return // sync.Pool drops a quarter of what it is given then
		}
		spare := spareDescriptors
		if n := set["-spare"]; n != "" {
			spare = count(n)
		}
		kind, excess = "descriptors", func(p *program) (int, error) { return s.excessDescriptors(p, spare) }
	}
	more := 0
	end := s.await(p, nil, func(d time.Duration) progress {
		n, err := excess(p)
		if errors.Is(err, probe.ErrNoEvidence) {
			s.lacks("this system does not tell which descriptors a program has")
			return done
		}
		if more = n; err != nil || n <= 0 {
			return done
		}
		p.pause(d)
		return nothing
	})
	switch end {
	case happened:
		return
	case ended, unknown:
		s.judge(p, end, owes{})
	}
	v := record.Verdict{Code: record.Leak, ByTime: end == slept || end == expired, Evidence: s.gather(nil, p),
		What: record.Say("all clients have left, but the server still holds %v of their %s",
			record.Varies(more, "N"), kind)}
	if facts.Of(&v).Remain = kind; kind == "descriptors" {
		what := s.mostOf(p)
		facts.Of(&v).Remain = what
		v.What = v.What.And("; most of them are %s", what)
	}
	s.rejectAt(p, "", record.Say("it still holds %s of clients that are gone: %v", kind, record.Varies(more, "N")), v)
}

// mostOf says what most of the program's descriptors are that are no sockets.
func (s *scene) mostOf(p *program) (most string) {
	all, _ := probe.Descriptors(probe.Look(p.proc.PID()).PIDs)
	n := map[string]int{}
	for _, d := range all {
		kind := "files"
		switch {
		case strings.HasPrefix(d.Target, "pipe:"):
			kind = "pipes"
		case strings.HasPrefix(d.Target, "anon_inode:"):
			kind = "objects of the kernel, such as those of epoll, timers and events"
		case d.Socket():
			kind = "sockets"
		}
		if n[kind]++; n[kind] > n[most] {
			most = kind
		}
	}
	return most
}

// excessSockets counts the connections that the program holds and has no reason
// for. Sockets of other kinds are its own: a runtime may open some when the first
// client comes or goes. Only when they become many are they a leak, too.
func (s *scene) excessSockets(p *program) (int, error) {
	if s.blind(p) {
		return s.excessPorts(p)
	}
	pids := probe.Look(p.proc.PID()).PIDs
	n, err := probe.OpenSockets(pids)
	most := len(p.sockets) + s.entitled()
	if err != nil || n <= most || s.local.serving {
		return n - most, err // the cheap look is enough, and of Unix sockets it sees all
	}
	held, err := s.net.Held(pids, p.sockets)
	return max(held.Peers-s.entitled(), held.Own-spareDescriptors), err
}

// excessPorts is excessSockets where the system tells which TCP sockets a program has, and
// nothing else of them.
func (s *scene) excessPorts(p *program) (int, error) {
	if p.ports == 0 {
		return 0, probe.ErrNoEvidence // it serves datagrams, or a Unix socket
	}
	held, err := probe.PortsHeld(p.proc.PID())
	return len(held) - p.ports - s.entitled(), err
}

// excessDescriptors counts descriptors of every kind, when more than spare are there.
func (s *scene) excessDescriptors(p *program, spare int) (int, error) {
	n, err := openDescriptors(probe.Look(p.proc.PID()).PIDs)
	more := n - p.files - s.entitled()
	if more <= spare {
		return 0, err
	}
	return more, err
}

// entitled is for how many sockets the program has a reason: those of the
// connections that have not ended in both directions.
func (s *scene) entitled() (n int) {
	for _, c := range s.open() {
		if !c.EOF || !c.WroteFIN() {
			n++
		}
	}
	return n
}

func openDescriptors(pids []int) (int, error) {
	all, err := probe.Descriptors(pids)
	return len(all), err
}
