package stream

import (
	"time"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/probe"
	"loopback/tools/engine/wire"
)

// Send writes data, once the program is at rest.
func Send(s *scene.Scene, c *wire.Conn, data []byte) {
	s.Rest(s.Owner(c))
	speaks(s)
	StillOpen(s, c, data)
	before := c.Wire()
	left, failed, end := Give(s, c, data)
	speaks(s)
	s.Record(record.Event{Conn: c.Name, Kind: record.Out, Data: data, Size: len(data) - left, Cut: left > 0,
		Wire: int(c.Wire() - before)})
	if _, secure := c.TLS(); failed != nil && s.Kind() == "server" && !secure && c.TellReset() {
		cuts := scene.Of[cuts](s)
		cuts.all = append(cuts.all, cut{c, left})
		return
	}
	Given(s, c, left, failed, end)
}

// cuts are the connections that a server has reset while it was being sent something. Whether the
// kernel has taken all of that before the RST comes is chance: either way what is read next on the
// connection is judged, the bytes before the RST, and then the RST.
type cuts struct{ all []cut }

type cut struct {
	c    *wire.Conn
	left int
}

// Finish judges the resets that no command has seen.
func (k *cuts) Finish(s *scene.Scene) {
	for _, cut := range k.all {
		if !cut.c.ToldReset() {
			Given(s, cut.c, cut.left, wire.ErrReset, scene.Happened)
		}
	}
}

// speaks notes when the grader has spoken last, or would have: what it had no time
// to send while a limit lasted, it has sent too late.
func speaks(s *scene.Scene) { s.Haste.Spoke = time.Now() }

// lastACK is how long an acknowledgement may take, on a machine however busy. After that
// a connection whose kernel sends the same bytes again and again is no movement.
const lastACK = 10 * time.Second

// Give writes data, and returns how much of it is left when no more can be
// written, and why.
func Give(s *scene.Scene, c *wire.Conn, data []byte) (left int, failed error, end scene.Why) {
	rest, moved := data, time.Now()
	end = s.Await(s.Owner(c), nil, func(d time.Duration) scene.Progress {
		n, err := c.Write(rest, d)
		rest = rest[n:]
		switch {
		case len(rest) == 0:
			return scene.Done
		case err != wire.ErrLater:
			failed = err
			return scene.Done
		case n > 0:
			moved = time.Now()
			return scene.Moved
		case time.Since(moved) < lastACK && scene.Unacknowledged(s, c):
			return scene.Moved
		}
		return scene.Nothing
	})
	return len(rest), failed, end
}

// Given judges what give has returned.
func Given(s *scene.Scene, c *wire.Conn, left int, failed error, end scene.Why) {
	if failed != nil {
		s.Hangup(c, failed, scene.Owes{What: record.Say("%s still had %s to send", c.Name, record.Amount(left))})
	}
	if end == scene.Ended {
		return // what the program still said is read by the next command
	}
	s.Judge(s.Owner(c), end, scene.Owes{Code: record.Silence, Conn: c,
		What: record.Say("it does not take the other %s", record.Amount(left))})
}

// StillOpen fails when a server has already ended a connection on which it is
// about to be sent more.
func StillOpen(s *scene.Scene, c *wire.Conn, rest []byte) {
	if got, err := Early(s, c); err != nil {
		cutOff(s, c, got, err, rest)
	}
}

// Early returns the error with which a server has already ended a connection,
// and what it sent before. A client that has said all it wanted may well have
// sent its FIN; a server that is still being spoken to may not.
func Early(s *scene.Scene, c *wire.Conn) (got []byte, err error) {
	if s.Kind() != "server" || c.EOF {
		return nil, nil
	}
	ours, err := s.OurEnd(c)
	if err == probe.ErrNoEvidence || err == nil && ours.State != probe.CloseWait {
		return nil, nil
	}
	buf := make([]byte, 4096)
	for len(got) < 1<<20 {
		n, err := c.Read(buf, scene.Slice)
		got = append(got, buf[:n]...)
		switch {
		case n > 0:
		case err == wire.ErrLater:
			return nil, nil
		default:
			return got, err
		}
	}
	return nil, nil
}

// cutOff judges that a server has ended a connection early.
func cutOff(s *scene.Scene, c *wire.Conn, got []byte, err error, rest []byte) {
	if s.Known.Parting = got; len(got) > 0 {
		s.Record(record.Event{Conn: c.Name, Kind: record.In, Data: got, Size: len(got)})
	}
	s.Hangup(c, err, scene.Owes{What: record.Say("%s has more to send: %s", c.Name, record.Quoting(rest, len(rest),
		20))})
}

// slow sends data one byte at a time. The row that says so comes before those of
// what went wrong.
func slow(s *scene.Scene, c *wire.Conn, data []byte) {
	sent := 0
	tell := func() {
		s.Mute = false
		s.Record(record.Event{Conn: c.Name, Kind: record.Out, Data: data[:sent], Size: sent, Pieces: sent})
	}
	s.Mute = true
	for i := range data {
		s.Rest(s.Owner(c))
		if got, err := Early(s, c); err != nil {
			tell()
			cutOff(s, c, got, err, data[i:])
		}
		left, failed, end := Give(s, c, data[i:i+1])
		if left > 0 {
			tell()
			Given(s, c, len(data)-sent, failed, end)
			return
		}
		sent++
	}
	tell()
	Consumed(s, c)
}

// Consumed waits until the program has read all that was sent on c. Whether it
// has been acknowledged does not matter: in a conversation the kernel delays that.
func Consumed(s *scene.Scene, c *wire.Conn) { consume(s, c, false) }

// consumeOrEnd is Consumed, where the program may also have closed the connection.
func consumeOrEnd(s *scene.Scene, c *wire.Conn) { consume(s, c, true) }

func consume(s *scene.Scene, c *wire.Conn, orEnd bool) {
	p := s.Owner(c)
	end := s.Await(p, nil, func(d time.Duration) scene.Progress {
		if read, err := Taken(s, c); read || err != nil || orEnd && closed(s, c) {
			return scene.Done
		}
		p.Pause(d / 4)
		return scene.Nothing
	})
	if end != scene.Ended {
		s.Judge(p, end, scene.Owes{Code: record.Silence, Conn: c, What: record.Say("it does not read")})
	}
}

// closed reports whether the program has closed its socket: it will read no more, and
// what comes next sees the FIN. The kernel may keep that socket for a while, or not.
func closed(s *scene.Scene, c *wire.Conn) bool {
	if c.Path != "" {
		return false
	}
	ours, err := s.OurEnd(c)
	if err != nil || ours.State != probe.CloseWait {
		return false
	}
	theirs, err := s.TheirEnd(c)
	return err == nil && theirs.Inode == 0
}

// Put sends data. In a hurry an end of the connection is seen by what reads
// next, together with what came before it, however soon it came.
func Put(s *scene.Scene, c *wire.Conn, data []byte) {
	if !s.Hurry {
		Send(s, c, data)
		return
	}
	before := c.Wire()
	left, failed, end := Give(s, c, data)
	s.Record(record.Event{Conn: c.Name, Kind: record.Out, Data: data, Size: len(data) - left, Cut: left > 0,
		Wire: int(c.Wire() - before)})
	if failed == nil {
		Given(s, c, left, failed, end)
	}
}
