package programs

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
	"loopback/tools/engine/play/argument"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/probe"
	"loopback/tools/engine/wire"
)

var queueCommands = []scene.Command{{
	Name: "backlog", Args: "N", Group: "The accept queue",
	Summary: "the kernel must know N as the backlog of the server's listener",
	Detail: "The backlog is the second argument of listen(2). One more connection than that can wait to be accepted. " +
		"What is more than the kernel allows (net.core.somaxconn) is as much as it allows.",
	Run: scene.OnCount(backlog),
}, {
	Name: "queue", Args: "[-now] N", Group: "The accept queue",
	Summary: "N connections must wait to be accepted, once the program is at rest",
	Detail: "With -now nothing is waited for but that: a program that sleeps with a timer of its own is not asked " +
		"what it does when it has fired.",
	Run: func(s *scene.Scene, args []string) {
		set, args := argument.Flags(args, []string{"-now"}, nil)
		argument.Exactly(1, args)
		if set["-now"] != "" {
			QueueNow(s, argument.Count(args[0]))
			return
		}
		queue(s, argument.Count(args[0]))
	},
}, {
	Name: "hang", Args: "NAME", Group: "The accept queue",
	Summary: "a dial that is neither completed nor refused: the kernel drops its request, because the accept " +
		"queue is full",
	Detail: "The dial is given up as soon as the kernel has counted the request as dropped, so that it is not made " +
		"again a second later.",
	Run: func(s *scene.Scene, args []string) {
		argument.Exactly(1, args)
		hang(s, args[0])
	},
}}

// noQueue says why nothing is known of the accept queue.
const noQueue = "this system does not tell how long the accept queue is (Linux does, by sock_diag)"

// seesQueue reports whether the system tells of the server's listener. Where it does
// not, a check of it has not been made.
func seesQueue(s *scene.Scene, p *scene.Instance) bool {
	at, err := netip.ParseAddrPort(s.TS.Getenv("server"))
	if err != nil {
		s.Misuse("no server runs yet: begin with serve")
	}
	l, err := s.Net.Listener(at)
	if errors.Is(err, probe.ErrNoSocket) || err == nil && l.Counted {
		return true
	}
	s.Lacks(noQueue)
	s.Quieten(p)
	return false
}

// acceptQueue looks up the server's listener. Its Unread is the length of the
// queue, its Unacked the backlog. Without evidence the scenario is left out.
func acceptQueue(s *scene.Scene, p *scene.Instance) probe.Socket {
	addr := s.TS.Getenv("server")
	at, err := netip.ParseAddrPort(addr)
	if err != nil {
		s.Misuse("no server runs yet: begin with serve")
	}
	l, err := s.Net.Listener(at)
	switch {
	case errors.Is(err, probe.ErrNoSocket):
		s.Hurry = false
		s.Rest(p)
		if p.Gone() {
			s.Dead(p, record.Verdict{})
		}
		s.RejectAt(p, "", record.Say("its listener is gone"),
			record.Verdict{Code: record.Refused,
				What: record.Say("nothing listens at %s any more", record.Foreign(addr))})
	case err != nil || !l.Counted:
		s.Skip(noQueue)
	}
	return l
}

func backlog(s *scene.Scene, n int) {
	p := s.Main()
	s.Rest(p)
	if !seesQueue(s, p) {
		return
	}
	l := acceptQueue(s, p)
	n = mostBacklog(n)
	if l.Unacked == uint32(n) {
		s.Record(record.Event{Kind: record.Note, What: record.Say("the kernel says: backlog %d", n)})
		return
	}
	s.Reject("", record.Say("the kernel says: backlog %d", l.Unacked),
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

func queue(s *scene.Scene, n int) {
	p := s.Main()
	s.Rest(p)
	if !seesQueue(s, p) {
		return
	}
	var l probe.Socket
	end := s.Await(p, nil, func(d time.Duration) scene.Progress {
		if l = acceptQueue(s, p); l.Unread == uint32(n) {
			return scene.Done
		}
		p.Pause(d / 4)
		return scene.Nothing
	})
	switch end {
	case scene.Happened:
		s.Record(record.Event{Kind: record.Note, What: record.Say("%s", waitToBeAccepted(n))})
		return
	case scene.Stuck, scene.Slept:
	default:
		s.Judge(p, end, scene.Owes{Code: record.Queue, What: record.Say("%s", waitToBeAccepted(int(l.Unread)))})
	}
	s.Trouble("", "%s", waitToBeAccepted(int(l.Unread)))
	v := record.Verdict{Code: record.Queue, ByTime: end == scene.Slept,
		What: record.Say("%s, and it should be %d", waitToBeAccepted(int(l.Unread)), n)}
	v.Where = s.Where(p) // what it waits for there is another matter
	s.Fail(v)
}

// QueueNow looks once, at a program that is at rest: with a connection in its
// queue that it could take it would not be.
func QueueNow(s *scene.Scene, n int) {
	p := s.Main()
	s.Rest(p)
	if !seesQueue(s, p) {
		return
	}
	have := waitToBeAccepted(int(acceptQueue(s, p).Unread))
	if have == waitToBeAccepted(n) {
		s.Record(record.Event{Kind: record.Note, What: record.Say("%s", have)})
		return
	}
	asleepBefore(s, p, have, n)
}

// TakenAtOnce waits until no connection waits to be accepted. The program must not
// sleep before that, whether a timer would wake it or not. Where nothing can be seen of
// that, or the wait ends in another way, QueueNow has the word.
func TakenAtOnce(s *scene.Scene) {
	p := s.Main()
	if at, err := netip.ParseAddrPort(s.TS.Getenv("server")); err != nil {
		return
	} else if l, err := s.Net.Listener(at); err != nil || !l.Counted {
		return
	}
	asleep := 0
	s.Await(p, nil, func(d time.Duration) scene.Progress {
		before := p.Look()
		n := acceptQueue(s, p).Unread
		if n == 0 || p.Gone() {
			return scene.Done
		}
		if slept(before, p.Look()) && !p.Proc.Pending() {
			asleep++
		}
		if asleep >= sleepsInTheWay {
			asleepBefore(s, p, record.Varies(waitToBeAccepted(int(n)), "N connections wait to be accepted"), 0)
		}
		p.Pause(d / 4)
		return scene.Nothing
	})
}

// sleepsInTheWay is how often a program is seen asleep with a connection in its queue.
// Once is enough for a proof.
const sleepsInTheWay = 4

// slept reports whether the program has slept between two looks, all the while.
func slept(before, after probe.Activity) bool {
	return (before.State == probe.Timed || before.State == probe.Asleep) && after.Same(before)
}

// asleepBefore fails: p sleeps, and so many wait to be accepted.
func asleepBefore(s *scene.Scene, p *scene.Instance, have any, n int) {
	v := record.Verdict{Code: record.Queue,
		What: record.Say("the %s is asleep; %v, and it should be %d", s.Kind(), have, n)}
	s.Trouble("", "%v", have)
	v.Where = s.Where(p)
	s.Fail(v)
}

func waitToBeAccepted(n int) string {
	if n == 1 {
		return "1 connection waits to be accepted"
	}
	return fmt.Sprintf("%d connections wait to be accepted", n)
}

// hang dials and gives up when the kernel has dropped the request: that is what
// the listener's own count of drops says, and no clock.
func hang(s *scene.Scene, name string) {
	p := s.Main()
	s.Rest(p)
	before := acceptQueue(s, p)
	ctx, cancel := context.WithTimeout(s.Ctx, scene.WallBound)
	defer cancel()
	result := make(chan scene.Dialled, 1)
	go func() {
		conn, err := s.Maker.Dial(ctx, name, s.TS.Getenv("server"), wire.Default)
		result <- scene.Dialled{Conn: conn, Err: err}
	}()
	dropped, got := fate(s, p, before.Drops, result)
	cancel()
	if got == nil {
		r := <-result
		got = &r
	}
	hung(s, p, name, dropped, *got)
}

// fate waits until the kernel has done something about a dial: dropped its
// request, which the listener counts, or answered it. Neither depends on the
// program, so neither can be proved impossible.
func fate(s *scene.Scene, p *scene.Instance, drops uint32, result <-chan scene.Dialled) (dropped bool,
	got *scene.Dialled) {
	for end := time.Now().Add(scene.WallBound); time.Now().Before(end); p.Pause(scene.Slice / 4) {
		select {
		case r := <-result:
			return false, &r
		default:
		}
		if acceptQueue(s, p).Drops != drops {
			return true, nil
		}
	}
	return false, nil
}

// hung judges how a dial ended that should have hung.
func hung(s *scene.Scene, p *scene.Instance, name string, dropped bool, got scene.Dialled) {
	l := acceptQueue(s, p)
	switch {
	case got.Err == nil:
		got.Conn.Reset()
		s.Trouble(name, "connected, although the queue should be full")
		v := record.Verdict{Code: record.Queue,
			What: record.Say("the kernel completed %s's connection: %s, and the backlog is %d",
				name, waitToBeAccepted(int(l.Unread)), l.Unacked)}
		v.Where = s.Where(p)
		s.Fail(v)
	case dropped && errors.Is(got.Err, context.Canceled):
		s.Record(record.Event{Conn: name, Kind: record.Note,
			What: record.Say("%v dials: the kernel drops its request, the queue is full", name)})
	case errors.Is(got.Err, context.Canceled), errors.Is(got.Err, context.DeadlineExceeded):
		s.Judge(p, scene.Unknown, scene.Owes{})
	default:
		s.Reject(name, record.Say("connect: refused"),
			record.Verdict{Code: record.Refused,
				What: record.Say("the kernel refuses %s's connection; from a full queue it would have dropped "+
					"the request", name)})
	}
}
