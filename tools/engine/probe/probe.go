// Package probe tells what the kernel knows about a program under test: whether
// any of its threads can still move, and what waits in its sockets.
//
// A program that has gone quiet may be thinking, may be waiting for a timer, or
// may be stuck forever, and from the far end of a connection the three look the
// same. The kernel knows which it is. Everything here reads; nothing changes the
// program or its connections.
//
// Linux gives the full evidence. Elsewhere [Look] answers Unknown, the socket
// functions answer [ErrNoEvidence], and [Missing] says in words what is lacking.
package probe

import (
	"errors"
	"fmt"
	"net/netip"
	"time"
)

// State says whether a program can move.
type State int

// The states of a program, a whole tree of processes taken together.
const (
	Unknown State = iota // this system gives no evidence
	Gone                 // every process of the tree has ended (zombies count as ended)
	Moving               // a thread runs, is runnable, waits for a disk, or ran between the two looks of one call
	Timed                // every thread sleeps, but at least one will wake by itself: a timer is pending
	Asleep               // every thread sleeps and no timer is pending: only an event from outside can wake it
	Stopped              // stopped by a signal (SIGSTOP), at least the root
)

// String gives the state as one lower-case word.
func (s State) String() string {
	names := [...]string{"unknown", "gone", "moving", "timed", "asleep", "stopped"}
	if s < 0 || int(s) >= len(names) {
		return fmt.Sprintf("State(%d)", int(s))
	}
	return names[s]
}

// Activity is what one [Look] saw of a process and its descendants.
type Activity struct {
	State State
	// Runs says how often the kernel has put one of the live threads on a
	// processor. Equal values of two looks mean that nothing ran in between;
	// [Activity.Same] also sees that a thread has been replaced by another.
	Runs uint64
	// CPU is the processor time used so far by the live threads.
	CPU time.Duration
	// Delay is how long the live threads have waited for a processor so far, all
	// together: they were ready to run, and others ran. It is 0 where the kernel
	// does not say.
	Delay time.Duration
	// Threads counts the live threads of all processes.
	Threads int
	// Napping says that no thread was seen ready to run, one after the other; some
	// may have run between two looks at it. Asleep and Timed are stronger: there
	// was one moment at which all slept.
	Napping bool
	// PIDs has the live processes: root first, then its descendants.
	PIDs []int

	print uint64 // a hash of every thread's number and run count
}

// Same reports whether nothing has run between the look that gave a and the one
// that gave b: the same threads, each put on a processor equally often.
func (a Activity) Same(b Activity) bool {
	return a.State == b.State && a.print == b.print && a.Runs == b.Runs && a.Threads == b.Threads
}

// ErrNoSocket says that there is no such connection or listener (any more).
var ErrNoSocket = errors.New("no such socket")

// ErrNoEvidence says that this system cannot tell.
var ErrNoEvidence = errors.New("this system gives no evidence")

// TCPState is the state of a TCP socket in the kernel's numbering, which is that
// of Linux's enum in net/tcp_states.h.
type TCPState uint8

// The states of RFC 9293, section 3.3.2.
const (
	Established TCPState = iota + 1
	SynSent
	SynReceived
	FinWait1
	FinWait2
	TimeWait
	Closed
	CloseWait
	LastAck
	Listening
	Closing
	NewSynReceived // SYN-RECEIVED while the kernel has only the request, no socket yet
)

// Shaking reports whether a socket in this state is in the middle of the
// handshake that opens a connection: RFC 9293 §3.5.
func (s TCPState) Shaking() bool {
	return s == SynSent || s == SynReceived || s == NewSynReceived
}

// GotFIN reports whether a socket in this state has received a FIN.
func (s TCPState) GotFIN() bool {
	return s == CloseWait || s == LastAck || s == Closing || s == TimeWait || s == Closed
}

// String gives the state in the words of RFC 9293.
func (s TCPState) String() string {
	names := [...]string{"", "ESTABLISHED", "SYN-SENT", "SYN-RECEIVED", "FIN-WAIT-1", "FIN-WAIT-2", "TIME-WAIT",
		"CLOSED", "CLOSE-WAIT", "LAST-ACK", "LISTEN", "CLOSING", "SYN-RECEIVED"}
	if s == 0 || int(s) >= len(names) {
		return fmt.Sprintf("TCPState(%d)", uint8(s))
	}
	return names[s]
}

// Socket is what the kernel knows about one TCP socket; see sock_diag(7).
type Socket struct {
	Local, Remote netip.AddrPort // IPv4 addresses are never in their IPv6 form
	State         TCPState
	// Unread counts the received bytes that the owner has not read; an unread
	// FIN counts as one. For a listener: connections that wait to be accepted.
	Unread uint32
	// Unacked counts the bytes written that the peer's kernel has not
	// acknowledged; a FIN counts as one. For a listener: the backlog, 0 when
	// only /proc/net/tcp could be read.
	Unacked uint32
	// Timer is the kernel's timer for this socket: 0 none, 1 retransmit,
	// 2 keepalive, 3 TIME-WAIT, 4 zero-window probe.
	Timer uint8
	// Inode identifies the socket among a process's descriptors. It is 0 while
	// the connection waits to be accepted, and again after its owner's close.
	Inode uint32
	// Received and Sent count the bytes of the whole connection
	// (tcpi_bytes_received, tcpi_bytes_sent in tcp(7)), 0 when not known.
	Received, Sent uint64
	// Resent counts the bytes of Sent that were sent again (tcpi_bytes_retrans).
	Resent uint64
	// NotSent counts the bytes written that were never sent yet, because the
	// window is closed or the kernel waits for an acknowledgement first
	// (tcpi_notsent_bytes); an unsent FIN counts as one.
	NotSent uint32
	// Segment is the most that the kernel sends in one segment (tcpi_snd_mss),
	// 0 when not known.
	Segment uint32
	// Counted says that the kernel gave the four counts above it. For a listener:
	// that its backlog and its Drops are known.
	Counted bool
	// Drops counts, for a listener, the connection requests (SYN) that the
	// kernel has dropped without an answer, most often because the queue was
	// full (sk_drops, as "d" in the output of ss -m). It is 0 for a connection.
	Drops uint32
	// Room is known of connections where the kernel gave the counts above.
	Room Room
}

// Room is what decides how much more the owner of a socket may write while its peer
// reads nothing. It changes with each acknowledgement.
type Room struct {
	Buffer uint32        // the size of the send buffer (sk_sndbuf), which the kernel lets grow
	Taken  uint32        // how much of it is in use (sk_wmem_queued)
	Window uint32        // of congestion, in segments (tcpi_snd_cwnd)
	Flying uint32        // segments that wait for an acknowledgement (tcpi_unacked)
	Acked  time.Duration // how long ago the last acknowledgement came (tcpi_last_ack_recv)
	Thrown uint32        // packets that came and were thrown away (sk_drops)
}

// Holding returns how many bytes the owner of the socket has read from it and not
// written to it.
func (k Socket) Holding() int64 {
	return k.HasRead() - k.HasWritten()
}

// HasRead returns how many bytes the owner of the socket has read from it.
func (k Socket) HasRead() int64 { return int64(k.Received) - int64(k.Unread) }

// HasWritten returns how many bytes the owner of the socket has written to it.
func (k Socket) HasWritten() int64 { return int64(k.Sent) - int64(k.Resent) + int64(k.NotSent) }

// Look says what the process root and its descendants are doing. Timed and Asleep
// are claimed only when two snapshots of every thread are equal, so that all of
// them were asleep at one and the same moment. When root has ended but processes
// of its process group survive, those are looked at in its place. The caller must
// not have waited for root, or its number may name another process by now.
//
// A timer set by alarm(2) or setitimer(2) does not show. A program that asks for
// the signal of such a timer, SIGALRM, may have one, and counts as Timed.
//
// What Look cannot see: such a timer whose signal ends the program, and whether
// the kernel still has bytes or timers of its own for a connection (see [TCP]).
func Look(root int) Activity { return look(root) }

// Timeout returns the shortest time that a thread of root or its descendants
// waits at the most, counted from when it fell asleep. It is known only when
// every thread sleeps and the timeout of each that has one is an argument of its
// system call, an option of the socket that it reads, or a timer with a descriptor.
func Timeout(root int) (d time.Duration, known bool) { return timeout(root) }

// InClose reports whether a thread of root or its descendants sleeps in close(2), as it does
// for a while when the socket has SO_LINGER and its peer does not take what was written.
func InClose(root int) bool { return inClose(root) }

// Golang reports whether the executable of a process was made by Go's compiler.
func Golang(pid int) bool { return golang(pid) }

// TCP looks up the end of a connection whose own address is local. It returns
// ErrNoSocket when that end does not exist (any more), and ErrNoEvidence.
//
// A connection that has gone makes the kernel answer with the listener at the
// same address: TCP reports that as ErrNoSocket.
func TCP(local, remote netip.AddrPort) (Socket, error) {
	return tcp(bare(local), bare(remote))
}

// Listener looks up the listening socket at exactly this address; one that
// listens on every address is found only by its own, such as 0.0.0.0 or [::].
func Listener(local netip.AddrPort) (Socket, error) { return listener(bare(local)) }

// ListenersOf returns the TCP listeners, IPv4 and IPv6, that these processes
// hold. Processes that have ended hold none.
func ListenersOf(pids []int) ([]Socket, error) { return listenersOf(pids) }

// Dials returns the sockets in this network namespace, whoever holds them, that
// wait for the answer to a SYN which they have sent to an address: the dials
// that are under way to a host which does not answer.
func Dials(to netip.Addr) ([]Socket, error) { return dials(to.Unmap().WithZone("")) }

// OpenSockets counts the descriptors of these processes that are sockets, of any
// kind. A socket counts once in each process that has it, however many
// descriptors it has there.
func OpenSockets(pids []int) (int, error) { return openSockets(pids) }

// Memory returns how many bytes of physical memory these processes occupy (the
// resident set size of proc_pid_statm(5)), all together. What they share counts
// for each of them. Processes that have ended occupy none.
func Memory(pids []int) (int64, error) { return memory(pids) }

// Printing returns the size of the write to its standard output, a pipe that is
// full, in which a thread of these processes sleeps. It is 0 when none does. The
// error is [ErrNoEvidence] where the system does not say so.
func Printing(pids []int) (int, error) { return printing(pids) }

// UserTimeout returns for how long the kernel lets bytes written to a socket of
// these processes wait before it gives the connection up (TCP_USER_TIMEOUT in
// tcp(7)). It is 0 when the program has set no such limit, or the system does not
// say so.
func UserTimeout(pids []int, inode uint32) time.Duration { return userTimeout(pids, inode) }

// ShortenWaits makes the longest time that a call on a socket of these processes may
// take (SO_RCVTIMEO and SO_SNDTIMEO in socket(7)) d, where a longer one is set. It
// returns the longest that there was, 0 when there was none, or the system does not
// let another process do that. A call under way keeps the time that it began with.
func ShortenWaits(pids []int, d time.Duration) (longest time.Duration) { return shortenWaits(pids, d) }

// AdvanceTimers brings the timers of these processes that have a descriptor
// (timerfd_create(2)) forward by d: one that was due before is due now.
func AdvanceTimers(pids []int, d time.Duration) { advanceTimers(pids, d) }

// Narrow gives a socket of these processes a send buffer of a fixed size (SO_SNDBUF in
// socket(7)). It reports whether it could.
func Narrow(pids []int, inode uint32, size int) bool { return narrow(pids, inode, size) }

// GiveUp makes the kernel give up a dial of these processes when its timer for the
// next SYN fires, with ETIMEDOUT, as it would by itself after some two minutes; or a
// connection on which output has waited for so long. It reports whether it could.
// inode is that of the socket.
func GiveUp(pids []int, inode uint32, after time.Duration) bool { return giveUp(pids, inode, after) }

// Exact reports whether the kernel tells about all sockets at one moment, and in
// little time (sock_diag(7)). Where it does not, they are read from tables that
// change while they are read, so that one socket may be seen twice or not at all.
func Exact() bool { return exact() }

// Table reads all TCP sockets of this network namespace at once, and returns a
// function that is like [TCP] and looks there. It is for systems that are not
// [Exact], where each question costs as much as this.
func Table() func(local, remote netip.AddrPort) (Socket, error) {
	all, err := awake()
	ends := make(map[[2]netip.AddrPort]Socket, len(all))
	for _, s := range all {
		ends[[2]netip.AddrPort{s.Local, s.Remote}] = s
	}
	return func(local, remote netip.AddrPort) (Socket, error) {
		s, ok := ends[[2]netip.AddrPort{bare(local), bare(remote)}]
		if err == nil && !ok {
			return Socket{}, ErrNoSocket
		}
		return s, err
	}
}

// Hides says how these processes keep the grader from looking into them, which the
// system allows of others; "" when they do not. It is for the time when something could not
// be seen: then it is the program's doing, and not the machine's.
func Hides(pids []int) (how string) { return hides(pids) }

// Missing names the evidence that this system cannot give, in words for a
// report. It is empty on Linux with everything.
func Missing() []string { return missing() }

// bare removes what the kernel does not look at: the IPv6 form of an IPv4
// address, and the zone.
func bare(a netip.AddrPort) netip.AddrPort {
	return netip.AddrPortFrom(a.Addr().Unmap().WithZone(""), a.Port())
}
