package play

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"loopback/tools/base/record"
	"loopback/tools/engine/wire"
)

var tellCommands = []Command{{
	Name: "tells", Args: "[-none] NAME TEXT", Group: "The program itself",
	Summary: "one line of standard error must hold the address of the client NAME and TEXT, now or soon",
	Detail: "The address is HOST:PORT, as the client has it. Upper and lower case are the same. With -none no line " +
		"may hold both, once the program is at rest. NAME may have left, and is the last client of that name.",
	run: (*scene).tells,
}, {
	Name: "file", Args: "[-joined] NAME TEXT...", Group: "The program and its system",
	Summary: "write TEXT to a file of the program's, whose path is in the variable $NAME",
	Detail: "TEXT is as for send. The same NAME is the same file, which gets another content. With -joined each " +
		"TEXT is the name of a file, and their contents are written one behind the other.",
	run: func(s *scene, args []string) {
		set, args := flags(args, []string{"-joined"}, nil)
		atLeast(2, args)
		var content []byte
		if set["-joined"] != "" {
			content = s.joinedFiles(args[1:])
		} else {
			content = s.fill.joined(args[1:])
		}
		path := filepath.Join(s.tmp, args[0]+".txt")
		if err := os.WriteFile(path, content, 0o644); err != nil {
			s.misuse("file: %v", err)
		}
		s.ts.Setenv(args[0], args[0]+".txt") // the program is started in that folder
	},
}}

func (s *scene) tells(args []string) {
	set, args := flags(args, []string{"-none"}, nil)
	exactly(2, args)
	s.tell(s.lastCalled(args[0]), string(s.fill.text(args[1])), set["-none"] != "")
}

// lastCalled returns the last connection called name, which may have ended.
func (s *scene) lastCalled(name string) (last *wire.Conn) {
	for _, c := range s.conns {
		if c.Name == name {
			last = c
		}
	}
	if last == nil {
		s.misuse("no client was ever called %q: dial it first", name)
	}
	return last
}

// tell waits for a line of standard error about c that holds text, or makes sure
// that there is none.
func (s *scene) tell(c *wire.Conn, text string, none bool) {
	p := s.owner(c)
	if none {
		s.rest(p)
		if lines := s.linesAbout(p, c, text); len(lines) > 0 {
			s.reject("", record.Say("standard error is not what was promised"), record.Verdict{Code: record.Output,
				What:  record.Say("no line of standard error should say %q of %s", text, c.Name),
				Words: lines})
		}
		return
	}
	look := func() bool { return len(s.linesAbout(p, c, text)) > 0 }
	end := s.await(p, nil, func(d time.Duration) progress {
		if look() {
			return done
		}
		p.pause(d)
		return nothing
	})
	p.drain()
	if end == happened || look() {
		return
	}
	o := owes{code: record.Output, what: record.Say("a line is missing"), words: p.lastWords(4),
		note: record.Say("standard error has no line with %s, the address of %s, and %s", c.Local, c.Name,
			strconv.Quote(text))}
	if end == ended {
		s.reject("", o.what, record.Verdict{Code: record.Output, What: o.note, Words: o.words})
	}
	s.judge(p, end, o)
}

// linesAbout returns the whole lines of standard error that hold the address of c
// and text.
func (s *scene) linesAbout(p *program, c *wire.Conn, text string) (found []string) {
	at, text := c.Local.String(), strings.ToLower(text)
	for line := range strings.Lines(string(p.proc.Stderr().Bytes())) {
		_, rest, here := strings.Cut(line, at)
		whole := here && (rest == "" || rest[0] < '0' || rest[0] > '9') // :4000 is no :40001
		if whole && strings.HasSuffix(line, "\n") && strings.Contains(strings.ToLower(line), text) {
			found = append(found, strings.TrimSuffix(line, "\n"))
		}
	}
	return found
}

// joinedFiles returns what is in these files of the program's.
func (s *scene) joinedFiles(names []string) (all []byte) {
	for _, name := range names {
		part, err := os.ReadFile(filepath.Join(s.tmp, name))
		if err != nil {
			s.misuse("file: %v", err)
		}
		all = append(all, part...)
	}
	return all
}
