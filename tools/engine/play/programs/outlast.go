package programs

import (
	"errors"
	"fmt"
	"time"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/argument"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/play/stream"
	"loopback/tools/engine/probe"
	"loopback/tools/engine/wire"
)

var outlastCommands = []scene.Command{{
	Name: "outlast", Args: "[-within] [-long] [-forever] [-or-ended] [NAME...]", Group: "The program itself",
	Summary: "nothing happens until every timer of the program has fired; it must neither end nor end one of these " +
		"connections",
	Detail: "A program that sleeps without any timer has no time limit: then this takes a few milliseconds. One that " +
		"has a timer is watched until it sleeps without one, or for some ten seconds in a scenario, five of them " +
		"where a timer comes again and again. Name first the connection that has been quiet for longest. Connections " +
		"may be silent, half-closed by either side, or unread (after stuff); without a NAME only the program itself " +
		"must not end. With -within time limits have been promised, and none of them is over yet. With -long a " +
		"program whose timer is still to come is watched for half a minute. With -forever there must be no limit at " +
		"all, however long: the clock of a Go program whose timer is still to come is put forward to when it is due, " +
		"where the grader knows how (Linux on amd64); elsewhere it is as with -long. Of one that has no timer it is " +
		"put forward by a day: a program that looks at the clock when something comes finds that much has passed. " +
		"The times that the program has set for its calls on sockets (SO_RCVTIMEO, SO_SNDTIMEO), and for output that " +
		"waits (TCP_USER_TIMEOUT), are made short. With -or-ended the program may end meanwhile: its kernel sends " +
		"the rest. Scenarios with this command begin before the others of their unit.",
	Run: func(s *scene.Scene, args []string) {
		set, args := argument.Flags(args, []string{"-within", "-long", "-forever", "-or-ended"}, nil)
		v := &vigil{s: s, p: s.Main(), start: time.Now(), promise: "no time limit was promised",
			bound: scene.VigilBound}
		if set["-long"] != "" {
			v.bound = scene.LongVigil
		}
		v.forever, v.orEnded = set["-forever"] != "", set["-or-ended"] != ""
		if set["-within"] != "" {
			v.promise = "no time limit was over"
		}
		for i, name := range args {
			c := s.Conn(name)
			if i == 0 {
				v.p = s.Owner(c)
			}
			v.conns = append(v.conns, c)
		}
		v.keep()
	},
}}

// A vigil watches a program that nobody speaks to.
type vigil struct {
	s     *scene.Scene
	p     *scene.Instance
	conns []*wire.Conn
	start time.Time
	bound time.Duration // for how long

	forever bool          // its clock may be put forward
	orEnded bool          // it may end
	until   time.Time     // when a call on a socket that had a limit of time has ended
	jumps   int           // how often it was, to a timer that no vigil would have waited for
	ahead   time.Duration // and how far, in all
	skipped time.Duration // and how much of that the vigil would have waited for

	promise string          // which limits there are
	limits  []time.Duration // those that the kernel keeps for their output

	// shortened is 0, or for how long a client had been quiet when the grader made its limit short.
	shortened []time.Duration

	held    []bool    // whether the program has accepted it
	fired   int       // how often the program has woken by itself, without a long pause
	ticking time.Time // when it began to
	woken   time.Time // when it did so last
	last    probe.Activity
	cpu     time.Duration // processor time when it was last seen asleep
	proofs  int
}

// keep returns when the program can have no limit of time, or has not shown one
// within the bound.
func (v *vigil) keep() {
	v.s.Rest(v.p)
	n := len(v.conns)
	v.held, v.limits, v.shortened = make([]bool, n), make([]time.Duration, n), make([]time.Duration, n)
	v.last = v.p.Look()
	v.cpu = v.last.CPU
	v.shorten()
	v.giveUpSoon()
	for v.s.Ctx.Err() == nil {
		v.s.Pump()
		if v.mustStand(); v.p.Gone() {
			return // as it may
		}
		before := v.s.Survey(nil)
		act := v.p.Look()
		still := !before.UnderWay && before.Equal(v.s.Survey(nil)) && !v.p.Proc.Pending()
		if what := v.verdict(act, still); what != "" && !v.kernelWaits(act) {
			v.mustStand() // with what came while we looked
			v.s.Record(record.Event{Kind: record.Note, What: record.Say("%s", what)})
			v.s.Watched += time.Since(v.start)
			if v.forever && act.State == probe.Asleep {
				v.aDay(act)
			}
			return
		}
	}
}

// shorten makes the limits of time short that the program has set for its calls on
// sockets. The kernel keeps them, and it sleeps as if it had none.
func (v *vigil) shorten() {
	if !v.forever {
		return
	}
	longest := probe.ShortenWaits(v.last.PIDs, scene.ShortWait)
	if longest == 0 {
		return
	}
	v.s.Record(record.Event{Kind: record.Note, What: record.Say("its calls on a socket may take at most %v "+
		"(SO_RCVTIMEO, SO_SNDTIMEO); the grader makes that short", longest)})
	v.ahead += longest
	if probe.Golang(v.p.Proc.PID()) {
		v.p.Proc.Interrupt() // a call under way is made again, and is short now, too
	}
	v.until = time.Now().Add(3 * scene.ShortWait)
}

// giveUpSoon makes short how long the kernel lets output wait that waits now, where the
// program has set a limit for that (TCP_USER_TIMEOUT) which is longer than the vigil.
func (v *vigil) giveUpSoon() {
	if !v.forever {
		return
	}
	for i, c := range v.conns {
		theirs, err := v.s.TheirEnd(c)
		if err != nil || theirs.NotSent+theirs.Unacked == 0 {
			continue
		}
		limit := probe.UserTimeout(v.last.PIDs, theirs.Inode)
		if limit >= v.bound && probe.GiveUp(v.last.PIDs, theirs.Inode, scene.ShortWait) {
			v.limits[i], v.shortened[i] = limit, quiet(v.s, c)
			v.ahead += limit
		}
	}
}

// verdict says why the vigil is over, or "" after a little while.
func (v *vigil) verdict(act probe.Activity, still bool) string {
	switch act.State {
	case probe.Unknown:
		v.s.Lacks("this system cannot tell whether a program has a timer")
		return "this system does not tell whether it has a timer"
	case probe.Asleep, probe.Stopped:
		if time.Now().Before(v.until) {
			break
		}
		if v.cpu = act.CPU; !still {
			if time.Since(v.start) > v.bound {
				return "it sleeps, and has no timer, though something stays under way to it"
			}
			break
		}
		if v.proofs++; v.proofs >= scene.VigilProofs {
			if v.fired > 0 {
				return "its timers have fired, and it sleeps without one"
			}
			return "it sleeps, and has no timer"
		}
		v.p.Pause(scene.RestPause)
		return ""
	case probe.Timed:
		return v.timed(act)
	default:
		if act.CPU-v.cpu > v.spin() {
			v.s.Judge(v.p, scene.Spun, scene.Owes{What: record.Say("no client has asked it for anything")})
		}
	}
	v.proofs = 0
	v.p.Pause(scene.RestPause)
	return ""
}

// kernelWaits reports whether one of the connections has a limit of time that the
// kernel keeps (TCP_USER_TIMEOUT), output that waits, and may still be given up.
// The kernel looks at the limit when it asks for room, so it may be late. From one such
// question to the next the time doubles.
func (v *vigil) kernelWaits(act probe.Activity) bool {
	for i, c := range v.conns {
		theirs, err := v.s.TheirEnd(c)
		if err != nil || theirs.NotSent+theirs.Unacked == 0 {
			continue
		}
		limit := probe.UserTimeout(act.PIDs, theirs.Inode)
		late := limit + limit/4 + time.Second + v.shortened[i]
		if v.shortened[i] == 0 {
			v.limits[i] = limit
		}
		if limit > 0 && limit < v.bound && time.Since(v.start) < late {
			v.proofs = 0
			v.p.Pause(scene.VigilPause)
			return true
		}
	}
	return false
}

// spin is how much processor time in one go proves a busy loop.
func (v *vigil) spin() time.Duration {
	if v.s.Prog.Race {
		return scene.SpinLimit * scene.RaceSlower
	}
	return scene.SpinLimit
}

// timed decides whether to wait for a timer of a program that sleeps.
func (v *vigil) timed(act probe.Activity) string {
	v.proofs, v.cpu = 0, act.CPU
	now := time.Now().Add(v.skipped) // as if the vigil had waited for the timers
	if v.fired > 1 && now.Sub(v.woken) > scene.TickPause {
		v.fired = 1 // on a busy machine a program is long in coming to rest, and that is no ticker
	}
	if act.Runs != v.last.Runs {
		if v.fired, v.woken = v.fired+1, now; v.fired <= 2 {
			v.ticking = v.woken
		}
	}
	v.last = act
	left := v.bound - v.s.Watched - now.Sub(v.start)
	if v.fired >= scene.ManyTicks {
		left = min(left, min(scene.TickBound, scene.TicksBound-v.s.Watched)-now.Sub(v.ticking))
	}
	if left <= 0 {
		return "its timers have done nothing to a client"
	}
	d, ok := probe.Timeout(v.p.Proc.PID())
	// The thread fell asleep at the earliest when the program was started.
	switch long := ok && d-time.Since(v.s.Born) > left; {
	case long && !v.forever:
		return "its timer takes longer than the grader watches"
	case long && v.jumps == scene.ManyJumps:
		return "its timers have done nothing to a client"
	case long:
		v.jumps++
		v.hasten(d, act)
	case ok && v.forever && d > scene.Hasty && v.canHasten(act) && v.hasten(d, act):
		v.skipped += d
	}
	v.p.Pause(scene.VigilPause)
	return ""
}

// canHasten reports whether the grader may know how to put the program's clock forward.
func (v *vigil) canHasten(act probe.Activity) bool {
	return len(act.PIDs) == 1 && probe.Golang(v.p.Proc.PID())
}

// hasten puts the clock of a program that sleeps, for d at the most, forward to when
// its timer is due, and reports whether it could. What the timer does is seen then, and
// it took no time. Where that cannot be done the program is watched for longer.
func (v *vigil) hasten(d time.Duration, act probe.Activity) bool {
	if !v.canHasten(act) {
		v.forever, v.bound = false, scene.LongVigil
		return false
	}
	v.s.Stop(v.p, record.Say("the %s is stopped (SIGSTOP)", v.s.Called(v.p)))
	d += time.Second // whatever is due at the same time has come by then
	err := v.p.Proc.Advance(d)
	if err == nil {
		probe.AdvanceTimers(act.PIDs, d) // those of the kernel
	}
	v.p.GoOn()
	if err != nil && v.jumps == scene.ManyJumps || errors.Is(err, errors.ErrUnsupported) {
		v.forever, v.bound = false, scene.LongVigil
	}
	what := record.Say("it goes on (SIGCONT), and its clock was put forward to when its timer is due")
	if err != nil {
		what = record.Say("it goes on (SIGCONT)")
	} else {
		v.ahead += d
	}
	v.s.Record(record.Event{Kind: record.Note, What: what})
	v.s.Rest(v.p)
	return err == nil
}

// aDay puts the clock of a program that sleeps without a timer forward by a day. A
// limit of time that it looks for only when something comes is over then.
func (v *vigil) aDay(act probe.Activity) {
	if !v.canHasten(act) {
		return
	}
	mark := v.s.Log.Mark()
	v.s.Stop(v.p, record.Say("the %s is stopped (SIGSTOP)", v.s.Called(v.p)))
	err := v.p.Proc.Advance(24 * time.Hour) // it has no timer that would be due
	v.p.GoOn()
	v.s.Rest(v.p)
	v.mustStand()
	if v.s.Log.Rewind(mark); err == nil {
		v.s.Record(record.Event{Kind: record.Note, What: record.Say("its clock is put forward by a day")})
	}
}

// mustStand fails when the program has ended, or one of the connections.
func (v *vigil) mustStand() {
	for i, c := range v.conns {
		theirs, err := v.s.TheirEnd(c)
		switch {
		case err == probe.ErrNoEvidence:
		case c.EOF && !c.WroteFIN(): // its FIN has come; what may still end is that it reads
			if err != nil || theirs.Inode == 0 {
				stream.KeepsEnd(v.s, c)
			}
		case err != nil, v.held[i] && theirs.Inode == 0, theirs.State != probe.Established &&
			theirs.State != probe.CloseWait && !c.WroteFIN():
			if !c.WroteFIN() {
				v.tooEarly(c, v.limits[i])
			}
		default:
			v.held[i] = v.held[i] || theirs.Inode != 0
		}
	}
	if v.p.Gone() && !v.orEnded {
		v.p.Drain()
		v.s.Dead(v.p, record.Verdict{Evidence: v.s.Gather(nil, v.p),
			What: record.Say("nothing happened for %s, and the %s has ended by itself",
				taken(time.Since(v.start)+v.ahead), v.s.Called(v.p))})
	}
}

// tooEarly judges that the program, or the kernel for it, has ended c although
// nothing has happened.
func (v *vigil) tooEarly(c *wire.Conn, limit time.Duration) {
	s := v.s
	s.Rest(v.p)
	code, kind := record.Reset, record.InRST
	ours, err := s.OurEnd(c)
	if err == nil && ours.State != probe.Closed {
		code, kind = record.EarlyEOF, record.InFIN
	}
	if gaveUp := err == nil && ours.State == probe.Established && limit > 0; gaveUp {
		code = record.Reset // the kernel says so only when the client speaks again
		s.Record(record.Event{Conn: c.Name, Kind: record.Note,
			What: record.Say("the server's kernel has given the connection up: TCP_USER_TIMEOUT is %v", limit)})
	} else {
		s.Log.Add(record.Event{Conn: c.Name, Kind: kind})
	}
	did := "said nothing"
	if s.Stuffed[c.Name] > 0 {
		did = "read nothing"
	}
	what := record.Say("%s had %s for %s; the %s ended the connection, although %s", c.Name,
		did, taken(quiet(s, c)+v.ahead), s.Called(v.p), v.promise)
	s.Trouble(c.Name, "%s", v.promise)
	verdict := record.Verdict{Code: code, What: what, Evidence: s.Gather(c, v.p)}
	if v.p.Gone() && !v.p.Quit {
		if st, _ := v.p.Proc.Status(); st.Code != 0 {
			verdict.What = verdict.What.And(", and then it ended by itself")
			s.Dead(v.p, verdict)
		}
		verdict.What = verdict.What.And(", and then it ended: exit status 0")
	} else {
		s.Locate(v.p, &verdict)
	}
	s.Fail(verdict)
}

// quiet is how long ago something was last sent or read on c.
func quiet(s *scene.Scene, c *wire.Conn) time.Duration {
	events := s.Log.Events()
	now := events[len(events)-1].At
	for i := len(events) - 2; i >= 0; i-- {
		if e := events[i]; e.Conn == c.Name && e.Kind != record.InFIN && e.Kind != record.InRST {
			return now - e.At
		}
	}
	return now
}

// taken says how long something took: 2.0 s.
func taken(d time.Duration) record.Varying {
	return record.Varies(fmt.Sprintf("%.1f s", d.Seconds()), "N s")
}
