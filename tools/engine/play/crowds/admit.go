package crowds

import (
	"bytes"
	"fmt"
	"net/netip"
	"strings"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/argument"
	"loopback/tools/engine/play/programs"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/play/stream"
	"loopback/tools/engine/wire"
)

// admissionCommands are for a server that serves so many clients at a time, and
// turns the others away.
var admissionCommands = []scene.Command{{
	Name: "rush", Args: "[-reset] SERVED TEXT PLACE[*N]...", Group: "Many clients",
	Summary: "clients come at the same moment, each with a line; exactly SERVED must get it back, the others TEXT " +
		"and the program's FIN",
	Detail: "The program is stopped (SIGSTOP) while they connect and send, and then continued. Which of them are " +
		"served does not matter. PLACE is as for dial -at, or here, which leaves the address to the kernel. Then all " +
		"of them leave: in peace, or with an RST.",
	Run: rush,
}, {
	Name: "admissions", Args: "[-over TEXT REPLY] MOST EACH BUSY N", Group: "Many clients",
	Summary: "N moves, drawn from the seed, of clients from a few addresses; each newcomer must be served, or sent " +
		"BUSY and a FIN, as a model says that counts at most MOST clients, and EACH of one address",
	Detail: "It is for servers of lines. They come, some with a word and some without, say lines, and leave: " +
		"without a word, with a FIN, a half-close, an RST, also with output pending, with a part of a line, or after " +
		"TEXT, to which REPLY and a FIN must come. Those that are turned away leave at once, or speak, or stay for a " +
		"while. Several come, or leave, at the same moment (SIGSTOP): then only their numbers matter. Where it " +
		"depends on clients that have just left whether one is served, the program is at rest before it comes.",
	Run: admissions,
}}

func rush(s *scene.Scene, args []string) {
	set, args := argument.Flags(args, []string{"-reset"}, nil)
	argument.AtLeast(3, args)
	most, word := argument.Count(args[0]), s.Fill.Text(args[1])
	var places []string
	for _, arg := range args[2:] {
		place, times, many := strings.Cut(arg, "*")
		if place == "here" {
			place = ""
		}
		for n := 0; n == 0 || many && n < argument.Count(times); n++ {
			places = append(places, place)
		}
	}
	clients := atOneMoment(s, places, "each sends a line")
	defer func() { s.Mute, s.Hurry = false, false }()
	served := sorted(s, clients, word)
	s.Mute = false
	numberServed(s, len(served), most, len(clients))
	s.Log.Note("%d get their line back, the others %s", most, record.Quoting(word, len(word), 40))
	s.Mute = true
	for _, c := range served {
		if set["-reset"] != "" {
			c.Reset()
			stream.ResetArrived(s, c)
			continue
		}
		stream.CloseWrite(s, c)
		stream.Eof(s, c)
		c.Close()
	}
}

// numberServed judges how many clients of all were served.
func numberServed(s *scene.Scene, have, want, all int) {
	if have == want {
		return
	}
	code := record.TooMany
	if have < want {
		code = record.TooFew
	}
	// By how many it is wrong may be luck.
	s.RejectAt(s.Main(), "", record.Say("%v of them are served", record.Varies(have, "N")), record.Verdict{Code: code,
		What: record.Say("%d clients came at the same moment; %v are served at the same time, and it should be %d",
			all, record.Varies(have, "N"), want)})
}

// momentsLine is what the i-th of those sends that come at the same moment.
func momentsLine(s *scene.Scene, i int) []byte {
	return fmt.Appendf(nil, "%d: %s\n", i+1, s.Fill.Word(8, fmt.Sprint("moment ", i)))
}

// atOneMoment lets clients come from these places, each with a line, while the
// program is stopped, and do more before it goes on. It leaves the scene mute and
// hurried.
func atOneMoment(s *scene.Scene, places []string, what string, more ...func([]*wire.Conn)) []*wire.Conn {
	p := s.Main()
	s.NeedFiles(len(places))
	s.Rest(p)
	programs.MayHold(s, len(places))
	stream.Halt(s, p)
	s.Mute, s.Hurry = true, true
	s.Log.Note("%d clients connect, and %s", len(places), what)
	s.CrowdMark = s.Log.Mark()
	clients := comeFrom(s, places)
	for _, do := range more {
		do(clients)
	}
	p.GoOn()
	s.Log.Note("the server goes on (SIGCONT)")
	return clients
}

// comeFrom connects clients from these places to a program that is stopped, and
// sends the line of each.
func comeFrom(s *scene.Scene, places []string) []*wire.Conn {
	clients := make([]*wire.Conn, len(places))
	for i, place := range places {
		name := fmt.Sprintf("C%02d", i+1)
		s.Crowded[name] = true
		if place != "" {
			s.From = s.Elsewhere("place " + place)
		}
		clients[i] = s.Dial(name, wire.Default)
		s.From = netip.Addr{}
		if !s.Dumb {
			stream.Put(s, clients[i], momentsLine(s, i))
		}
	}
	return clients
}

// sorted hears what the server says to each of clients: its line, or word and the
// end of stream. It returns those that are served; the others leave.
func sorted(s *scene.Scene, clients []*wire.Conn, word []byte) (served []*wire.Conn) {
	for i, c := range clients {
		line := momentsLine(s, i)
		first, failed, end := stream.Read(s, s.Owner(c), c, 1)
		firstWord(s, c, first, failed, end)
		if bytes.Equal(first, line[:1]) {
			stream.Recv(s, c, line[1:])
			served = append(served, c)
			continue
		}
		rest, failed, end := stream.Read(s, s.Owner(c), c, len(word)-1)
		stream.Compare(s, c, word, append(first, rest...), failed, end)
		stream.Eof(s, c)
		c.Close()
	}
	return served
}

// firstWord fails when nothing came to c. Which one it is may be luck.
func firstWord(s *scene.Scene, c *wire.Conn, got []byte, failed error, end scene.Why) {
	if failed != nil {
		s.Hangup(c, failed, scene.Owes{What: record.Say("it gets no word")})
	}
	if len(got) == 0 {
		s.Judge(s.Owner(c), end, scene.Owes{Code: record.Silence, Conn: c,
			What: record.Say("one of them gets no word")})
	}
}
