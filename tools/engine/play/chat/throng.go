package chat

import (
	"fmt"
	"slices"
	"strings"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/argument"
	"loopback/tools/engine/play/programs"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/play/stream"
	"loopback/tools/engine/wire"
)

// throngCommands let many in a room do the same.
var throngCommands = []scene.Command{{
	Name: "gathering", Args: "N", Group: "A room",
	Summary: "N more enter, one after the other; twelve say a line, and then all leave again; each must hear " +
		"all of that",
	Detail: "Every third that leaves sends an RST, with lines unread.",
	Run:    scene.OnCount(gathering),
}, {
	Name: "churn", Args: "N", Group: "A room",
	Summary: "N clients, one after the other, enter, say a line and leave; those inside must hear that",
	Detail:  "They leave with a FIN, a half-close or an RST, in turn. There are five names.",
	Run:     scene.OnCount(churn),
}, {
	Name: "chorus", Args: "[-length N] [-late LATE] LINES NAME...", Group: "A room",
	Summary: "each NAME says LINES lines at the same moment, for which the program is stopped (SIGSTOP); all inside " +
		"must hear those of each in order, each line whole",
	Detail: "A line has some twenty bytes, or just N. LATE reads when all others have heard everything.",
	Run:    chorus,
}, {
	Name: "stampede", Args: "N ROUNDS", Group: "A room",
	Summary: "N enter; at the same moment, for which the program is stopped (SIGSTOP), each says lines and resets; " +
		"those inside must hear each of them leave, and nothing from it after that",
	Detail: "How many of the lines are heard is open, for an RST may overtake them. All that is done ROUNDS times.",
	Run:    stampede,
}, {
	Name: "claim", Args: "N ROUNDS", Group: "A room",
	Summary: "N clients give the same name at the same moment, for which the program is stopped (SIGSTOP); just one " +
		"must come in, and the others be told that it is taken",
	Detail: "All that is done ROUNDS times, with another name each.",
	Run:    claim,
}}

// throng prepares the scene for many clients, whose rows would drown the timeline.
// What it returns ends that.
func throng(s *scene.Scene, n int, what string) func() {
	s.NeedFiles(n)
	s.Rest(s.Main())
	programs.MayHold(s, n)
	s.Log.Note("%d clients %s", n, what)
	s.Mute, s.Hurry = true, true
	s.CrowdMark = s.Log.Mark()
	return func() { s.Mute, s.Hurry = false, false }
}

// entered lets n more come in, under names that begin with prefix. What the others
// are to hear is due.
func entered(s *scene.Scene, prefix string, n int) (crowd []*member) {
	for i := range n {
		conn := fmt.Sprintf("%s%02d", prefix, i+1)
		s.Crowded[conn] = true
		crowd = append(crowd, comeIn(s, conn, strings.ToLower(prefix)+fmt.Sprintf("guest%03d", i+1), wire.Default))
	}
	return crowd
}

// hearEvent lets all that read hear what several clients have done, in whichever
// order.
func hearEvent(s *scene.Scene) {
	for _, m := range readers(s) {
		due := m.due
		m.due = nil
		got, failed, end := stream.Read(s, s.Main(), m.Conn, len(due))
		if len(got) == len(due) && slices.Equal(sortedLines(got), sortedLines(due)) {
			continue
		}
		stream.Compare(s, m.Conn, inOrderOf(got, linesOf(due)), got, failed, end)
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

func gathering(s *scene.Scene, n int) {
	defer throng(s, n, "enter the room, one after the other, some speak, and all leave")()
	crowd := entered(s, "C", n)
	s.Pause()
	hearEvent(s)
	for i, m := range crowd[:min(n, speakers)] {
		speak(s, m, fmt.Sprintf("line %d, %s", i+1, s.Fill.Word(5, m.Name)))
	}
	s.Pause()
	hearEvent(s)
	for i, m := range crowd[min(n, speakers):] {
		roomOf(s).lose(m)
		if i%3 == 2 {
			m.Reset()
			stream.ResetArrived(s, m.Conn)
		} else {
			m.Close()
			stream.Arrived(s, m.Conn)
		}
	}
	s.Pause()
	hearEvent(s)
	for _, m := range crowd[:min(n, speakers)] {
		roomOf(s).lose(m)
		m.Close()
		stream.Arrived(s, m.Conn)
		hearAll(s)
	}
}

func churn(s *scene.Scene, n int) {
	defer throng(s, n, "enter, say a line and leave, one after the other")()
	for i := range n {
		name := fmt.Sprint("guest", i%5)
		m := comeIn(s, "G", name, wire.Default)
		hearAll(s)
		speak(s, m, fmt.Sprintf("visit %d %s", i+1, s.Fill.Word(5, fmt.Sprint("churn ", i))))
		hearAll(s)
		roomOf(s).lose(m)
		switch i % 3 {
		case 0:
			m.Close()
			stream.Arrived(s, m.Conn)
		case 1:
			stream.CloseWrite(s, m.Conn)
			stream.Eof(s, m.Conn)
			m.Close()
		default:
			m.Reset()
			stream.ResetArrived(s, m.Conn)
		}
		hearAll(s)
	}
}

func chorus(s *scene.Scene, args []string) {
	set, args := argument.Flags(args, nil, []string{"-length", "-late"})
	argument.AtLeast(2, args)
	n, p := argument.Count(args[0]), s.Main()
	var acts []*act
	for _, name := range args[1:] {
		a := &act{member: inside(s, name)}
		for i := range n {
			text := fmt.Sprintf("line %d %s", i+1, s.Fill.Word(8, fmt.Sprint(name, i)))
			if set["-length"] != "" {
				text = (text + s.Fill.Word(argument.Size(set["-length"]), text))[:argument.Size(set["-length"])]
			}
			a.events = append(a.events, a.lineOf(text))
		}
		acts = append(acts, a)
	}
	s.Rest(p)
	stream.Halt(s, p)
	for _, a := range acts {
		said := strings.ReplaceAll("\n"+strings.Join(a.events, ""), "\n"+a.name+": ", "\n")[1:]
		left, failed, end := stream.Give(s, a.Conn, []byte(said))
		s.Record(record.Event{Conn: a.Name, Kind: record.Out, Data: []byte(said), Size: len(said) - left,
			Cut: left > 0})
		stream.Given(s, a.Conn, left, failed, end)
	}
	p.GoOn()
	s.Record(record.Event{Kind: record.Note, What: record.Say("the server goes on (SIGCONT)")})
	hears := func(m *member) { witness(s, &observer{member: m, acts: acts}, volume(m, acts)) }
	for _, m := range readers(s) {
		if m.Name != set["-late"] {
			hears(m)
		}
	}
	if set["-late"] != "" {
		hears(inside(s, set["-late"]))
	}
	hushed(s)
	s.Record(record.Event{Kind: record.Note, What: record.Say("all have heard the lines of each, in order")})
}

// stampedeLines is how many lines each says before it resets.
const stampedeLines = 20

func stampede(s *scene.Scene, args []string) {
	argument.Exactly(2, args)
	n, inside := argument.Count(args[0]), slices.Clone(roomOf(s).members)
	defer throng(s, n, "enter, and at the same moment each says lines and resets")()
	for round := range argument.Count(args[1]) {
		crowd := entered(s, fmt.Sprintf("R%dx", round+1), n)
		s.Pause()
		hearEvent(s)
		s.Pause()
		roomOf(s).members = inside
		acts := trample(s, crowd, round)
		s.Pause()
		for _, m := range inside {
			hearLast(s, m, acts)
		}
	}
}

// trample lets all of a crowd speak and reset while the program is stopped.
func trample(s *scene.Scene, crowd []*member, round int) (acts []*act) {
	p := s.Main()
	stream.Halt(s, p)
	for _, m := range crowd {
		a := &act{member: m, ends: "RST"}
		var said string
		for i := range stampedeLines {
			text := fmt.Sprintf("round %d, line %d", round+1, i+1)
			said += text + "\n"
			a.events = append(a.events, m.lineOf(text))
		}
		a.events = append(a.events, leftLine(m.name))
		left, failed, end := stream.Give(s, m.Conn, []byte(said))
		stream.Given(s, m.Conn, left, failed, end)
		acts = append(acts, a)
	}
	for i, a := range acts {
		if i%2 == 0 {
			a.Reset()
		}
	}
	p.GoOn()
	for _, a := range acts {
		a.Reset() // these reset while the program is at work
		stream.ResetArrived(s, a.Conn)
	}
	return acts
}

// hearLast lets m hear of all acts, each of which ends with leaving, and may lack
// lines before that.
func hearLast(s *scene.Scene, m *member, acts []*act) {
	left := 0
	var got []byte
	for left < len(acts) {
		part, failed, end := readUntil(s, m.Conn, " has left\n")
		got = append(got, part...)
		if left = strings.Count(string(got), " has left\n"); left >= len(acts) {
			break
		}
		if failed != nil || end != scene.Happened {
			leftOut(s, m, acts, string(got), failed, end)
		}
	}
	next := map[*act]int{}
	for line := range strings.SplitAfterSeq(string(got), "\n") {
		if line == "" {
			continue
		}
		i := slices.IndexFunc(acts, func(a *act) bool { return slices.Contains(a.events, line) })
		if i < 0 {
			wrongly(s, m.Conn, []byte(line), &misheard{"this line is due to none of those that have left", "", line})
		}
		at := slices.Index(acts[i].events, line)
		if want := next[acts[i]]; at != want && at != len(acts[i].events)-1 || at < want {
			wrongly(s, m.Conn, []byte(line), &misheard{"what " + acts[i].name + " did is heard out of order",
				acts[i].events[min(want, len(acts[i].events)-1)], line})
		}
		next[acts[i]] = at + 1
	}
}

// leftOut judges that m did not hear all of them leave.
func leftOut(s *scene.Scene, m *member, acts []*act, got string, failed error, end scene.Why) {
	o := scene.Owes{Code: record.Silence, Conn: m.Conn, What: record.Say("nothing more came"),
		Note: record.Say("%s has not heard all of them leave", m.Name)}
	for _, a := range acts {
		if line := leftLine(a.name); !strings.Contains(got, line) {
			o.Want, o.Compare = []byte(line), true
			break
		}
	}
	if failed != nil {
		s.Hangup(m.Conn, failed, o)
	}
	s.Judge(s.Main(), end, o)
}

func claim(s *scene.Scene, args []string) {
	argument.Exactly(2, args)
	n := argument.Count(args[0])
	defer throng(s, n, "give the same name at the same moment")()
	for round := range argument.Count(args[1]) {
		name := fmt.Sprint("claimed", round+1)
		var crowd []*wire.Conn
		for i := range n {
			conn := fmt.Sprintf("N%dx%02d", round+1, i+1)
			s.Crowded[conn] = true
			crowd = append(crowd, s.Dial(conn, wire.Default))
		}
		s.Pause()
		stream.Halt(s, s.Main())
		for _, c := range crowd {
			left, failed, end := stream.Give(s, c, []byte(name+"\n"))
			stream.Given(s, c, left, failed, end)
		}
		s.Main().GoOn()
		s.Pause()
		claimed(s, crowd, name)
	}
}

// claimed checks that one of a crowd has come in under this name, and lets it
// leave.
func claimed(s *scene.Scene, crowd []*wire.Conn, name string) {
	var in []*wire.Conn
	for _, c := range crowd {
		which := stream.Which(s, c, [][]byte{[]byte("* name taken\n"), []byte(hereLine(roomOf(s).names()...))})
		if which == 1 {
			in = append(in, c)
		} else {
			stream.Over(s, c)
			c.Close()
		}
	}
	if len(in) != 1 {
		s.Reject("", record.Say("not just one of them is in the room"), record.Verdict{Code: record.WrongBytes,
			What: record.Say("%d clients gave the name %s at the same moment, and %v came in", len(crowd), name,
				record.Varies(len(in), "not just one"))})
	}
	m := &member{Conn: in[0], name: name}
	roomOf(s).told(joinedLine(name), nil)
	roomOf(s).told(leftLine(name), nil)
	m.Close()
	stream.Arrived(s, m.Conn)
	hearAll(s)
}
