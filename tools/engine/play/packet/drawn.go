package packet

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/scene"
)

// drawnCommands compare what a program makes of drawn packets with a model.
var drawnCommands = []scene.Command{{
	Name: "any-packets", Args: "N", Group: "Packets",
	Summary: "give N packets, drawn from the seed, to the program, as `decode HEX...`: each line must be that of a " +
		"model, and the status 0",
	Detail: "They carry ICMP, TCP, UDP and other protocols, with options, flags and sizes of all kinds. Most are " +
		"spoilt: lengths at each layer, sums, flags, reserved bits, fragments, cuts, single bits. ECE and CWR may be " +
		"named or left out. Of the lines that differ the report shows the one about the plainest packet, and says " +
		"what is special in it; the fact on knows that by name, such as reserved, fragment or cut.",
	Run: scene.OnCount(anyPackets),
}, {
	Name: "any-requests", Args: "N", Group: "Packets",
	Summary: "give N packets, drawn from the seed, to the program, as `reply HEX`, one after the other: each must be " +
		"answered as replies says, or refused",
	Detail: "Most are echo requests. Some are spoilt in a way that must not matter, others must not be answered.",
	Run:    scene.OnCount(anyRequests),
}, {
	Name: "any-echoes", Args: "N", Group: "Packets",
	Summary: "run the program N times, as `echo ID SEQ TEXT`, with values drawn from the seed: each message must be " +
		"that of a model",
	Detail: "The first has the checksum 0, the second carries that carry again, the third no text, the fourth a long " +
		"one; for the fact on these are sum-is-zero, carries, empty and long.",
	Run: scene.OnCount(anyEchoes),
}}

// Of the protocols the three that are taken apart come often.
var manyProtocols = []byte{protocolICMP, protocolICMP, protocolTCP, protocolTCP, protocolTCP, protocolUDP,
	protocolUDP, 0, 2, 47, 255}

// drawPackets draws n packets: each has the next spoil in turn, most nothing else.
func (d dealer) drawPackets(n int) (all []drawnPacket) {
	spoils := slices.Concat(ipSpoils, messageSpoils)
	for i := range n {
		chosen := []packetSpoil{spoils[i%len(spoils)]}
		switch d.IntN(8) {
		case 0:
			chosen = nil
		case 1, 2:
			chosen = append(chosen, spoils[d.IntN(len(spoils))])
		}
		all = append(all, d.deal(manyProtocols, distinctSpoils(chosen)...))
	}
	return all
}

// distinctSpoils leaves out what comes a second time.
func distinctSpoils(all []packetSpoil) (kept []packetSpoil) {
	for _, s := range all {
		if !slices.ContainsFunc(kept, func(k packetSpoil) bool { return k.name == s.name }) {
			kept = append(kept, s)
		}
	}
	return kept
}

// mostDigits is how many hexadecimal digits are given to one process: Windows
// allows a command line of 32,767 characters.
const mostDigits = 24_000

func anyPackets(s *scene.Scene, n int) {
	mark, done := s.Log.Mark(), 0
	var batch []drawnPacket
	digits := 0
	flush := func() {
		s.Log.Rewind(mark)
		if done > 0 {
			s.Record(record.Event{Kind: record.Note, What: record.Say("%s have got their lines", packetsText(done))})
		}
		decodeDrawn(s, batch)
		done, batch, digits = done+len(batch), nil, 0
	}
	for _, d := range (dealer{s.Fill.Source("packets")}).drawPackets(n) {
		more := 2*len(d.bytes) + 1
		if digits+more > mostDigits {
			flush()
		}
		batch, digits = append(batch, d), digits+more
	}
	flush()
	s.Log.Rewind(mark)
	s.Record(record.Event{Kind: record.Note, What: record.Say("%s have got their lines", packetsText(n))})
}

// decodeDrawn lets one process decode all of them.
func decodeDrawn(s *scene.Scene, all []drawnPacket) {
	argv := []string{"decode"}
	for _, d := range all {
		argv = append(argv, hex.EncodeToString(d.bytes))
	}
	s.Known.Args = []string{all[0].name()}
	p := work(s, fmt.Sprintf("decode, with %s", packetsText(len(all))), argv, func(printed int) string {
		if printed >= len(all) {
			return ""
		}
		d := all[printed]
		s.Known.Args = []string{d.name()}
		return fmt.Sprintf("a packet has no line; %s: %x", d.what(), d.bytes)
	}, 0)
	lines := strings.SplitAfter(string(p.Proc.Stdout().Bytes()), "\n")
	if i := plainestWrong(all, lines); i >= 0 {
		wrongLine(s, all[i], append(lines, make([]string, len(all))...)[i])
	}
	if extra := strings.Join(lines[len(all):], ""); extra != "" {
		s.Reject("", record.Say("more was printed than was promised"),
			record.Verdict{Code: record.Output, What: record.Say("there are more lines than %s", packetsText(len(all))),
				Want: []byte{}, Got: []byte(extra), Compare: true})
	}
}

// plainestWrong returns the number of a packet whose line is wrong, or -1. It is
// one with as little special in it as can be, and then the shortest, when each
// packet has a line: then its line is its own.
func plainestWrong(all []drawnPacket, lines []string) (which int) {
	which = -1
	cost := func(i int) int { return len(all[i].special)<<16 + len(all[i].bytes) }
	for i, d := range all {
		if i < len(lines) && slices.Contains(packetLines(d.bytes), strings.TrimSuffix(lines[i], "\n")) &&
			strings.HasSuffix(lines[i], "\n") {
			continue
		}
		if len(lines) != len(all)+1 {
			return i
		}
		if which < 0 || cost(i) < cost(which) {
			which = i
		}
	}
	return which
}

func wrongLine(s *scene.Scene, d drawnPacket, got string) {
	s.Known.Args = []string{d.name()}
	want := packetLines(d.bytes)
	best := slices.MaxFunc(want, func(a, b string) int {
		return record.FirstDifference([]byte(a), []byte(got)) - record.FirstDifference([]byte(b), []byte(got))
	})
	s.Reject("", record.Say("a line is not what was promised"),
		record.Verdict{Code: record.Output,
			What: record.Say("a packet of %s has another line; %s", record.Bytes(len(d.bytes)), d.what()),
			Want: []byte(best + "\n"), Got: []byte(got), Compare: true, Words: []string{fmt.Sprintf("%x", d.bytes)}})
}

// requestSpoils are those that an echo request can have; what must not matter
// comes first, and the one without a name is none.
func requestSpoils() []packetSpoil {
	all := []packetSpoil{{}, {"reply-is-zero", inSums, onlyICMP, dealer.replyIsZero}}
	for _, s := range slices.Concat(messageSpoils, ipSpoils) {
		switch {
		case s.name == "fragment":
			all = append(all, s, s, s)
		case s.suits(protocolICMP):
			all = append(all, s)
		}
	}
	return all
}

// drawRequests draws n packets, most of them echo requests. Each has one spoil,
// the next in turn.
func (d dealer) drawRequests(n int) (all []drawnPacket) {
	spoils := requestSpoils()
	for i := range n {
		switch one := spoils[i%len(spoils)]; {
		case one.do != nil:
			all = append(all, d.request(one))
		case i > 0:
			all = append(all, d.deal([]byte{protocolTCP, protocolUDP, 47}))
		default:
			all = append(all, d.request())
		}
	}
	return all
}

// request draws an echo request with these spoils.
func (d dealer) request(spoils ...packetSpoil) drawnPacket {
	asks := packetSpoil{"", inFields, onlyICMP, func(_ dealer, c *craft) string {
		c.data()[0], c.data()[1] = 8, 0
		return ""
	}}
	return d.deal(onlyICMP, append([]packetSpoil{asks}, spoils...)...)
}

// replyIsZero makes a request whose reply has the checksum 0.
func (d dealer) replyIsZero(c *craft) string {
	m := c.data()
	if len(m) < 8 {
		return ""
	}
	m[0] = 0
	put16(m[6:], 0)
	put16(m[6:], c.bare(nil))
	m[0] = 8
	c.sumMessage()
	return "the checksum of its reply is 0"
}

func anyRequests(s *scene.Scene, n int) {
	mark := s.Log.Mark()
	for i, d := range (dealer{s.Fill.Source("requests")}).drawRequests(n) {
		s.Log.Rewind(mark)
		if i > 0 {
			s.Record(record.Event{Kind: record.Note, What: record.Say("%s have got what they should", packetsText(i))})
		}
		digits := hex.EncodeToString(d.bytes)
		o := oneLine{argv: []string{"reply", digits}, what: "a packet of " + record.Bytes(len(d.bytes)),
			name: d.name(), want: hex.EncodeToString(replyTo(d.bytes))}
		o.doing = "this request is in good order; " + d.what()
		if o.want == "" {
			o.status, o.doing = 1, "no reply belongs to this packet; "+d.what()
		}
		printsOne(s, o)
	}
	s.Log.Rewind(mark)
	s.Record(record.Event{Kind: record.Note, What: record.Say("%s have got what they should", packetsText(n))})
}

// oneLine is what the program is asked, and the line that it must print; none when
// it is empty.
type oneLine struct {
	argv   []string // the last one is shown whole
	what   string   // in the timeline
	name   string   // for the fact on
	doing  string   // for a report
	want   string
	status int
}

// printsOne runs the program, which must print this line and end with this status.
func printsOne(s *scene.Scene, o oneLine) {
	s.Known.Args = []string{o.name}
	if o.want != "" {
		o.want += "\n"
	}
	last := o.argv[len(o.argv)-1]
	p := work(s, fmt.Sprintf("%s, with %s", o.argv[0], o.what), o.argv,
		func(int) string { return o.doing + ": " + last }, o.status)
	if got := p.Proc.Stdout().Bytes(); string(got) != o.want {
		s.Reject("", record.Say("standard output is not what was promised"),
			record.Verdict{Code: record.Output, What: record.Say("what was printed differs: %s", o.doing),
				Want: []byte(o.want),
				Got:  bytes.Clone(got), Compare: true, Words: []string{last}})
	}
}

func anyEchoes(s *scene.Scene, n int) {
	mark := s.Log.Mark()
	for i, c := range (dealer{s.Fill.Source("echoes")}).echoCalls(n) {
		s.Log.Rewind(mark)
		if i > 0 {
			s.Record(record.Event{Kind: record.Note, What: record.Say("%d messages are right", i)})
		}
		printsOne(s, oneLine{argv: []string{"echo", fmt.Sprint(c.id), fmt.Sprint(c.seq), c.text},
			what: "a text of " + record.Bytes(len(c.text)), name: c.name,
			doing: fmt.Sprintf("id %d, number %d, text of %s; %s", c.id, c.seq, record.Bytes(len(c.text)), c.words),
			want:  hex.EncodeToString(echoMessage(c.id, c.seq, []byte(c.text)))})
	}
	s.Log.Rewind(mark)
	s.Record(record.Event{Kind: record.Note, What: record.Say("%d messages are right", n)})
}
