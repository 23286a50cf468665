package play

import (
	"fmt"
	"net/netip"

	"loopback/tools/base/record"
	"loopback/tools/engine/probe"
	"loopback/tools/engine/wire"
)

// boundCommands bring a server to what it can bear, or to what it has promised.
var boundCommands = []Command{{
	Name: "settle", Args: "N", Group: "Many clients",
	Summary: "N clients connect, send a line each, get it back, and stay until the scenario ends",
	Detail: "They come and speak a hundred at a time. Where the system allows fewer open files than that needs " +
		"(ulimit -n) the scenario is left out.",
	run: onCount((*scene).settleClients),
}, {
	Name: "passers-by", Args: "N", Group: "Many clients",
	Summary: "clients each of which has an address of its own send a line, get it back, and leave; the server must " +
		"not keep what it knew of them",
	Detail: "Then as many come from one address, so that memory which is free is used again, and the program's " +
		"memory is searched for the addresses. When seven of eight are found, that is done again, up to eight times. " +
		"Such a scenario has the header `# garbage soon`.",
	run: onCount((*scene).passersBy),
}}

// together is how many clients speak at a time where there are many of them.
const together = 100

func (s *scene) settleClients(n int) {
	s.needFiles(n)
	s.rest(s.main())
	s.mayHold(n)
	s.log.Note("%s clients connect, send a line each, and stay", record.Count(n))
	s.crowdMark = s.log.Mark()
	s.mute, s.hurry = true, true
	defer func() { s.mute, s.hurry = false, false }()
	for came := 0; came < n; {
		next := min(came+together, n)
		s.someSettle(came, next)
		came = next
	}
}

// someSettle lets those from the number from to before the number to come. What
// has gone well is not looked at any more: to look at thousands takes long.
func (s *scene) someSettle(from, to int) {
	var some []*wire.Conn
	for i := from; i < to; i++ {
		name := fmt.Sprintf("C%02d", i+1)
		s.crowded[name] = true
		c := s.dial(name, wire.Default)
		some = append(some, c)
		s.put(c, s.settlersLine(i))
	}
	for i, c := range some {
		s.recv(c, s.settlersLine(from+i))
	}
	for _, c := range some {
		delete(s.owners, c)
	}
	s.conns = s.conns[:len(s.conns)-len(some)]
	s.settled = append(s.settled, some...)
}

func (s *scene) settlersLine(i int) []byte {
	return fmt.Appendf(nil, "client %d %s\n", i+1, s.fill.word(5, fmt.Sprint("settler ", i)))
}

// washes is how often memory is looked at: what is free is used again some day.
const washes = 8

func (s *scene) passersBy(n int) {
	if s.space != nil || !everyAddress() {
		s.skip("of 127.0.0.0/8 only 127.0.0.1 is this machine's own on this system")
	}
	p, mark := s.main(), s.log.Mark()
	s.pass(n, mark, func(i int) netip.Addr { return passerAddress(s.fill.seed, i) })
	var all []netip.Addr
	for i := range n {
		all = append(all, passerAddress(s.fill.seed, i))
	}
	kept := n
	for range washes {
		s.pass(n, mark, func(int) netip.Addr { return netip.Addr{} })
		s.log.Rewind(mark)
		s.log.Note("%s clients, no two from the same address, have sent a line each, and left; then others came "+
			"from one", record.Count(n))
		var err error
		if kept, err = probe.Remembered(probe.Look(p.proc.PID()).PIDs, all); err != nil {
			s.skip("this system does not let the grader look into the program's memory")
		}
		if kept < n*7/8 {
			return
		}
	}
	s.rejectAt(p, "", record.Say("it still knows their addresses"), record.Verdict{Code: record.Memory,
		What: record.Say("clients from %s addresses have come and gone, and %v of the addresses are still in the "+
			"server's memory", record.Count(n), record.Varies(record.Count(kept), "N"))})
}

// pass lets n passers-by come, and go.
func (s *scene) pass(n, mark int, from func(i int) netip.Addr) {
	for came := 0; came < n; {
		s.log.Rewind(mark)
		if came > 0 {
			s.log.Note("%s clients have sent a line each, and left", record.Count(came))
		}
		next := min(came+together/2, n)
		s.mute, s.hurry = true, true
		s.somePass(came, next, from)
		s.mute, s.hurry = false, false
		s.rest(s.main())
		came = next
	}
}

func (s *scene) somePass(from, to int, at func(i int) netip.Addr) {
	var some []*wire.Conn
	for i := from; i < to; i++ {
		s.from = at(i)
		name := fmt.Sprintf("C%02d", i+1)
		s.crowded[name] = true
		some = append(some, s.dial(name, wire.Default))
		s.put(some[i-from], s.settlersLine(i))
	}
	s.from = netip.Addr{}
	for i, c := range some {
		s.recv(c, s.settlersLine(from+i))
	}
	for _, c := range some {
		c.Reset()
		delete(s.owners, c)
	}
	s.conns = s.conns[:len(s.conns)-len(some)]
}

// passerAddress is the address of the i-th of those that pass by, none of them
// twice, and none of the scenarios' own.
func passerAddress(seed, i int) netip.Addr {
	at := uint32(i)*7 + uint32(seed%1000)*64
	return netip.AddrFrom4([4]byte{127, byte(2 + at>>16%90), byte(at >> 8), byte(at)})
}
