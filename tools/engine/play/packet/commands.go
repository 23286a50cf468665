package packet

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/argument"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/play/server"
	"loopback/tools/engine/wire"
)

var packetCommands = []scene.Command{{
	Name: "prints", Args: "[-of NAME] TEXT", Group: "Packets",
	Fills:   true,
	Summary: "a line of standard output must contain TEXT, now or soon",
	Detail: "Lines before it are skipped, and the next prints looks only at those after it: so several of them say " +
		"in which order lines must come. Variables such as $A_peer are replaced in TEXT. NAME is the program that " +
		"was started first when not given.",
	Run: prints,
}, {
	Name: "talk", Args: "[-reset] NAME LISTENER TEXT", Group: "Packets",
	Sets:    "NAME_local NAME_peer",
	Summary: "the grader connects to its own listener, as NAME, sends TEXT, and closes both ends, the client's first",
	Detail: "The program has no part in this; it may watch the packets. With -reset the client's end is an RST. " +
		"The variables $NAME_local and $NAME_peer are set to the client's two addresses.",
	Run: talk,
}, {
	Name: "echo-request", Args: "", Group: "Packets",
	Sets:    "id seq",
	Summary: "the program's ICMP echo request must come now, with the right checksum",
	Detail: "The scenario needs the header namespace. The variables $id and $seq are set to what the request says. " +
		"That the kernel does not answer by itself is a matter of `# sysctl net.ipv4.icmp_echo_ignore_all 1`.",
	Run: func(s *scene.Scene, args []string) {
		argument.Exactly(0, args)
		echoRequest(s)
	},
}, {
	Name: "echo-reply", Args: "[-options] [-damaged] [-id N] [-seq N] [-type N] [-code N] [-data TEXT]",
	Group:   "Packets",
	Summary: "answer the echo request",
	Detail: "N is added to the request's own id or sequence number; -type and -code send others than 0, and " +
		"-data other data than the request's. With -options the IPv4 header has four bytes of options, and with " +
		"-damaged the checksum of the message is wrong.",
	Run: echoReply,
}, {
	Name: "unreachable", Args: "N", Group: "Packets",
	Summary: "the program must have drawn exactly N ICMP port unreachable messages: so many of its datagrams went to " +
		"where nothing listens",
	Detail: "The scenario needs the header namespace, in which nothing listens but the program itself.",
	Run:    scene.OnCount(unreachable),
}}

// prints waits for a line that contains the text.
func prints(s *scene.Scene, args []string) {
	set, args := argument.Flags(args, nil, []string{"-of"})
	argument.Exactly(1, args)
	p := s.Program(set["-of"])
	want := string(s.Fill.Text(scene.Expand(s, args[0])))
	shown := os.Expand(args[0], func(name string) string {
		if name == "id" { // that of the program's own request, made from its process number
			return "ID"
		}
		return s.TS.Getenv(name)
	})
	look := func() bool {
		out := p.Proc.Stdout().Bytes()
		at, rest := p.Passed, out[min(p.Passed, len(out)):]
		for line := range bytes.Lines(rest) {
			at += len(line)
			if bytes.HasSuffix(line, []byte("\n")) && bytes.Contains(line, []byte(want)) {
				p.Passed = at
				return true
			}
		}
		return false
	}
	end := quietly(s, p, p.Looking(look))
	p.Drain()
	if end == scene.Happened || look() {
		return
	}
	server.CheckWritten(s, p)
	if st, gone := p.Proc.Status(); gone && (st.Code != 0 || st.Signal != "") {
		s.Dead(p, record.Verdict{})
	}
	o := scene.Owes{Code: record.Output, What: record.Say("a line has not come"),
		Words: lastLines(p.Proc.Stdout().Bytes(), 4),
		Note:  record.Say("standard output has no further line that says %v", record.Foreign(strconv.Quote(shown)))}
	if end == scene.Ended {
		s.Reject("", o.What, record.Verdict{Code: record.Output, What: o.Note, Words: o.Words})
	}
	s.Judge(p, end, o)
}

// quietProofs is how often a program that watches packets must be proved unable
// to move. No table of the kernel's shows a packet on its way to a socket that
// gets a copy, so there must have been time for it.
const quietProofs = 25

// quietly is await for a program that is not a party to what it waits for.
func quietly(s *scene.Scene, p *scene.Instance, step scene.Step) (end scene.Why) {
	for range quietProofs {
		if end = s.Await(p, nil, step); end != scene.Stuck {
			break
		}
	}
	return end
}

func lastLines(text []byte, n int) []string {
	lines := strings.Split(strings.TrimRight(string(text), "\n"), "\n")
	if len(lines) == 1 && lines[0] == "" {
		return nil
	}
	return lines[max(0, len(lines)-n):]
}

// talk makes a connection of which the grader has both ends.
func talk(s *scene.Scene, args []string) {
	set, args := argument.Flags(args, []string{"-reset"}, nil)
	argument.Exactly(3, args)
	l, data := s.Listener(args[1:2]), s.Fill.Text(args[2])
	for _, p := range s.Programs {
		s.Rest(p)
	}
	err := func() error {
		ctx, cancel := context.WithTimeout(context.Background(), scene.WallBound)
		defer cancel()
		client, err := s.Maker.Dial(ctx, args[0], l.Addr, wire.Default)
		if err != nil {
			return err
		}
		defer client.Reset()
		s.TS.Setenv(args[0]+"_local", client.Local.String())
		s.TS.Setenv(args[0]+"_peer", client.Remote.String())
		server, err := l.Accept(args[0], scene.WallBound)
		if err != nil {
			return err
		}
		defer server.Reset()
		return converse(client, server, data, set["-reset"] != "")
	}()
	s.CheckMade(err)
	if err != nil {
		s.Fail(record.Verdict{Code: record.CannotGrade,
			What: record.Say("the grader could not talk to itself: %v", err)})
	}
	end := "FINs"
	if set["-reset"] != "" {
		end = "an RST"
	}
	s.Record(record.Event{Kind: record.Note, What: record.Say("%s: the grader talks to itself, %s, and ends with %s",
		args[0], record.Bytes(len(data)), end)})
}

// converse sends data from client to server and ends the connection.
func converse(client, server *wire.Conn, data []byte, reset bool) error {
	if _, err := client.Write(data, scene.WallBound); err != nil {
		return err
	}
	for buf, n := make([]byte, len(data)+1), 0; n < len(data); {
		k, err := server.Read(buf, scene.WallBound)
		if err != nil {
			return err
		}
		n += k
	}
	if reset {
		client.Reset()
		return expect(server, wire.ErrReset)
	}
	client.CloseWrite()
	if err := expect(server, nil); err != nil {
		return err
	}
	server.Close()
	if err := expect(client, nil); err != nil {
		return err
	}
	return client.Close()
}

// expect reads the end of a connection: a FIN, or the error want.
func expect(c *wire.Conn, want error) error {
	_, err := c.Read(make([]byte, 1), scene.WallBound)
	if err == want || want == nil && c.EOF {
		return nil
	}
	return fmt.Errorf("reading its end: %w", err)
}

func echoReply(s *scene.Scene, args []string) {
	set, args := argument.Flags(args, []string{"-options", "-damaged"},
		[]string{"-id", "-seq", "-type", "-code", "-data"})
	argument.Exactly(0, args)
	number := func(name string) uint16 {
		n, err := strconv.Atoi(set[name])
		if err != nil && set[name] != "" {
			panic(argument.Usage(fmt.Sprintf("%s %q is not a small number", name, set[name])))
		}
		return uint16(n)
	}
	if packetsOf(s).request == nil {
		s.Misuse("there is no echo request to answer: begin with echo-request")
	}
	m := bytes.Clone(packetsOf(s).request)
	m[0], m[1] = byte(number("-type")), byte(number("-code"))
	put16(m[4:], get16(m[4:])+number("-id"))
	put16(m[6:], get16(m[6:])+number("-seq"))
	if set["-id"] != "" {
		packetsOf(s).know(m, "OTHER-ID")
	}
	if set["-data"] != "" {
		m = append(m[:8], s.Fill.Text(set["-data"])...)
	}
	put16(m[2:], 0)
	put16(m[2:], internetChecksum(m))
	if set["-damaged"] != "" {
		m[2] ^= 1
	}
	if err := packetsOf(s).send(m, set["-options"] != ""); err != nil {
		s.Fail(record.Verdict{Code: record.CannotGrade,
			What: record.Say("the grader could not send an ICMP message: %v", err)})
	}
	s.Record(record.Event{Conn: icmpPeer, Kind: record.Hop, Data: m[8:], Size: len(m) - 8,
		What: record.Say("%s", packetsOf(s).name(m))})
}

// know notes what the id of the message m is called where it must not differ from
// run to run.
func (k *packets) know(m []byte, name string) {
	if k.ids == nil {
		k.ids = map[string]string{}
	}
	k.ids[strconv.Itoa(int(get16(m[4:])))] = name
}

// unreachable counts the ICMP port unreachable messages so far.
func unreachable(s *scene.Scene, want int) {
	if s.Space == nil {
		s.Misuse("ICMP messages are seen in a scenario with the header namespace only")
	}
	if err := packetsOf(s).open(s.Space); err != nil {
		s.Misuse("unreachable: %v", err)
	}
	s.Rest(s.Main())
	const destination, port = 3, 3 // RFC 792
	got := 0
	for m, ok := packetsOf(s).next(); ok; m, ok = packetsOf(s).next() {
		if m[0] == destination && m[1] == port {
			got++
		}
	}
	s.Record(record.Event{Kind: record.Note, What: record.Say("%d datagrams to where nothing listens", got)})
	if got == want {
		return
	}
	code := record.Silence
	if got > want {
		code = record.ExtraBytes
	}
	s.Reject("", record.Say("%d were expected", want),
		record.Verdict{Code: code,
			What: record.Say("%d datagrams were sent to where nothing listens, and each was refused "+
				"by the kernel; %d were expected", got, want),
			Words: s.Main().LastWords(3)})
}

// icmpPeer is the line of the timeline at which the grader answers pings.
const icmpPeer = "peer"

// name says which ICMP message m is, in a few words. The program chooses its id
// anew each time, so that only another one is told.
func (k *packets) name(m []byte) string {
	name := ""
	switch m[0] {
	case 0:
		name = fmt.Sprintf("reply %d", get16(m[6:]))
	case 8:
		name = fmt.Sprintf("request %d", get16(m[6:]))
	default:
		name = fmt.Sprintf("type %d", m[0])
	}
	if get16(m[4:]) != get16(k.request[4:]) {
		name += ", other id"
	}
	if m[1] != 0 {
		name += fmt.Sprintf(", code %d", m[1])
	}
	if internetChecksum(m) != 0 {
		name += ", damaged"
	}
	return name
}

// echoRequest waits for the program's echo request.
func echoRequest(s *scene.Scene) {
	p := s.Main()
	if s.Space == nil {
		s.Misuse("ICMP messages are seen in a scenario with the header namespace only")
	}
	if err := packetsOf(s).open(s.Space); err != nil {
		s.Misuse("echo-request: %v", err)
	}
	packetsOf(s).request = nil
	end := quietly(s, p, func(d time.Duration) scene.Progress {
		if packetsOf(s).take() {
			return scene.Done
		}
		p.Pause(min(d, time.Millisecond))
		return scene.Nothing
	})
	if end == scene.Ended && !packetsOf(s).take() {
		server.EndedEarly(s, p)
	}
	if end == scene.Ended {
		end = scene.Happened // it was the last thing that it did
	}
	s.Judge(p, end, scene.Owes{Code: record.Silence, What: record.Say("no ICMP echo request has come")})
	m := packetsOf(s).request
	s.TS.Setenv("id", strconv.Itoa(int(get16(m[4:]))))
	packetsOf(s).know(m, "ID")
	s.TS.Setenv("seq", strconv.Itoa(int(get16(m[6:]))))
	s.Record(record.Event{To: icmpPeer, Kind: record.Hop, Data: m[8:], Size: len(m) - 8,
		What: record.Say("%s", packetsOf(s).name(m))})
	if internetChecksum(m) != 0 {
		right := bytes.Clone(m)
		put16(right[2:], 0)
		put16(right[2:], internetChecksum(right))
		s.Reject("", record.Say("its checksum is wrong: a host drops it without a word"),
			record.Verdict{Code: record.WrongBytes,
				What: record.Say("the checksum of the ICMP message is %v and should be %v",
					checksum(m[2:]), checksum(right[2:])),
				Want: right, Got: m, Compare: true})
	}
}

// checksum shows one. A ping has another in each run, for it has another id.
func checksum(field []byte) record.Varying {
	return record.Varies(fmt.Sprintf("%#04x", get16(field)), "0xN")
}
