package play

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"loopback/tools/base/record"
	"loopback/tools/engine/facts"
	"loopback/tools/engine/probe"
	"loopback/tools/engine/wire"
)

// owes describes what was awaited, for the verdict if it never comes.
type owes struct {
	code      record.Code   // when the program is proved unable to do it
	what      record.Phrase // "nothing came back"
	c         *wire.Conn
	want, got []byte
	compare   bool
	words     []string      // the program's own words, where they may explain it
	note      record.Phrase // what else is known
	lane      string        // whose line of the timeline it is, where there is no c
}

// judge turns the end of a wait into a verdict. It does not return unless end
// is happened.
func (s *scene) judge(p *program, end why, o owes) {
	if end == happened {
		return
	}
	v := record.Verdict{Code: o.code, Want: o.want, Got: o.got, Compare: o.compare, Evidence: s.gather(o.c, p)}
	name := o.lane
	if o.c != nil {
		name = o.c.Name
	}
	switch end {
	case stuck:
		v.What = s.neverAgain(p, o.c)
		s.trouble(name, "%v, and never will: it sleeps", o.what)
	case slept:
		v.ByTime, v.Slow = true, s.overspent
		v.What = s.sleptOn(p)
		s.trouble(name, "%v", o.what)
	case spun:
		v.Code, v.Anywhere = record.BusyLoop, true
		v.What = record.Say("the %s is not waiting, it is spinning: it burns processor time and nothing comes of it",
			s.called(p))
		s.trouble(name, "it is busy, and %v", o.what)
	case ended:
		s.dead(p, v)
	case expired:
		v.ByTime = true
		v.What = record.Say("nothing came for %v; this system cannot tell what the program is doing", s.sc.Timeout)
		s.trouble(name, "%v", o.what)
	default:
		v = record.Verdict{Code: record.CannotGrade,
			What: record.Say("the machine is too busy, or the program never comes to rest and never gets on")}
	}
	if !o.note.Empty() {
		v.What = v.What.And("; %v", o.note)
	}
	v.Words = o.words
	if v.Where, v.Cause = s.where(p); v.Code == record.BusyLoop {
		v.Cause = "" // that one of its goroutines waits is no mistake, and another one spins
	}
	if v.Slow {
		v.Only, v.Anywhere = true, true
		v.Cause = "The program always does something, but does not get there. Look for a sleep, or for a limit of " +
			"time that comes again and again."
	}
	s.failChecked(v)
}

// neverAgain says of a program that is stuck why it cannot move.
func (s *scene) neverAgain(p *program, c *wire.Conn) record.Phrase {
	if probe.Look(p.proc.PID()).State == probe.Stopped {
		return record.Say("the %s is stopped by a signal (SIGSTOP), like a job in a shell, until it is sent SIGCONT",
			s.called(p))
	}
	return s.asleep(p, c)
}

// sleptOn says of a program that might have moved what it did instead.
func (s *scene) sleptOn(p *program) record.Phrase {
	if n := s.waitingDials(false); n > 0 {
		return record.Say("%s under way, no answer comes, and the %s slept for %v", dialsText(n), s.called(p),
			grace(s.sc))
	}
	if s.overspent {
		return record.Say("the %s has had seconds to itself, in which it ran, or slept with a timer of its own, and "+
			"did not get there", s.called(p))
	}
	return record.Say("the %s has a timer of its own, but did nothing while it slept for %v", s.called(p), grace(s.sc))
}

// failChecked fails with v unless the bytes that came are already wrong: then
// that is what the learner should hear first, and what the program waits for
// now is no cause of it.
func (s *scene) failChecked(v record.Verdict) {
	if v.Compare && v.Code != record.WrongBytes && !strings.HasPrefix(string(v.Want), string(v.Got)) {
		v.Code, v.Cause, v.ByTime = record.WrongBytes, "", false // that a byte is wrong is certain
		v.What = record.Say("the bytes that came are not the ones expected; %v", v.What)
	}
	s.fail(v)
}

// asleep says that the program sleeps, and what the kernel holds for it.
func (s *scene) asleep(p *program, c *wire.Conn) record.Phrase {
	if c != nil {
		if d := s.describe(c); !d.Empty() {
			return record.Say("the %s is asleep, and %s", s.called(p), d)
		}
	}
	return record.Say("the %s is asleep and nothing is under way to it: it can never move again by itself", s.called(p))
}

// describe says how far what was sent on c has come, from the kernel's tables.
func (s *scene) describe(c *wire.Conn) record.Phrase {
	theirs, err := s.theirEnd(c)
	switch {
	case err != nil:
		return record.Phrase{}
	case c.Path != "":
		return describeUnix(c, theirs)
	case theirs.Inode == 0 && theirs.State == probe.Established:
		return record.Say("%s's connection waits in the accept queue: the program has not accepted it", c.Name)
	case theirs.State == probe.CloseWait && theirs.Unread > 1:
		return record.Say("%s it has not read wait in its socket, and after them %s's FIN",
			record.Amount(int(theirs.Unread-1)), c.Name)
	case theirs.State == probe.CloseWait && theirs.Unread == 1:
		return record.Say("it has not read %s's FIN, which waits in its socket", c.Name)
	case theirs.State == probe.CloseWait:
		return record.Say("it has read everything, %s's FIN included, and has not closed: its socket is "+
			"in CLOSE-WAIT", c.Name)
	case theirs.Unread > 0:
		return record.Say("%s it has not read wait in its socket", record.Amount(int(theirs.Unread)))
	case c.Sent() > 0 && c.WroteFIN():
		return record.Say("it has read all that %s sent, and %s's FIN", c.Name, c.Name)
	case c.Sent() > 0:
		return record.Say("it has read all that %s sent", c.Name)
	}
	return record.Phrase{}
}

// hangup judges that a connection has ended although bytes were owed on it.
func (s *scene) hangup(c *wire.Conn, err error, o owes) {
	p := s.owner(c)
	s.hurry = false // whether it has ended, too, must be known
	s.rest(p)
	v := record.Verdict{Code: record.EarlyEOF, Want: o.want, Got: o.got, Compare: o.compare, Evidence: s.gather(c, p)}
	v.What = record.Say("the %s ended the connection (%s)", s.kind(), endOf(c))
	var alert *wire.AlertError
	switch {
	case err == wire.ErrReset:
		v.Code = record.Reset
		v.What = record.Say("the %s's side reset the connection (RST)", s.kind())
		if c.Path != "" {
			v.What = record.Say("the %s closed the connection, with bytes in it that it had not read (ECONNRESET)",
				s.kind())
		}
		s.log.Add(record.Event{Conn: c.Name, Kind: record.InRST})
	case errors.As(err, &alert):
		v.Code = record.Alert
		v.What = s.alertText(alert)
		s.log.Add(record.Event{Conn: c.Name, Kind: record.In, What: v.What})
	case c.Notified() && !c.EOF:
		v.What = record.Say("the %s ended its stream (close_notify)", s.kind())
		s.log.Add(record.Event{Conn: c.Name, Kind: record.In, What: record.Say("close_notify: end of stream")})
	default:
		s.log.Add(record.Event{Conn: c.Name, Kind: record.InFIN})
	}
	if v.Compare && len(o.got) > 0 {
		all := any(record.Bytes(len(o.want)))
		if s.stuffed[c.Name] > 0 { // as much as the kernel's buffers took
			all = record.Amount(len(o.want))
		}
		v.What = v.What.And(" after %s of %s", record.Measured(len(o.got)), all)
	}
	s.trouble(c.Name, "%v", o.what)
	if p.gone() && !p.quit {
		if st, _ := p.proc.Status(); st.Code != 0 {
			v.What = v.What.And(", and then it ended by itself")
			s.dead(p, v)
		}
		v.What = v.What.And(", and then it ended: exit status 0")
	} else {
		v.Where, v.Cause = s.where(p)
	}
	s.failChecked(v)
}

// dead judges that the program has ended although it was still needed.
func (s *scene) dead(p *program, v record.Verdict) {
	s.checkRace(p)
	if over := p.over.Load(); over != nil {
		s.reject("", record.Say("the grader ends it"), *over)
	}
	st, _ := p.proc.Status()
	panicText, gs := s.prog.stacks(string(p.proc.Stderr().Bytes()))
	if p.mayEnd && panicText == "" && st.Code > 0 && len(p.lastWords(1)) > 0 {
		s.endedWell = true
		why := record.Say("the %s has ended, and says why: %v", s.process(p), st)
		s.record(record.Event{Kind: record.Note, What: why})
		panic(stop{"over: the program has ended as it may"})
	}
	v.Code = record.Exited
	if v.What.Empty() {
		v.What = record.Say("the %s has ended by itself", s.called(p))
	}
	v.What = record.Say("%s: %v", v.What, st)
	v.Words = p.lastWords(4)
	switch {
	case panicText == "" && st.Signal != "" && st.Signal == p.signal:
		v.What = record.Say("%s ended the %s at once: it does not handle this signal", st.Signal, s.called(p))
		v.General = st.Signal + " ended the program: that is what a signal does to one that has not asked for it. In " +
			"Go signal.Notify asks."
	case panicText != "" || st.Signal != "":
		v.Code = record.Crash
		v.What = record.Say("the %s has crashed: %v", s.called(p), st)
		v.Words = strings.Split(panicText, "\n")
		if panicText == "" {
			v.Words = p.lastWords(4)
		}
		v.Where = frames(gs[:min(len(gs), 1)])
		s.known.dumped = gs
	}
	if sent := s.lastSent(); !sent.Empty() {
		v.What = v.What.And("; %v", sent)
	}
	s.record(record.Event{Kind: record.Trouble, What: record.Say("the %s has ended: %v", s.process(p), st)})
	s.fail(v)
}

// lastSent says what a server that has ended was sent last, or nothing.
func (s *scene) lastSent() record.Phrase {
	for _, e := range slices.Backward(s.log.Events()) {
		toServer := e.Kind == record.Out || e.Kind == record.Hop && e.To == ""
		if s.kind() == "server" && toServer && e.Size > 0 {
			return record.Say("the last that it was sent is %s, from %s", record.Quoting(e.Data, e.Size, 40), e.Conn)
		}
	}
	return record.Phrase{}
}

func (s *scene) trouble(conn, format string, args ...any) {
	s.log.Add(record.Event{Conn: conn, Kind: record.Trouble, What: record.Say(format, args...)})
}

// reject fails: row ends the timeline, on the line of who. It does not return.
func (s *scene) reject(who string, row record.Phrase, v record.Verdict) {
	s.log.Add(record.Event{Conn: who, Kind: record.Trouble, What: row})
	s.fail(v)
}

// rejectAt fails as reject does, and says where p was. It does not return.
func (s *scene) rejectAt(p *program, who string, row record.Phrase, v record.Verdict) {
	s.log.Add(record.Event{Conn: who, Kind: record.Trouble, What: row})
	if v.Evidence == nil && p != nil && v.Code != record.CannotGrade {
		v.Evidence = s.gather(nil, p)
	}
	v.Where, v.Cause = s.where(p)
	s.fail(v)
}

// record adds an event to the timeline. While the scene is mute only what ends
// the scenario is recorded.
func (s *scene) record(e record.Event) {
	if e.Kind == record.Hop || e.Kind == record.Lost {
		eachFamily(s, func(k reader) { e.Named = k.Read(e.Data) })
	}
	if !s.mute || e.Kind == record.Trouble {
		s.log.Add(e)
	}
}

// checkRace fails a scenario about races when the race detector has spoken.
func (s *scene) checkRace(p *program) {
	text := string(p.proc.Stderr().Bytes())
	_, report, found := strings.Cut(text, "WARNING: DATA RACE")
	if !found || !s.sc.Race {
		return
	}
	if s.mute {
		s.log.Rewind(s.crowdMark) // which client noticed first is chance
	}
	s.known.raced = facts.ParseRace(report)
	s.reject("", record.Say("the race detector has stopped the program"),
		record.Verdict{Code: record.Race,
			What:  record.Say("two goroutines used the same memory, with nothing that orders them"),
			Where: phrases(s.known.raced.Lines()), Anywhere: true, Anytime: true})
}

// phrases says each of lines as it is.
func phrases(lines []string) (out []record.Phrase) {
	for _, line := range lines {
		out = append(out, record.Say("%s", line))
	}
	return out
}

// mostExtra is how many bytes too many are read to be shown.
const mostExtra = 4096

// plus says how many bytes there were, or that there were at least so many.
func plus(n int) string {
	if n == mostExtra {
		return record.Bytes(n) + " and more"
	}
	return record.Bytes(n)
}

// alertText says how TLS has ended.
func (s *scene) alertText(alert *wire.AlertError) record.Phrase {
	text := strings.TrimPrefix(alert.Text, "tls: ")
	if alert.Sent {
		return record.Say("the %s sent an alert: %s", s.kind(), text)
	}
	return record.Say("what the %s sent is no good TLS: %s", s.kind(), text)
}

func dialsText(n int) string {
	if n == 1 {
		return "1 dial is"
	}
	return fmt.Sprintf("%d dials are", n)
}
