package stream

import (
	"net/netip"
	"strconv"
	"strings"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/argument"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/wire"
)

var byteCommands = []scene.Command{{
	Name: "dial", Args: "[-small|-narrow] [-elsewhere] [-at PLACE] [-port-of OTHER] [-other-user] NAME...",
	Group:   "Connections and bytes",
	Sets:    "NAME_local NAME_uid NAME_pid",
	Summary: "connect clients to the server",
	Detail: "With -small the socket buffers are a few kilobytes, so that they are soon full. With -narrow they hold " +
		"two segments, so that what was read at once is written in many pieces. With -elsewhere each client comes " +
		"from a loopback address of its own, drawn from the seed, which is not 127.0.0.1; with -at all of them come " +
		"from one, which belongs to the word PLACE. With -port-of each also comes from such an address, and with the " +
		"port that the client OTHER has, or had: only the addresses differ. The variable $NAME_local is set to the " +
		"client's own address. Of a Unix socket $NAME_uid and $NAME_pid are set instead, to what SO_PEERCRED says of " +
		"the client; with -other-user it is another user than the grader, which only root can be.",
	Run: func(s *scene.Scene, args []string) {
		set, names := argument.Flags(args, []string{"-small", "-narrow", "-elsewhere", "-other-user"},
			[]string{"-port-of", "-at"})
		argument.AtLeast(1, names)
		w := wire.Default
		if set["-small"] != "" {
			w = wire.Small
		}
		if set["-narrow"] != "" {
			w = wire.Narrow
		}
		other := set["-port-of"]
		if set["-other-user"] != "" {
			s.OtherUser()
			defer func() { s.Local.Other = false }()
		}
		for _, name := range names {
			if set["-elsewhere"] != "" || other != "" {
				s.From = s.Elsewhere(name)
			}
			if place := set["-at"]; place != "" {
				s.From = s.Elsewhere("place " + place)
			}
			if other != "" {
				s.FromPort = s.ClientPort(other)
			}
			s.Dial(name, w)
		}
		s.From, s.FromPort = netip.Addr{}, 0
	},
}, {
	Name: "send", Args: "NAME TEXT...", Group: "Connections and bytes",
	Summary: "send TEXT in one write",
	Detail: "TEXT has Go escapes ('hello\\n'), or is bytes:SIZE, a pattern in which every place can be told from " +
		"every other (lines of 16 bytes that begin with a number), or bytes:FROM-TO, a part of that pattern, or " +
		"all-bytes, the 256 byte values, or all-pairs, 65,537 bytes in which each value stands before each once, or " +
		"times:N:TEXT, which is TEXT N times, or resp:'WORD WORD', a command in the protocol of Redis, each of " +
		"whose words is a TEXT, or bulk:TEXT, one such word, or sum:TEXT, how many " +
		"bytes TEXT has, a space, their SHA-256 in hexadecimal and a newline, or numbered:N:TEXT, N lines that are a " +
		"number of seven digits, from 1 on, a space and TEXT, or host-of:ADDR, port-of:ADDR, host-bytes:ADDR or " +
		"port-bytes:ADDR, a part of an address as text or in network order. Several are joined. What is made up is " +
		"drawn from the seed of the grading: bytes:SIZE, random:N, which is N bytes of any value, words:N, which is " +
		"N words of lower-case letters, and line:N, which is N bytes, letters and a newline. The last three may be " +
		"followed by a label, words:2:b: with another label they stand for other bytes, and for the same ones " +
		"wherever they stand.",
	Run: scene.OnBytes(Send),
}, {
	Name: "try", Args: "NAME TEXT...", Group: "Connections and bytes",
	Summary: "send TEXT, if the program has not ended the connection yet",
	Detail:  "It may do so at any time, and that is judged by what comes next.",
	Run: scene.OnBytes(func(s *scene.Scene, c *wire.Conn, data []byte) {
		s.Rest(s.Owner(c))
		left, _, _ := Give(s, c, data)
		s.Record(record.Event{Conn: c.Name, Kind: record.Out, Data: data, Size: len(data) - left, Cut: left > 0})
	}),
}, {
	Name: "let", Args: "NAME TEXT...", Group: "Connections and bytes",
	Sets: "NAME",
	Summary: "set the variable $NAME to TEXT, in the form in which the other commands and a program's " +
		"arguments take it",
	Detail: "Bytes that are not printable appear in it as Go escapes, which only this grader's commands understand.",
	Run: func(s *scene.Scene, args []string) {
		argument.AtLeast(2, args)
		quoted := strconv.QuoteToASCII(string(s.Fill.Joined(args[1:])))
		s.TS.Setenv(args[0], strings.ReplaceAll(quoted[1:len(quoted)-1], `\"`, `"`))
	},
}, {
	Name: "recv", Args: "NAME TEXT...", Group: "Connections and bytes",
	Summary: "exactly TEXT must come next, in however many pieces",
	Run:     scene.OnBytes(Recv),
}, {
	Name: "slow", Args: "NAME TEXT...", Group: "Connections and bytes",
	Summary: "send TEXT byte by byte, each only when the program has read the one before and is at rest",
	Run:     scene.OnBytes(slow),
}, {
	Name: "pieces", Args: "[-whole] NAME SIZE...", Group: "Connections and bytes",
	Summary: "send the pattern of bytes: in pieces of these sizes, each when the program has read the one before " +
		"and is at rest",
	Detail: "With -whole the program is stopped (SIGSTOP) while a piece is sent, so that it finds all of it at once. " +
		"All pieces together are bytes:N, where N is the sum of their sizes.",
	Run: pieces,
}, {
	Name: "trickle", Args: "NAME TEXT...", Group: "Connections and bytes",
	Summary: "send TEXT byte by byte, each when the program has read the one before",
	Detail:  "So every byte comes alone. It is quicker than slow, which also waits until the program is at rest.",
	Run:     scene.OnBytes(trickle),
}, {
	Name: "consumed", Args: "NAME", Group: "Connections and bytes",
	Summary: "wait until the program has read all that was sent",
	Detail: "What it has thrown away with an RST is not waited for either: recv, eof, not-reset or quiet after it " +
		"see that.",
	Run: scene.OnConn(consumeOrEnd),
}, {
	Name: "waiting", Args: "NAME", Group: "Connections and bytes",
	Summary: "the program must be at rest and must not have answered NAME",
	Run:     scene.OnConn(Waiting),
}, {
	Name: "flood", Args: "[-least LEAST] NAME SIZE", Group: "Connections and bytes",
	Summary: "send SIZE bytes and at the same time read and compare their echo",
	Detail: "It reads when the program has to wait for the first time, or has all. With -least it ends when LEAST " +
		"bytes have come back and the program has used half a second of processor time: one that reads three " +
		"bytes at a time is spared the rest.",
	Run: func(s *scene.Scene, args []string) {
		set, args := argument.Flags(args, nil, []string{"-least"})
		argument.Exactly(2, args)
		if least := set["-least"]; least != "" {
			longFlood(s, s.Conn(args[0]), argument.Size(least), argument.Size(args[1]))
			return
		}
		flood(s, s.Conn(args[0]), argument.Size(args[1]))
	},
}, {
	Name: "stuff", Args: "[-whole] [-most SIZE] NAME", Group: "Connections and bytes",
	Summary: "send without ever reading, until every buffer on the way is full and nothing moves",
	Detail: "With -whole the program is stopped (SIGSTOP) while as much is sent as its socket takes, and then goes " +
		"on, again and again: so its reads bring as much as its buffers hold. With -most it ends as soon as the " +
		"program, an echo, holds more than SIZE that it has read and not written back, where the kernel counts that: " +
		"held says whether it may.",
	Run: func(s *scene.Scene, args []string) {
		set, args := argument.Flags(args, []string{"-whole"}, []string{"-most"})
		argument.Exactly(1, args)
		most := 0
		if size := set["-most"]; size != "" {
			most = argument.Size(size)
		}
		if c := s.Conn(args[0]); set["-whole"] != "" {
			stuffWhole(s, c, most)
		} else {
			stuffFrom(s, c, 0, stuffing{most: most})
		}
	},
}, {
	Name: "unstuff", Args: "[-slowly] NAME", Group: "Connections and bytes",
	Summary: "read and compare the echo of all that stuff or overfill sent",
	Detail: "With -slowly a piece is read only when the program has come to rest after the one before. Where the " +
		"last bytes do not come a few more are sent: what comes of them tells bytes that are lost from a program " +
		"that is stuck.",
	Run: unstuff,
}}
