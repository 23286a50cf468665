package crowds

import (
	"bytes"
	"fmt"
	"net/netip"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/argument"
	"loopback/tools/engine/play/programs"
	"loopback/tools/engine/play/resp"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/play/stream"
	"loopback/tools/engine/probe"
	"loopback/tools/engine/wire"
)

// boundCommands bring a server to what it can bear, or to what it has promised.
var boundCommands = []scene.Command{{
	Name: "settle", Args: "N", Group: "Many clients",
	Summary: "N clients connect, send a line each, get it back, and stay until the scenario ends",
	Detail: "They come and speak a hundred at a time. Where the system allows fewer open files than that needs " +
		"(ulimit -n) the scenario is left out.",
	Run: scene.OnCount(settleClients),
}, {
	Name: "passers-by", Args: "[-in-turn] [-refused WORD] N [QUESTION REPLY]", Group: "Many clients",
	Summary: "clients each of which has an address of its own send a line, get it back, and leave; the server must " +
		"not keep what it knew of them",
	Detail: "With a QUESTION that is the line, and REPLY must come. Then the program's memory is searched for the " +
		"addresses. When seven of eight are found, others come, and again: as many, twice more, for a Go program, " +
		"which overwrites what it frees; else 300, up to eight times, for memory that is free has room for only so " +
		"many. Of a program that is not in Go and may collect its garbage late nothing is said: its memory still " +
		"has what the clients have sent, or they have sent nothing of their own. " +
		"With -refused they send nothing, and get WORD and a FIN. With -in-turn no two are there at a time. " +
		"Such a scenario has the header `# garbage soon`.",
	Run: func(s *scene.Scene, args []string) {
		set, args := argument.Flags(args, []string{"-in-turn"}, []string{"-refused"})
		w := &passers{Scene: s, mark: s.Log.Mark(), did: "have sent a line each, and left",
			inTurn: set["-in-turn"] != ""}
		w.talk = func(i int) resp.Question { return resp.Question{Ask: settlersLine(s, i), Reply: settlersLine(s, i)} }
		if len(args) == 3 {
			q := resp.Question{Ask: s.Fill.Text(args[1]), Reply: s.Fill.Text(args[2])}
			args, w.talk = args[:1], func(int) resp.Question { return q }
		}
		argument.Exactly(1, args)
		w.n = argument.Count(args[0])
		if word := set["-refused"]; word != "" {
			w.refusal, w.did = s.Fill.Text(word), "have been refused, and left"
		}
		w.passBy()
	},
}}

// together is how many clients speak at a time where there are many of them.
const together = 100

func settleClients(s *scene.Scene, n int) {
	s.NeedFiles(n)
	s.Rest(s.Main())
	programs.MayHold(s, n)
	s.Log.Note("%s clients connect, send a line each, and stay", record.Count(n))
	s.CrowdMark = s.Log.Mark()
	s.Mute, s.Hurry = true, true
	defer func() { s.Mute, s.Hurry = false, false }()
	for came := 0; came < n; {
		next := min(came+together, n)
		someSettle(s, came, next)
		came = next
	}
}

// someSettle lets those from the number from to before the number to come. What
// has gone well is not looked at any more: to look at thousands takes long.
func someSettle(s *scene.Scene, from, to int) {
	var some []*wire.Conn
	for i := from; i < to; i++ {
		name := fmt.Sprintf("C%02d", i+1)
		s.Crowded[name] = true
		c := s.Dial(name, wire.Default)
		some = append(some, c)
		stream.Put(s, c, settlersLine(s, i))
	}
	for i, c := range some {
		stream.Recv(s, c, settlersLine(s, from+i))
	}
	for _, c := range some {
		delete(s.Owners, c)
	}
	s.Conns = s.Conns[:len(s.Conns)-len(some)]
	s.Settled = append(s.Settled, some...)
}

func settlersLine(s *scene.Scene, i int) []byte {
	return fmt.Appendf(nil, "client %d %s\n", i+1, s.Fill.Word(5, fmt.Sprint("settler ", i)))
}

// What is free is used again some day, though nobody can say when: a peak of the
// heap may never be reached again. But there is room for no more than so many
// addresses in it. So others come, and others again, each from an address of its own,
// and only who knows nearly all of them keeps them.
const (
	waves     = 8
	wavesOfGo = 3   // it overwrites what it frees
	inOneWave = 300 // at least: a few leave much of the memory as it is
	sample    = 16  // of their lines, whether they are still in memory
)

// passers are clients each of which has an address of its own.
type passers struct {
	*scene.Scene
	n, mark int
	inTurn  bool // no two of them are there at a time
	talk    func(i int) resp.Question
	refusal []byte // what they get in place of the line that they send; or nil
	did     string
}

func (w *passers) passBy() {
	if w.Space != nil || !scene.EveryAddress() {
		w.Skip("of 127.0.0.0/8 only 127.0.0.1 is this machine's own on this system")
	}
	p := w.Main()
	w.Rest(p)
	var all []netip.Addr
	kept := 0
	most, each := waves, max(w.n, inOneWave)
	if w.Prog.IsGo() {
		most, each = wavesOfGo, w.n
	}
	for range most {
		w.pass(each, len(all))
		for range each {
			all = append(all, passerAddress(w.Fill.Seed, len(all)))
		}
		w.Log.Rewind(w.mark)
		w.Log.Note("%s clients, no two from the same address, %s", record.Count(len(all)), w.did)
		var err error
		if kept, err = probe.Remembered(p.Look().PIDs, all); err != nil {
			w.Lacks("this system does not let the grader look into the program's memory")
			return
		}
		if kept < len(all)*7/8 {
			return
		}
	}
	if w.lazy(p, len(all)) {
		w.Lacks("this program's memory is cleared too late to tell what it remembers")
		return
	}
	w.RejectAt(p, "", record.Say("it still knows their addresses"), record.Verdict{Code: record.Memory,
		Endless: true, // in which order a server speaks of so many is chance
		What: record.Say("clients from %s addresses have come and gone, and %v of the addresses are still in the "+
			"server's memory", record.Count(len(all)), record.Varies(record.Count(kept), "N"))})
}

// lazy reports whether nothing can be said of this program's memory. Where garbage is collected
// late, as by a virtual machine with a large heap, an address that is found there may be garbage.
// It is known not to be where what most of the passers have said, which nothing needs any more,
// is gone. Clients that have said nothing, or all the same, leave no such trace.
func (w *passers) lazy(p *scene.Instance, came int) bool {
	if w.Prog.IsGo() {
		return false
	}
	if w.refusal != nil || bytes.Equal(w.talk(0).Ask, w.talk(1).Ask) {
		return true
	}
	var said [][]byte
	for i := range sample {
		said = append(said, w.talk(i*came/sample).Ask)
	}
	kept, err := probe.Holds(p.Look().PIDs, said)
	return err != nil || kept >= sample/2
}

// pass lets n of them come, and go, where before others have been already.
func (w *passers) pass(n, before int) {
	for came := 0; came < n; {
		w.Log.Rewind(w.mark)
		if before+came > 0 {
			w.Log.Note("%s clients %s", record.Count(before+came), w.did)
		}
		next := min(came+together/2, n)
		w.Mute, w.Hurry = true, true
		w.somePass(before+came, before+next)
		w.Mute, w.Hurry = false, false
		w.Rest(w.Main())
		came = next
	}
}

func (w *passers) somePass(from, to int) {
	var some []*wire.Conn
	for i := from; i < to; i++ {
		w.Scene.From = passerAddress(w.Fill.Seed, i)
		name := fmt.Sprintf("C%02d", i+1)
		w.Crowded[name] = true
		c := w.Dial(name, wire.Default)
		w.Scene.From = netip.Addr{}
		if some = append(some, c); w.refusal == nil {
			stream.Put(w.Scene, c, w.talk(i).Ask)
		}
		if w.inTurn {
			w.served(c, i)
			c.Reset()
			stream.ResetArrived(w.Scene, c) // else the next one waits for a turn that only the kernel has ended
		}
	}
	for i, c := range some {
		if !w.inTurn {
			w.served(c, from+i)
		}
	}
	for _, c := range some {
		c.Reset()
	}
	for _, c := range some {
		stream.ResetArrived(w.Scene, c)
		delete(w.Owners, c)
	}
	w.Conns = w.Conns[:len(w.Conns)-len(some)]
}

// served waits for what the i-th of them is to get.
func (w *passers) served(c *wire.Conn, i int) {
	if w.refusal == nil {
		stream.Recv(w.Scene, c, w.talk(i).Reply)
		return
	}
	stream.Recv(w.Scene, c, w.refusal)
	stream.Eof(w.Scene, c)
}

// passerAddress is the address of the i-th of those that pass by, none of them
// twice, and none of the scenarios' own.
func passerAddress(seed, i int) netip.Addr {
	at := uint32(i)*7 + uint32(seed%1000)*64
	return netip.AddrFrom4([4]byte{127, byte(2 + at>>16%90), byte(at >> 8), byte(at)})
}
