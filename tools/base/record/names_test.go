package record

import (
	"net/netip"
	"slices"
	"testing"
	"time"
)

func TestNames(t *testing.T) {
	named := &Names{Own: netip.MustParseAddr("127.9.8.7")}
	events := named.Events([]Event{
		{Kind: Note, What: Say("%v", Foreign("started: client 127.9.8.7:41001 word"))},
		{Kind: Connect, What: Say("connect from %v", netip.MustParseAddrPort("127.0.0.1:61000"))},
		{Kind: Listening, What: Say("%v", Foreign("listening on [::1]:41002"))},
		{Kind: Connect, What: Say("connect from %v", netip.MustParseAddrPort("127.0.0.1:61001"))},
		{Kind: Note, What: Say("%v", Foreign("127.0.0.1:61000 and 127.9.8.7:41001, at 10:30"))},
		{Kind: Note, What: Say("%v", Foreign("started: client 127.9.8.7 7001-7002"))},
	})
	for i, want := range []string{"started: client 127.0.0.1:40001 word", "connect from 127.0.0.1:50001",
		"listening on [::1]:40002", "connect from 127.0.0.1:50002", "127.0.0.1:50001 and 127.0.0.1:40001, at 10:30",
		"started: client 127.0.0.1 7001-7002"} {
		if events[i].What.String() != want {
			t.Errorf("%q, want %q", events[i].What, want)
		}
	}
}

// Random identifiers are named one to one, in bytes of the same length.
// The folder of a run has one name in all of them, wherever it is.
func TestNamesOfFolder(t *testing.T) {
	n := Names{Folder: "/tmp/loopback-4711"}
	for text, want := range map[string]string{
		"open /tmp/loopback-4711/D/nowhere: no":  "open FOLDER/D/nowhere: no",
		"in /tmp/loopback-47110/x, not the same": "in /tmp/loopback-47110/x, not the same",
	} {
		if got := n.Text(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestNamesOfIdentifiers(t *testing.T) {
	named := &Names{Own: netip.MustParseAddr("127.9.8.7")}
	events := named.Events([]Event{
		{Kind: Hop, Data: []byte("b44949ad hello"), Size: 14},
		{Kind: Hop, Data: []byte("cab2c9bc two, b44949ad")},
		{Kind: Out, Data: []byte("00890081 1234567 b44949ad0")},
		{Kind: Note, What: Say("%v", Foreign("started: client 127.9.8.7 7001-7004 b44949ad"))},
	})
	for i, want := range []string{"1d000001 hello", "1d000002 two, 1d000001", "1d000003 1234567 b44949ad0"} {
		if got := string(events[i].Data); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if got, want := events[3].What.String(), "started: client 127.0.0.1 7001-7004 1d000001"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// Every kind of value has a live form and a canonical one.
func TestPhrase(t *testing.T) {
	at := netip.MustParseAddrPort("127.9.8.7:41234")
	for _, tt := range []struct {
		phrase          Phrase
		live, canonical string
	}{
		{Phrase{}, "", ""},
		{Say("100%%"), "100%", "100%"},
		{Say("at %v", at), "at 127.9.8.7:41234", "at 127.0.0.1:40001"},
		{Say("on %v", at.Addr()), "on 127.9.8.7", "on 127.0.0.1"},
		{Say("%v, not %v", at, netip.MustParseAddrPort("0.0.0.0:41234")), "127.9.8.7:41234, not 0.0.0.0:41234",
			"127.0.0.1:40001, not 0.0.0.0:40001"},
		{Say("%v, not %v", netip.MustParseAddrPort("127.0.0.1:41235"), at), "127.0.0.1:41235, not 127.9.8.7:41234",
			"127.0.0.1:40001, not 127.0.0.2:40002"},
		{Say("port %v", Port(7101)), "port 7101", "port 7001"},
		{Say("port %v", Port(49999)), "port 49999", "port 40001"},
		{Say("for %v", Varies(3*time.Second, "N s")), "for 3s", "for N s"},
		{Say("%v of %v", Amount(999), Amount(65536)), "999 bytes of 65,536 bytes", "999 bytes of N bytes"},
		{Say("%v of %v", Measured(7), Measured(1000)), "7 of 1,000", "7 of N"},
		{Say("%v", Foreign("dial tcp 127.9.8.7:41234: refused")), "dial tcp 127.9.8.7:41234: refused",
			"dial tcp 127.0.0.1:40001: refused"},
		{Say("%v", Foreign("7101 open\n17101 7101x 7102-7101")), "7101 open\n17101 7101x 7102-7101",
			"7001 open\n17101 7001x 7002-7001"},
		{Say("%v: %v", at, Foreign("PROXY 127.9.8.7 41234 0041234 41235")),
			"127.9.8.7:41234: PROXY 127.9.8.7 41234 0041234 41235",
			"127.0.0.1:40001: PROXY 127.0.0.1 40001 0041234 41235"},
		{Say("%v", Foreign("2026/11/29 20:46:13.123 at 0xc000123456, 0x10")),
			"2026/11/29 20:46:13.123 at 0xc000123456, 0x10", "2009/11/10 23:00:00 at 0x…, 0x10"},
		{Say("%v", Foreign("localhost:41234 [::1]:41235 127.9.8.7. 300.1.1.1:5")),
			"localhost:41234 [::1]:41235 127.9.8.7. 300.1.1.1:5", "localhost:40001 [::1]:40002 127.0.0.1. 300.1.1.1:5"},
		{Say("sent %v", Quoting([]byte("to 127.9.8.7:41234\n"), 19, 40)), `sent "to 127.9.8.7:41234\n"`,
			`sent "to 127.0.0.1:40001\n"`},
		{Say("%v, and %v", Say("it is at %v", at), 7).And("; %v", at),
			"it is at 127.9.8.7:41234, and 7; 127.9.8.7:41234", "it is at 127.0.0.1:40001, and 7; 127.0.0.1:40001"},
	} {
		if got := tt.phrase.String(); got != tt.live {
			t.Errorf("live %q, want %q", got, tt.live)
		}
		fresh := func() *Names {
			return &Names{Own: netip.MustParseAddr("127.9.8.7"), Ports: map[uint16]uint16{7101: 7001, 7102: 7002}}
		}
		if got := Canonical(fresh, func(n *Names) string { return n.Phrase(tt.phrase).String() }); got != tt.canonical {
			t.Errorf("canonical %q, want %q", got, tt.canonical)
		}
	}
}

// What was named once keeps its name, and events are not changed.
func TestNamesKeepEvents(t *testing.T) {
	events := []Event{{Kind: Listening, What: Say("listening on %v", netip.MustParseAddrPort("127.9.8.7:41234")),
		Data: []byte("127.9.8.7:41234")}}
	n := &Names{Own: netip.MustParseAddr("127.9.8.7")}
	first, second := n.Events(events), n.Events(events)
	if !slices.EqualFunc(first, second,
		func(a, b Event) bool { return a.What.String() == b.What.String() && string(a.Data) == string(b.Data) }) {
		t.Errorf("%v and %v", first, second)
	}
	if string(events[0].Data) != "127.9.8.7:41234" || events[0].What.String() != "listening on 127.9.8.7:41234" {
		t.Errorf("the events are now %v", events)
	}
}

// A phrase says what was so when it was made.
func TestPhraseIsKept(t *testing.T) {
	at, data := &struct{ N int }{1}, []byte("before")
	p := Say("%v, %v", at, Quoting(data, len(data), 20)).And("; %v", at)
	at.N = 2
	copy(data, "later!")
	if got, want := p.String(), `&{1}, "before"; &{1}`; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
