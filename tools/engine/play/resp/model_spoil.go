package resp

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/argument"
	"loopback/tools/engine/play/payload"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/play/stream"
	"loopback/tools/engine/wire"
)

// A spoil is a command with one mistake in its frame.
type spoil struct {
	what record.Phrase
	data []byte
}

// spoils returns the question with each mistake in turn.
func spoils(q []byte) (all []spoil) {
	with := func(at, n int, in string, what record.Phrase) {
		all = append(all, spoil{what, slices.Concat(q[:at], []byte(in), q[at+n:])})
	}
	for at := 0; at < len(q); {
		end := at + bytes.Index(q[at:], []byte("\r\n"))
		mark, digits := string(q[at:at+1]), string(q[at+1:end])
		n, err := strconv.Atoi(digits)
		if end < at || err != nil {
			panic(argument.Usage(fmt.Sprintf("%.40q is not a command: resp:'WORD WORD'", q)))
		}
		line := record.Quoting(q[at:end], end-at, 20)
		if mark == "$" { // a message with another beginning may have a meaning for some
			with(at, 1, "!", record.Say("another byte is in place of the mark of %s", line))
		}
		with(at+1, len(digits), "x", record.Say("a letter is in place of the number of %s", line))
		with(end, 1, "x", record.Say("another byte is in place of the CR after %s", line))
		with(end+1, 1, "x", record.Say("another byte is in place of the LF after %s", line))
		if at = end + 2; mark == "*" {
			continue
		}
		word := record.Quoting(q[at:at+n], n, 20)
		with(end-len(digits), len(digits), strconv.Itoa(n-1), record.Say("the length of %s is one less", word))
		with(end-len(digits), len(digits), strconv.Itoa(n+1), record.Say("the length of %s is one more", word))
		with(at+n, 1, "x", record.Say("another byte is in place of the CR after %s", word))
		with(at+n+1, 1, "x", record.Say("another byte is in place of the LF after %s", word))
		at += n + 2
	}
	return all
}

// Good commands stand on both sides of each spoilt one.
var (
	beforeSpoil = Question{RespOf([]string{"ECHO", "before"}), payload.Bulk([]byte("before"))}
	behindSpoil = RespOf([]string{"SET", "spoilt", "behind"})
)

const protocolError = "-ERR Protocol error\r\n"

func spoilt(s *scene.Scene, args []string) {
	argument.AtLeast(1, args)
	defer func() { s.Hurry = false }()
	s.HurryPastTimers(s.Main())
	s.Hurry = true
	mark, n := s.Log.Mark(), 0
	for _, arg := range args {
		for _, bad := range spoils(s.Fill.Text(arg)) {
			s.Log.Rewind(mark)
			if n > 0 {
				s.Record(record.Event{Kind: record.Note,
					What: record.Say("%d clients have got their protocol error", n)})
			}
			s.Record(record.Event{Kind: record.Note, Point: true, What: bad.what})
			c := s.Dial("Z", wire.Default)
			Row(s, c, []Question{beforeSpoil})
			stream.Put(s, c, slices.Concat(bad.data, behindSpoil))
			refused(s, c, nil)
			n++
		}
	}
	s.Hurry = false
	s.Log.Rewind(mark)
	s.Record(record.Event{Kind: record.Note, What: record.Say("%d clients have got their protocol error", n)})
}

// refused reads the replies to good commands, then the protocol error, and then
// the end of c.
func refused(s *scene.Scene, c *wire.Conn, good []Question) {
	recvEach(s, c, append(good[:len(good):len(good)], Question{[]byte("what makes no sense"), []byte(protocolError)}))
	stream.Over(s, c)
	c.Close()
}
