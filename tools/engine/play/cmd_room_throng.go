package play

import (
	"fmt"
	"slices"
	"strings"

	"loopback/tools/base/record"
	"loopback/tools/engine/wire"
)

// throngCommands let many in a room do the same.
var throngCommands = []Command{{
	Name: "gathering", Args: "N", Group: "A room",
	Summary: "N more enter, one after the other; twelve say a line, and then all leave again; each must hear " +
		"all of that",
	Detail: "Every third that leaves sends an RST, with lines unread.",
	run:    onCount((*scene).gathering),
}, {
	Name: "churn", Args: "N", Group: "A room",
	Summary: "N clients, one after the other, enter, say a line and leave; those inside must hear that",
	Detail:  "They leave by a FIN, a half-close or an RST, in turn. There are five names.",
	run:     onCount((*scene).churn),
}, {
	Name: "chorus", Args: "[-length N] [-late LATE] LINES NAME...", Group: "A room",
	Summary: "each NAME says LINES lines at the same moment, for which the program is stopped (SIGSTOP); all inside " +
		"must hear those of each in order, each line whole",
	Detail: "A line has some twenty bytes, or just N. LATE reads when all others have heard everything.",
	run:    (*scene).chorus,
}, {
	Name: "stampede", Args: "N ROUNDS", Group: "A room",
	Summary: "N enter; at one moment, for which the program is stopped (SIGSTOP), each says lines and resets; those " +
		"inside must hear each of them leave, and nothing of it behind that",
	Detail: "How many of the lines are heard is open, for an RST may overtake them. All that is done ROUNDS times.",
	run:    (*scene).stampede,
}, {
	Name: "claim", Args: "N ROUNDS", Group: "A room",
	Summary: "N clients give the same name at one moment, for which the program is stopped (SIGSTOP); just one must " +
		"come in, and the others be told that it is taken",
	Detail: "All that is done ROUNDS times, with another name each.",
	run:    (*scene).claim,
}}

// throng prepares the scene for many clients, whose rows would drown the timeline.
// What it returns ends that.
func (s *scene) throng(n int, what string) func() {
	s.needFiles(n)
	s.rest(s.main())
	s.mayHold(n)
	s.log.Note("%d clients %s", n, what)
	s.mute, s.hurry = true, true
	s.crowdMark = s.log.Mark()
	return func() { s.mute, s.hurry = false, false }
}

// entered lets n more come in, under names that begin with prefix. What the others
// are to hear is due.
func (s *scene) entered(prefix string, n int) (crowd []*member) {
	for i := range n {
		conn := fmt.Sprintf("%s%02d", prefix, i+1)
		s.crowded[conn] = true
		crowd = append(crowd, s.comeIn(conn, strings.ToLower(prefix)+fmt.Sprintf("guest%03d", i+1), wire.Default))
	}
	return crowd
}

// hearEvent lets all that read hear what several clients have done, in whichever
// order.
func (s *scene) hearEvent() {
	for _, m := range s.readers() {
		due := m.due
		m.due = nil
		got, failed, end := s.read(s.main(), m.Conn, len(due))
		if len(got) == len(due) && slices.Equal(sortedLines(got), sortedLines(due)) {
			continue
		}
		s.compare(m.Conn, inOrderOf(got, linesOf(due)), got, failed, end)
	}
}

func linesOf(data []byte) (all [][]byte) {
	for line := range strings.SplitAfterSeq(string(data), "\n") {
		if line != "" {
			all = append(all, []byte(line))
		}
	}
	return all
}

func sortedLines(data []byte) []string {
	return slices.Sorted(strings.SplitAfterSeq(string(data), "\n"))
}

// speakers is how many of a gathering say something.
const speakers = 12

func (s *scene) gathering(n int) {
	defer s.throng(n, "enter the room, one after the other, some speak, and all leave")()
	crowd := s.entered("C", n)
	s.pause()
	s.hearEvent()
	for i, m := range crowd[:min(n, speakers)] {
		s.speak(m, fmt.Sprintf("line %d, %s", i+1, s.fill.word(5, m.Name)))
	}
	s.pause()
	s.hearEvent()
	for i, m := range crowd[min(n, speakers):] {
		roomOf(s).lose(m)
		if i%3 == 2 {
			m.Reset()
			s.resetArrived(m.Conn)
		} else {
			m.Close()
			s.arrived(m.Conn)
		}
	}
	s.pause()
	s.hearEvent()
	for _, m := range crowd[:min(n, speakers)] {
		roomOf(s).lose(m)
		m.Close()
		s.arrived(m.Conn)
		s.hearAll()
	}
}

func (s *scene) churn(n int) {
	defer s.throng(n, "enter, say a line and leave, one after the other")()
	for i := range n {
		name := fmt.Sprint("guest", i%5)
		m := s.comeIn("G", name, wire.Default)
		s.hearAll()
		s.speak(m, fmt.Sprintf("visit %d %s", i+1, s.fill.word(5, fmt.Sprint("churn ", i))))
		s.hearAll()
		roomOf(s).lose(m)
		switch i % 3 {
		case 0:
			m.Close()
			s.arrived(m.Conn)
		case 1:
			s.closeWrite(m.Conn)
			s.eof(m.Conn)
			m.Close()
		default:
			m.Reset()
			s.resetArrived(m.Conn)
		}
		s.hearAll()
	}
}

func (s *scene) chorus(args []string) {
	set, args := flags(args, nil, []string{"-length", "-late"})
	atLeast(2, args)
	n, p := count(args[0]), s.main()
	var acts []*act
	for _, name := range args[1:] {
		a := &act{member: s.inside(name)}
		for i := range n {
			text := fmt.Sprintf("line %d %s", i+1, s.fill.word(8, fmt.Sprint(name, i)))
			if set["-length"] != "" {
				text = (text + s.fill.word(size(set["-length"]), text))[:size(set["-length"])]
			}
			a.events = append(a.events, a.lineOf(text))
		}
		acts = append(acts, a)
	}
	s.rest(p)
	s.halt(p)
	for _, a := range acts {
		said := strings.ReplaceAll("\n"+strings.Join(a.events, ""), "\n"+a.name+": ", "\n")[1:]
		left, failed, end := s.give(a.Conn, []byte(said))
		s.record(record.Event{Conn: a.Name, Kind: record.Out, Data: []byte(said), Size: len(said) - left,
			Cut: left > 0})
		s.given(a.Conn, left, failed, end)
	}
	p.goOn()
	s.record(record.Event{Kind: record.Note, What: record.Say("the server goes on (SIGCONT)")})
	hears := func(m *member) { s.witness(&observer{member: m, acts: acts}, volume(m, acts)) }
	for _, m := range s.readers() {
		if m.Name != set["-late"] {
			hears(m)
		}
	}
	if set["-late"] != "" {
		hears(s.inside(set["-late"]))
	}
	s.hushed()
	s.record(record.Event{Kind: record.Note, What: record.Say("all have heard the lines of each, in order")})
}

// stampedeLines is how many lines each says before it resets.
const stampedeLines = 20

func (s *scene) stampede(args []string) {
	exactly(2, args)
	n, inside := count(args[0]), slices.Clone(roomOf(s).members)
	defer s.throng(n, "enter, and at one moment each says lines and resets")()
	for round := range count(args[1]) {
		crowd := s.entered(fmt.Sprintf("R%dx", round+1), n)
		s.pause()
		s.hearEvent()
		s.pause()
		roomOf(s).members = inside
		acts := s.trample(crowd, round)
		s.pause()
		for _, m := range inside {
			s.hearLast(m, acts)
		}
	}
}

// trample lets all of a crowd speak and reset while the program is stopped.
func (s *scene) trample(crowd []*member, round int) (acts []*act) {
	p := s.main()
	s.halt(p)
	for _, m := range crowd {
		a := &act{member: m, ends: "RST"}
		var said string
		for i := range stampedeLines {
			text := fmt.Sprintf("round %d, line %d", round+1, i+1)
			said += text + "\n"
			a.events = append(a.events, m.lineOf(text))
		}
		a.events = append(a.events, leftLine(m.name))
		left, failed, end := s.give(m.Conn, []byte(said))
		s.given(m.Conn, left, failed, end)
		acts = append(acts, a)
	}
	for i, a := range acts {
		if i%2 == 0 {
			a.Reset()
		}
	}
	p.goOn()
	for _, a := range acts {
		a.Reset() // these reset while the program is at work
		s.resetArrived(a.Conn)
	}
	return acts
}

// hearLast lets m hear of all acts, each of which ends with leaving, and may lack
// lines before that.
func (s *scene) hearLast(m *member, acts []*act) {
	left := 0
	var got []byte
	for left < len(acts) {
		part, failed, end := s.readUntil(m.Conn, " has left\n")
		got = append(got, part...)
		if left = strings.Count(string(got), " has left\n"); left >= len(acts) {
			break
		}
		if failed != nil || end != happened {
			s.leftOut(m, acts, string(got), failed, end)
		}
	}
	next := map[*act]int{}
	for line := range strings.SplitAfterSeq(string(got), "\n") {
		if line == "" {
			continue
		}
		i := slices.IndexFunc(acts, func(a *act) bool { return slices.Contains(a.events, line) })
		if i < 0 {
			s.wrongly(m.Conn, []byte(line), &misheard{"this line is due to none of those that have left", "", line})
		}
		at := slices.Index(acts[i].events, line)
		if want := next[acts[i]]; at != want && at != len(acts[i].events)-1 || at < want {
			s.wrongly(m.Conn, []byte(line), &misheard{"what " + acts[i].name + " did is heard out of order",
				acts[i].events[min(want, len(acts[i].events)-1)], line})
		}
		next[acts[i]] = at + 1
	}
}

// leftOut judges that m did not hear all of them leave.
func (s *scene) leftOut(m *member, acts []*act, got string, failed error, end why) {
	o := owes{code: record.Silence, c: m.Conn, what: record.Say("nothing more came"),
		note: record.Say("%s has not heard all of them leave", m.Name)}
	for _, a := range acts {
		if line := leftLine(a.name); !strings.Contains(got, line) {
			o.want, o.compare = []byte(line), true
			break
		}
	}
	if failed != nil {
		s.hangup(m.Conn, failed, o)
	}
	s.judge(s.main(), end, o)
}

func (s *scene) claim(args []string) {
	exactly(2, args)
	n := count(args[0])
	defer s.throng(n, "give the same name at one moment")()
	for round := range count(args[1]) {
		name := fmt.Sprint("claimed", round+1)
		var crowd []*wire.Conn
		for i := range n {
			conn := fmt.Sprintf("N%dx%02d", round+1, i+1)
			s.crowded[conn] = true
			crowd = append(crowd, s.dial(conn, wire.Default))
		}
		s.pause()
		s.halt(s.main())
		for _, c := range crowd {
			left, failed, end := s.give(c, []byte(name+"\n"))
			s.given(c, left, failed, end)
		}
		s.main().goOn()
		s.pause()
		s.claimed(crowd, name)
	}
}

// claimed checks that one of a crowd has come in under this name, and lets it
// leave.
func (s *scene) claimed(crowd []*wire.Conn, name string) {
	var in []*wire.Conn
	for _, c := range crowd {
		which := s.which(c, [][]byte{[]byte("* name taken\n"), []byte(hereLine(roomOf(s).names()...))})
		if which == 1 {
			in = append(in, c)
		} else {
			s.over(c)
			c.Close()
		}
	}
	if len(in) != 1 {
		s.reject("", record.Say("not just one of them is in the room"), record.Verdict{Code: record.WrongBytes,
			What: record.Say("%d clients gave the name %s at one moment, and %v came in", len(crowd), name,
				record.Varies(len(in), "not just one"))})
	}
	m := &member{Conn: in[0], name: name}
	roomOf(s).told(joinedLine(name), nil)
	roomOf(s).told(leftLine(name), nil)
	m.Close()
	s.arrived(m.Conn)
	s.hearAll()
}
