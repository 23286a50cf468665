package chat

import (
	"bytes"
	"slices"
	"strings"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/argument"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/play/stream"
	"loopback/tools/engine/wire"
)

var roomCommands = []scene.Command{{
	Name: "enter", Args: "[-small] NAME...", Group: "A room",
	Summary: "each connects and gives its name, in lower case; it must get the list of those inside, and they must " +
		"hear of it",
	Detail: "These commands are for a server that hands on what one client says to all others. A client's first " +
		"line is its name. The list is \"* here:\" and the names of those inside, sorted; they hear \"* NAME has " +
		"joined\", later \"NAME: TEXT\" for each of its lines, and at last \"* NAME has left\". With -small the " +
		"socket buffers are a few kilobytes.",
	Run: enters,
}, {
	Name: "say", Args: "NAME TEXT...", Group: "A room",
	Summary: "each TEXT is a line of NAME's; all others inside must hear it, and NAME nothing; then comes the next",
	Run: func(s *scene.Scene, args []string) {
		argument.AtLeast(2, args)
		m := inside(s, args[0])
		for _, arg := range args[1:] {
			speak(s, m, string(s.Fill.Text(arg)))
			hearAll(s)
		}
		hushed(s)
	},
}, {
	Name: "leave", Args: "[-reset|-half|-late] NAME...", Group: "A room",
	Summary: "each leaves the room; the others must hear of it, once",
	Detail: "Usually it closes its connection. With -half it sends a FIN, must hear what is due to it, and then get " +
		"the server's FIN. With -late that is put off until hears.",
	Run: leaves,
}, {
	Name: "deaf", Args: "NAME...", Group: "A room",
	Summary: "from now on these do not read",
	Run: func(s *scene.Scene, args []string) {
		argument.AtLeast(1, args)
		for _, name := range args {
			inside(s, name).deaf = true
		}
	},
}, {
	Name: "hears", Args: "NAME...", Group: "A room",
	Summary: "these read all that has been said since they were deaf, and read on; those that have left, by leave " +
		"-late, read it up to the server's FIN",
	Run: func(s *scene.Scene, args []string) {
		argument.AtLeast(1, args)
		for _, name := range args {
			if m := roomOf(s).departed(name); m != nil {
				farewell(s, m)
				continue
			}
			m := inside(s, name)
			m.deaf = false
			hearDue(s, m)
		}
		hushed(s)
	},
}, {
	Name: "quiet", Args: "NAME...", Group: "Connections and bytes",
	Summary: "nothing more may have come to these, once the program is at rest, and none of them may have ended",
	Run: func(s *scene.Scene, args []string) {
		argument.AtLeast(1, args)
		for _, name := range args {
			c := s.Conn(name)
			stream.NothingMore(s, c)
			stream.StillOpen(s, c, nil)
		}
	},
}, {
	Name: "anyorder", Args: "NAME TEXT...", Group: "Connections and bytes",
	Summary: "these TEXTs must come next, each of them whole and once, in whatever order",
	Run:     anyOrder,
}}

func enters(s *scene.Scene, args []string) {
	set, names := argument.Flags(args, []string{"-small"}, nil)
	argument.AtLeast(1, names)
	w := wire.Default
	if set["-small"] != "" {
		w = wire.Small
	}
	for _, name := range names {
		comeIn(s, name, strings.ToLower(name), w)
		hearAll(s)
	}
	hushed(s)
}

func leaves(s *scene.Scene, args []string) {
	set, names := argument.Flags(args, []string{"-reset", "-half", "-late"}, nil)
	argument.AtLeast(1, names)
	for _, name := range names {
		m := inside(s, name)
		switch roomOf(s).lose(m); {
		case set["-reset"] != "":
			stream.Reset(s, m.Conn)
		case set["-half"] != "":
			stream.CloseWrite(s, m.Conn)
			hearAll(s)
			farewell(s, m)
		case set["-late"] != "":
			stream.CloseWrite(s, m.Conn)
			roomOf(s).late = append(roomOf(s).late, m)
		default:
			stream.CloseConn(s, m.Conn)
		}
		hearAll(s)
	}
	hushed(s)
}

// farewell lets m, which has half-closed, hear what was said before, and then the
// server's FIN.
func farewell(s *scene.Scene, m *member) {
	hearDue(s, m)
	stream.Eof(s, m.Conn)
	m.Close()
}

func anyOrder(s *scene.Scene, args []string) {
	argument.AtLeast(2, args)
	c := s.Conn(args[0])
	var texts [][]byte
	n := 0
	for _, arg := range args[1:] {
		texts = append(texts, s.Fill.Text(arg))
		n += len(texts[len(texts)-1])
	}
	got, failed, end := stream.Read(s, s.Owner(c), c, n)
	stream.Compare(s, c, inOrderOf(got, texts), got, failed, end)
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
