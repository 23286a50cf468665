package programs

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/argument"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/wire"
)

var tellCommands = []scene.Command{{
	Name: "tells", Args: "[-none] NAME... TEXT", Group: "The program itself",
	Summary: "for each client NAME one line of standard error must hold its address and TEXT, now or soon",
	Detail: "The address is HOST:PORT, as the client has it. Upper and lower case are the same. With -none no line " +
		"may hold both, once the program is at rest. NAME may have left, and is the last client of that name.",
	Run: tells,
}, {
	Name: "file", Args: "[-joined] NAME TEXT...", Group: "The program and its system",
	Sets:    "NAME",
	Summary: "write TEXT to a file of the program's, whose path is in the variable $NAME",
	Detail: "TEXT is as for send. The same NAME is the same file, which gets another content. With -joined each TEXT " +
		"is the path of an earlier file, as in file -joined both $one $two, and their contents are written one after " +
		"the other.",
	Run: func(s *scene.Scene, args []string) {
		set, args := argument.Flags(args, []string{"-joined"}, nil)
		argument.AtLeast(2, args)
		var content []byte
		if set["-joined"] != "" {
			content = joinedFiles(s, args[1:])
		} else {
			content = s.Fill.Joined(args[1:])
		}
		path := filepath.Join(s.Tmp, args[0]+".txt")
		if err := os.WriteFile(path, content, 0o644); err != nil {
			s.Misuse("file: %v", err)
		}
		s.TS.Setenv(args[0], args[0]+".txt") // the program is started in that folder
	},
}}

func tells(s *scene.Scene, args []string) {
	set, args := argument.Flags(args, []string{"-none"}, nil)
	argument.AtLeast(2, args)
	names, text := args[:len(args)-1], string(s.Fill.Text(args[len(args)-1]))
	for _, name := range names {
		Tell(s, lastCalled(s, name), text, set["-none"] != "")
	}
}

// lastCalled returns the last connection called name, which may have ended.
func lastCalled(s *scene.Scene, name string) (last *wire.Conn) {
	for _, c := range s.Conns {
		if c.Name == name {
			last = c
		}
	}
	if last == nil {
		s.Misuse("no client was ever called %q: dial it first", name)
	}
	return last
}

// Tell waits for a line of standard error about c that holds text, or makes sure
// that there is none.
func Tell(s *scene.Scene, c *wire.Conn, text string, none bool) {
	p := s.Owner(c)
	if none {
		s.Rest(p)
		if lines := linesAbout(s, p, c, text); len(lines) > 0 {
			s.Reject("", record.Say("standard error is not what was promised"), record.Verdict{Code: record.Output,
				What:  record.Say("no line of standard error should say %q of %s", text, c.Name),
				Words: lines})
		}
		return
	}
	note := record.Say("standard error has no line with %s, the address of %s", c.Local, c.Name)
	if text != "" {
		note = note.And(", and %s", strconv.Quote(text))
	}
	look := func() bool { return len(linesAbout(s, p, c, text)) > 0 }
	awaitLines(s, p, look, func() scene.Owes {
		return scene.Owes{Code: record.Output, What: record.Say("a line has not come"), Note: note,
			Words: p.LastWords(4)}
	})
}

// TellAll waits until each of clients has a line of standard error with its address.
func TellAll(s *scene.Scene, clients []*wire.Conn) {
	p := s.Main()
	untold := func() (n int) {
		for _, c := range clients {
			if len(linesAbout(s, p, c, "")) == 0 {
				n++
			}
		}
		return n
	}
	awaitLines(s, p, func() bool { return untold() == 0 }, func() scene.Owes {
		return scene.Owes{Code: record.Output, What: record.Say("some lines have not come"),
			Note: record.Say("%v of %d clients have no line on standard error with their address",
				record.Varies(untold(), "N"), len(clients))}
	})
}

// awaitLines waits until look finds on standard error what missing tells the lack of.
func awaitLines(s *scene.Scene, p *scene.Instance, look func() bool, missing func() scene.Owes) {
	end := s.Await(p, nil, p.Looking(look))
	p.Drain()
	if end == scene.Happened || look() {
		return
	}
	o := missing()
	if end == scene.Ended {
		s.Reject("", o.What, record.Verdict{Code: record.Output, What: o.Note, Words: o.Words})
	}
	s.Judge(p, end, o)
}

// linesAbout returns the whole lines of standard error that hold the address of c
// and text.
func linesAbout(s *scene.Scene, p *scene.Instance, c *wire.Conn, text string) (found []string) {
	at, text := c.Local.String(), strings.ToLower(text)
	for line := range strings.Lines(string(p.Proc.Stderr().Bytes())) {
		_, rest, here := strings.Cut(line, at)
		whole := here && (rest == "" || rest[0] < '0' || rest[0] > '9') // :4000 is no :40001
		if whole && strings.HasSuffix(line, "\n") && strings.Contains(strings.ToLower(line), text) {
			found = append(found, strings.TrimSuffix(line, "\n"))
		}
	}
	return found
}

// joinedFiles returns what is in these files of the program's.
func joinedFiles(s *scene.Scene, names []string) (all []byte) {
	for _, name := range names {
		part, err := os.ReadFile(filepath.Join(s.Tmp, name))
		if err != nil {
			s.Misuse("file: %v", err)
		}
		all = append(all, part...)
	}
	return all
}
