package stream

import (
	"bytes"
	"time"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/probe"
	"loopback/tools/engine/wire"
)

// flood sends n bytes, until the program has to wait, and reads their echo while it
// sends the rest. A program that mistakes a write that must wait meets one each time.
func flood(s *scene.Scene, c *wire.Conn, n int) {
	p := s.Owner(c)
	s.Rest(p)
	all := s.Fill.Pattern(n)
	echoed(s, c, all, push(s, p, c, all))
}

// push writes data until all has gone, or nothing moves. It returns how much has gone,
// and leaves it to what comes next to find that the connection has ended.
func push(s *scene.Scene, p *scene.Instance, c *wire.Conn, data []byte) (sent int) {
	if _, secure := c.TLS(); secure || s.Blind(p) {
		return 0
	}
	for stalls := 0; sent < len(data) && stalls < pushStalls; stalls++ {
		n, err := c.Write(data[sent:], scene.Slice)
		if sent += n; err != nil && err != wire.ErrLater {
			break
		}
		if n > 0 {
			stalls = -1
		}
		s.Rest(p)
	}
	return sent
}

// pushStalls is how often in a row nothing can be sent to a program that is at rest.
const pushStalls = 2

// Echoed sends want and reads its echo at the same time.
func Echoed(s *scene.Scene, c *wire.Conn, want []byte) { echoed(s, c, want, 0) }

// echoed is Echoed, where so many bytes have been sent already.
func echoed(s *scene.Scene, c *wire.Conn, want []byte, sent int) {
	p := s.Owner(c)
	got, sent, failed, end := exchange(s, p, c, want, sent)
	s.Record(record.Event{Conn: c.Name, Kind: record.Out, Data: want, Size: sent, Cut: !bytes.Equal(got, want)})
	if len(got) > 0 {
		s.Record(record.Event{Conn: c.Name, Kind: record.In, Data: got, Size: len(got), Cut: !bytes.Equal(got, want)})
	}
	if bytes.Equal(got, want) {
		return
	}
	if failed == nil && end == scene.Stuck && sent == len(want) {
		want, got = lost(s, c, want, got)
	}
	o := scene.Owes{Code: record.Silence, Conn: c, What: record.Say("nothing moves any more"),
		Want: want, Got: got, Compare: true}
	if failed != nil {
		s.Hangup(c, failed, o)
	}
	s.Judge(p, end, o)
	s.Reject(c.Name, record.Say("these are not the bytes that were sent"),
		record.Verdict{Code: record.WrongBytes,
			What: record.Say("the bytes that came back are not the ones that were sent"),
			Want: want, Got: got, Compare: true})
}

// exchange writes data, of which so many bytes have gone already, and reads as many bytes
// as there are, whichever is possible. One goroutine does both, so that a wait is only
// ever called stuck when neither was possible.
func exchange(s *scene.Scene, p *scene.Instance, c *wire.Conn, data []byte, gone int) (got []byte, sent int,
	failed error, end scene.Why) {
	sent = gone
	buf := make([]byte, 64<<10)
	end = s.Await(p, c, func(d time.Duration) scene.Progress {
		n := 0
		if sent < len(data) {
			n, _ = c.Write(data[sent:min(len(data), sent+16<<10)], d/8)
			sent += n
		}
		k, err := c.Read(buf[:min(len(buf), len(data)-len(got))], d)
		got = append(got, buf[:k]...)
		switch {
		case len(got) == len(data):
			return scene.Done
		case n > 0 || k > 0:
			return scene.Moved
		case err == wire.ErrLater:
			return scene.Nothing
		}
		failed = err
		return scene.Done
	})
	return got, sent, failed, end
}

// stuffBound is the most that stuff sends: a server that takes it all keeps it
// in memory, which other scenarios judge.
const stuffBound = 16 << 20

// A stuffing is how a connection is filled. To the brim it also waits until the kernel of a
// program that is stopped has made known how much room there is.
type stuffing struct {
	toTheBrim bool
	most      int // the program may hold so many bytes, or 0 for any number
}

// stuffFrom sends without reading until nothing moves any more, when so many bytes have
// been sent already.
func stuffFrom(s *scene.Scene, c *wire.Conn, sent int, how stuffing) {
	p := s.Owner(c)
	s.Rest(p)
	blocked, looked := false, sent
	var failed error
	end := s.AwaitQuiet(p, func(d time.Duration) scene.Progress {
		n, err := c.Write(s.Fill.Pattern(sent + 16<<10)[sent:], d)
		sent += n
		switch {
		case sent >= stuffBound || sent-looked >= stuffLook && holdsMore(s, c, how.most):
			return scene.Done
		case err != nil && err != wire.ErrLater:
			failed = err
			return scene.Done
		case n > 0:
			if blocked = false; sent-looked >= stuffLook {
				looked = sent
			}
			return scene.Moved
		case full(s, c):
			return scene.Done
		case how.toTheBrim && unthanked(s, c):
			return scene.Moved
		}
		blocked = true
		return scene.Nothing
	})
	s.Stuffed[c.Name] = sent
	said := record.Say("%v sends without reading, until nothing moves", c.Name)
	if failed == nil && holdsMore(s, c, how.most) {
		said = record.Say("%v sends without reading, and the %s goes on reading", c.Name, s.Kind())
	}
	s.Record(record.Event{Conn: c.Name, Kind: record.Out, What: said})
	if failed != nil && mayTire(s, p, blocked) {
		return
	}
	if failed != nil {
		s.Hangup(c, failed, scene.Owes{What: record.Say("%v was still sending", c.Name)})
	}
	if end != scene.Happened && end != scene.Stuck && end != scene.Slept {
		s.Judge(p, end, scene.Owes{Code: record.Silence, Conn: c, What: record.Say("%v was still sending", c.Name)})
	}
}

// stuffLook is after how many bytes it is looked how many the program holds.
const stuffLook = 256 << 10

// holdsMore reports whether the program is seen to hold more than most bytes of c, where
// there is such a bound.
func holdsMore(s *scene.Scene, c *wire.Conn, most int) bool {
	if most == 0 {
		return false
	}
	theirs, err := s.TheirEnd(c)
	return err == nil && theirs.Counted && theirs.Holding() > int64(most)
}

// stuffWhole sends as much as the program's socket takes while it is stopped, lets it
// go on, and so on, until it reads no more.
func stuffWhole(s *scene.Scene, c *wire.Conn, most int) {
	p, mark := s.Owner(c), s.Log.Mark()
	for before := -1; s.Stuffed[c.Name] > before && s.Stuffed[c.Name] < stuffBound; {
		before = s.Stuffed[c.Name]
		if s.Rest(p); holdsMore(s, c, most) {
			break
		}
		s.Log.Rewind(mark)
		Halt(s, p)
		stuffFrom(s, c, before, stuffing{toTheBrim: true})
		p.GoOn()
	}
	s.Rest(p)
	s.Log.Rewind(mark)
	said := record.Say("%v sends as much as finds room while the %s is stopped (SIGSTOP), then it goes on, until "+
		"nothing moves", c.Name, s.Kind())
	if holdsMore(s, c, most) {
		said = record.Say("%v sends as much as finds room while the %s is stopped (SIGSTOP), then it goes on, again "+
			"and again: it reads all of it", c.Name, s.Kind())
	}
	s.Record(record.Event{Conn: c.Name, Kind: record.Out, What: said})
}

// unthanked reports whether all that c has sent has left, and the program's kernel, which
// takes its time, has not acknowledged it yet: that will make room.
func unthanked(s *scene.Scene, c *wire.Conn) bool {
	ours, err := s.OurEnd(c)
	return err == nil && ours.Unacked > 0 && ours.NotSent == 0
}

// mayTire reports whether p may have ended a connection while stuff was sending, and
// for that had no room: a program with a limit does, where the machine is so busy that
// the limit is over before the grader has seen that nothing moves. What ends then is
// the next command's question. Where there was room nothing is known.
func mayTire(s *scene.Scene, p *scene.Instance, blocked bool) bool {
	if s.Scenario.Patience == 0 || p.Gone() {
		return false
	}
	if !blocked {
		s.Late()
	}
	return true
}

// full reports whether the buffers of c are full, or c hears nothing any more, and a
// program that has a timer is at rest. There is no need to wait for its timer, as there is where
// something must come.
func full(s *scene.Scene, c *wire.Conn) bool {
	p := s.Owner(c)
	if p.Look().State != probe.Timed {
		return false
	}
	s.Rest(p)
	ours, err := s.OurEnd(c)
	theirs, err2 := s.TheirEnd(c)
	return err == nil && err2 == nil && ours.NotSent > 0 && (theirs.Unread > 0 || scene.Deaf(ours)) &&
		!scene.Travels(ours, theirs) && !s.Widens(c, theirs)
}
