package facts

import (
	"math/bits"
	"slices"
	"strconv"

	"loopback/tools/engine/probe"
)

// inQueue reports whether a connection is complete, and has no owner yet.
func inQueue(s probe.Socket) bool { return s.Inode == 0 && s.State == probe.Established }

// kernelFacts are what the kernel's tables say. Those about a connection are
// about the program's end of the one in question.
var kernelFacts = []Kind{{
	Name: "unaccepted", Meaning: "the connection waits in the accept queue: the program has not accepted it; or it " +
		"was reset, and waited there when the kernel last knew it",
	holds: func(e *Evidence, _ string) bool {
		return inQueue(e.Now) || e.Reset && e.Now.State == 0 && inQueue(e.Last)
	},
}, {
	Name: "unread", Meaning: "bytes that it has not read wait in its socket",
	holds: func(e *Evidence, _ string) bool { return e.Now.Inode != 0 && unreadBytes(e.Now) > 0 },
}, {
	Name: "fin-unread", Meaning: "the peer's FIN, and no byte before it, waits unread in its socket",
	holds: func(e *Evidence, _ string) bool { return e.Now.State == probe.CloseWait && e.Now.Unread == 1 },
}, {
	Name: "close-wait", Meaning: "it has read everything, the FIN included, and has not closed",
	holds: func(e *Evidence, _ string) bool { return e.Now.State == probe.CloseWait && e.Now.Unread == 0 },
}, {
	Name: "read-all", Meaning: "it has read all that was sent, and there was something",
	holds: func(e *Evidence, _ string) bool { return e.Now.Inode != 0 && e.Now.Unread == 0 && e.Sent > 0 },
}, {
	Name: "sent-nothing", Meaning: "the grader had sent nothing on this connection",
	holds: func(e *Evidence, _ string) bool { return e.Conn != "" && e.Sent == 0 },
}, {
	Name: "output-pending", Meaning: "the kernel holds bytes that the program wrote and the peer's kernel " +
		"has not taken",
	holds: func(e *Evidence, _ string) bool { return e.Now.Counted && e.Now.NotSent > 0 },
}, {
	Name: "held", Meaning: "when the kernel last knew the connection the program had read more from it than it had " +
		"written to it: for an echo, bytes that it still keeps, or has dropped",
	holds: func(e *Evidence, _ string) bool { return e.Last.Counted && e.Last.Holding() > 0 },
}, {
	Name: "linger-zero", Meaning: "the program reset a connection on which it had read every byte that was sent: " +
		"usually only SO_LINGER with zero does that",
	holds: func(e *Evidence, _ string) bool {
		return e.Reset && e.Last.Counted && unreadBytes(e.Last) == 0 && e.Sent == e.LastSent &&
			int64(e.Last.Received) >= e.Sent
	},
}, {
	Name: "remain", Arg: "WHAT", values: []string{"sockets", "pipes", "files"},
	Meaning: "what the program still holds of clients that have gone is `sockets`, or most of it is `pipes` or `files`",
	holds:   func(e *Evidence, arg string) bool { return e.Remain == arg },
}, {
	Name: "no-listener", Meaning: "nothing listens any more at the address that the server announced",
	holds: func(e *Evidence, _ string) bool { return e.NoListener },
}, {
	Name: "backlog", Arg: "N", Meaning: "the kernel knows N as the backlog of the server's listener",
	holds: func(e *Evidence, arg string) bool {
		return e.Listener.Counted && strconv.Itoa(int(e.Listener.Unacked)) == arg
	},
}, {
	Name: "udp-connected", Meaning: "when its first datagram came, or before a port where nothing listens, the " +
		"program had a UDP socket that was connected to one peer",
	holds: func(e *Evidence, _ string) bool { return e.UDPConnected },
}, {
	Name: "queue-small", Meaning: "the kernel has dropped datagrams because the program has made its socket's queue " +
		"smaller than the system's default",
	holds: func(e *Evidence, _ string) bool { return e.QueueSmall },
}, {
	Name: "datagram-unread", Arg: "WHERE", values: []string{"announced", "elsewhere"},
	Meaning: "a datagram waits unread in a UDP socket of the program: in the one at the address that the server " +
		"`announced`, or `elsewhere`",
	holds: func(e *Evidence, arg string) bool {
		return arg == "announced" && e.Unheard.Announced || arg == "elsewhere" && e.Unheard.Elsewhere
	},
}, {
	Name: "port-swapped", Meaning: "the port is the one that was asked for with its two bytes swapped",
	holds: func(e *Evidence, _ string) bool {
		return e.Asked != 0 && e.Asked != bits.ReverseBytes16(e.Asked) &&
			slices.Contains(e.Found, bits.ReverseBytes16(e.Asked))
	},
}}

// unreadBytes counts the bytes that wait unread; the FIN is none.
func unreadBytes(k probe.Socket) uint32 {
	if k.State.GotFIN() && k.Unread > 0 {
		return k.Unread - 1
	}
	return k.Unread
}
