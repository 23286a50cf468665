package play

import (
	"bytes"
	"fmt"

	"loopback/tools/base/record"
	"loopback/tools/engine/wire"
)

// A backend is what a server under test is told to connect to, where the scenario
// has the header through: it echoes. Its connections belong to the scene, so that
// nothing is held against a program while they have something to do.
type backend struct {
	listener *wire.Listener
	mirrors  []*wire.Mirror
	came     int
}

// behind opens the backend that the scenario asks for, and returns what tells the
// program of it.
func (s *scene) behind() []string {
	if s.sc.Through == "" {
		return nil
	}
	if s.backend == nil {
		l, err := s.maker.Listen("echo", s.host, wire.Default)
		if err != nil {
			s.fail(record.Verdict{Code: record.CannotGrade, What: record.Say("the grader could not listen: %v", err)})
		}
		s.backend = &backend{listener: l}
		s.listeners = append(s.listeners, l)
	}
	if s.sc.Through == "connect" {
		return nil
	}
	return []string{"-to", s.backend.listener.Addr}
}

// tunnel asks a proxy for the backend: what follows on c goes there.
func (s *scene) tunnel(c *wire.Conn) {
	addr := s.backend.listener.Addr
	s.put(c, fmt.Appendf(nil, "CONNECT %s HTTP/1.1\r\nHost: %s\r\n\r\n", addr, addr))
	got, failed, end := s.readHead(c, nil)
	if !bytes.HasSuffix(got, endOfHead) || parseHeader(got).status() != 200 {
		s.compareStart(c, []byte("HTTP/1.1 200 "), got, failed, end)
	}
	s.record(record.Event{Conn: c.Name, Kind: record.In, Data: got, Size: len(got)})
}

// stirs lets the backend do its work, and reports whether there was any, or a
// connection to it is about to be made.
func (s *scene) stirs() (did bool) {
	b := s.backend
	if b == nil {
		return false
	}
	for {
		there, known := s.knocks(b.listener)
		if known && !there {
			break
		}
		c, err := b.listener.Accept(fmt.Sprint("echo ", b.came+1), slice)
		if did = did || there || err == nil; err != nil {
			break
		}
		b.came++
		s.hold(c, s.main())
		b.mirrors = append(b.mirrors, wire.NewMirror(c))
	}
	open := b.mirrors[:0]
	for _, m := range b.mirrors {
		state, moved := m.Look()
		did = did || moved
		switch state {
		case wire.Over:
			m.Close()
		case wire.Broken:
			m.Reset()
		default:
			open = append(open, m)
		}
	}
	b.mirrors = open
	clients := len(s.open()) - len(open)
	return did || clients > len(open) && s.dialling(b.listener)
}
