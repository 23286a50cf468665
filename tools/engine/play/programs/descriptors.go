package programs

import (
	"errors"
	"strings"

	"loopback/tools/base/record"
	"loopback/tools/engine/facts"
	"loopback/tools/engine/play/argument"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/probe"
)

// spareDescriptors is how many descriptors that are no sockets a program may
// open for itself after it has announced.
const spareDescriptors = 8

// Descriptors waits until the program holds no more sockets, or descriptors of
// every kind, than it should.
func Descriptors(s *scene.Scene, args []string) {
	set, args := argument.Flags(args, []string{"-all"}, []string{"-spare"})
	argument.Exactly(0, args)
	p := s.Main()
	kind, excess := "sockets", func(p *scene.Instance) (int, error) { return excessSockets(s, p) }
	if set["-all"] != "" {
		if s.Prog.IsGo() && s.Prog.Race {
			return // sync.Pool drops a quarter of what it is given then
		}
		spare := spareDescriptors
		if n := set["-spare"]; n != "" {
			spare = argument.Count(n)
		}
		kind, excess = "descriptors", func(p *scene.Instance) (int, error) { return excessDescriptors(s, p, spare) }
	}
	more := 0
	end := s.Await(p, nil, p.Looking(func() bool {
		n, err := excess(p)
		if errors.Is(err, probe.ErrNoEvidence) {
			s.Lacks("this system does not tell which descriptors a program has")
			return true
		}
		more = n
		return err != nil || n <= 0
	}))
	switch end {
	case scene.Happened:
		return
	case scene.Ended, scene.Unknown:
		s.Judge(p, end, scene.Owes{})
	}
	v := record.Verdict{Code: record.Leak, ByTime: end == scene.Slept || end == scene.Expired, Evidence: s.Gather(nil,
		p),
		What: record.Say("all clients have left, but the server still holds %v of their %s",
			record.Varies(more, "N"), kind)}
	if facts.Of(&v).Remain = kind; kind == "descriptors" {
		what := mostOf(s, p)
		facts.Of(&v).Remain = what
		v.What = v.What.And("; most of them are %s", what)
	}
	s.RejectAt(p, "", record.Say("it still holds %s of clients that are gone: %v", kind, record.Varies(more, "N")), v)
}

// mostOf says what most of the program's descriptors are that are no sockets.
func mostOf(s *scene.Scene, p *scene.Instance) (most string) {
	all, _ := probe.Descriptors(p.Look().PIDs)
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
func excessSockets(s *scene.Scene, p *scene.Instance) (int, error) {
	if s.Blind(p) {
		return excessPorts(s, p)
	}
	pids := p.Look().PIDs
	n, err := probe.OpenSockets(pids)
	most := len(p.Sockets) + entitled(s)
	if err != nil || n <= most || s.Local.Serving {
		return n - most, err // the cheap look is enough, and of Unix sockets it sees all
	}
	held, err := s.Net.Held(pids, p.Sockets)
	return max(held.Peers-entitled(s), held.Own-spareDescriptors), err
}

// excessPorts is excessSockets where the system tells which TCP sockets a program has, and
// nothing else of them.
func excessPorts(s *scene.Scene, p *scene.Instance) (int, error) {
	if p.Ports == 0 {
		return 0, probe.ErrNoEvidence // it serves datagrams, or a Unix socket
	}
	held, err := probe.PortsHeld(p.Proc.PID())
	return len(held) - p.Ports - entitled(s), err
}

// excessDescriptors counts descriptors of every kind, when more than spare are there.
func excessDescriptors(s *scene.Scene, p *scene.Instance, spare int) (int, error) {
	n, err := openDescriptors(p.Look().PIDs)
	more := n - p.Files - entitled(s)
	if more <= spare {
		return 0, err
	}
	return more, err
}

// entitled is for how many sockets the program has a reason: those of the
// connections that have not ended in both directions.
func entitled(s *scene.Scene) (n int) {
	for _, c := range s.Open() {
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
