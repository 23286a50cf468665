package scenario

import (
	"slices"

	"loopback/tools/base/record"
	"loopback/tools/engine/facts"
)

// commonText is what is true of a verdict in whichever scenario it comes. Every
// scenario may stop the program and let it go on, or send it a signal that means
// nothing, and where it then ends with EINTR the rule of the scenario is not why. Nor
// is it where a poller is waited for although a datagram is there, or where a server
// prints more than its announcement.
const commonText = `
-- cause exited exit-status crash when says EINTR --
EINTR is not a failure: a signal has interrupted the call, which has done nothing. A program that was stopped and goes on
(Ctrl-Z and fg) has such calls, and so has one whose terminal changes its size. Make the call again.
-- hint exited exit-status crash when says EINTR --
Which of your calls may return EINTR, and what does your program do then?
-- hint exited exit-status crash when says EINTR --
EINTR says that a call has done nothing, because a signal came. It is the end of nothing: make the same call again.
-- hint exited exit-status crash when says EINTR --
if err == unix.EINTR { continue }, around poll and epoll_wait, too. Package net does that for you, package syscall does not.
-- cause output when chatter --
Standard output is the program's interface: the announcement was promised there, and nothing else. A program that starts
the server may read it. Messages for people belong on standard error.
-- hint output when chatter --
Which line of your program printed what is shown under What happened, and to where?
-- hint output when chatter --
fmt.Print, fmt.Println and fmt.Printf write to standard output, package log and println to standard error.
-- hint output when chatter --
fmt.Fprintln(os.Stderr, ...), or log.Print(...); or take the line out.
-- cause silence when datagram-unread announced and some-in EpollWait --
A datagram waits unread in the socket, and the server is in epoll_wait. With EPOLLET an event comes when a datagram does, and
none because one is still there: several may have come before one event, and fewer were read.
-- hint silence when datagram-unread announced and some-in EpollWait --
How many datagrams does your program read when it is told that there are some?
-- hint silence when datagram-unread announced and some-in EpollWait --
Read until EAGAIN, or leave EPOLLET away: then epoll_wait speaks as long as a datagram is there.
`

var common = mustParse(commonText)

func mustParse(text string) []section {
	all, err := parseSections("common.go", []byte(text))
	if err != nil {
		panic(err)
	}
	for i := range all {
		all[i].origin = shared
	}
	return all
}

// chosen returns the section of this kind that speaks to v, or nil: the scenario's
// first that is for it, unless one that is true everywhere is: then the scenario's must
// ask for the program's words, or for chatter.
func (sc *Scenario) chosen(kind string, v *record.Verdict) *section {
	one := first(sc.sections, kind, v)
	everywhere := first(common, kind, v)
	if everywhere == nil || one != nil && (one.asks("says") || one.asks("chatter")) {
		return one
	}
	return everywhere
}

func first(sections []section, kind string, v *record.Verdict) *section {
	i := slices.IndexFunc(sections, func(s section) bool { return s.kind == kind && s.matches(v) })
	if i < 0 {
		return nil
	}
	return &sections[i]
}

// asks reports whether s is for certain evidence of this name alone.
func (s section) asks(fact string) bool {
	return slices.ContainsFunc(s.when, func(f facts.Fact) bool { return f.Name() == fact })
}
