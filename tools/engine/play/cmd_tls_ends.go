package play

import (
	"errors"
	"io"
	"loopback/tools/base/record"
	"loopback/tools/engine/wire"
	"time"
)

// turnedDown waits for the end of a connection on which the program has nothing
// to say but an alert.
func (s *scene) turnedDown(c *wire.Conn) {
	p := s.owner(c)
	var got []byte
	var failed error
	end := happened
	for failed == nil && end == happened && len(got) < mostAlert {
		var more []byte
		more, failed, end = s.read(p, c, 1)
		got = append(got, more...)
		if _, secure := c.TLS(); secure && len(got) > 0 || len(got) > 0 && got[0] != recordAlert {
			break
		}
	}
	_, secure := c.TLS()
	switch {
	case len(got) > 0 && (secure || got[0] != recordAlert):
		got = append(got, s.available(p, c)...)
		s.record(record.Event{Conn: c.Name, Kind: record.In, Data: got, Size: len(got), Cut: true})
		s.reject(c.Name, record.Say("nothing was to be sent"), record.Verdict{Code: record.ExtraBytes,
			Evidence: s.gather(c, p), Got: got, Compare: true,
			What: record.Say("%s came, where only an alert and the end of the connection were allowed",
				plus(len(got)))})
	case end != happened:
		s.judge(p, end, owes{code: record.NoEOF, c: c, what: record.Say("the connection is still open"),
			note: record.Say("the connection %v is still open", c.Name)})
	}
	if failed == io.EOF && c.Notified() && !c.EOF {
		s.turnedDown(c) // its FIN, or RST, follows
		return
	}
	var alert *wire.AlertError
	if errors.As(failed, &alert) {
		s.awaitItsEnd(c)
	}
	s.record(record.Event{Conn: c.Name, Kind: record.In, What: record.Say("the %s ends the connection", s.kind())})
	if s.rest(p); p.gone() && s.kind() == "server" {
		s.dead(p, record.Verdict{})
	}
}

// awaitItsEnd waits until the program has closed its end of c, or sent its FIN.
func (s *scene) awaitItsEnd(c *wire.Conn) {
	p := s.owner(c)
	end := s.await(p, nil, func(d time.Duration) progress {
		theirs, err := s.net.TCP(c.Remote, c.Local)
		if err != nil || theirs.Inode == 0 {
			return done
		}
		p.pause(d / 4)
		return nothing
	})
	if end != ended {
		s.judge(p, end, owes{code: record.NoEOF, c: c, what: record.Say("the connection is still open"),
			note: record.Say("the connection %v is still open", c.Name)})
	}
}

// An alert in the clear is a record of this type, and of at most so many bytes.
const (
	recordAlert = 21
	mostAlert   = 64
)
