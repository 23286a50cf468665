package scene

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

// Owes describes what was awaited, for the verdict if it never comes.
type Owes struct {
	Code      record.Code   // when the program is proved unable to do it
	What      record.Phrase // "nothing came back"
	Conn      *wire.Conn
	Want, Got []byte
	Compare   bool
	Words     []string      // the program's own words, where they may explain it
	Note      record.Phrase // what else is known
	Lane      string        // whose line of the timeline it is, where there is no c
}

// Judge turns the end of a wait into a verdict. It does not return unless end
// is happened.
func (s *Scene) Judge(p *Instance, end Why, o Owes) {
	if end == Happened {
		return
	}
	v := record.Verdict{Code: o.Code, Want: o.Want, Got: o.Got, Compare: o.Compare, Evidence: s.Gather(o.Conn, p)}
	name := o.Lane
	if o.Conn != nil {
		name = o.Conn.Name
	}
	switch end {
	case Stuck:
		v.What = s.neverAgain(p, o.Conn)
		s.Trouble(name, "%v, and never will: it sleeps", o.What)
	case Slept:
		v.ByTime, v.Slow = true, s.overspent
		v.What = s.sleptOn(p)
		s.Trouble(name, "%v", o.What)
	case Spun:
		v.Code, v.Anywhere = record.BusyLoop, true
		v.What = record.Say("the %s is not waiting, it is spinning: it burns processor time and nothing comes of it",
			s.Called(p))
		s.Trouble(name, "it is busy, and %v", o.What)
	case Ended:
		s.Dead(p, v)
	case Expired:
		v.ByTime = true
		v.What = record.Say("nothing came for %v; this system cannot tell what the program is doing",
			s.Scenario.Timeout)
		s.Trouble(name, "%v", o.What)
	default:
		v = record.Verdict{Code: record.CannotGrade,
			What: record.Say("the machine is too busy, or the program never comes to rest and never gets on")}
	}
	if !o.Note.Empty() {
		v.What = v.What.And("; %v", o.Note)
	}
	v.Words = o.Words
	if s.Locate(p, &v); v.Slow && s.dozed < TimerGrace { // else it did nothing at the end, as in other scenarios
		v.Only, v.Anywhere = true, true
		v.Cause = "The program always does something, but does not get there. Look for a sleep, or for a limit of " +
			"time that comes again and again."
	}
	s.failChecked(v)
}

// neverAgain says of a program that is stuck why it cannot move.
func (s *Scene) neverAgain(p *Instance, c *wire.Conn) record.Phrase {
	if p.Look().State == probe.Stopped {
		return record.Say("the %s is stopped by a signal (SIGSTOP), like a job in a shell, until it is sent SIGCONT",
			s.Called(p))
	}
	return s.asleep(p, c)
}

// sleptOn says of a program that might have moved what it did instead.
func (s *Scene) sleptOn(p *Instance) record.Phrase {
	if n := s.waitingDials(false); n > 0 {
		return record.Say("%s under way, no answer comes, and the %s slept for %v", DialsText(n), s.Called(p),
			grace(s.Scenario))
	}
	if s.overspent {
		return record.Say("the %s has had seconds to itself, in which it ran, or slept with a timer of its own, and "+
			"did not get there", s.Called(p))
	}
	if probe.InClose(p.Proc.PID()) {
		return record.Say("the %s waits in close(2), as SO_LINGER with a time has it do, and did nothing for %v",
			s.Called(p), grace(s.Scenario))
	}
	return record.Say("the %s has a timer of its own, but did nothing while it slept for %v", s.Called(p),
		grace(s.Scenario))
}

// failChecked fails with v unless the bytes that came are already wrong: then
// that is what the learner should hear first, and what the program waits for
// now is no cause of it.
func (s *Scene) failChecked(v record.Verdict) {
	if v.Compare && v.Code != record.WrongBytes && !strings.HasPrefix(string(v.Want), string(v.Got)) {
		v.Code, v.Cause, v.ByTime = record.WrongBytes, "", false // that a byte is wrong is certain
		v.What = record.Say("the bytes that came are not the ones expected; %v", v.What)
	}
	s.Fail(v)
}

// asleep says that the program sleeps, and what the kernel holds for it.
func (s *Scene) asleep(p *Instance, c *wire.Conn) record.Phrase {
	if c != nil {
		if d := s.Describe(c); !d.Empty() {
			return record.Say("the %s is asleep, and %s", s.Called(p), d)
		}
	}
	return record.Say("the %s is asleep and nothing is under way to it: it can never move again by itself", s.Called(p))
}

// Describe says how far what was sent on c has come, from the kernel's tables.
func (s *Scene) Describe(c *wire.Conn) record.Phrase {
	theirs, err := s.TheirEnd(c)
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

// Hangup judges that a connection has ended although bytes were owed on it.
func (s *Scene) Hangup(c *wire.Conn, err error, o Owes) {
	p := s.Owner(c)
	s.Hurry = false // whether it has ended, too, must be known
	s.Rest(p)
	v := record.Verdict{Code: record.EarlyEOF, Want: o.Want, Got: o.Got, Compare: o.Compare, Evidence: s.Gather(c, p)}
	v.What = record.Say("the %s ended the connection (%s)", s.Kind(), EndOf(c))
	var alert *wire.AlertError
	switch {
	case err == wire.ErrReset:
		v.Code = record.Reset
		v.What = record.Say("the %s's side reset the connection (RST)", s.Kind())
		if c.Path != "" {
			v.What = record.Say("the %s closed the connection, with bytes in it that it had not read (ECONNRESET)",
				s.Kind())
		}
		s.Log.Add(record.Event{Conn: c.Name, Kind: record.InRST})
	case errors.As(err, &alert):
		v.Code = record.Alert
		v.What = s.AlertText(alert)
		s.Log.Add(record.Event{Conn: c.Name, Kind: record.In, What: v.What})
	case c.Notified() && !c.EOF:
		v.What = record.Say("the %s ended its stream (close_notify)", s.Kind())
		s.Log.Add(record.Event{Conn: c.Name, Kind: record.In, What: record.Say("close_notify: end of stream")})
	default:
		s.Log.Add(record.Event{Conn: c.Name, Kind: record.InFIN})
	}
	if v.Compare && len(o.Got) > 0 {
		all := any(record.Bytes(len(o.Want)))
		if s.Stuffed[c.Name] > 0 { // as much as the kernel's buffers took
			all = record.Amount(len(o.Want))
		}
		v.What = v.What.And(" after %s of %s", record.Measured(len(o.Got)), all)
	}
	s.Trouble(c.Name, "%v", o.What)
	if p.Gone() && !p.Quit {
		if st, _ := p.Proc.Status(); st.Code != 0 {
			v.What = v.What.And(", and then it ended by itself")
			s.Dead(p, v)
		}
		v.What = v.What.And(", and then it ended: exit status 0")
	} else {
		s.Locate(p, &v)
	}
	s.failChecked(v)
}

// Dead judges that the program has ended although it was still needed.
func (s *Scene) Dead(p *Instance, v record.Verdict) {
	s.CheckRace(p)
	if over := p.over.Load(); over != nil {
		s.Reject("", record.Say("the grader ends it"), *over)
	}
	st, _ := p.Proc.Status()
	panicText, gs := s.Prog.stacks(string(p.Proc.Stderr().Bytes()))
	if p.MayEnd && panicText == "" && st.Code > 0 && len(p.LastWords(1)) > 0 {
		s.EndedWell = true
		why := record.Say("the %s has ended, and says why: %v", s.Process(p), st)
		s.Record(record.Event{Kind: record.Note, What: why})
		panic(Stop{"over: the program has ended as it may"})
	}
	v.Code = record.Exited
	if v.What.Empty() {
		v.What = record.Say("the %s has ended by itself", s.Called(p))
	}
	v.What = record.Say("%s: %v", v.What, st)
	v.Words = p.LastWords(4)
	switch {
	case panicText == "" && st.Signal != "" && st.Signal == p.Signal:
		v.What = record.Say("%s ended the %s at once: it does not handle this signal", st.Signal, s.Called(p))
		v.General = st.Signal + " ended the program: that is what a signal does to one that has not asked for it. In " +
			"Go signal.Notify asks."
	case panicText != "" || st.Signal != "":
		v.Code = record.Crash
		v.What = record.Say("the %s has crashed: %v", s.Called(p), st)
		v.Words = strings.Split(panicText, "\n")
		if panicText == "" {
			v.Words = p.LastWords(4)
		}
		v.Where = Frames(gs[:min(len(gs), 1)])
		s.Known.dumped = gs
	}
	if sent := lastSent(s); !sent.Empty() {
		v.What = v.What.And("; %v", sent)
	}
	s.Record(record.Event{Kind: record.Trouble, What: record.Say("the %s has ended: %v", s.Process(p), st)})
	s.Fail(v)
}

// lastSent says what a server that has ended was sent last, or nothing.
func lastSent(s *Scene) record.Phrase {
	for _, e := range slices.Backward(s.Log.Events()) {
		toServer := e.Kind == record.Out || e.Kind == record.Hop && e.To == ""
		if s.Kind() == "server" && toServer && e.Size > 0 {
			return record.Say("the last that it was sent is %s, from %s", record.Quoting(e.Data, e.Size, 40), e.Conn)
		}
	}
	return record.Phrase{}
}

// Trouble adds the row to the timeline that says what went wrong, on the line of conn.
func (s *Scene) Trouble(conn, format string, args ...any) {
	s.Log.Add(record.Event{Conn: conn, Kind: record.Trouble, What: record.Say(format, args...)})
}

// Reject fails: row ends the timeline, on the line of who. It does not return.
func (s *Scene) Reject(who string, row record.Phrase, v record.Verdict) {
	s.Log.Add(record.Event{Conn: who, Kind: record.Trouble, What: row})
	s.Fail(v)
}

// RejectAt fails as reject does, and says where p was. It does not return.
func (s *Scene) RejectAt(p *Instance, who string, row record.Phrase, v record.Verdict) {
	s.Log.Add(record.Event{Conn: who, Kind: record.Trouble, What: row})
	if v.Evidence == nil && p != nil && v.Code != record.CannotGrade {
		v.Evidence = s.Gather(nil, p)
	}
	s.Locate(p, &v)
	s.Fail(v)
}

// Record adds an event to the timeline. While the scene is mute only what ends
// the scenario is recorded.
func (s *Scene) Record(e record.Event) {
	if e.Kind == record.Hop || e.Kind == record.Lost {
		eachFamily(s, func(k reader) { e.Named = k.Read(e.Data) })
	}
	if !s.Mute || e.Kind == record.Trouble {
		s.Log.Add(e)
	}
}

// CheckRace fails a scenario about races when the race detector has spoken.
func (s *Scene) CheckRace(p *Instance) {
	text := string(p.Proc.Stderr().Bytes())
	_, report, found := strings.Cut(text, "WARNING: DATA RACE")
	if !found || !s.Scenario.Race {
		return
	}
	if s.Mute {
		s.Log.Rewind(s.CrowdMark) // which client noticed first is chance
	}
	s.Known.raced = facts.ParseRace(report)
	s.Reject("", record.Say("the race detector has stopped the program"),
		record.Verdict{Code: record.Race,
			What:  record.Say("two goroutines used the same memory, with nothing that orders them"),
			Where: Phrases(s.Known.raced.Lines()), Anywhere: true, Anytime: true})
}

// Phrases says each of lines as it is.
func Phrases(lines []string) (out []record.Phrase) {
	for _, line := range lines {
		out = append(out, record.Say("%s", line))
	}
	return out
}

// MostExtra is how many bytes too many are read to be shown.
const MostExtra = 4096

// Plus says how many bytes there were, or that there were at least so many.
func Plus(n int) string {
	if n == MostExtra {
		return record.Bytes(n) + " and more"
	}
	return record.Bytes(n)
}

// AlertText says how TLS has ended.
func (s *Scene) AlertText(alert *wire.AlertError) record.Phrase {
	text := strings.TrimPrefix(alert.Text, "tls: ")
	if alert.Sent {
		return record.Say("the %s sent an alert: %s", s.Kind(), text)
	}
	return record.Say("what the %s sent is not good TLS: %s", s.Kind(), text)
}

// DialsText says how many dials are under way.
func DialsText(n int) string {
	if n == 1 {
		return "1 dial is"
	}
	return fmt.Sprintf("%d dials are", n)
}
