package facts

import (
	"strings"
	"testing"

	"loopback/tools/base/record"
	"loopback/tools/engine/probe"
)

// holds reports whether one fact, as a heading has it, is true of e.
func holds(t *testing.T, text string, e Evidence) bool {
	t.Helper()
	return fact1(t, text).Holds(&record.Verdict{Code: record.Silence, Evidence: &e})
}

// fact1 reads one fact, as a heading has it.
func fact1(t *testing.T, text string) Fact {
	t.Helper()
	words, err := Words(text)
	if err != nil {
		t.Fatal(err)
	}
	all, err := Parse(words)
	if err != nil {
		t.Fatal(err)
	}
	return all[0]
}

// came is the evidence of a comparison.
func came(want, got string) Evidence {
	return Evidence{Compared: true, Want: []byte(want), Got: []byte(got)}
}

func sent(e Evidence, own, others string) Evidence {
	e.Own, e.Others = [][]byte{[]byte(own)}, [][]byte{[]byte(others)}
	return e
}

func said(words ...string) Evidence { return Evidence{Words: words} }

// dumped is the evidence of goroutines, each given as "state function ...",
// with a point in place of a blank in the state.
func dumped(all ...string) Evidence {
	e := Evidence{Dump: true}
	for _, text := range all {
		words := strings.Fields(text)
		g := probe.Goroutine{State: strings.ReplaceAll(words[0], "_", " ")}
		for _, f := range words[1:] {
			g.Frames = append(g.Frames, probe.Frame{Func: f})
		}
		e.Goroutines = append(e.Goroutines, g)
	}
	return e
}

func end(state probe.TCPState, unread uint32) Evidence {
	return Evidence{Conn: "A", Sent: 5, Now: probe.Socket{State: state, Unread: unread, Inode: 7, Counted: true}}
}

// factTable has for each fact evidence of which it is true, and some of which
// it is not.
var factTable = []struct {
	fact    string
	yes, no []Evidence
}{
	{"got nothing", []Evidence{came("ab", "")}, []Evidence{came("ab", "a"), came("", "b"), {}}},
	{"got prefix", []Evidence{came("ab", "a")}, []Evidence{came("ab", ""), came("ab", "b"), came("ab", "ab")}},
	{"got buffer", []Evidence{came(strings.Repeat("x", 9000), strings.Repeat("x", 4096)),
		came(strings.Repeat("x", 9000), strings.Repeat("x", 511)),
		came(strings.Repeat("x", 2000), strings.Repeat("x", 1500))},
		[]Evidence{came("hello\n", "hello"), came(strings.Repeat("x", 600), strings.Repeat("x", 513)),
			came(strings.Repeat("x", 9000), "y"),
			came(strings.Repeat("x", 9_070_021), strings.Repeat("x", 9_070_000))}},
	{"got zeros", []Evidence{came("hi\n", "hi\n\x00\x00"), came("", "\x00"), came("ab", "\x00\x00b")},
		[]Evidence{came("hi\n", "hi\nx"), came("a\x00\x00", "a"), came("ab", "a\x00b")}},
	{"got old", []Evidence{sent(came("hi\n", "hi\nlonger text\x00\x00"), "much longer text\nhi\n", ""),
		sent(came("", "longer"), "much longer text\nhi\n", "")},
		[]Evidence{sent(came("hi\n", "hi\nnever sent"), "much longer text\nhi\n", ""),
			sent(came("hi\n", "hi\nlonger"), "hi\n", "much longer text\n"), came("hi\n", "hi\nx")}},
	{"got others", []Evidence{sent(came("mine\n", "yours\n"), "mine\n", "yours\n")},
		[]Evidence{sent(came("mine\n", "yours\n"), "yours\nmine\n", "yours\n"),
			sent(came("mine\n", "xxx"), "mine\n", "yours\n")}},
	{"got twice", []Evidence{came("hi\n", "hi\nhi\n"), sent(came("", "hi\n"), "hi\n", "")},
		[]Evidence{came("hi\n", "hi\nho\n"), sent(came("", "ho\n"), "ho\nhi\n", ""), came("hi\n", "hi\n")}},
	{"got gap", []Evidence{came("0123456789", "016789")},
		[]Evidence{came("0123456789", "01"), came("0123456789", "01xy")}},
	{"got repeated", []Evidence{came("0123456789", "01230123")},
		[]Evidence{came("0123456789", "01236789"), came("0123456789", "0120x"), came("01", "01")}},
	{"got reordered", []Evidence{came("ab", "ba")}, []Evidence{came("ab", "ab"), came("ab", "bb"), came("ab", "b")}},
	{"got newline", []Evidence{came("ab", "ab\n")}, []Evidence{came("ab\n", "ab\n"), came("ab", "ab\r\n")}},
	{"got no-newline", []Evidence{came("ab\n", "ab")}, []Evidence{came("ab\n", "a"), came("ab", "ab")}},
	{"got crlf", []Evidence{came("a\nb\n", "a\r\nb\r\n"), came("a\r\n", "a\n")},
		[]Evidence{came("a\n", "a\n"), came("a\n", "b\r\n")}},
	{`got "%!d"`, []Evidence{came("100%d\n", "100%!d(MISSING)\n")}, []Evidence{came("%!d", "%!d"), came("a", "b")}},
	{`got "\r"`, []Evidence{came("a\n", "a\r\n")}, []Evidence{came("a\r\n", "a\r")}},
	{`cut-before " "`, []Evidence{came("two words", "two")},
		[]Evidence{came("two words", "two "), came("two words", "tw"), came("two words", "two words")}},
	{`cut-before "\n"`, []Evidence{came("a\nb", "a")}, []Evidence{came("a\nb", "a\n")}},
	{`line "udp 2"`, []Evidence{came("one\nudp 2\nthree\n", "one\nudp 3\nthree\n"), came("udp 2", "")},
		[]Evidence{came("one\nudp 2\n", "two\nudp 2\n"), {}}},
	{`parting "-ERR\r\n"`, []Evidence{{Parting: []byte("+OK\r\n-ERR\r\n")}},
		[]Evidence{{}, {Parting: []byte("-ERR\n")}}},
	{"differs 4-5", []Evidence{came("01234567", "0123x567"), came("01234567", "01234x67"), came("01234567", "0123")},
		[]Evidence{came("01234567", "012"), came("01234567", "012345x7"), came("0", "0")}},
	{"says nothing", []Evidence{{}}, []Evidence{said("x")}},
	{`says "I/O timeout"`, []Evidence{said("read tcp: i/o timeout")}, []Evidence{said("i/o error"), {}}},
	{"says EAGAIN", []Evidence{said("write: resource temporarily unavailable"), said("Error: EAGAIN")},
		[]Evidence{said("again")}},
	{"says ECONNREFUSED", []Evidence{said("dial: connection refused")}, []Evidence{said("refused")}},
	{"says ECONNRESET", []Evidence{said("connection reset by peer")}, []Evidence{said("reset")}},
	{"says EINTR", []Evidence{said("epoll_wait: interrupted system call")}, []Evidence{said("interrupted")}},
	{"says EMFILE", []Evidence{said("accept4: too many open files")}, []Evidence{said("open files")}},
	{"says ENOTCONN", []Evidence{said("read: transport endpoint is not connected")}, []Evidence{said("connected")}},
	{"says EADDRINUSE", []Evidence{said("bind: address already in use")}, []Evidence{said("address")}},
	{"says EOF", []Evidence{said("ask: EOF")}, []Evidence{said("GEOFF"), {}}},
	{"says EPIPE", []Evidence{said("write: broken pipe"), said("BrokenPipeError")}, []Evidence{said("pipe")}},
	{"says closed", []Evidence{said("use of closed network connection"), said("bad file descriptor")},
		[]Evidence{said("close")}},
	{"says timeout", []Evidence{said("context deadline exceeded"), said("i/o timeout")}, []Evidence{said("time")}},
	{"says panic", []Evidence{said("panic: x"), said("fatal error: x")}, []Evidence{said("do not panic: x")}},
	{`all-in "chan send"`, []Evidence{dumped("chan_send main.main", "chan_send main.work")},
		[]Evidence{dumped("chan_send main.main", "IO_wait main.work"), {Dump: true}, {}}},
	{"some-in Accept", []Evidence{dumped("IO_wait net.(*TCPListener).Accept main.main"),
		dumped("syscall golang.org/x/sys/unix.Accept4 main.main")},
		[]Evidence{dumped("IO_wait net.(*conn).Read main.main"), {}}},
	{"several-in Read+semacquire",
		[]Evidence{dumped("semacquire net.(*conn).Read main.h", "semacquire net.(*conn).Read main.h")},
		[]Evidence{dumped("semacquire net.(*conn).Read main.h", "IO_wait net.(*conn).Read main.h")}},
	{"none-in Accept", []Evidence{dumped("IO_wait net.(*conn).Read main.main")},
		[]Evidence{dumped("IO_wait net.(*TCPListener).Accept main.main"), {}}},
	{"met map", []Evidence{{Raced: ParseRace(accesses(by("Write", "runtime.mapassign", "9"), "write at 0x1", "3"))}},
		[]Evidence{{Raced: ParseRace(accesses(by("Write", "main.add", "9"), "write at 0x1", "3"))}, {}}},
	{"no-dump", []Evidence{{}}, []Evidence{dumped()}},
	{"unaccepted", []Evidence{{Now: probe.Socket{State: probe.Established, Unread: 3}},
		{Reset: true, Last: probe.Socket{State: probe.Established}}},
		[]Evidence{end(probe.Established, 3), {}, {Last: probe.Socket{State: probe.Established}},
			{Reset: true, Last: probe.Socket{State: probe.Established, Inode: 7}}}},
	{"chatter", []Evidence{{Chatter: true}}, []Evidence{{}}},
	{"unread", []Evidence{end(probe.Established, 3), end(probe.CloseWait, 2)}, []Evidence{end(probe.CloseWait, 1),
		end(probe.Established, 0), {Now: probe.Socket{State: probe.Established, Unread: 3}}}},
	{"fin-unread", []Evidence{end(probe.CloseWait, 1)}, []Evidence{end(probe.CloseWait, 2), end(probe.CloseWait, 0)}},
	{"close-wait", []Evidence{end(probe.CloseWait, 0)}, []Evidence{end(probe.CloseWait, 1), end(probe.Established, 0)}},
	{"read-all", []Evidence{end(probe.Established, 0)},
		[]Evidence{end(probe.Established, 1), {Now: probe.Socket{State: probe.Established, Inode: 7}}}},
	{"sent-nothing", []Evidence{{Conn: "A"}}, []Evidence{{Conn: "A", Sent: 1}, {}}},
	{"output-pending", []Evidence{{Now: probe.Socket{Counted: true, NotSent: 9}}},
		[]Evidence{{Now: probe.Socket{Counted: true}}, {}}},
	{"held", []Evidence{{Last: probe.Socket{Counted: true, Received: 9, Sent: 4}}},
		[]Evidence{{Last: probe.Socket{Counted: true, Received: 9, Sent: 9}}, {}}},
	{"linger-zero", []Evidence{{Reset: true, Sent: 9, LastSent: 9,
		Last: probe.Socket{Counted: true, State: probe.CloseWait, Unread: 1, Received: 10}}},
		[]Evidence{{Sent: 9, LastSent: 9, Last: probe.Socket{Counted: true, Received: 9}},
			{Reset: true, Sent: 9, LastSent: 9, Last: probe.Socket{Counted: true, Unread: 1, Received: 9}},
			{Reset: true, Sent: 9, LastSent: 8, Last: probe.Socket{Counted: true, Received: 9}},
			{Reset: true, Sent: 9, LastSent: 9, Last: probe.Socket{Counted: true, Received: 8}}, {Reset: true}}},
	{"remain sockets", []Evidence{{Remain: "sockets"}}, []Evidence{{Remain: "pipes"}, {}}},
	{"remain pipes", []Evidence{{Remain: "pipes"}}, []Evidence{{Remain: "files"}, {}}},
	{"remain files", []Evidence{{Remain: "files"}}, []Evidence{{Remain: "sockets"}, {}}},
	{"no-listener", []Evidence{{NoListener: true}}, []Evidence{{}}},
	{"backlog 5", []Evidence{{Listener: probe.Socket{Counted: true, Unacked: 5}}},
		[]Evidence{{Listener: probe.Socket{Counted: true, Unacked: 6}}, {Listener: probe.Socket{Unacked: 5}}}},
	{"udp-connected", []Evidence{{UDPConnected: true}}, []Evidence{{}}},
	{"datagram-unread announced", []Evidence{{Unheard: Unheard{Announced: true}}},
		[]Evidence{{Unheard: Unheard{Elsewhere: true}}, {}}},
	{"datagram-unread elsewhere", []Evidence{{Unheard: Unheard{Elsewhere: true}}},
		[]Evidence{{Unheard: Unheard{Announced: true}}, {}}},
	{"queue-small", []Evidence{{QueueSmall: true}}, []Evidence{{}}},
	{"port-swapped", []Evidence{{Asked: 40171, Found: []uint16{60316}}},
		[]Evidence{{Asked: 40171, Found: []uint16{60317}}, {Asked: 257, Found: []uint16{257}}, {}}},
	{"at eof", []Evidence{{Command: "eof"}}, []Evidence{{Command: "recv"}}},
	{"on B", []Evidence{{Conn: "B"}}, []Evidence{{Conn: "A"}}},
	{"of server", []Evidence{{Program: "server"}}, []Evidence{{Program: "client"}, {}}},
	{"status 1", []Evidence{{Ended: true, Status: 1}}, []Evidence{{Ended: true}, {Status: 1}}},
	{"signalled", []Evidence{{Ended: true, Signal: "SIGTERM"}}, []Evidence{{Ended: true}, {}}},
	{"open a.lock", []Evidence{{Open: []string{"b", "a.lock"}}}, []Evidence{{Open: []string{"a"}}, {}}},
	{"ended", []Evidence{{Ended: true}}, []Evidence{{}}},
	{"timer", []Evidence{{Timer: true}}, []Evidence{{}}},
}

// Each fact is true where it should be, and nowhere else; not turns it round.
func TestFacts(t *testing.T) {
	tried := map[string]bool{}
	for _, c := range factTable {
		name, arg, _ := strings.Cut(c.fact, " ")
		tried[name], tried[name+" "+arg] = true, true
		for i, e := range append(c.yes, c.no...) {
			want := i < len(c.yes)
			if holds(t, c.fact, e) != want || holds(t, "not "+c.fact, e) == want {
				t.Errorf("%s, case %d: should be %v: %+v", c.fact, i, want, e)
			}
		}
	}
	for _, k := range Kinds() {
		if !tried[k.Name] {
			t.Errorf("the fact %s is never tried", k.Name)
		}
		for _, v := range k.values {
			if !tried[k.Name+" "+v] {
				t.Errorf("the fact %s %s is never tried", k.Name, v)
			}
		}
	}
}

// Of what is not known no fact holds, and the section without a condition
// speaks.
func TestNoEvidence(t *testing.T) {
	for _, c := range factTable {
		if fact1(t, c.fact).Holds(&record.Verdict{}) {
			t.Errorf("%s holds without evidence", c.fact)
		}
	}
}
