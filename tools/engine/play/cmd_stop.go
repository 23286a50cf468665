package play

import (
	"bytes"
	"io"
	"net/netip"
	"slices"
	"strings"

	"loopback/tools/base/record"
	"loopback/tools/engine/probe"
	"loopback/tools/engine/wire"
)

// stopCommands look at how a server stops.
var stopCommands = []Command{{
	Name: "refuses", Args: "NAME", Group: "The accept queue",
	Summary: "the server's listener must be closed now, and the dial of NAME be refused",
	Detail: "That the listener is gone is what the kernel's table of sockets says. The server itself may still be " +
		"there, or have ended.",
	run: func(s *scene, args []string) {
		exactly(1, args)
		s.refuses(args[0])
	},
}, {
	Name: "whole", Args: "[-least N] [-any-end] NAME REPLY...", Group: "Questions and replies",
	Summary: "as many of these replies must come as the program likes, but at least N, in order and each of them " +
		"whole, and then the end of the connection",
	Detail: "N is 0 when it is not given. The end must be a FIN; with -any-end it may be an RST, too. REPLY*N is N " +
		"replies that are the same.",
	run: (*scene).whole,
}, {
	Name: "try", Args: "NAME TEXT...", Group: "Connections and bytes",
	Summary: "send TEXT, if the program has not ended the connection yet",
	Detail:  "It may do so at any time, and that is judged by what comes next.",
	run: onBytes(func(s *scene, c *wire.Conn, data []byte) {
		s.rest(s.owner(c))
		left, _, _ := s.give(c, data)
		s.record(record.Event{Conn: c.Name, Kind: record.Out, Data: data, Size: len(data) - left, Cut: left > 0})
	}),
}, {
	Name: "last-line", Args: "[-of NAME] TEXT", Group: "The program itself",
	Summary: "the last line of standard error must be TEXT, and no other line begin with the same word",
	Detail:  "The program must have ended, as after exit.",
	run: func(s *scene, args []string) {
		set, args := flags(args, nil, []string{"-of"})
		exactly(1, args)
		s.lastLine(s.program(set["-of"]), args)
	},
}}

// refuses waits until the kernel knows of no listener at the server's address.
func (s *scene) refuses(name string) {
	p, addr := s.main(), s.ts.Getenv("server")
	at, err := netip.ParseAddrPort(addr)
	if err != nil {
		s.misuse("no server runs yet: begin with serve")
	}
	s.rest(p)
	end := s.await(p, nil, func(d duration) progress {
		switch _, err := s.net.Listener(at); {
		case err == probe.ErrNoSocket || err != nil && p.gone():
			return done
		case err != nil:
			s.skip("this system does not tell who listens (Linux does, by sock_diag)")
		}
		p.pause(d / 4)
		return nothing
	})
	if end != ended {
		s.judge(p, end, owes{code: record.StillListens, lane: name, what: record.Say("the server still listens")})
	}
	if c, err := s.connect(p, name, addr, wire.Default); err == nil {
		c.Reset()
		s.fail(record.Verdict{Code: record.CannotGrade, What: record.Say("no listener is left at %s, and yet %s could "+
			"connect", record.Foreign(addr), name)})
	} else {
		s.checkShortage(err)
	}
	s.record(record.Event{Kind: record.Note, What: record.Say("%v dials: refused, nothing listens any more", name)})
}

func (s *scene) whole(args []string) {
	set, args := flags(args, []string{"-any-end"}, []string{"-least"})
	atLeast(2, args)
	least := 0
	if set["-least"] != "" {
		least = count(set["-least"])
	}
	s.wholeReplies(s.conn(args[0]), least, set["-any-end"] != "", s.repeated(args[1:]))
}

// repeated returns the texts that args describe.
func (s *scene) repeated(args []string) (texts [][]byte) {
	for _, arg := range args {
		text, n := arg, 1
		i := strings.LastIndexByte(arg, '*')
		if i > 0 && i < len(arg)-1 && strings.Trim(arg[i+1:], "0123456789") == "" {
			text, n = arg[:i], count(arg[i+1:])
		}
		texts = append(texts, slices.Repeat([][]byte{s.fill.text(text)}, n)...)
	}
	return texts
}

// wholeReplies reads replies until the connection ends, which it may do in front
// of any of them once least have come, and returns how many have.
func (s *scene) wholeReplies(c *wire.Conn, least int, anyEnd bool, replies [][]byte) int {
	p := s.owner(c)
	for i, reply := range replies {
		got, failed, end := s.read(p, c, len(reply))
		mayEnd := failed == io.EOF || anyEnd && failed != nil
		if len(got) == 0 && mayEnd && i >= least {
			s.recordEnd(c, failed)
			return i
		}
		if bytes.Equal(got, reply) {
			s.record(record.Event{Conn: c.Name, Kind: record.In, Data: got, Size: len(got)})
			continue
		}
		s.compare(c, reply, got, failed, end)
	}
	if anyEnd {
		s.over(c)
	} else {
		s.eof(c)
	}
	return len(replies)
}

func (s *scene) recordEnd(c *wire.Conn, failed error) {
	kind := record.InFIN
	if failed != io.EOF {
		kind = record.InRST
	}
	s.record(record.Event{Conn: c.Name, Kind: kind})
}

// lastLine makes sure that p said one of wants last, and said nothing of the kind
// before.
func (s *scene) lastLine(p *program, wants []string) {
	p.drain()
	lines := strings.Split(strings.TrimRight(string(p.proc.Stderr().Bytes()), "\n"), "\n")
	last := lines[len(lines)-1]
	word, _, _ := strings.Cut(wants[0], " ")
	if !slices.Contains(wants, last) {
		s.reject("", record.Say("its last line is another one"),
			record.Verdict{Code: record.Output, Want: []byte(wants[0]), Got: []byte(last), Compare: true,
				Evidence: s.gather(nil, p),
				What:     record.Say("the last line on standard error is not the one that was promised")})
	}
	for _, line := range lines[:len(lines)-1] {
		if line == last || strings.HasPrefix(line, word+" ") {
			s.reject("", record.Say("it says so twice"), record.Verdict{Code: record.Output, Words: p.lastWords(3),
				Evidence: s.gather(nil, p),
				What: record.Say("standard error has two lines that begin with %q; there should be one, the last",
					word)})
		}
	}
	s.record(record.Event{Kind: record.Note, What: record.Say("it says: %s", last)})
}
