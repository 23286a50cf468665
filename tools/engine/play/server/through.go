package server

import (
	"fmt"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/scene"
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
func behind(s *scene.Scene) []string {
	if s.Scenario.Through == "" {
		return nil
	}
	b := scene.Of[backend](s)
	if b.listener == nil {
		l, err := s.Maker.Listen("echo", s.Host, wire.Default)
		if err != nil {
			s.Fail(record.Verdict{Code: record.CannotGrade, What: record.Say("the grader could not listen: %v", err)})
		}
		b.listener = l
		s.Listeners = append(s.Listeners, l)
	}
	if s.Scenario.Through == "connect" {
		return nil
	}
	return []string{"-to", b.listener.Addr}
}

// Stir lets the backend do its work, and reports whether there was any, or a
// connection to it is about to be made.
func (b *backend) Stir(s *scene.Scene) (did bool) {
	if b.listener == nil {
		return false
	}
	for {
		there, known := knocks(s, b.listener)
		if known && !there {
			break
		}
		c, err := b.listener.Accept(fmt.Sprint("echo ", b.came+1), scene.Slice)
		if did = did || there || err == nil; err != nil {
			break
		}
		b.came++
		s.Hold(c, s.Main())
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
	clients := len(s.Open()) - len(open)
	return did || clients > len(open) && dialling(s, b.listener)
}

// BackendAddr is where the backend of the scenario listens.
func BackendAddr(s *scene.Scene) string { return scene.Of[backend](s).listener.Addr }
