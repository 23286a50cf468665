package stream

import (
	"fmt"
	"time"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/argument"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/probe"
	"loopback/tools/engine/wire"
)

// goodbyeCommands are about a server that sends a last word, and then takes for a
// while what its client still sends. What it does too early is certain when the
// grader has seen it before that time is over, counted from the dial; what it does
// in time when the grader has seen it late enough, counted from the word. What lies
// in between a busy machine has hidden, and it is done again.
var goodbyeCommands = []scene.Command{{
	Name: "heard-out", Args: "[-say TEXT] [-pour SIZE] [-beside N] NAME DURATION WORD", Group: "Ends",
	Summary: "NAME connects, must get WORD and the program's FIN, and sends on; for DURATION the program must take it",
	Detail: "With -say it sends TEXT at first. SIZE bytes come as quickly as the program takes them, and then a byte " +
		"now and then. With -beside N others come when it has its word, and stay; then it is enough that what " +
		"NAME sends is taken when they are there. Then NAME leaves. Where the machine was too busy to see it, that " +
		"is done again.",
	Run: func(s *scene.Scene, args []string) {
		set, args := argument.Flags(args, nil, []string{"-say", "-pour", "-beside"})
		argument.Exactly(3, args)
		g := &goodbye{Scene: s, name: args[0], most: argument.LengthOfTime(args[1]), word: s.Fill.Text(args[2])}
		if g.say = nil; set["-say"] != "" {
			g.say = s.Fill.Text(set["-say"])
		}
		if n := set["-pour"]; n != "" {
			g.pour = argument.Size(n)
		}
		if n := set["-beside"]; n != "" {
			g.beside = argument.Count(n)
			s.NeedFiles(g.beside)
		}
		g.again(g.hearOut)
		s.Log.Note("for %v the server takes what %s still sends", g.most, g.name)
	},
}, {
	Name: "keeps-place", Args: "NAME DURATION TEXT WORD NEXT LINE BUSY", Group: "Ends",
	Summary: "NAME connects, sends TEXT, must get WORD and the program's FIN, and stays; while the program holds its " +
		"connection, for DURATION at the most, LINE of another client, NEXT, must be answered by BUSY and a FIN",
	Detail: "Both leave. Where the machine was too busy to see that, it is done again.",
	Run: func(s *scene.Scene, args []string) {
		argument.Exactly(7, args)
		g := &goodbye{Scene: s, name: args[0], most: argument.LengthOfTime(args[1]), say: s.Fill.Text(args[2]),
			word: s.Fill.Text(args[3])}
		next, line, busy := args[4], s.Fill.Text(args[5]), s.Fill.Text(args[6])
		g.again(func() bool { return g.placeKept(next, line, busy) })
	},
}}

const (
	goodbyeTries = 12 // how often a client comes whom a busy machine has kept
	goodbyeDrops = 40 // how many bytes it sends in the time that it is given
)

// A goodbye is what one client sees that is sent away.
type goodbye struct {
	*scene.Scene
	name      string
	say, word []byte
	pour      int
	most      time.Duration // for how long it is heard out
	beside    int           // how many others come meanwhile

	poured bool // as much as that was taken in time
	stood  bool // it was heard out in time

	dialled time.Time // before the dial
	heard   time.Time // when its last word and the FIN had come
}

// again does that until it has been seen what came of it.
func (g *goodbye) again(seen func() bool) {
	mark := g.Log.Mark()
	for range goodbyeTries {
		if seen() || g.Ctx.Err() != nil {
			return
		}
		g.Log.Rewind(mark)
	}
	g.Fail(record.Verdict{Code: record.CannotGrade, What: record.Say("the machine is too busy: %d times the grader "+
		"could not look at %s before its time was over", goodbyeTries, g.name)})
}

// come lets the client come, and hear its last word.
func (g *goodbye) come() *wire.Conn {
	g.Rest(g.Main())
	g.dialled = time.Now()
	c := g.Dial(g.name, wire.Default)
	if g.say != nil {
		Send(g.Scene, c, g.say)
	}
	Recv(g.Scene, c, g.word)
	Eof(g.Scene, c)
	g.heard = time.Now()
	return c
}

// others lets some come that say nothing. What it returns lets them leave.
func (g *goodbye) others() func() {
	var all []*wire.Conn
	g.Mute, g.Hurry = true, true
	for i := range g.beside {
		name := fmt.Sprintf("%s%02d", g.name, i+1)
		g.Crowded[name] = true
		all = append(all, g.Dial(name, wire.Default))
	}
	g.Mute, g.Hurry = false, false
	g.Rest(g.Main())
	g.Log.Note("%d others come, and stay", g.beside)
	return func() {
		for _, c := range all {
			c.Close()
		}
	}
}

// early reports whether now is before the time of the client is over, for certain.
func (g *goodbye) early() bool { return time.Since(g.dialled) < g.most-g.most/50 }

func (g *goodbye) hearOut() (seen bool) {
	c := g.come()
	p, enough := g.Owner(c), g.most*4/5
	if g.beside > 0 {
		defer g.others()()
		enough = 0
	}
	g.Record(record.Event{Conn: c.Name, Kind: record.Out, What: record.Say("%s sends on", c.Name)})
	d, left, deaf := NewDripper(g.Scene, c, ".", 1), g.pour, &deafness{}
	if g.poured {
		left = 0
	}
	piece := g.Fill.Pattern(endlessPiece)
	for g.Ctx.Err() == nil {
		at := time.Now()
		var failed error
		if left > 0 {
			var n int
			n, failed = c.Write(piece[:min(len(piece), left)], scene.Slice)
			left -= n
		} else if at.Sub(d.Last) > g.most/goodbyeDrops {
			d.Drop(nil)
		}
		if failed == wire.ErrReset || !g.Holds(c) {
			g.mustNotLetGo(c)
			return false
		}
		took, err := Taken(g.Scene, c)
		g.poured = g.poured || took && left == 0
		g.stood = g.stood || took && at.Sub(g.heard) >= enough
		switch {
		case g.poured && g.stood:
			c.Close()
			return true
		case err == nil && !took && deaf.look(g, c):
			g.notTaken(c)
		case p.Gone():
			g.Dead(p, record.Verdict{})
		case at.Sub(g.heard) > 10*g.most:
			c.Close()
			return false
		}
		p.Pause(scene.Slice / 4)
	}
	return false
}

// mustNotLetGo judges that the program has let go of c, if that was too early for
// certain.
func (g *goodbye) mustNotLetGo(c *wire.Conn) {
	passed := time.Since(g.dialled)
	if !g.early() {
		c.Close()
		return
	}
	p := g.Owner(c)
	g.Rest(p)
	if p.Gone() {
		g.Dead(p, record.Verdict{})
	}
	g.Log.Add(record.Event{Conn: c.Name, Kind: record.InRST})
	g.RejectAt(p, c.Name, record.Say("it is still sending"), record.Verdict{Code: record.Reset,
		Evidence: g.Gather(c, p), What: record.Say("%v after %s had connected the %s had closed its end, where %v "+
			"were promised: what %s still sends is answered by a reset", scene.InMillis(passed), c.Name, g.Kind(),
			g.most,
			c.Name)})
}

// notTaken judges that the program sleeps and does not read what c has sent.
func (g *goodbye) notTaken(c *wire.Conn) {
	p := g.Owner(c)
	g.RejectAt(p, c.Name, record.Say("it is not read"), record.Verdict{Code: record.Reset, Evidence: g.Gather(c, p),
		What: record.Say("the %s is asleep, and does not read what %s still sends: its close will be a reset", g.Kind(),
			c.Name)})
}

// A deafness counts the looks that have found a program asleep with something that
// it has not read.
type deafness struct {
	looks int
	since time.Time
	last  probe.Activity
	seen  uint32
}

// look takes one more look, and reports whether they are enough.
func (f *deafness) look(g *goodbye, c *wire.Conn) bool {
	before, err := g.Net.TCP(c.Remote, c.Local)
	act := g.Owner(c).Look()
	after, err2 := g.Net.TCP(c.Remote, c.Local)
	same := err == nil && err2 == nil && before.Unread > 0 && before.Unread == after.Unread && after.Unread == f.seen
	asleep := act.State == probe.Timed || act.State == probe.Asleep
	if !same || !asleep || !act.Same(f.last) {
		*f = deafness{since: time.Now(), last: act, seen: after.Unread}
		return false
	}
	f.looks++
	return f.looks >= scene.CalmLooks && time.Since(f.since) > scene.CalmTime
}

// placeKept lets another client come while the first one is on its way out.
func (g *goodbye) placeKept(next string, line, busy []byte) (seen bool) {
	c := g.come()
	defer func() { c.Close() }()
	if !g.Holds(c) {
		g.mustNotLetGo(c)
		return false
	}
	n := g.Dial(next, wire.Default)
	defer func() { n.Close() }()
	n.Write(line, scene.Slice) // it may be refused already, and does not know yet
	g.Record(record.Event{Conn: n.Name, Kind: record.Out, Data: line, Size: len(line)})
	if Which(g.Scene, n, [][]byte{busy, line}) == 0 {
		Eof(g.Scene, n)
		return true
	}
	if !g.Holds(c) {
		return false // it had gone in time, and the place is free
	}
	p := g.Owner(c)
	g.RejectAt(p, n.Name, record.Say("it is served"), record.Verdict{Code: record.TooMany, Evidence: g.Gather(n, p),
		What: record.Say("%s was served although there was no room: the %s still holds the connection of %s, which "+
			"keeps its place until that is closed", n.Name, g.Kind(), c.Name)})
	return false
}
