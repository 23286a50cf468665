package play

import (
	"net/netip"
	"strconv"
	"strings"

	"loopback/tools/base/record"
	"loopback/tools/engine/wire"
)

var byteCommands = []Command{{
	Name: "dial", Args: "[-small] [-elsewhere] [-at PLACE] [-port-of OTHER] [-other-user] NAME...",
	Group:   "Connections and bytes",
	Summary: "connect clients to the server",
	Detail: "With -small the socket buffers are a few kilobytes, so that they are soon full. " +
		"With -elsewhere each client comes from a loopback address of its own, drawn from the seed, which is " +
		"not 127.0.0.1; with -at all of them come from one, which belongs to the word PLACE. With -port-of each " +
		"comes from such an address, too, and with the port that the client OTHER has, or had: only the addresses " +
		"differ. The variable $NAME_local is set to the client's own address. Of a Unix socket $NAME_uid and " +
		"$NAME_pid are set instead, to what SO_PEERCRED says of the client; with -other-user it is another user " +
		"than the grader, which only root can be.",
	run: func(s *scene, args []string) {
		set, names := flags(args, []string{"-small", "-elsewhere", "-other-user"}, []string{"-port-of", "-at"})
		atLeast(1, names)
		w := wire.Default
		if set["-small"] != "" {
			w = wire.Small
		}
		other := set["-port-of"]
		if set["-other-user"] != "" {
			s.otherUser()
			defer func() { s.local.other = false }()
		}
		for _, name := range names {
			if set["-elsewhere"] != "" || other != "" {
				s.from = s.elsewhere(name)
			}
			if place := set["-at"]; place != "" {
				s.from = s.elsewhere("place " + place)
			}
			if other != "" {
				s.fromPort = s.clientPort(other)
			}
			s.dial(name, w)
		}
		s.from, s.fromPort = netip.Addr{}, 0
	},
}, {
	Name: "send", Args: "NAME TEXT...", Group: "Connections and bytes",
	Summary: "send TEXT in one write",
	Detail: "TEXT has Go escapes ('hello\\n'), or is bytes:SIZE, a pattern in which every place can be told from " +
		"every other, or bytes:FROM-TO, a part of that pattern, " +
		"or all-bytes, the 256 byte values, " +
		"or times:N:TEXT, which is TEXT N times, or resp:'WORD WORD', a command in the protocol of Redis, each of " +
		"whose words is a TEXT, or bulk:TEXT, one such word, or sum:TEXT, how many bytes TEXT has, a space, their " +
		"SHA-256 in hexadecimal and a newline, or numbered:N:TEXT, N lines that are a number of seven digits, " +
		"from 1 on, a space and TEXT, or host-of:ADDR, port-of:ADDR, host-bytes:ADDR or port-bytes:ADDR, a part of " +
		"an address as text or in network order. Several are joined. " +
		"What is made up is drawn from the seed of the grading: bytes:SIZE, random:N, which is N bytes of any value, " +
		"words:N, which is N words of small letters, and line:N, which is N bytes, letters and a newline. " +
		"The last three may be followed by a label, words:2:b: with another label they stand for other bytes, and " +
		"for the same ones wherever they stand.",
	run: onBytes((*scene).send),
}, {
	Name: "try", Args: "NAME TEXT...", Group: "Connections and bytes",
	Summary: "send TEXT, if the program has not ended the connection yet",
	Detail:  "It may do so at any time, and that is judged by what comes next.",
	run: onBytes(func(s *scene, c *wire.Conn, data []byte) {
		s.rest(s.owner(c))
		left, _, _ := s.give(c, data)
		s.record(record.Event{Conn: c.Name, Kind: record.Out, Data: data, Size: len(data) - left, Cut: left > 0})
	}),
}, {
	Name: "let", Args: "NAME TEXT...", Group: "Connections and bytes",
	Summary: "set the variable $NAME to TEXT, in the form in which the other commands and a program's " +
		"arguments take it",
	Detail: "Bytes that are not printable stand in it as Go escapes, which only this grader's commands understand.",
	run: func(s *scene, args []string) {
		atLeast(2, args)
		quoted := strconv.QuoteToASCII(string(s.fill.joined(args[1:])))
		s.ts.Setenv(args[0], strings.ReplaceAll(quoted[1:len(quoted)-1], `\"`, `"`))
	},
}, {
	Name: "recv", Args: "NAME TEXT...", Group: "Connections and bytes",
	Summary: "exactly TEXT must come next, in however many pieces",
	run:     onBytes((*scene).recv),
}, {
	Name: "slow", Args: "NAME TEXT...", Group: "Connections and bytes",
	Summary: "send TEXT byte by byte, each only when the program has read the one before and is at rest",
	run:     onBytes((*scene).slow),
}, {
	Name: "pieces", Args: "[-whole] NAME SIZE...", Group: "Connections and bytes",
	Summary: "send the pattern of bytes: in pieces of these sizes, each when the program has read the one before " +
		"and is at rest",
	Detail: "With -whole the program is stopped (SIGSTOP) while a piece is sent, so that it finds all of it at once. " +
		"All pieces together are bytes:N, where N is the sum of their sizes.",
	run: (*scene).pieces,
}, {
	Name: "trickle", Args: "NAME TEXT...", Group: "Connections and bytes",
	Summary: "send TEXT byte by byte, each when the program has read the one before",
	Detail:  "So every byte comes alone. It is quicker than slow, which also waits until the program is at rest.",
	run:     onBytes((*scene).trickle),
}, {
	Name: "consumed", Args: "NAME", Group: "Connections and bytes",
	Summary: "wait until the program has read all that was sent",
	run:     onConn((*scene).consumed),
}, {
	Name: "waiting", Args: "NAME", Group: "Connections and bytes",
	Summary: "the program must be at rest and must not have answered NAME",
	run:     onConn((*scene).waiting),
}, {
	Name: "flood", Args: "[-least LEAST] NAME SIZE", Group: "Connections and bytes",
	Summary: "send SIZE bytes and at the same time read and compare their echo",
	Detail: "With -least it ends when LEAST bytes have come back and the program has used half a second of " +
		"processor time: one that reads three bytes at a time is spared the rest.",
	run: func(s *scene, args []string) {
		set, args := flags(args, nil, []string{"-least"})
		exactly(2, args)
		if least := set["-least"]; least != "" {
			s.longFlood(s.conn(args[0]), size(least), size(args[1]))
			return
		}
		s.flood(s.conn(args[0]), size(args[1]))
	},
}, {
	Name: "stuff", Args: "NAME", Group: "Connections and bytes",
	Summary: "send without ever reading, until every buffer on the way is full and nothing moves",
	run:     onConn((*scene).stuff),
}, {
	Name: "unstuff", Args: "[-slowly] NAME", Group: "Connections and bytes",
	Summary: "read and compare the echo of all that stuff or overfill sent",
	Detail:  "With -slowly a piece is read only when the program has come to rest after the one before.",
	run:     (*scene).unstuff,
}}
