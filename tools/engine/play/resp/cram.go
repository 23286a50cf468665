package resp

import (
	"bytes"
	"errors"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/argument"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/play/stream"
	"loopback/tools/engine/probe"
	"loopback/tools/engine/wire"
)

var cramCommands = []scene.Command{{
	Name: "cram", Args: "NAME QUESTION REPLY", Group: "Questions and replies",
	Summary: "send QUESTION again and again and read nothing, until the program has read one and has not written all " +
		"of its REPLY",
	Detail: "Each is sent when the program has read the one before, and is at rest; the first of them come some at a " +
		"time. So no byte waits to be read, and the last reply waits in the program, in a write perhaps. How much " +
		"has been written the kernel says.",
	Run: func(s *scene.Scene, args []string) {
		argument.Exactly(3, args)
		c := s.Conn(args[0])
		q := Question{s.Fill.Text(args[1]), s.Fill.Text(args[2])}
		scene.Of[crammings](s).put(c.Name, bytes.Repeat(q.Reply, cram(s, c, q)))
	},
}, {
	Name: "crammed", Args: "NAME", Group: "Questions and replies",
	Summary: "all replies that cram has asked for must come, each of them whole",
	Run: scene.OnConn(func(s *scene.Scene, c *wire.Conn) {
		stream.Recv(s, c, scene.Of[crammings](s).due[c.Name])
	}),
}}

// crammings are the replies that are due to clients who have not read them.
type crammings struct{ due map[string][]byte }

func (k *crammings) put(name string, replies []byte) {
	if k.due == nil {
		k.due = map[string][]byte{}
	}
	k.due[name] = replies
}

// mostCrammed bounds the questions of cram: some hundred times what a socket takes.
const mostCrammed = 100_000

// cram returns how many questions it has sent.
func cram(s *scene.Scene, c *wire.Conn, q Question) (sent int) {
	p := s.Owner(c)
	defer func() { s.Mute, s.Hurry = false, false }()
	s.Rest(p)
	theirs, written := look(s, c)
	for before := written; sent < mostCrammed; {
		n := fitting(theirs.Room, len(q.Reply))
		s.Mute, s.Hurry = true, true
		stream.Put(s, c, bytes.Repeat(q.Ask, n))
		s.Hurry = false
		sent += n
		stream.Consumed(s, c)
		s.Rest(p)
		if theirs, written = look(s, c); written-before < int64(sent*len(q.Reply)) {
			break
		}
	}
	s.Mute = false
	s.Record(record.Event{Conn: c.Name, Kind: record.Out, What: record.Say("%v asks without reading, until a reply "+
		"waits in the %s", c.Name, s.Kind())})
	return sent
}

// look returns what the kernel knows of the program's end, and how much was written to it.
func look(s *scene.Scene, c *wire.Conn) (probe.Socket, int64) {
	theirs, err := s.TheirEnd(c)
	switch {
	case !scene.Counts(theirs, err):
		s.Skip(stream.Uncounted)
	case errors.Is(err, probe.ErrNoSocket):
		return theirs, 0 // what comes next sees how it has ended
	}
	return theirs, theirs.HasWritten()
}

// fitting returns how many replies of this size are asked for at once: few enough that
// all of them have room, and one when room is short.
func fitting(room probe.Room, size int) int {
	if room.Taken >= room.Buffer/2 {
		return 1
	}
	return max(1, int(room.Buffer-room.Taken)/8/size)
}
