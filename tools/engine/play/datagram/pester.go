package datagram

import (
	"strings"
	"time"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/argument"
	"loopback/tools/engine/play/scene"
)

var noiseCommands = []scene.Command{{
	Name: "pester", Args: "NAME[,NAME...] QUESTION TEXT...", Group: "Datagrams",
	Summary: "give the client no peace: send it the TEXTs, over and over, until it asks QUESTION again; it must, " +
		"after $patience",
	Detail: "None of the TEXTs may be an answer. The first NAME is the one that is asked; the others are strangers, " +
		"who take turns with it. The pauses are a sixth of $patience. The client fails when it has read all that " +
		"came for three times $patience and has not asked again. When it was left in peace for too long, since this " +
		"machine was busy, its next try is looked at in the same way.",
	Run: pester,
}}

const (
	noiseShare   = 6 // how many datagrams come in the time that the client waits
	noisePatient = 3 // for how many of its waits they come before it has failed
	peaceShare   = 2 // less peace than this part of its wait does not let it ask again by itself
)

func pester(s *scene.Scene, args []string) {
	argument.AtLeast(3, args)
	if s.Scenario.Patience == 0 {
		s.Misuse("pester needs the header patience, and a client that waits for $patience")
	}
	var from []*scene.Peer
	for name := range strings.SplitSeq(args[0], ",") {
		from = append(from, s.Peer(name))
	}
	n := &noise{s: s, from: from, want: args[1], texts: args[2:], client: from[0].Heard}
	if !n.client.IsValid() {
		s.Misuse("pester: %s has not been asked yet", from[0].Name)
	}
	for !n.wait() {
	}
}

// wait pesters the client until it asks again. It reports whether that proves
// something: that it was not left in peace before, and had read what came. A
// client that did not get to run wakes to a deadline that is over, whatever
// waits in its socket.
func (n *noise) wait() bool {
	s, p := n.s, n.s.Partner()
	gap, start := s.Scenario.Patience/noiseShare, time.Now()
	last, peace := start, time.Duration(0)
	idle := start // when it was last seen to have read all
	for sent := 1; ; sent++ {
		if n.read() {
			idle = time.Now()
		}
		peace = max(peace, time.Since(idle))
		n.send(sent)
		peace, last = max(peace, time.Since(last)), time.Now()
		asked := n.asked(gap)
		gone := p.Gone()
		over := time.Since(start) > noisePatient*s.Scenario.Patience && n.read()
		if !asked && (gone || over) { // it may have asked since we looked
			s.Settle()
			asked = n.asked(0)
		}
		switch {
		case asked:
			return max(peace, time.Since(last)) < s.Scenario.Patience/peaceShare
		case gone:
			n.note()
			unheard(s, p, n.from[0], scene.Ended, s.Datagrams.Spell(s.Fill.Joined([]string{n.want})))
		case over:
			n.fail()
		}
	}
}

// asked waits at most d for the client to ask again.
func (n *noise) asked(d time.Duration) bool {
	s, e := n.s, n.from[0]
	got, from, err := e.Receive(d)
	if err != nil {
		e.Quiet = time.Now()
		return false
	}
	n.note()
	s.Record(record.Event{Conn: s.At(from), Kind: record.Hop, To: e.Name, Data: got, Size: len(got)})
	e.Heard = from
	sameDatagram(s, e, s.Fill.Joined([]string{n.want}), got)
	return true
}
