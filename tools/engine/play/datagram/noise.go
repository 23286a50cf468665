package datagram

import (
	"net/netip"
	"slices"
	"strings"
	"time"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/probe"
)

// noise is what keeps a client from having peace while it waits for an answer.
type noise struct {
	s      *scene.Scene
	from   []*scene.Peer // who sends; the first one is asked
	want   string        // the question
	texts  []string
	client netip.AddrPort
}

// send sends the ith datagram. Its sender and its text change at each.
func (n *noise) send(i int) {
	e := n.from[i%len(n.from)]
	text := n.s.Fill.Joined(n.texts[i/len(n.from)%len(n.texts):][:1])
	if err := e.Send(n.s.Datagrams.Spell(text), n.client); err != nil {
		n.s.Fail(record.Verdict{Code: record.CannotGrade,
			What: record.Say("the grader could not send a datagram: %v", err)})
	}
}

// note says in one row of the timeline what was sent.
func (n *noise) note() {
	var names []string
	for _, e := range n.from {
		names = append(names, e.Name)
	}
	n.s.Record(record.Event{Kind: record.Note,
		What: record.Say("%s: datagrams that are not an answer, every %v", strings.Join(names, " and "),
			(n.s.Scenario.Patience / noiseShare).Round(time.Millisecond))})
}

// read reports whether the client has read all that was sent to it.
func (n *noise) read() bool {
	all, err := n.s.Net.UDPSockets()
	return err != nil || !slices.ContainsFunc(all, func(u probe.UDPSocket) bool {
		return u.Local.Port() == n.client.Port() && u.Queued > 0
	})
}

// fail judges a client that has read datagrams for several of its waits and has
// not asked again. It does not return.
func (n *noise) fail() {
	s, e := n.s, n.from[0]
	n.note()
	s.RejectAt(s.Partner(), e.Name, record.Say("it has not asked again"),
		record.Verdict{Code: record.Silence, ByTime: true,
			What: record.Say("the client waits for %v and is sent datagrams that are not an answer, without a pause: "+
				"it has read them for %v, and has not asked again", s.Scenario.Patience,
				noisePatient*s.Scenario.Patience)})
}
