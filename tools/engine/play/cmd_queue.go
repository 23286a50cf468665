package play

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"strconv"
	"strings"
	"time"

	"loopback/tools/base/record"
	"loopback/tools/engine/probe"
	"loopback/tools/engine/wire"
)

var queueCommands = []Command{{
	Name: "backlog", Args: "N", Group: "The accept queue",
	Summary: "the kernel must know N as the backlog of the server's listener",
	Detail: "The backlog is the second argument of listen(2). One more connection than that can wait to be accepted. " +
		"What is more than the kernel allows (net.core.somaxconn) is as much as it allows.",
	run: onCount((*scene).backlog),
}, {
	Name: "queue", Args: "[-now] N", Group: "The accept queue",
	Summary: "N connections must wait to be accepted, once the program is at rest",
	Detail: "With -now nothing is waited for but that: a program that sleeps with a timer of its own is not asked " +
		"what it does when it has fired.",
	run: func(s *scene, args []string) {
		set, args := flags(args, []string{"-now"}, nil)
		exactly(1, args)
		if set["-now"] != "" {
			s.queueNow(count(args[0]))
			return
		}
		s.queue(count(args[0]))
	},
}, {
	Name: "hang", Args: "NAME", Group: "The accept queue",
	Summary: "a dial that is neither completed nor refused: the kernel drops its request, because the accept " +
		"queue is full",
	Detail: "The dial is given up as soon as the kernel has counted the request as dropped, so that it is not made " +
		"again a second later.",
	run: func(s *scene, args []string) {
		exactly(1, args)
		s.hang(args[0])
	},
}}

// noQueue says why nothing is known of the accept queue.
const noQueue = "this system does not tell how long the accept queue is (Linux does, by sock_diag)"

// seesQueue reports whether the system tells of the server's listener. Where it does
// not, a check of it has not been made.
func (s *scene) seesQueue(p *program) bool {
	at, err := netip.ParseAddrPort(s.ts.Getenv("server"))
	if err != nil {
		s.misuse("no server runs yet: begin with serve")
	}
	l, err := s.net.Listener(at)
	if errors.Is(err, probe.ErrNoSocket) || err == nil && l.Counted {
		return true
	}
	s.lacks(noQueue)
	s.quieten(p)
	return false
}

// acceptQueue looks up the server's listener. Its Unread is the length of the
// queue, its Unacked the backlog. Without evidence the scenario is left out.
func (s *scene) acceptQueue(p *program) probe.Socket {
	addr := s.ts.Getenv("server")
	at, err := netip.ParseAddrPort(addr)
	if err != nil {
		s.misuse("no server runs yet: begin with serve")
	}
	l, err := s.net.Listener(at)
	switch {
	case errors.Is(err, probe.ErrNoSocket):
		s.hurry = false
		s.rest(p)
		if p.gone() {
			s.dead(p, record.Verdict{})
		}
		s.rejectAt(p, "", record.Say("its listener is gone"),
			record.Verdict{Code: record.Refused,
				What: record.Say("nothing listens at %s any more", record.Foreign(addr))})
	case err != nil || !l.Counted:
		s.skip(noQueue)
	}
	return l
}

func (s *scene) backlog(n int) {
	p := s.main()
	s.rest(p)
	if !s.seesQueue(p) {
		return
	}
	l := s.acceptQueue(p)
	n = mostBacklog(n)
	if l.Unacked == uint32(n) {
		s.record(record.Event{Kind: record.Note, What: record.Say("the kernel says: backlog %d", n)})
		return
	}
	s.reject("", record.Say("the kernel says: backlog %d", l.Unacked),
		record.Verdict{Code: record.Queue,
			What: record.Say("the backlog of this listener should be %d, and the kernel says "+
				"that it is %d", n, l.Unacked)})
}

// mostBacklog returns what the kernel makes of a backlog: it has a bound of its own
// (net.core.somaxconn), which was 128 once.
func mostBacklog(n int) int {
	text, err := os.ReadFile("/proc/sys/net/core/somaxconn")
	if err != nil {
		return n // a system that says nothing about backlogs either
	}
	if bound, err := strconv.Atoi(strings.TrimSpace(string(text))); err == nil {
		return min(n, bound)
	}
	return n
}

func (s *scene) queue(n int) {
	p := s.main()
	s.rest(p)
	if !s.seesQueue(p) {
		return
	}
	var l probe.Socket
	end := s.await(p, nil, func(d time.Duration) progress {
		if l = s.acceptQueue(p); l.Unread == uint32(n) {
			return done
		}
		p.pause(d / 4)
		return nothing
	})
	switch end {
	case happened:
		s.record(record.Event{Kind: record.Note, What: record.Say("%s", waitToBeAccepted(n))})
		return
	case stuck, slept:
	default:
		s.judge(p, end, owes{code: record.Queue, what: record.Say("%s", waitToBeAccepted(int(l.Unread)))})
	}
	s.trouble("", "%s", waitToBeAccepted(int(l.Unread)))
	v := record.Verdict{Code: record.Queue, ByTime: end == slept,
		What: record.Say("%s, and it should be %d", waitToBeAccepted(int(l.Unread)), n)}
	v.Where, _ = s.where(p) // what it waits for there is another matter
	s.fail(v)
}

// queueNow looks once, at a program that is at rest: with a connection in its
// queue that it could take it would not be.
func (s *scene) queueNow(n int) {
	p := s.main()
	s.rest(p)
	if !s.seesQueue(p) {
		return
	}
	have := waitToBeAccepted(int(s.acceptQueue(p).Unread))
	if have == waitToBeAccepted(n) {
		s.record(record.Event{Kind: record.Note, What: record.Say("%s", have)})
		return
	}
	v := record.Verdict{Code: record.Queue,
		What: record.Say("the %s is asleep; %s, and it should be %d", s.kind(), have, n)}
	s.trouble("", "%s", have)
	v.Where, _ = s.where(p)
	s.fail(v)
}

func waitToBeAccepted(n int) string {
	if n == 1 {
		return "1 connection waits to be accepted"
	}
	return fmt.Sprintf("%d connections wait to be accepted", n)
}

// hang dials and gives up when the kernel has dropped the request: that is what
// the listener's own count of drops says, and no clock.
func (s *scene) hang(name string) {
	p := s.main()
	s.rest(p)
	before := s.acceptQueue(p)
	ctx, cancel := context.WithTimeout(s.ctx, wallBound)
	defer cancel()
	result := make(chan dialled, 1)
	go func() {
		conn, err := s.maker.Dial(ctx, name, s.ts.Getenv("server"), wire.Default)
		result <- dialled{conn: conn, err: err}
	}()
	dropped, got := s.fate(p, before.Drops, result)
	cancel()
	if got == nil {
		r := <-result
		got = &r
	}
	s.hung(p, name, dropped, *got)
}

// fate waits until the kernel has done something about a dial: dropped its
// request, which the listener counts, or answered it. Neither depends on the
// program, so neither can be proved impossible.
func (s *scene) fate(p *program, drops uint32, result <-chan dialled) (dropped bool, got *dialled) {
	for end := time.Now().Add(wallBound); time.Now().Before(end); p.pause(slice / 4) {
		select {
		case r := <-result:
			return false, &r
		default:
		}
		if s.acceptQueue(p).Drops != drops {
			return true, nil
		}
	}
	return false, nil
}

// hung judges how a dial ended that should have hung.
func (s *scene) hung(p *program, name string, dropped bool, got dialled) {
	l := s.acceptQueue(p)
	switch {
	case got.err == nil:
		got.conn.Reset()
		s.trouble(name, "connected, although the queue should be full")
		v := record.Verdict{Code: record.Queue,
			What: record.Say("the kernel completed %s's connection: %s, and the backlog is %d",
				name, waitToBeAccepted(int(l.Unread)), l.Unacked)}
		v.Where, _ = s.where(p)
		s.fail(v)
	case dropped && errors.Is(got.err, context.Canceled):
		s.record(record.Event{Conn: name, Kind: record.Note,
			What: record.Say("%v dials: the kernel drops its request, the queue is full", name)})
	case errors.Is(got.err, context.Canceled), errors.Is(got.err, context.DeadlineExceeded):
		s.judge(p, unknown, owes{})
	default:
		s.reject(name, record.Say("connect: refused"),
			record.Verdict{Code: record.Refused,
				What: record.Say("the kernel refuses %s's connection; from a full queue it would have dropped "+
					"the request", name)})
	}
}
