package grade

import (
	"math/bits"
	"slices"
	"strconv"

	"loopback/tools/probe"
)

// kernelFacts are what the kernel's tables say. Those about a connection are
// about the program's end of the one in question.
var kernelFacts = []factKind{{
	name: "unaccepted", meaning: "the connection waits in the accept queue: the program has not accepted it",
	holds: func(e *evidence, _ string) bool { return e.now.Inode == 0 && e.now.State == probe.Established },
}, {
	name: "unread", meaning: "bytes that it has not read wait in its socket",
	holds: func(e *evidence, _ string) bool { return e.now.Inode != 0 && unreadBytes(e.now) > 0 },
}, {
	name: "fin-unread", meaning: "the peer's FIN, and no byte before it, waits unread in its socket",
	holds: func(e *evidence, _ string) bool { return e.now.State == probe.CloseWait && e.now.Unread == 1 },
}, {
	name: "close-wait", meaning: "it has read everything, the FIN included, and has not closed",
	holds: func(e *evidence, _ string) bool { return e.now.State == probe.CloseWait && e.now.Unread == 0 },
}, {
	name: "read-all", meaning: "it has read all that was sent, and there was something",
	holds: func(e *evidence, _ string) bool { return e.now.Inode != 0 && e.now.Unread == 0 && e.sent > 0 },
}, {
	name: "sent-nothing", meaning: "the grader had sent nothing on this connection",
	holds: func(e *evidence, _ string) bool { return e.conn != "" && e.sent == 0 },
}, {
	name: "output-pending", meaning: "the kernel holds bytes that the program wrote and the peer's kernel " +
		"has not taken",
	holds: func(e *evidence, _ string) bool { return e.now.Counted && e.now.NotSent > 0 },
}, {
	name: "held", meaning: "when the kernel last knew the connection the program had read more from it than it had " +
		"written to it: for an echo, bytes that it still keeps, or has dropped",
	holds: func(e *evidence, _ string) bool { return e.last.Counted && e.last.Holding() > 0 },
}, {
	name: "linger-zero", meaning: "the program reset a connection on which it had read every byte that was sent: as " +
		"a rule only SO_LINGER with zero does that",
	holds: func(e *evidence, _ string) bool {
		return e.reset && e.last.Counted && unreadBytes(e.last) == 0 && e.sent == e.lastSent &&
			int64(e.last.Received) >= e.sent
	},
}, {
	name: "no-listener", meaning: "nothing listens any more at the address that the server announced",
	holds: func(e *evidence, _ string) bool { return e.noListener },
}, {
	name: "backlog", arg: "N", meaning: "the kernel knows N as the backlog of the server's listener",
	holds: func(e *evidence, arg string) bool {
		return e.listener.Counted && strconv.Itoa(int(e.listener.Unacked)) == arg
	},
}, {
	name: "udp-connected", meaning: "when its first datagram came, or before a port where nothing listens, the " +
		"program had a UDP socket that was connected to one peer",
	holds: func(e *evidence, _ string) bool { return e.udpConnected },
}, {
	name: "queue-small", meaning: "the kernel has dropped datagrams because the program has made its socket's queue " +
		"smaller than the system's default",
	holds: func(e *evidence, _ string) bool { return e.queueSmall },
}, {
	name: "port-swapped", meaning: "the port is the one that was asked for with its two bytes swapped",
	holds: func(e *evidence, _ string) bool {
		return e.asked != 0 && e.asked != bits.ReverseBytes16(e.asked) &&
			slices.Contains(e.found, bits.ReverseBytes16(e.asked))
	},
}}

// unreadBytes counts the bytes that wait unread; the FIN is none.
func unreadBytes(k probe.Socket) uint32 {
	if k.State.GotFIN() && k.Unread > 0 {
		return k.Unread - 1
	}
	return k.Unread
}
