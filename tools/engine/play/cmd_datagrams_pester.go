package play

import (
	"strings"
	"time"

	"loopback/tools/base/record"
)

var noiseCommands = []Command{{
	Name: "pester", Args: "NAME[,NAME...] QUESTION TEXT...", Group: "Datagrams",
	Summary: "give the client no peace: send it the TEXTs, over and over, until it asks QUESTION again; it must, " +
		"after $patience",
	Detail: "None of the TEXTs may be an answer. The first NAME is the one that is asked; the others are strangers, " +
		"who take turns with it. The pauses are a sixth of $patience. The client fails when it has read all that " +
		"came for three times $patience and has not asked again. When it was left in peace for too long, since this " +
		"machine was busy, its next try is looked at in the same way.",
	run: (*scene).pester,
}}

const (
	noiseShare   = 6 // how many datagrams come in the time that the client waits
	noisePatient = 3 // for how many of its waits they come before it has failed
	peaceShare   = 2 // less peace than this part of its wait does not let it ask again by itself
)

func (s *scene) pester(args []string) {
	atLeast(3, args)
	if s.sc.Patience == 0 {
		s.misuse("pester needs the header patience, and a client that waits for $patience")
	}
	var from []*peer
	for name := range strings.SplitSeq(args[0], ",") {
		from = append(from, s.peer(name))
	}
	n := &noise{s: s, from: from, want: args[1], texts: args[2:], client: from[0].heard}
	if !n.client.IsValid() {
		s.misuse("pester: nobody has asked %s yet", from[0].Name)
	}
	for !n.wait() {
	}
}

// wait pesters the client until it asks again. It reports whether that proves
// something: that it was not left in peace before, and had read what came. A
// client that did not get to run wakes to a deadline that is over, whatever
// waits in its socket.
func (n *noise) wait() bool {
	s, p := n.s, n.s.partner()
	gap, start := s.sc.Patience/noiseShare, time.Now()
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
		gone := p.gone()
		over := time.Since(start) > noisePatient*s.sc.Patience && n.read()
		if !asked && (gone || over) { // it may have asked since we looked
			s.settle()
			asked = n.asked(0)
		}
		switch {
		case asked:
			return max(peace, time.Since(last)) < s.sc.Patience/peaceShare
		case gone:
			n.note()
			s.unheard(p, n.from[0], ended, s.dg.spell(s.fill.joined([]string{n.want})))
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
		e.quiet = time.Now()
		return false
	}
	n.note()
	s.record(record.Event{Conn: s.at(from), Kind: record.Hop, To: e.Name, Data: got, Size: len(got)})
	e.heard = from
	s.sameDatagram(e, s.fill.joined([]string{n.want}), got)
	return true
}
