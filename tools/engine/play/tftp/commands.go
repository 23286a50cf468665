package tftp

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/argument"
	"loopback/tools/engine/play/datagram"
	"loopback/tools/engine/play/payload"
	"loopback/tools/engine/play/programs"
	"loopback/tools/engine/play/scene"
)

var tftpCommands = []scene.Command{{
	Name: "rrq", Args: "[-to ADDR] [-mode MODE] NAME FILE [OPTION VALUE]...", Group: "Files by datagrams",
	Summary: "the UDP socket NAME asks the server for FILE: a read request of TFTP (RFC 1350)",
	Detail: "MODE is octet when it is not given. With -to the request goes to that address, such as a relay's. The " +
		"texts tftp:'ACK 1', tftp:'DATA 1 TEXT', tftp:'ERROR 5 TEXT', tftp:'RRQ name octet', tftp:'WRQ name octet' " +
		"and tftp:'OACK option value' are also such packets, for the commands that send datagrams.",
	Run: readRequest,
}, {
	Name: "data", Args: "NAME BLOCK[-LAST] [TEXT...]", Group: "Files by datagrams",
	Sets: "NAME_peer",
	Summary: "the next datagram to NAME must be this BLOCK of the file that it has asked for, from a port of the " +
		"transfer's own; or the next ones those up to LAST",
	Detail: "What it must hold is known from publish, or is TEXT. The port is learnt from the first block; all " +
		"others must come from there, and no other transfer may have it. It is in the variable $NAME_peer. Blocks " +
		"are counted on after 65,535. Where there is $patience, an earlier block that comes again is ignored: on a " +
		"busy machine a timer may have fired.",
	Run: data,
}, {
	Name: "ack", Args: "[-times N] NAME BLOCK", Group: "Files by datagrams",
	Summary: "NAME acknowledges BLOCK to the port of its transfer, once or N times",
	Run:     ack,
}, {
	Name: "refused", Args: "NAME CODE[,CODE]...", Group: "Files by datagrams",
	Sets:    "NAME_peer",
	Summary: "the next datagram to NAME must be an error with one of these codes",
	Detail: "After the code there must be a text that ends with a zero byte. A request may be refused from any port " +
		"of the server's; once the transfer's port is known, the error must come from there, and what was sent to a " +
		"port must be answered from it.",
	Run: errorComes,
}, {
	Name: "oack", Args: "NAME [OPTION VALUE]...", Group: "Files by datagrams",
	Sets:    "NAME_peer",
	Summary: "the next datagram to NAME must agree to these options, in whatever order, and to no others (RFC 2347)",
	Detail:  "From then on a block has as many bytes as blksize says.",
	Run:     optionsAgreed,
}}

// A transfer is a file on its way to one of the grader's sockets.
type transfer struct {
	file  []byte
	name  string         // of a file that the client sends
	known bool           // whether file is what the server has
	asked netip.AddrPort // where the request went
	from  netip.AddrPort // the transfer's own port, once it is known
	block int            // bytes of a block
	last  int            // the highest block that has come, counted on behind 65,535

	perhaps int // a block that may still come, though the transfer is about to end
}

// piece returns what the block holds, counted from 1.
func (t *transfer) piece(block int) []byte {
	from := min((block-1)*t.block, len(t.file))
	return t.file[from:min(from+t.block, len(t.file))]
}

// whole reports whether all of the file has come. The kernel may give the port of such a
// transfer, which is over or about to be, to the next one.
func (t *transfer) whole() bool { return t.known && t.last > 0 && len(t.piece(t.last)) < t.block }

func readRequest(s *scene.Scene, args []string) {
	set, args := argument.Flags(args, nil, []string{"-to", "-mode"})
	argument.AtLeast(2, args)
	mode := "octet"
	if given, ok := set["-mode"]; ok {
		mode = given
	}
	e, name := s.Peer(args[0]), string(s.Fill.Text(args[1]))
	options := args[2:]
	to := datagram.Addressee(s, e, set["-to"])
	if set["-to"] == "" {
		to = datagram.Addressee(s, e, s.TS.Getenv("server"))
	}
	scene.Of[vocabulary](s)
	beginTransfer(s, e, name, to)
	datagram.Dispatch(s, e, payload.TFTPRequest(payload.TFTPRead, append([]string{name, mode}, options...)...), to)
}

// beginTransfer notes what e asks for.
func beginTransfer(s *scene.Scene, e *scene.Peer, name string, to netip.AddrPort) {
	t := &transfer{asked: to, block: payload.TFTPBlock}
	for _, f := range programs.Files(s) {
		if f.Path == name {
			t.file, t.known = f.Data, true
		}
	}
	scene.Of[transfers](s).begin(e, t)
	e.Heard, e.Asked = netip.AddrPort{}, to
}

// transferOf is the transfer of the socket called name.
func transferOf(s *scene.Scene, name string) (*scene.Peer, *transfer) {
	e := s.Peer(name)
	if getOf(s, e) == nil {
		s.Misuse("%s has asked for no file: rrq %s first", name, name)
	}
	return e, getOf(s, e)
}

// toTransfer sends a packet to the port of e's transfer.
func toTransfer(s *scene.Scene, e *scene.Peer, packet []byte) {
	if getOf(s, e) == nil || !getOf(s, e).from.IsValid() {
		s.Misuse("the port of %s's transfer is not known: data %s 1 first", e.Name, e.Name)
	}
	datagram.Dispatch(s, e, packet, getOf(s, e).from)
}

func ack(s *scene.Scene, args []string) {
	set, args := argument.Flags(args, nil, []string{"-times"})
	argument.Exactly(2, args)
	e, n, mark := s.Peer(args[0]), 1, s.Log.Mark()
	if set["-times"] != "" {
		n = argument.Count(set["-times"])
	}
	for range n {
		s.Log.Rewind(mark)
		toTransfer(s, e, payload.TFTPNumbered(payload.TFTPAck, payload.TFTPNumber(args[1]), nil))
	}
	if n > 1 {
		s.Record(record.Event{Kind: record.Note, What: record.Say("%s sends that %s times", e.Name, record.Count(n))})
	}
}

func data(s *scene.Scene, args []string) {
	argument.AtLeast(2, args)
	e, t := transferOf(s, args[0])
	from, to, several := strings.Cut(args[1], "-")
	if !several {
		to = from
	}
	if len(args) > 2 {
		block(s, e, payload.TFTPNumber(from), s.Fill.Joined(args[2:]))
		return
	}
	if !t.known {
		s.Misuse("what the file holds is not known: publish it first, or give the TEXT")
	}
	for n := payload.TFTPNumber(from); n <= payload.TFTPNumber(to); n++ {
		block(s, e, n, t.piece(n))
	}
}

// block takes the next block of e's transfer.
func block(s *scene.Scene, e *scene.Peer, block int, want []byte) {
	for {
		got, from := nextPacket(s, e, record.Say("DATA %d has not come", uint16(block)))
		if isBlock(s, e, got, from, block, want) {
			return
		}
	}
}

// isBlock judges a datagram that came to e. It returns false where it is an
// earlier block, which may come again.
func isBlock(s *scene.Scene, e *scene.Peer, got []byte, from netip.AddrPort, block int, want []byte) bool {
	p, ok := payload.TFTPOf(got)
	if mayComeAgain(s, e, p, ok, block) {
		fromTransfer(s, e, from, p)
		return false
	}
	sameBlock(s, e, got, p, ok, block, want)
	fromTransfer(s, e, from, p)
	getOf(s, e).last = max(getOf(s, e).last, block)
	return true
}

// mayComeAgain reports whether a packet is a block before the one that is
// expected, and a timer may have fired meanwhile.
func mayComeAgain(s *scene.Scene, e *scene.Peer, p payload.TFTPPacket, ok bool, block int) bool {
	n := getOf(s, e).counted(p.Number)
	return ok && p.Op == payload.TFTPData && n > 0 && n < block && s.Scenario.Patience > 0
}

// counted is the block that a number names: the one that is nearest to the
// highest that has come.
func (t *transfer) counted(number uint16) int {
	return t.last + int(int16(number-uint16(t.last)))
}

// nextPacket waits for the next datagram to e; missing says what does not come.
func nextPacket(s *scene.Scene, e *scene.Peer, missing record.Phrase) ([]byte, netip.AddrPort) {
	p := s.Partner()
	defer longer(s, lateWait)()
	got, from, end := datagram.Hear(s, p, e)
	if end == scene.Happened {
		return got, from
	}
	s.MustNotLose(e.Local, 0)
	if end == scene.Ended {
		p.Drain()
	}
	o := scene.Owes{Code: record.Silence, What: missing, Lane: e.Name}
	if end == scene.Stuck || end == scene.Slept {
		o.Note = datagram.Whereabouts(s, e)
	}
	s.Judge(p, end, o)
	return nil, netip.AddrPort{}
}

// sameBlock makes sure that a datagram is the block that was expected.
func sameBlock(s *scene.Scene, e *scene.Peer, got []byte, p payload.TFTPPacket, ok bool, block int, want []byte) {
	number := uint16(block)
	v := record.Verdict{Code: record.WrongBytes}
	row := record.Say("DATA %d is expected", number)
	switch {
	case ok && p.Op == payload.TFTPData && p.Number == number && string(p.Rest) == string(want):
		return
	case !ok:
		v.What = record.Say("DATA %d was expected; what came is not a packet of TFTP", number)
		v.Want, v.Got, v.Compare = payload.TFTPNumbered(payload.TFTPData, block, want), got, true
	case p.Op != payload.TFTPData:
		v.What = record.Say("%s came; DATA %d was expected", p.String(), number)
	case p.Number != number && getOf(s, e).counted(p.Number) <= getOf(s, e).last:
		v.Code = record.ExtraBytes
		v.What = record.Say("DATA %d came once more; DATA %d was expected, with %s", p.Number, number,
			record.Bytes(len(want)))
	case p.Number != number:
		v.What = record.Say("DATA %d came; DATA %d was expected", p.Number, number)
	default:
		v.What = record.Say("DATA %d has the right number, and does not hold what the file has there: %s came, %s are "+
			"expected", number, record.Bytes(len(p.Rest)), record.Bytes(len(want)))
		v.Want, v.Got, v.Compare = want, p.Rest, true
		if len(p.Rest) < len(want) && strings.HasPrefix(string(want), string(p.Rest)) {
			v.Code = record.Truncated
		} else if len(p.Rest) > len(want) && strings.HasPrefix(string(p.Rest), string(want)) {
			v.Code = record.ExtraBytes
		}
	}
	s.Reject(e.Name, row, v)
}

// fromTransfer makes sure that a packet of e's transfer comes from the port that
// belongs to it alone.
func fromTransfer(s *scene.Scene, e *scene.Peer, from netip.AddrPort, p payload.TFTPPacket) {
	t := getOf(s, e)
	wrong := func(format string, args ...any) {
		s.Reject(e.Name, record.Say("this comes from %v", from),
			record.Verdict{Code: record.WrongSender, What: record.Say(format, args...)})
	}
	switch r := datagram.Relay(s, t.asked); {
	case t.from == from:
		return
	case t.from.IsValid():
		wrong("%s came from %v; the transfer has sent from %v before", p.String(), from, t.from)
	case r != nil && from == t.asked:
	case from == t.asked:
		wrong("%s came from %v, where requests are sent; each transfer has a port of its own", p.String(), from)
	case from.Addr() != t.asked.Addr():
		wrong("%s came from %v; the request was sent to another address, %v", p.String(), from, t.asked.Addr())
	}
	for _, other := range s.Datagrams.Peers {
		o := getOf(s, other)
		if other != e && o != nil && o.from == from && !o.whole() && datagram.Relay(s, from) == nil {
			wrong("%s came from %v, the port of %s's transfer; each transfer has a port of its own", p.String(), from,
				other.Name)
		}
	}
	t.from = from
	s.TS.Setenv(e.Name+"_peer", from.String())
}

func errorComes(s *scene.Scene, args []string) {
	argument.Exactly(2, args)
	e := s.Peer(args[0])
	var codes []uint16
	for code := range strings.SplitSeq(args[1], ",") {
		codes = append(codes, uint16(payload.TFTPNumber(code)))
	}
	scene.Of[vocabulary](s)
	got, from := nextPacket(s, e, record.Say("no error comes"))
	p, ok := payload.TFTPOf(got)
	v := record.Verdict{Code: record.WrongBytes}
	expected := "ERROR " + strings.ReplaceAll(args[1], ",", " or ")
	switch {
	case ok && p.Op == payload.TFTPError && slices.Contains(codes, p.Number) && endsOnce(p.Rest):
		refusedFrom(s, e, from, p)
		return
	case !ok:
		v.What = record.Say("%s was expected; what came is not a packet of TFTP: %s", expected,
			record.Quoting(got, len(got), 40))
	case p.Op == payload.TFTPError && slices.Contains(codes, p.Number):
		v.What = record.Say("the text after the code of an error ends with a zero byte, the only one; here it is %s",
			record.Quoting(p.Rest, len(p.Rest), 40))
	default:
		v.What = record.Say("%s came; %s was expected", p.String(), expected)
	}
	s.Reject(e.Name, record.Say("%s is expected", expected), v)
}

// endsOnce reports whether text has a zero byte, and it is the last one.
func endsOnce(text []byte) bool {
	return len(text) > 0 && slices.Index(text, 0) == len(text)-1
}

// refusedFrom makes sure that an error comes from where it may.
func refusedFrom(s *scene.Scene, e *scene.Peer, from netip.AddrPort, p payload.TFTPPacket) {
	expected := e.Asked
	if getOf(s, e) != nil && getOf(s, e).from.IsValid() {
		expected = getOf(s, e).from
	}
	asked := expected.String() == s.TS.Getenv("server")
	if from == expected || asked && from.Addr() == expected.Addr() {
		return
	}
	s.Reject(e.Name, record.Say("this comes from %v", from), record.Verdict{Code: record.WrongSender,
		What: record.Say("%s was sent from %v; %s had spoken to %v", p.String(), from, e.Name, expected)})
}

func optionsAgreed(s *scene.Scene, args []string) {
	argument.AtLeast(1, args)
	e, t := transferOf(s, args[0])
	want := map[string]string{}
	for i := 1; i+1 < len(args); i += 2 {
		want[args[i]] = args[i+1]
	}
	got, from := nextPacket(s, e, record.Say("no OACK comes"))
	p, ok := payload.TFTPOf(got)
	options, whole := payload.TFTPOptionsOf(p.Rest)
	expected := payload.TFTPPacket{Op: payload.TFTPOptions, Rest: payload.TFTPRequest(0, args[1:]...)[2:]}.String()
	switch {
	case !ok || p.Op != payload.TFTPOptions || !whole:
		s.Reject(e.Name, record.Say("an OACK is expected"), record.Verdict{Code: record.WrongBytes,
			What: record.Say("%s was expected; %s came", expected, record.Quoting(got, len(got), 40))})
	case fmt.Sprint(options) != fmt.Sprint(want): // maps are printed in order
		s.Reject(e.Name, record.Say("other options are expected"), record.Verdict{Code: record.WrongBytes,
			What: record.Say("%s was expected; %s came", expected,
				record.Quoting([]byte(p.String()), len(p.String()), 60))})
	}
	fromTransfer(s, e, from, p)
	if n, err := strconv.Atoi(options["blksize"]); err == nil {
		t.block = n
	}
}

// A vocabulary is what a scenario in which TFTP is spoken keeps: timelines name datagrams
// as its packets.
type vocabulary struct{}

// Read says which packet data is, or "".
func (*vocabulary) Read(data []byte) string {
	if p, ok := payload.TFTPOf(data); ok {
		return p.String()
	}
	return ""
}

// transfers are the files that the grader's sockets have asked for last.
type transfers map[*scene.Peer]*transfer

func (t *transfers) begin(e *scene.Peer, of *transfer) {
	if *t == nil {
		*t = transfers{}
	}
	(*t)[e] = of
}

// getOf is the transfer of the file that e has asked for last, or nil.
func getOf(s *scene.Scene, e *scene.Peer) *transfer { return (*scene.Of[transfers](s))[e] }
