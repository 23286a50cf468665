package limits

import (
	"time"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/argument"
	"loopback/tools/engine/play/programs"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/play/stream"
	"loopback/tools/engine/wire"
)

var untilCutCommands = []scene.Command{{
	Name: "until-cut", Args: "[-reading SIZE] NAME TIMES", Group: "Time limits",
	Summary: "send a byte x now and then, until the program ends the connection; it must, before it has slept for " +
		"TIMES times $patience",
	Detail: "Only the time is counted in which every thread of the program sleeps, so a machine that is busy cannot " +
		"use it up. The bytes come as soon as the program has slept for a hundredth of that since the last one. With " +
		"-reading nothing is sent: SIZE bytes are read each time, of those that wait. That the program cuts off a " +
		"client that has paused for $patience, since the machine was busy, says nothing.",
	Run: func(s *scene.Scene, args []string) {
		set, args := argument.Flags(args, nil, []string{"-reading"})
		argument.Exactly(2, args)
		s.NeedPatience("until-cut")
		d := &drops{Dripper: stream.NewDripper(s, s.Conn(args[0]), "x", 1), most: s.Times(args[1])}
		if n := set["-reading"]; n != "" {
			d.sip = argument.Size(n)
		}
		d.untilCut()
	},
}}

const (
	stepsUntilCut = 100 // in the whole time, at the most
	recentSteps   = 12  // in so many the program has got on, also where it needs much room for its next write
)

// drops is what a client does that sends, or reads, a little now and then.
type drops struct {
	*stream.Dripper
	most  time.Duration // for how long the program may sleep meanwhile
	sip   int           // how many bytes it reads in a step; 0 when it sends one
	steps []time.Time   // when it has read
}

func (d *drops) untilCut() {
	s, c, slept := d.S, d.C, time.Duration(0)
	p := s.Owner(c)
	s.Rest(p)
	for start := time.Now(); slept < d.most; {
		if d.step() || p.Gone() {
			d.wasCut()
			return
		}
		if time.Since(start) > scene.WallBound || s.Ctx.Err() != nil {
			s.Judge(p, scene.Unknown, scene.Owes{})
		}
		slept += programs.SleepsFor(s, p, d.most/stepsUntilCut)
	}
	kind := record.Out
	if d.sip > 0 {
		kind = record.In
	}
	s.Record(record.Event{Conn: c.Name, Kind: kind, What: record.Say("%v %v now and then", c.Name, d.does())})
	s.RejectAt(p, c.Name, record.Say("it is not cut off"), record.Verdict{Code: record.Wait, Evidence: s.Gather(c, p),
		What: record.Say("%s %v now and then, and the %s, which has slept for %v meanwhile, goes on waiting", c.Name,
			d.does(), s.Kind(), scene.InMillis(d.most))})
}

// does says what the client does now and then.
func (d *drops) does() record.Phrase {
	if d.sip > 0 {
		return record.Say("reads a little")
	}
	return record.Say("sends a byte")
}

// step sends a byte, or reads, and reports whether the connection has ended.
func (d *drops) step() (ended bool) {
	if d.sip > 0 {
		return d.read()
	}
	if _, err := stream.Early(d.S, d.C); err != nil {
		return true
	}
	d.Drop(nil)
	return false
}

func (d *drops) read() (ended bool) {
	d.steps = append(d.steps, time.Now())
	d.Last = d.steps[max(0, len(d.steps)-recentSteps)]
	d.Paused = d.Longest()
	buf := make([]byte, d.sip)
	for n := 0; n < len(buf); {
		more, err := d.C.Read(buf[n:], scene.Slice)
		if n += more; err != nil {
			return err != wire.ErrLater
		}
	}
	return false
}

// wasCut says that it was, if the client has not made a pause in which that was
// right.
func (d *drops) wasCut() {
	s := d.S
	if d.Longest() > s.Scenario.Patience-s.Spare() {
		s.Late()
	}
	s.Record(record.Event{Kind: record.Note, What: record.Say("%v %v now and then, until it is cut off", d.C.Name,
		d.does())})
}
