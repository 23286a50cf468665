package datagram

import (
	"bytes"
	"net/netip"
	"slices"
	"time"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/argument"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/probe"
	"loopback/tools/engine/wire"
)

var strangerCommands = []scene.Command{{
	Name: "echoes", Args: "[-each-byte] [-strings TEXT] NAME TEXT...", Group: "Datagrams",
	Summary: "each TEXT is one datagram from NAME, and must come back before the next is sent",
	Detail: "TEXT is as for sendto. With -each-byte the 256 datagrams of one byte come first. With -strings so do " +
		"all that are made of these bytes, of up to four.",
	Run: echoes,
}, {
	Name: "strangers", Args: "N SIZE", Group: "Datagrams",
	Summary: "senders that never come again send a datagram of SIZE bytes each, at most N; the server must not keep " +
		"what they sent",
	Detail: "No two send from the same address. Up to 16 datagrams are under way at the same time, and every one " +
		"must come back. After each sixth of N the memory that the server occupies is compared with what it was at " +
		"the announcement: it is enough that it has grown by less than half of what was sent, or by less than four " +
		"mebibytes, for memory that is used again stops growing.",
	Run: strangers,
}}

func echoes(s *scene.Scene, args []string) {
	set, args := argument.Flags(args, []string{"-each-byte"}, []string{"-strings"})
	argument.AtLeast(2, args)
	e, p := s.Peer(args[0]), s.Partner()
	var all [][]byte
	if set["-each-byte"] != "" {
		for b := range 256 {
			all = append(all, []byte{byte(b)})
		}
	}
	all = append(all, stringsOf(s.Fill.Text(set["-strings"]), 4)...)
	for _, arg := range args[1:] {
		all = append(all, s.Fill.Text(arg))
	}
	oneByOne(s, p, e, slices.Values(all))
	s.Record(record.Event{Kind: record.Note,
		What: record.Say("%s datagrams have come back, one after the other", record.Count(len(all)))})
}

// stringsOf returns all strings of one to n of these bytes.
func stringsOf(of []byte, n int) (all [][]byte) {
	last := [][]byte{nil}
	for range n {
		var longer [][]byte
		for _, s := range last {
			for _, b := range of {
				longer = append(longer, append(s[:len(s):len(s)], b))
			}
		}
		all, last = append(all, longer...), longer
	}
	return all
}

// strangersAtOnce is how many strangers wait for their datagrams at the same time.
const strangersAtOnce = 16

// spareMemory is what every program may take after its announcement.
const spareMemory = 4 << 20

// strangerRounds is how often the server's memory is looked at.
const strangerRounds = 6

func strangers(s *scene.Scene, args []string) {
	argument.Exactly(2, args)
	n, each := argument.Count(args[0]), argument.Size(args[1])
	to, err := netip.ParseAddrPort(s.TS.Getenv("server"))
	if err != nil {
		s.Misuse("nothing to send to: begin with serve -udp")
	}
	s.Rest(s.Main())
	sent, grown := 0, int64(0)
	for range strangerRounds {
		for round := sent + n/strangerRounds; sent < round; {
			next := min(sent+strangersAtOnce, round)
			someStrangers(s, sent, next, each, to)
			sent = next
		}
		if grown = grownBy(s); grown < int64(max(sent*each/2, spareMemory)) {
			s.Record(record.Event{Kind: record.Note,
				What: record.Say("%s strangers have got their datagrams of %s back", record.Count(sent),
					record.Bytes(each))})
			return
		}
	}
	keeps(s, sent, each, grown)
}

// grownBy is by how much the program's memory has grown since it announced; 0
// with the race detector, which needs memory of its own.
func grownBy(s *scene.Scene) int64 {
	p := s.Main()
	s.Rest(p)
	now, err := probe.Memory(p.Look().PIDs)
	if err != nil || p.Memory == 0 {
		s.Lacks("this system does not say how much memory a program occupies")
		return 0
	}
	if s.Prog.Race {
		return 0
	}
	return now - p.Memory
}

// keeps judges a server whose memory grows with what strangers send. It does
// not return.
func keeps(s *scene.Scene, sent, each int, grown int64) {
	s.RejectAt(s.Main(), "", record.Say("its memory grows with every stranger"),
		record.Verdict{Code: record.Memory,
			What: record.Say("%s senders have sent %s each, and have gone; the server occupies %s "+
				"more than when it announced its address, and the more of them come, the more it is",
				record.Count(sent),
				record.Bytes(each), record.Varies(record.Bytes(int(grown)), "N bytes"))})
}

// someStrangers lets those from the number from to before the number to send.
func someStrangers(s *scene.Scene, from, to, each int, server netip.AddrPort) {
	p := s.Main()
	var crowd []*wire.Stranger
	defer func() {
		for _, c := range crowd {
			c.Close()
		}
	}()
	for i := from; i < to; i++ {
		c, err := wire.OpenStranger(i)
		if err == nil {
			crowd = append(crowd, c)
			err = c.Send(Numbered(s.Fill, i+1, each), server)
		}
		if err != nil {
			s.Fail(record.Verdict{Code: record.CannotGrade,
				What: record.Say("the grader could not send as stranger %d: %v", i+1, err)})
		}
	}
	for i, c := range crowd {
		want := Numbered(s.Fill, from+i+1, each)
		var got []byte
		end := s.Await(p, nil, func(d time.Duration) scene.Progress {
			var err error
			if got, err = c.Receive(d); err == nil {
				return scene.Done
			}
			return scene.Nothing
		})
		if end == scene.Happened && bytes.Equal(got, want) {
			continue
		}
		s.MustNotLose(server, 0)
		what := record.Say("stranger %d of all has not got its datagram back", from+i+1)
		s.Judge(p, end, scene.Owes{Code: record.Silence, What: what, Want: want, Got: got, Compare: true})
		s.Reject("", what, record.Verdict{Code: record.WrongBytes, What: what, Want: want, Got: got, Compare: true})
	}
}
