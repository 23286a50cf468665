package resp

import (
	"bytes"
	"io"
	"slices"
	"strings"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/argument"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/play/stream"
	"loopback/tools/engine/wire"
)

var wholeCommands = []scene.Command{{
	Name: "whole", Args: "[-least N] [-any-end] NAME REPLY...", Group: "Questions and replies",
	Summary: "as many of these replies must come as the program likes, but at least N, in order and each of them " +
		"whole, and then the end of the connection",
	Detail: "N is 0 when it is not given. The end must be a FIN; with -any-end it may also be an RST. REPLY*N is N " +
		"replies that are the same.",
	Run: whole,
}}

func whole(s *scene.Scene, args []string) {
	set, args := argument.Flags(args, []string{"-any-end"}, []string{"-least"})
	argument.AtLeast(2, args)
	least := 0
	if set["-least"] != "" {
		least = argument.Count(set["-least"])
	}
	wholeReplies(s, s.Conn(args[0]), least, set["-any-end"] != "", repeated(s, args[1:]))
}

// repeated returns the texts that args describe.
func repeated(s *scene.Scene, args []string) (texts [][]byte) {
	for _, arg := range args {
		text, n := arg, 1
		i := strings.LastIndexByte(arg, '*')
		if i > 0 && i < len(arg)-1 && strings.Trim(arg[i+1:], "0123456789") == "" {
			text, n = arg[:i], argument.Count(arg[i+1:])
		}
		texts = append(texts, slices.Repeat([][]byte{s.Fill.Text(text)}, n)...)
	}
	return texts
}

// wholeReplies reads replies until the connection ends, which it may do in front
// of any of them once least have come, and returns how many have.
func wholeReplies(s *scene.Scene, c *wire.Conn, least int, anyEnd bool, replies [][]byte) int {
	p := s.Owner(c)
	for i, reply := range replies {
		got, failed, end := stream.Read(s, p, c, len(reply))
		mayEnd := failed == io.EOF || anyEnd && failed != nil
		if len(got) == 0 && mayEnd && i >= least {
			recordEnd(s, c, failed)
			return i
		}
		if bytes.Equal(got, reply) {
			s.Record(record.Event{Conn: c.Name, Kind: record.In, Data: got, Size: len(got)})
			continue
		}
		stream.Compare(s, c, reply, got, failed, end)
	}
	if anyEnd {
		stream.Over(s, c)
	} else {
		stream.Eof(s, c)
	}
	return len(replies)
}

func recordEnd(s *scene.Scene, c *wire.Conn, failed error) {
	kind := record.InFIN
	if failed != io.EOF {
		kind = record.InRST
	}
	s.Record(record.Event{Conn: c.Name, Kind: kind})
}
