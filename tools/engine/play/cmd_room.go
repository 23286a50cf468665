package play

import (
	"bytes"
	"slices"
	"strings"

	"loopback/tools/base/record"
	"loopback/tools/engine/wire"
)

var roomCommands = []Command{{
	Name: "enter", Args: "[-small] NAME...", Group: "A room",
	Summary: "each connects and gives its name, in lower case; it must get the list of those inside, and they must " +
		"hear of it",
	Detail: "These commands are for a server that hands on what one client says to all others. A client's first " +
		"line is its name. The list is \"* here:\" and the names of those inside, sorted; they hear \"* NAME has " +
		"joined\", later \"NAME: TEXT\" for each of its lines, and at last \"* NAME has left\". With -small the " +
		"socket buffers are a few kilobytes.",
	run: (*scene).enters,
}, {
	Name: "say", Args: "NAME TEXT...", Group: "A room",
	Summary: "each TEXT is a line of NAME's; all others inside must hear it, and NAME nothing; then comes the next",
	run: func(s *scene, args []string) {
		atLeast(2, args)
		m := s.inside(args[0])
		for _, arg := range args[1:] {
			s.speak(m, string(s.fill.text(arg)))
			s.hearAll()
		}
		s.hushed()
	},
}, {
	Name: "leave", Args: "[-reset|-half|-late] NAME...", Group: "A room",
	Summary: "each leaves the room; the others must hear of it, once",
	Detail: "As a rule it closes its connection. With -half it sends a FIN, must hear what is due to it, and then " +
		"get the server's FIN. With -late that is put off until hears.",
	run: (*scene).leaves,
}, {
	Name: "deaf", Args: "NAME...", Group: "A room",
	Summary: "from now on these do not read",
	run: func(s *scene, args []string) {
		atLeast(1, args)
		for _, name := range args {
			s.inside(name).deaf = true
		}
	},
}, {
	Name: "hears", Args: "NAME...", Group: "A room",
	Summary: "these read all that has been said since they were deaf, and read on; those that have left, by leave " +
		"-late, read it up to the server's FIN",
	run: func(s *scene, args []string) {
		atLeast(1, args)
		for _, name := range args {
			if m := roomOf(s).departed(name); m != nil {
				s.farewell(m)
				continue
			}
			m := s.inside(name)
			m.deaf = false
			s.hearDue(m)
		}
		s.hushed()
	},
}, {
	Name: "quiet", Args: "NAME...", Group: "Connections and bytes",
	Summary: "nothing more may have come to these, once the program is at rest, and none of them may have ended",
	run: func(s *scene, args []string) {
		atLeast(1, args)
		for _, name := range args {
			c := s.conn(name)
			s.nothingMore(c)
			s.stillOpen(c, nil)
		}
	},
}, {
	Name: "anyorder", Args: "NAME TEXT...", Group: "Connections and bytes",
	Summary: "these TEXTs must come next, each of them whole and once, in whatever order",
	run:     (*scene).anyOrder,
}}

func (s *scene) enters(args []string) {
	set, names := flags(args, []string{"-small"}, nil)
	atLeast(1, names)
	w := wire.Default
	if set["-small"] != "" {
		w = wire.Small
	}
	for _, name := range names {
		s.comeIn(name, strings.ToLower(name), w)
		s.hearAll()
	}
	s.hushed()
}

func (s *scene) leaves(args []string) {
	set, names := flags(args, []string{"-reset", "-half", "-late"}, nil)
	atLeast(1, names)
	for _, name := range names {
		m := s.inside(name)
		switch roomOf(s).lose(m); {
		case set["-reset"] != "":
			s.reset(m.Conn)
		case set["-half"] != "":
			s.closeWrite(m.Conn)
			s.hearAll()
			s.farewell(m)
		case set["-late"] != "":
			s.closeWrite(m.Conn)
			roomOf(s).late = append(roomOf(s).late, m)
		default:
			s.closeConn(m.Conn)
		}
		s.hearAll()
	}
	s.hushed()
}

// farewell lets m, which has half-closed, hear what was said before, and then the
// server's FIN.
func (s *scene) farewell(m *member) {
	s.hearDue(m)
	s.eof(m.Conn)
	m.Close()
}

func (s *scene) anyOrder(args []string) {
	atLeast(2, args)
	c := s.conn(args[0])
	var texts [][]byte
	n := 0
	for _, arg := range args[1:] {
		texts = append(texts, s.fill.text(arg))
		n += len(texts[len(texts)-1])
	}
	got, failed, end := s.read(s.owner(c), c, n)
	s.compare(c, inOrderOf(got, texts), got, failed, end)
}

// inOrderOf joins texts in the order in which they are in got, as far as they are.
func inOrderOf(got []byte, texts [][]byte) (all []byte) {
	texts = slices.Clone(texts)
	for len(texts) > 0 {
		i := slices.IndexFunc(texts, func(t []byte) bool { return bytes.HasPrefix(got[min(len(all), len(got)):], t) })
		if i < 0 {
			break
		}
		all = append(all, texts[i]...)
		texts = slices.Delete(texts, i, i+1)
	}
	if len(texts) > 0 { // the one that agrees for longest comes next
		slices.SortStableFunc(texts, func(a, b []byte) int {
			return record.FirstDifference(b, got[len(all):]) - record.FirstDifference(a, got[len(all):])
		})
		all = append(all, slices.Concat(texts...)...)
	}
	return all
}
