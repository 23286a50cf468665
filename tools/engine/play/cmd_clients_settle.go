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
	Name: "passers-by", Args: "[-in-turn] [-refused WORD] N [QUESTION REPLY]", Group: "Many clients",
	Summary: "clients each of which has an address of its own send a line, get it back, and leave; the server must " +
		"not keep what it knew of them",
	Detail: "With a QUESTION that is the line, and REPLY must come. Then the program's memory is searched for the " +
		"addresses. When seven of eight are found, others come, and again: as many, twice more, for a Go program, " +
		"which overwrites what it frees; else 300, up to eight times, for memory that is free has room for only so " +
		"many. " +
		"With -refused they send nothing, and get WORD and a FIN. With -in-turn no two are there at a time. " +
		"Such a scenario has the header `# garbage soon`.",
	run: func(s *scene, args []string) {
		set, args := flags(args, []string{"-in-turn"}, []string{"-refused"})
		w := &passers{scene: s, mark: s.log.Mark(), did: "have sent a line each, and left",
			inTurn: set["-in-turn"] != ""}
		w.talk = func(i int) question { return question{ask: s.settlersLine(i), reply: s.settlersLine(i)} }
		if len(args) == 3 {
			q := question{ask: s.fill.text(args[1]), reply: s.fill.text(args[2])}
			args, w.talk = args[:1], func(int) question { return q }
		}
		exactly(1, args)
		w.n = count(args[0])
		if word := set["-refused"]; word != "" {
			w.refusal, w.did = s.fill.text(word), "have been refused, and left"
		}
		w.passBy()
	},
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

// What is free is used again some day, though nobody can say when: a peak of the
// heap may never be reached again. But there is room for no more than so many
// addresses in it. So others come, and others again, each from an address of its own,
// and only who knows nearly all of them keeps them.
const (
	waves     = 8
	wavesOfGo = 3   // it overwrites what it frees
	inOneWave = 300 // at least: a few leave much of the memory as it is
)

// passers are clients each of which has an address of its own.
type passers struct {
	*scene
	n, mark int
	inTurn  bool // no two of them are there at a time
	talk    func(i int) question
	refusal []byte // what they get in place of the line that they send; or nil
	did     string
}

func (w *passers) passBy() {
	if w.space != nil || !everyAddress() {
		w.skip("of 127.0.0.0/8 only 127.0.0.1 is this machine's own on this system")
	}
	p := w.main()
	w.rest(p)
	var all []netip.Addr
	kept := 0
	most, each := waves, max(w.n, inOneWave)
	if w.prog.isGo() {
		most, each = wavesOfGo, w.n
	}
	for range most {
		w.pass(each, len(all))
		for range each {
			all = append(all, passerAddress(w.fill.seed, len(all)))
		}
		w.log.Rewind(w.mark)
		w.log.Note("%s clients, no two from the same address, %s", record.Count(len(all)), w.did)
		var err error
		if kept, err = probe.Remembered(probe.Look(p.proc.PID()).PIDs, all); err != nil {
			w.lacks("this system does not let the grader look into the program's memory")
			return
		}
		if kept < len(all)*7/8 {
			return
		}
	}
	w.rejectAt(p, "", record.Say("it still knows their addresses"), record.Verdict{Code: record.Memory,
		Endless: true, // in which order a server speaks of so many is chance
		What: record.Say("clients from %s addresses have come and gone, and %v of the addresses are still in the "+
			"server's memory", record.Count(len(all)), record.Varies(record.Count(kept), "N"))})
}

// pass lets n of them come, and go, where before others have been already.
func (w *passers) pass(n, before int) {
	for came := 0; came < n; {
		w.log.Rewind(w.mark)
		if before+came > 0 {
			w.log.Note("%s clients %s", record.Count(before+came), w.did)
		}
		next := min(came+together/2, n)
		w.mute, w.hurry = true, true
		w.somePass(before+came, before+next)
		w.mute, w.hurry = false, false
		w.rest(w.main())
		came = next
	}
}

func (w *passers) somePass(from, to int) {
	var some []*wire.Conn
	for i := from; i < to; i++ {
		w.scene.from = passerAddress(w.fill.seed, i)
		name := fmt.Sprintf("C%02d", i+1)
		w.crowded[name] = true
		c := w.dial(name, wire.Default)
		w.scene.from = netip.Addr{}
		if some = append(some, c); w.refusal == nil {
			w.put(c, w.talk(i).ask)
		}
		if w.inTurn {
			w.served(c, i)
			c.Reset()
		}
	}
	for i, c := range some {
		if !w.inTurn {
			w.served(c, from+i)
		}
	}
	for _, c := range some {
		c.Reset()
		delete(w.owners, c)
	}
	w.conns = w.conns[:len(w.conns)-len(some)]
}

// served waits for what the i-th of them is to get.
func (w *passers) served(c *wire.Conn, i int) {
	if w.refusal == nil {
		w.recv(c, w.talk(i).reply)
		return
	}
	w.recv(c, w.refusal)
	w.eof(c)
}

// passerAddress is the address of the i-th of those that pass by, none of them
// twice, and none of the scenarios' own.
func passerAddress(seed, i int) netip.Addr {
	at := uint32(i)*7 + uint32(seed%1000)*64
	return netip.AddrFrom4([4]byte{127, byte(2 + at>>16%90), byte(at >> 8), byte(at)})
}
