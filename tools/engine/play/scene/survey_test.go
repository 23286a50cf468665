package scene

import (
	"testing"
	"time"

	"loopback/tools/engine/probe"
)

// Two ends as a kernel showed them, when each had filled the other's buffers: the client
// does not learn that its peer has read everything, for what the peer says is thrown away.
func TestTravelsToTheDeaf(t *testing.T) {
	room := func(thrown uint32, acked time.Duration) probe.Room { return probe.Room{Thrown: thrown, Acked: acked} }
	client := probe.Socket{State: probe.Established, Unread: 13616, Timer: 4, Received: 13616, Sent: 134144,
		NotSent: 51356, Counted: true, Room: room(13, 11600*time.Millisecond)}
	server := probe.Socket{State: probe.Established, Unacked: 120528, Timer: 1, Received: 134144,
		Sent: 13744, Resent: 112, NotSent: 120512, Counted: true, Room: room(5, 4924*time.Millisecond)}
	if Travels(client, server) || Travels(server, client) {
		t.Error("something travels to an end that throws it away")
	}
	hears := client
	hears.Room = room(0, 11600*time.Millisecond)
	if !Travels(hears, server) {
		t.Error("the news of an open window is on the way")
	}
	hears.Room = room(13, 10*time.Millisecond)
	if !Travels(hears, server) || !Travels(server, hears) {
		t.Error("the client has heard of its peer a moment ago")
	}
	small := server
	small.Segment, small.Room.Flying = 1000, 4
	if hears.Room = room(13, time.Second); !Travels(small, hears) {
		t.Error("four small segments in flight may become one, and that makes room")
	}
	if hears.Room = room(13, 4*time.Second); Travels(small, hears) {
		t.Error("they have been sent again several times, and stay what they are")
	}
	empty := client
	empty.Unread = 0
	if !Travels(server, empty) {
		t.Error("a client that has read all takes what comes")
	}
}
