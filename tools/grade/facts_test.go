package grade

import (
	"strings"
	"testing"

	"loopback/tools/probe"
)

// holds reports whether one fact, as a heading has it, is true of e.
func holds(t *testing.T, text string, e evidence) bool {
	t.Helper()
	return fact1(t, text).holds(&Verdict{Code: Silence, Evidence: &e})
}

// fact1 reads one fact, as a heading has it.
func fact1(t *testing.T, text string) fact {
	t.Helper()
	words, err := headingWords(text)
	if err != nil {
		t.Fatal(err)
	}
	all, err := parseFacts(words)
	if err != nil {
		t.Fatal(err)
	}
	return all[0]
}

// came is the evidence of a comparison.
func came(want, got string) evidence {
	return evidence{compared: true, want: []byte(want), got: []byte(got)}
}

func sent(e evidence, own, others string) evidence {
	e.own, e.others = [][]byte{[]byte(own)}, [][]byte{[]byte(others)}
	return e
}

func said(words ...string) evidence { return evidence{words: words} }

// dumped is the evidence of goroutines, each given as "state function ...",
// with a point in place of a blank in the state.
func dumped(all ...string) evidence {
	e := evidence{dump: true}
	for _, text := range all {
		words := strings.Fields(text)
		g := probe.Goroutine{State: strings.ReplaceAll(words[0], "_", " ")}
		for _, f := range words[1:] {
			g.Frames = append(g.Frames, probe.Frame{Func: f})
		}
		e.goroutines = append(e.goroutines, g)
	}
	return e
}

func end(state probe.TCPState, unread uint32) evidence {
	return evidence{conn: "A", sent: 5, now: probe.Socket{State: state, Unread: unread, Inode: 7, Counted: true}}
}

// factTable has for each fact evidence of which it is true, and some of which
// it is not.
var factTable = []struct {
	fact    string
	yes, no []evidence
}{
	{"got nothing", []evidence{came("ab", "")}, []evidence{came("ab", "a"), came("", "b"), {}}},
	{"got prefix", []evidence{came("ab", "a")}, []evidence{came("ab", ""), came("ab", "b"), came("ab", "ab")}},
	{"got buffer", []evidence{came(strings.Repeat("x", 9000), strings.Repeat("x", 4096)),
		came(strings.Repeat("x", 9000), strings.Repeat("x", 511)),
		came(strings.Repeat("x", 2000), strings.Repeat("x", 1500))},
		[]evidence{came("hello\n", "hello"), came(strings.Repeat("x", 600), strings.Repeat("x", 513)),
			came(strings.Repeat("x", 9000), "y")}},
	{"got zeros", []evidence{came("hi\n", "hi\n\x00\x00"), came("", "\x00"), came("ab", "\x00\x00b")},
		[]evidence{came("hi\n", "hi\nx"), came("a\x00\x00", "a"), came("ab", "a\x00b")}},
	{"got old", []evidence{sent(came("hi\n", "hi\nlonger text\x00\x00"), "much longer text\nhi\n", ""),
		sent(came("", "longer"), "much longer text\nhi\n", "")},
		[]evidence{sent(came("hi\n", "hi\nnever sent"), "much longer text\nhi\n", ""),
			sent(came("hi\n", "hi\nlonger"), "hi\n", "much longer text\n"), came("hi\n", "hi\nx")}},
	{"got others", []evidence{sent(came("mine\n", "yours\n"), "mine\n", "yours\n")},
		[]evidence{sent(came("mine\n", "yours\n"), "yours\nmine\n", "yours\n"),
			sent(came("mine\n", "xxx"), "mine\n", "yours\n")}},
	{"got twice", []evidence{came("hi\n", "hi\nhi\n"), sent(came("", "hi\n"), "hi\n", "")},
		[]evidence{came("hi\n", "hi\nho\n"), sent(came("", "ho\n"), "ho\nhi\n", ""), came("hi\n", "hi\n")}},
	{"got gap", []evidence{came("0123456789", "016789")},
		[]evidence{came("0123456789", "01"), came("0123456789", "01xy")}},
	{"got reordered", []evidence{came("ab", "ba")}, []evidence{came("ab", "ab"), came("ab", "bb"), came("ab", "b")}},
	{"got newline", []evidence{came("ab", "ab\n")}, []evidence{came("ab\n", "ab\n"), came("ab", "ab\r\n")}},
	{"got no-newline", []evidence{came("ab\n", "ab")}, []evidence{came("ab\n", "a"), came("ab", "ab")}},
	{"got crlf", []evidence{came("a\nb\n", "a\r\nb\r\n"), came("a\r\n", "a\n")},
		[]evidence{came("a\n", "a\n"), came("a\n", "b\r\n")}},
	{`got "%!d"`, []evidence{came("100%d\n", "100%!d(MISSING)\n")}, []evidence{came("%!d", "%!d"), came("a", "b")}},
	{`got "\r"`, []evidence{came("a\n", "a\r\n")}, []evidence{came("a\r\n", "a\r")}},
	{`cut-before " "`, []evidence{came("two words", "two")},
		[]evidence{came("two words", "two "), came("two words", "tw"), came("two words", "two words")}},
	{`cut-before "\n"`, []evidence{came("a\nb", "a")}, []evidence{came("a\nb", "a\n")}},
	{`line "udp 2"`, []evidence{came("one\nudp 2\nthree\n", "one\nudp 3\nthree\n"), came("udp 2", "")},
		[]evidence{came("one\nudp 2\n", "two\nudp 2\n"), {}}},
	{`parting "-ERR\r\n"`, []evidence{{parting: []byte("+OK\r\n-ERR\r\n")}},
		[]evidence{{}, {parting: []byte("-ERR\n")}}},
	{"differs 4-5", []evidence{came("01234567", "0123x567"), came("01234567", "01234x67"), came("01234567", "0123")},
		[]evidence{came("01234567", "012"), came("01234567", "012345x7"), came("0", "0")}},
	{"says nothing", []evidence{{}}, []evidence{said("x")}},
	{`says "I/O timeout"`, []evidence{said("read tcp: i/o timeout")}, []evidence{said("i/o error"), {}}},
	{"says EAGAIN", []evidence{said("write: resource temporarily unavailable"), said("Error: EAGAIN")},
		[]evidence{said("again")}},
	{"says ECONNREFUSED", []evidence{said("dial: connection refused")}, []evidence{said("refused")}},
	{"says ECONNRESET", []evidence{said("connection reset by peer")}, []evidence{said("reset")}},
	{"says EINTR", []evidence{said("epoll_wait: interrupted system call")}, []evidence{said("interrupted")}},
	{"says EMFILE", []evidence{said("accept4: too many open files")}, []evidence{said("open files")}},
	{"says ENOTCONN", []evidence{said("read: transport endpoint is not connected")}, []evidence{said("connected")}},
	{"says EADDRINUSE", []evidence{said("bind: address already in use")}, []evidence{said("address")}},
	{"says EOF", []evidence{said("ask: EOF")}, []evidence{said("GEOFF"), {}}},
	{"says EPIPE", []evidence{said("write: broken pipe"), said("BrokenPipeError")}, []evidence{said("pipe")}},
	{"says closed", []evidence{said("use of closed network connection"), said("bad file descriptor")},
		[]evidence{said("close")}},
	{"says timeout", []evidence{said("context deadline exceeded"), said("i/o timeout")}, []evidence{said("time")}},
	{"says panic", []evidence{said("panic: x"), said("fatal error: x")}, []evidence{said("do not panic: x")}},
	{`all-in "chan send"`, []evidence{dumped("chan_send main.main", "chan_send main.work")},
		[]evidence{dumped("chan_send main.main", "IO_wait main.work"), {dump: true}, {}}},
	{"some-in Accept", []evidence{dumped("IO_wait net.(*TCPListener).Accept main.main"),
		dumped("syscall golang.org/x/sys/unix.Accept4 main.main")},
		[]evidence{dumped("IO_wait net.(*conn).Read main.main"), {}}},
	{"several-in Read+semacquire",
		[]evidence{dumped("semacquire net.(*conn).Read main.h", "semacquire net.(*conn).Read main.h")},
		[]evidence{dumped("semacquire net.(*conn).Read main.h", "IO_wait net.(*conn).Read main.h")}},
	{"none-in Accept", []evidence{dumped("IO_wait net.(*conn).Read main.main")},
		[]evidence{dumped("IO_wait net.(*TCPListener).Accept main.main"), {}}},
	{"met map", []evidence{{raced: parseRace(accesses(by("Write", "runtime.mapassign", "9"), "write at 0x1", "3"))}},
		[]evidence{{raced: parseRace(accesses(by("Write", "main.add", "9"), "write at 0x1", "3"))}, {}}},
	{"no-dump", []evidence{{}}, []evidence{dumped()}},
	{"unaccepted", []evidence{{now: probe.Socket{State: probe.Established, Unread: 3}}},
		[]evidence{end(probe.Established, 3), {}}},
	{"unread", []evidence{end(probe.Established, 3), end(probe.CloseWait, 2)}, []evidence{end(probe.CloseWait, 1),
		end(probe.Established, 0), {now: probe.Socket{State: probe.Established, Unread: 3}}}},
	{"fin-unread", []evidence{end(probe.CloseWait, 1)}, []evidence{end(probe.CloseWait, 2), end(probe.CloseWait, 0)}},
	{"close-wait", []evidence{end(probe.CloseWait, 0)}, []evidence{end(probe.CloseWait, 1), end(probe.Established, 0)}},
	{"read-all", []evidence{end(probe.Established, 0)},
		[]evidence{end(probe.Established, 1), {now: probe.Socket{State: probe.Established, Inode: 7}}}},
	{"sent-nothing", []evidence{{conn: "A"}}, []evidence{{conn: "A", sent: 1}, {}}},
	{"output-pending", []evidence{{now: probe.Socket{Counted: true, NotSent: 9}}},
		[]evidence{{now: probe.Socket{Counted: true}}, {}}},
	{"held", []evidence{{last: probe.Socket{Counted: true, Received: 9, Sent: 4}}},
		[]evidence{{last: probe.Socket{Counted: true, Received: 9, Sent: 9}}, {}}},
	{"linger-zero", []evidence{{reset: true, sent: 9, lastSent: 9,
		last: probe.Socket{Counted: true, State: probe.CloseWait, Unread: 1, Received: 10}}},
		[]evidence{{sent: 9, lastSent: 9, last: probe.Socket{Counted: true, Received: 9}},
			{reset: true, sent: 9, lastSent: 9, last: probe.Socket{Counted: true, Unread: 1, Received: 9}},
			{reset: true, sent: 9, lastSent: 8, last: probe.Socket{Counted: true, Received: 9}},
			{reset: true, sent: 9, lastSent: 9, last: probe.Socket{Counted: true, Received: 8}}, {reset: true}}},
	{"no-listener", []evidence{{noListener: true}}, []evidence{{}}},
	{"backlog 5", []evidence{{listener: probe.Socket{Counted: true, Unacked: 5}}},
		[]evidence{{listener: probe.Socket{Counted: true, Unacked: 6}}, {listener: probe.Socket{Unacked: 5}}}},
	{"udp-connected", []evidence{{udpConnected: true}}, []evidence{{}}},
	{"queue-small", []evidence{{queueSmall: true}}, []evidence{{}}},
	{"port-swapped", []evidence{{asked: 40171, found: []uint16{60316}}},
		[]evidence{{asked: 40171, found: []uint16{60317}}, {asked: 257, found: []uint16{257}}, {}}},
	{"at eof", []evidence{{command: "eof"}}, []evidence{{command: "recv"}}},
	{"on B", []evidence{{conn: "B"}}, []evidence{{conn: "A"}}},
	{"status 1", []evidence{{ended: true, status: 1}}, []evidence{{ended: true}, {status: 1}}},
	{"ended", []evidence{{ended: true}}, []evidence{{}}},
	{"timer", []evidence{{timer: true}}, []evidence{{}}},
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
	for _, k := range facts() {
		if !tried[k.name] {
			t.Errorf("the fact %s is never tried", k.name)
		}
		for _, v := range k.values {
			if !tried[k.name+" "+v] {
				t.Errorf("the fact %s %s is never tried", k.name, v)
			}
		}
	}
}

// Of what is not known no fact holds, and the section without a condition
// speaks.
func TestNoEvidence(t *testing.T) {
	for _, c := range factTable {
		if fact1(t, c.fact).holds(&Verdict{}) {
			t.Errorf("%s holds without evidence", c.fact)
		}
	}
}
