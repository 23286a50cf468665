package play

import (
	"bytes"
	"fmt"
	"net/netip"
	"strings"

	"loopback/tools/base/record"
	"loopback/tools/engine/wire"
)

// admissionCommands are for a server that serves so many clients at a time, and
// turns the others away.
var admissionCommands = []Command{{
	Name: "rush", Args: "[-reset] SERVED TEXT PLACE[*N]...", Group: "Many clients",
	Summary: "clients come at the same moment, each with a line; exactly SERVED must get it back, the others TEXT " +
		"and the program's FIN",
	Detail: "The program is stopped (SIGSTOP) while they connect and send, and then continued. Which of them are " +
		"served does not matter. PLACE is as for dial -at, or here, which leaves the address to the kernel. Then all " +
		"of them leave: in peace, or by an RST.",
	run: (*scene).rush,
}, {
	Name: "admissions", Args: "[-over TEXT REPLY] MOST EACH BUSY N", Group: "Many clients",
	Summary: "N moves, drawn from the seed, of clients from a few addresses; each newcomer must be served, or sent " +
		"BUSY and a FIN, as a model says that counts at most MOST clients, and EACH of one address",
	Detail: "It is for servers of lines. They come, some with a word and some without, say lines, and leave: " +
		"without a word, by a FIN, a half-close, an RST, also with output pending, with a part of a line, or after " +
		"TEXT, to which REPLY and a FIN must come. Those that are turned away leave at once, or speak, or stay for a " +
		"while. Several come, or leave, at the same moment (SIGSTOP): then only their numbers matter. Where it " +
		"depends on clients that have just left whether one is served, the program is at rest before it comes.",
	run: (*scene).admissions,
}}

func (s *scene) rush(args []string) {
	set, args := flags(args, []string{"-reset"}, nil)
	atLeast(3, args)
	most, word := count(args[0]), s.fill.text(args[1])
	var places []string
	for _, arg := range args[2:] {
		place, times, many := strings.Cut(arg, "*")
		if place == "here" {
			place = ""
		}
		for n := 0; n == 0 || many && n < count(times); n++ {
			places = append(places, place)
		}
	}
	clients := s.atOneMoment(places, "each sends a line")
	defer func() { s.mute, s.hurry = false, false }()
	served := s.sorted(clients, word)
	s.mute = false
	s.numberServed(len(served), most, len(clients))
	s.log.Note("%d get their line back, the others %s", most, record.Quoting(word, len(word), 40))
	s.mute = true
	for _, c := range served {
		if set["-reset"] != "" {
			c.Reset()
			s.resetArrived(c)
			continue
		}
		s.closeWrite(c)
		s.eof(c)
		c.Close()
	}
}

// numberServed judges how many clients of all were served.
func (s *scene) numberServed(have, want, all int) {
	if have == want {
		return
	}
	code := record.TooMany
	if have < want {
		code = record.TooFew
	}
	// By how many it is wrong may be luck.
	s.rejectAt(s.main(), "", record.Say("%v of them are served", record.Varies(have, "N")), record.Verdict{Code: code,
		What: record.Say("%d clients came at the same moment; %v are served at the same time, and it should be %d",
			all, record.Varies(have, "N"), want)})
}

// momentsLine is what the i-th of those sends that come at the same moment.
func (s *scene) momentsLine(i int) []byte {
	return fmt.Appendf(nil, "%d: %s\n", i+1, s.fill.word(8, fmt.Sprint("moment ", i)))
}

// atOneMoment lets clients come from these places, each with a line, while the
// program is stopped. It leaves the scene mute and hurried.
func (s *scene) atOneMoment(places []string, what string) []*wire.Conn {
	p := s.main()
	s.needFiles(len(places))
	s.rest(p)
	s.mayHold(len(places))
	s.halt(p)
	s.mute, s.hurry = true, true
	s.log.Note("%d clients connect, and %s", len(places), what)
	s.crowdMark = s.log.Mark()
	clients := s.comeFrom(places)
	p.goOn()
	s.log.Note("the server goes on (SIGCONT)")
	return clients
}

// comeFrom connects clients from these places to a program that is stopped, and
// sends the line of each.
func (s *scene) comeFrom(places []string) []*wire.Conn {
	clients := make([]*wire.Conn, len(places))
	for i, place := range places {
		name := fmt.Sprintf("C%02d", i+1)
		s.crowded[name] = true
		if place != "" {
			s.from = s.elsewhere("place " + place)
		}
		clients[i] = s.dial(name, wire.Default)
		s.from = netip.Addr{}
		if !s.dumb {
			s.put(clients[i], s.momentsLine(i))
		}
	}
	return clients
}

// sorted hears what the server says to each of clients: its line, or word and the
// end of stream. It returns those that are served; the others leave.
func (s *scene) sorted(clients []*wire.Conn, word []byte) (served []*wire.Conn) {
	for i, c := range clients {
		line := s.momentsLine(i)
		first, failed, end := s.read(s.owner(c), c, 1)
		s.firstWord(c, first, failed, end)
		if bytes.Equal(first, line[:1]) {
			s.recv(c, line[1:])
			served = append(served, c)
			continue
		}
		rest, failed, end := s.read(s.owner(c), c, len(word)-1)
		s.compare(c, word, append(first, rest...), failed, end)
		s.eof(c)
		c.Close()
	}
	return served
}

// firstWord fails when nothing came to c. Which one it is may be luck.
func (s *scene) firstWord(c *wire.Conn, got []byte, failed error, end why) {
	if failed != nil {
		s.hangup(c, failed, owes{what: record.Say("it gets no word")})
	}
	if len(got) == 0 {
		s.judge(s.owner(c), end, owes{code: record.Silence, c: c, what: record.Say("one of them gets no word")})
	}
}
