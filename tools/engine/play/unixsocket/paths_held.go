package unixsocket

import (
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/probe"
)

// held is what the grader holds of a program's files, until the scenario is over.
type held struct {
	placed  map[string]placed  // what was at a path before the program came
	locks   map[string]lock    // files that the grader has locked
	changes *probe.Changes     // what happens in the program's folder, or nil
	files   map[string]*handed // what is handed on, by its name
}

func heldOf(s *scene.Scene) *held {
	h := scene.Of[held](s)
	if h.placed == nil {
		h.placed, h.locks, h.files = map[string]placed{}, map[string]lock{}, map[string]*handed{}
	}
	return h
}

// Close closes all of it.
func (h *held) Close() {
	for _, l := range h.locks {
		l.file.Close()
	}
	for _, f := range h.files {
		f.close()
	}
	if h.changes != nil {
		h.changes.Close()
	}
	for _, p := range h.placed {
		if p.live != nil {
			p.live.Close()
		}
		if p.bound != nil {
			p.bound.Close()
		}
	}
}
