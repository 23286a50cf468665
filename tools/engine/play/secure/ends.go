package secure

import (
	"errors"
	"io"
	"time"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/play/stream"
	"loopback/tools/engine/wire"
)

// turnedDown waits for the end of a connection on which the program has nothing
// to say but an alert.
func turnedDown(s *scene.Scene, c *wire.Conn) {
	p := s.Owner(c)
	var got []byte
	var failed error
	end := scene.Happened
	for failed == nil && end == scene.Happened && len(got) < mostAlert {
		var more []byte
		more, failed, end = stream.Read(s, p, c, 1)
		got = append(got, more...)
		if _, secure := c.TLS(); secure && len(got) > 0 || len(got) > 0 && got[0] != recordAlert {
			break
		}
	}
	_, secure := c.TLS()
	switch {
	case len(got) > 0 && (secure || got[0] != recordAlert):
		got = append(got, stream.Available(s, p, c)...)
		s.Record(record.Event{Conn: c.Name, Kind: record.In, Data: got, Size: len(got), Cut: true})
		s.Reject(c.Name, record.Say("nothing was to be sent"), record.Verdict{Code: record.ExtraBytes,
			Evidence: s.Gather(c, p), Got: got, Compare: true,
			What: record.Say("%s came, where only an alert and the end of the connection were allowed",
				scene.Plus(len(got)))})
	case end != scene.Happened:
		s.Judge(p, end, scene.Owes{Code: record.NoEOF, Conn: c, What: record.Say("it has not closed the connection"),
			Note: record.Say("the connection %v is still open", c.Name)})
	}
	if failed == io.EOF && c.Notified() && !c.EOF {
		turnedDown(s, c) // its FIN, or RST, follows
		return
	}
	var alert *wire.AlertError
	if errors.As(failed, &alert) {
		awaitItsEnd(s, c)
	}
	s.Record(record.Event{Conn: c.Name, Kind: record.In, What: record.Say("the %s ends the connection", s.Kind())})
	if s.Rest(p); p.Gone() && s.Kind() == "server" {
		s.Dead(p, record.Verdict{})
	}
}

// awaitItsEnd waits until the program has closed its end of c, or sent its FIN.
func awaitItsEnd(s *scene.Scene, c *wire.Conn) {
	p := s.Owner(c)
	end := s.Await(p, nil, func(d time.Duration) scene.Progress {
		theirs, err := s.Net.TCP(c.Remote, c.Local)
		if err != nil || theirs.Inode == 0 {
			return scene.Done
		}
		p.Pause(d / 4)
		return scene.Nothing
	})
	if end != scene.Ended {
		s.Judge(p, end, scene.Owes{Code: record.NoEOF, Conn: c, What: record.Say("it has not closed the connection"),
			Note: record.Say("the connection %v is still open", c.Name)})
	}
}

// An alert in the clear is a record of this type, and of at most so many bytes.
const (
	recordAlert = 21
	mostAlert   = 64
)
