package play

import (
	"bytes"
	"io"
	"slices"
	"strings"

	"loopback/tools/base/record"
	"loopback/tools/engine/wire"
)

var wholeCommands = []Command{{
	Name: "whole", Args: "[-least N] [-any-end] NAME REPLY...", Group: "Questions and replies",
	Summary: "as many of these replies must come as the program likes, but at least N, in order and each of them " +
		"whole, and then the end of the connection",
	Detail: "N is 0 when it is not given. The end must be a FIN; with -any-end it may be an RST, too. REPLY*N is N " +
		"replies that are the same.",
	run: (*scene).whole,
}}

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
