package play

import (
	"io"
	"loopback/tools/base/record"
	"loopback/tools/engine/wire"
)

func (s *scene) closeNotify(c *wire.Conn) {
	c.CloseNotify(slice) // that the peer is gone already is seen by the next command
	s.record(record.Event{Conn: c.Name, Kind: record.Out,
		What: record.Say("close_notify: %v has no more to send", c.Name)})
}

// notified waits for the program's close_notify.
func (s *scene) notified(c *wire.Conn) {
	if _, secure := c.TLS(); !secure {
		s.misuse("%s speaks no TLS: shake hands with tls first", c.Name)
	}
	p := s.owner(c)
	got, failed, end := s.read(p, c, 1)
	if len(got) > 0 {
		got = append(got, s.available(p, c)...)
		s.record(record.Event{Conn: c.Name, Kind: record.In, Data: got, Size: len(got)})
		s.reject(c.Name, record.Say("no more bytes were expected"), record.Verdict{Code: record.ExtraBytes,
			What: record.Say("%s came, where only the close_notify was expected", plus(len(got))), Got: got,
			Compare: true})
	}
	switch {
	case failed == io.EOF && c.Notified():
		s.record(record.Event{Conn: c.Name, Kind: record.In, What: record.Say("close_notify: end of stream")})
		return
	case failed == io.EOF:
		s.log.Add(record.Event{Conn: c.Name, Kind: record.InFIN})
		s.rest(p)
		if st, _ := p.proc.Status(); p.gone() && st.Code != 0 {
			s.dead(p, record.Verdict{})
		}
		s.rejectAt(p, c.Name, record.Say("and no close_notify before it"), record.Verdict{Code: record.NoNotify,
			Evidence: s.gather(c, p), What: record.Say("the %s sent its FIN without a close_notify: %s cannot tell "+
				"that from a stream that was cut on the way", s.kind(), c.Name)})
	case failed != nil:
		s.hangup(c, failed, owes{what: record.Say("a close_notify was expected")})
	}
	s.judge(p, end, owes{code: record.NoEOF, c: c, what: record.Say("no close_notify came")})
}
