package stream

import (
	"fmt"
	"time"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/wire"
)

// A line is that of a quiet client, and when its echo came.
type line struct {
	of   *wire.Conn
	came time.Time
}

// fairInCrowd lets the program find a burst of each of n busy clients and a line of two
// others at one moment. First has come before the busy ones, and last comes after them: so
// a program that serves some of those that are ready, and then asks again, is found out,
// at whichever end of its list it begins. A line that comes too late always proves that
// its client was passed over; one that comes early proves nothing where the echo of the
// busy ones had to wait.
func fairInCrowd(s *scene.Scene, n int, first *wire.Conn, name string) {
	busy := busyCrowd(s, n)
	last := s.Dial(name, wire.Default)
	mustStamp(s, first, last)
	Send(s, last, quietLine(s))
	Recv(s, last, quietLine(s)) // it has been accepted
	sent := burstsOf(s, busy, first, last)
	var lines []line
	for _, c := range []*wire.Conn{first, last} {
		lines = append(lines, line{of: c, came: answered(s, c, quietLine(s))})
	}
	s.Mute = true
	defer func() { s.Mute = false }()
	for i, c := range busy {
		notBefore(s, c, sent[i], lines)
	}
	for _, c := range busy {
		CloseConn(s, c)
	}
}

// busyCrowd connects n clients. A flood makes room for the echo of each.
func busyCrowd(s *scene.Scene, n int) []*wire.Conn {
	s.NeedFiles(n)
	s.Log.Note("%d clients connect, and each gets the echo of %s", n, record.Bytes(warmUp/2))
	s.CrowdMark = s.Log.Mark()
	s.Mute = true
	defer func() { s.Mute = false }()
	busy := make([]*wire.Conn, n)
	for i := range busy {
		c := s.Dial(fmt.Sprintf("C%02d", i+1), wire.Default)
		s.Crowded[c.Name] = true
		mustStamp(s, c)
		flood(s, c, warmUp/2)
		busy[i] = c
	}
	return busy
}

// burstsOf lets the program find a burst of each busy client and a line of each quiet one
// at one moment. It returns how much each burst has.
func burstsOf(s *scene.Scene, busy []*wire.Conn, quiet ...*wire.Conn) []int {
	p := s.Main()
	s.Rest(p)
	Halt(s, p)
	s.Log.Note("%d clients send %s each", len(busy), record.Bytes(burst))
	sent := make([]int, len(busy))
	for i, c := range busy {
		sent[i], _ = c.Write(s.Fill.Pattern(burst), scene.Slice)
	}
	for _, c := range quiet {
		Send(s, c, quietLine(s))
	}
	s.Rest(p)
	p.GoOn()
	s.Record(record.Event{Kind: record.Note, What: record.Say("the server goes on (SIGCONT)")})
	s.Rest(p)
	return sent
}

// notBefore reads the echo of the n bytes that a busy client has sent: what counts of it
// must not have come before the lines.
func notBefore(s *scene.Scene, c *wire.Conn, n int, lines []line) {
	most := min(n, counted)
	at := answered(s, c, s.Fill.Pattern(most))
	for _, quiet := range lines {
		if most == counted && quiet.came.After(at) {
			s.Mute = false
			s.Reject(quiet.of.Name, record.Say("answered only after %s of one of the many", record.Bytes(counted)),
				record.Verdict{Code: record.OutOfTurn, What: record.Say("%s and many others were ready at the same "+
					"moment; the %s echoed %s of one of those before it looked at the %s of %s", quiet.of.Name,
					s.Kind(), record.Bytes(counted), record.Bytes(len(quietLine(s))), quiet.of.Name)})
		}
	}
	Recv(s, c, s.Fill.Pattern(n)[most:])
}
