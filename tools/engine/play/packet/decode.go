package packet

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"strings"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/argument"
	"loopback/tools/engine/play/programs"
	"loopback/tools/engine/play/scene"
)

var decodeCommands = []scene.Command{{
	Name: "packet", Args: "[-begins] NAME HEX LINE", Group: "Packets",
	Summary: "a packet for the next decoded, and the line that must be printed for it",
	Detail:  "With -begins LINE is only how the line must begin. NAME is what the fact on calls it.",
	Run:     packet,
}, {
	Name: "decoded", Args: "", Group: "Packets",
	Summary: "give all packets so far to the program, as `decode HEX...`: it must print their lines in this order, " +
		"and end with status 0",
	Detail: "The report names the packet whose line differs, or on which the program ended, and shows all of it.",
	Run: func(s *scene.Scene, args []string) {
		argument.Exactly(0, args)
		decoded(s)
	},
}, {
	Name: "replies", Args: "[-none] NAME HEX", Group: "Packets",
	Summary: "give the packet to the program, as `reply HEX`: it must print the packet that answers this echo " +
		"request, and end with status 0",
	Detail: "The reply is the request with its addresses exchanged, its type 0 and a new ICMP checksum, up to the " +
		"packet's own length. With -none it is not an echo request in good order: the status must be 1, and standard " +
		"output empty. HEX may be ping:SIZE, a request with SIZE bytes of data, or carry:SIZE, one whose checksum is " +
		"0xf800 or more.",
	Run: replies,
}}

// A decoding is a packet, and the line that is expected for it.
type decoding struct {
	name   string
	packet string // in hexadecimal
	line   string
	begins bool
}

func packet(s *scene.Scene, args []string) {
	set, args := argument.Flags(args, []string{"-begins"}, nil)
	argument.Exactly(3, args)
	packetsOf(s).given = append(packetsOf(s).given, decoding{args[0], args[1], args[2], set["-begins"] != ""})
}

func decoded(s *scene.Scene) {
	given := packetsOf(s).given
	packetsOf(s).given = nil
	if len(given) == 0 {
		s.Misuse("decoded needs a packet before it")
	}
	argv := []string{"decode"}
	for _, d := range given {
		argv = append(argv, d.packet)
	}
	s.Known.Args = []string{given[0].name}
	p := work(s, fmt.Sprintf("decode, with %s", packetsText(len(given))), argv, func(printed int) string {
		if printed >= len(given) {
			return ""
		}
		d := given[printed]
		s.Known.Args = []string{d.name}
		return fmt.Sprintf("this packet has no line: %q", d.packet)
	}, 0)
	lines := strings.SplitAfter(string(p.Proc.Stdout().Bytes()), "\n")
	for i, d := range given {
		got := ""
		if i < len(lines) {
			got = lines[i]
		}
		if got == d.line+"\n" || d.begins && strings.HasPrefix(got, d.line) {
			continue
		}
		s.Known.Args = []string{d.name}
		s.Reject("", record.Say("line %d is not what was promised", i+1),
			record.Verdict{Code: record.Output,
				What: record.Say("line %d of %d differs; it is about the packet %q", i+1, len(given), d.packet),
				Want: []byte(d.line + "\n"), Got: []byte(got), Compare: true})
	}
	if extra := strings.Join(lines[len(given):], ""); extra != "" {
		s.Reject("", record.Say("more was printed than was promised"),
			record.Verdict{Code: record.Output,
				What: record.Say("there are more lines than %s", packetsText(len(given))),
				Want: []byte{}, Got: []byte(extra), Compare: true})
	}
}

func packetsText(n int) string { return record.Number(n, "packet") }

// work starts the program with argv and waits until it has ended with this
// status. When it does not, doing says at what it was, from the number of lines
// that it had printed.
func work(s *scene.Scene, what string, argv []string, doing func(printed int) string, status int) *scene.Instance {
	name := "client"
	if n := len(s.Programs); n > 0 {
		name = fmt.Sprintf("client %d", n+1)
	}
	p := s.Start(name, argv)
	s.Record(record.Event{Kind: record.Note, What: record.Say("started: %v", what)})
	s.Doing = func() string { return doing(bytes.Count(p.Proc.Stdout().Bytes(), []byte("\n"))) }
	defer func() { s.Doing = nil }()
	programs.Exit(s, []string{fmt.Sprint(status), name})
	return p
}

func replies(s *scene.Scene, args []string) {
	set, args := argument.Flags(args, []string{"-none"}, nil)
	argument.Exactly(2, args)
	request, err := echoPacket(s, args[1])
	if err != nil {
		panic(argument.Usage(fmt.Sprintf("%q is not a packet: %v", args[1], err)))
	}
	digits := hex.EncodeToString(request)
	s.Known.Args = []string{args[0]}
	want, status, doing := hex.EncodeToString(echoAnswer(request))+"\n", 0, "the request, %s, is in good order: %s"
	if set["-none"] != "" {
		want, status, doing = "", 1, "no reply belongs to this packet, %s: %s"
	}
	doing = fmt.Sprintf(doing, record.Bytes(len(request)), record.Cut(digits, 140))
	p := work(s, "reply, with a packet of "+record.Bytes(len(request)), []string{"reply", digits},
		func(int) string { return doing }, status)
	if got := string(p.Proc.Stdout().Bytes()); got != want {
		s.Reject("", record.Say("standard output is not what was promised"),
			record.Verdict{Code: record.Output, What: record.Say("the reply differs; %v", doing), Want: []byte(want),
				Got: []byte(got), Compare: true})
	}
}
