package scene

import (
	"slices"

	"loopback/tools/base/record"
)

// Shorten keeps of all that happened since then the last rows of the client that the
// failure is about, and few of others; well stands for the rest.
func (s *Scene) Shorten(since int, well record.Phrase) {
	all := s.Log.Events()[since:]
	who := ""
	for _, e := range all {
		if e.Kind == record.Trouble {
			who = e.Conn
		}
	}
	s.Log.Rewind(since)
	s.Log.Add(record.Event{Kind: record.Note, What: well})
	s.Log.Again(LastOf(all, who))
}

// LastOf returns the last events of who, the last ones of others, and the end.
func LastOf(all []record.Event, who string) (kept []record.Event) {
	own, others := 0, 0
	for _, e := range slices.Backward(all) {
		switch {
		case e.Kind == record.Trouble:
		case (e.Conn == who || e.To == who) && who != "":
			if own++; own > ownRows {
				continue
			}
		default:
			if others++; others > otherRows {
				continue
			}
		}
		kept = append(kept, e)
	}
	slices.Reverse(kept)
	return kept
}

// How many rows of a failure in the midst of moves are shown.
const (
	ownRows   = 6 // of the client that it concerns
	otherRows = 2 // of the others, from the time just before
)
