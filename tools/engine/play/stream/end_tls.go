package stream

import (
	"io"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/wire"
)

func closeNotify(s *scene.Scene, c *wire.Conn) {
	c.CloseNotify(scene.Slice) // that the peer is gone already is seen by the next command
	s.Record(record.Event{Conn: c.Name, Kind: record.Out,
		What: record.Say("close_notify: %v has no more to send", c.Name)})
}

// Notified waits for the program's close_notify.
func Notified(s *scene.Scene, c *wire.Conn) {
	if _, secure := c.TLS(); !secure {
		s.Misuse("%s speaks no TLS: shake hands with tls first", c.Name)
	}
	p := s.Owner(c)
	got, failed, end := Read(s, p, c, 1)
	if len(got) > 0 {
		got = append(got, Available(s, p, c)...)
		s.Record(record.Event{Conn: c.Name, Kind: record.In, Data: got, Size: len(got)})
		s.Reject(c.Name, record.Say("no more bytes were expected"), record.Verdict{Code: record.ExtraBytes,
			What: record.Say("%s came, where only the close_notify was expected", scene.Plus(len(got))), Got: got,
			Compare: true})
	}
	switch {
	case failed == io.EOF && c.Notified():
		s.Record(record.Event{Conn: c.Name, Kind: record.In, What: record.Say("close_notify: end of stream")})
		return
	case failed == io.EOF:
		s.Log.Add(record.Event{Conn: c.Name, Kind: record.InFIN})
		s.Rest(p)
		if st, _ := p.Proc.Status(); p.Gone() && st.Code != 0 {
			s.Dead(p, record.Verdict{})
		}
		s.RejectAt(p, c.Name, record.Say("and no close_notify before it"), record.Verdict{Code: record.NoNotify,
			Evidence: s.Gather(c, p), What: record.Say("the %s sent its FIN without a close_notify: %s cannot tell "+
				"that from a stream that was cut on the way", s.Kind(), c.Name)})
	case failed != nil:
		s.Hangup(c, failed, scene.Owes{What: record.Say("a close_notify was expected")})
	}
	s.Judge(p, end, scene.Owes{Code: record.NoEOF, Conn: c, What: record.Say("no close_notify came")})
}
