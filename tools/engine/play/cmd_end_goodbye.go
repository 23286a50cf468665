package play

import (
	"time"

	"loopback/tools/base/record"
	"loopback/tools/engine/probe"
	"loopback/tools/engine/wire"
)

// goodbyeCommands are about a server that sends a last word, and then takes for a
// while what its client still sends. What it does too early is certain when the
// grader has seen it before that time is over, counted from the dial; what it does
// in time when the grader has seen it late enough, counted from the word. What lies
// in between a busy machine has hidden, and it is done again.
var goodbyeCommands = []Command{{
	Name: "heard-out", Args: "[-say TEXT] [-pour SIZE] NAME DURATION WORD", Group: "Ends",
	Summary: "NAME connects, must get WORD and the program's FIN, and sends on; for DURATION the program must take it",
	Detail: "With -say it sends TEXT at first. SIZE bytes come as quickly as the program takes them, and then a byte " +
		"now and then. Then NAME leaves. Where the machine was too busy to see it, that is done again.",
	run: func(s *scene, args []string) {
		set, args := flags(args, nil, []string{"-say", "-pour"})
		exactly(3, args)
		g := &goodbye{scene: s, name: args[0], most: s.lengthOfTime(args[1]), word: s.fill.text(args[2])}
		if g.say = nil; set["-say"] != "" {
			g.say = s.fill.text(set["-say"])
		}
		if n := set["-pour"]; n != "" {
			g.pour = size(n)
		}
		g.again(g.hearOut)
		s.log.Note("for %v the server takes what %s still sends", g.most, g.name)
	},
}, {
	Name: "keeps-place", Args: "NAME DURATION TEXT WORD NEXT LINE BUSY", Group: "Ends",
	Summary: "NAME connects, sends TEXT, must get WORD and the program's FIN, and stays; while the program holds its " +
		"connection, for DURATION at the most, LINE of another client, NEXT, must be answered by BUSY and a FIN",
	Detail: "Both leave. Where the machine was too busy to see that, it is done again.",
	run: func(s *scene, args []string) {
		exactly(7, args)
		g := &goodbye{scene: s, name: args[0], most: s.lengthOfTime(args[1]), say: s.fill.text(args[2]),
			word: s.fill.text(args[3])}
		next, line, busy := args[4], s.fill.text(args[5]), s.fill.text(args[6])
		g.again(func() bool { return g.placeKept(next, line, busy) })
	},
}}

// lengthOfTime reads a length of time.
func (s *scene) lengthOfTime(text string) time.Duration {
	d, err := time.ParseDuration(text)
	if err != nil || d <= 0 {
		s.misuse("not a duration: %s", text)
	}
	return d
}

const (
	goodbyeTries = 12 // how often a client comes whom a busy machine has kept
	goodbyeDrops = 40 // how many bytes it sends in the time that it is given
)

// A goodbye is what one client sees that is sent away.
type goodbye struct {
	*scene
	name      string
	say, word []byte
	pour      int
	most      time.Duration // for how long it is heard out

	poured bool // as much as that was taken in time
	stood  bool // it was heard out in time

	dialled time.Time // before the dial
	heard   time.Time // when its last word and the FIN had come
}

// again does that until it has been seen what came of it.
func (g *goodbye) again(seen func() bool) {
	mark := g.log.Mark()
	for range goodbyeTries {
		if seen() || g.ctx.Err() != nil {
			return
		}
		g.log.Rewind(mark)
	}
	g.fail(record.Verdict{Code: record.CannotGrade, What: record.Say("the machine is too busy: %d times the grader "+
		"could not look at %s before its time was over", goodbyeTries, g.name)})
}

// come lets the client come, and hear its last word.
func (g *goodbye) come() *wire.Conn {
	g.rest(g.main())
	g.dialled = time.Now()
	c := g.dial(g.name, wire.Default)
	if g.say != nil {
		g.send(c, g.say)
	}
	g.recv(c, g.word)
	g.eof(c)
	g.heard = time.Now()
	return c
}

// early reports whether now is before the time of the client is over, for certain.
func (g *goodbye) early() bool { return time.Since(g.dialled) < g.most-g.most/50 }

func (g *goodbye) hearOut() (seen bool) {
	c := g.come()
	p, enough := g.owner(c), g.most*4/5
	g.record(record.Event{Conn: c.Name, Kind: record.Out, What: record.Say("%s sends on", c.Name)})
	d, left, deaf := g.dripper(c, ".", 1), g.pour, &deafness{}
	if g.poured {
		left = 0
	}
	piece := g.fill.pattern(endlessPiece)
	for g.ctx.Err() == nil {
		at := time.Now()
		var failed error
		if left > 0 {
			var n int
			n, failed = c.Write(piece[:min(len(piece), left)], slice)
			left -= n
		} else if at.Sub(d.last) > g.most/goodbyeDrops {
			d.drop(nil)
		}
		if failed == wire.ErrReset || !g.holds(c) {
			g.mustNotLetGo(c)
			return false
		}
		took, err := g.taken(c)
		g.poured = g.poured || took && left == 0
		g.stood = g.stood || took && at.Sub(g.heard) >= enough
		switch {
		case g.poured && g.stood:
			c.Close()
			return true
		case err == nil && !took && deaf.look(g, c):
			g.notTaken(c)
		case p.gone():
			g.dead(p, record.Verdict{})
		case at.Sub(g.heard) > 10*g.most:
			c.Close()
			return false
		}
		p.pause(slice / 4)
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
	p := g.owner(c)
	g.rest(p)
	if p.gone() {
		g.dead(p, record.Verdict{})
	}
	g.log.Add(record.Event{Conn: c.Name, Kind: record.InRST})
	g.rejectAt(p, c.Name, record.Say("it is still sending"), record.Verdict{Code: record.Reset,
		Evidence: g.gather(c, p), What: record.Say("%v after %s had connected the %s had closed its end, where %v "+
			"were promised: what %s still sends is answered by a reset", inMillis(passed), c.Name, g.kind(), g.most,
			c.Name)})
}

// notTaken judges that the program sleeps and does not read what c has sent.
func (g *goodbye) notTaken(c *wire.Conn) {
	p := g.owner(c)
	g.rejectAt(p, c.Name, record.Say("it is not read"), record.Verdict{Code: record.Reset, Evidence: g.gather(c, p),
		What: record.Say("the %s is asleep, and does not read what %s still sends: its close will be a reset", g.kind(),
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
	before, err := g.net.TCP(c.Remote, c.Local)
	act := probe.Look(g.owner(c).proc.PID())
	after, err2 := g.net.TCP(c.Remote, c.Local)
	same := err == nil && err2 == nil && before.Unread > 0 && before.Unread == after.Unread && after.Unread == f.seen
	asleep := act.State == probe.Timed || act.State == probe.Asleep
	if !same || !asleep || !act.Same(f.last) {
		*f = deafness{since: time.Now(), last: act, seen: after.Unread}
		return false
	}
	f.looks++
	return f.looks >= calmLooks && time.Since(f.since) > CalmTime
}

// placeKept lets another client come while the first one is on its way out.
func (g *goodbye) placeKept(next string, line, busy []byte) (seen bool) {
	c := g.come()
	defer func() { c.Close() }()
	if !g.holds(c) {
		g.mustNotLetGo(c)
		return false
	}
	n := g.dial(next, wire.Default)
	defer func() { n.Close() }()
	n.Write(line, slice) // it may be refused already, and does not know yet
	g.record(record.Event{Conn: n.Name, Kind: record.Out, Data: line, Size: len(line)})
	if g.which(n, [][]byte{busy, line}) == 0 {
		g.eof(n)
		return true
	}
	if !g.holds(c) {
		return false // it had gone in time, and the place is free
	}
	p := g.owner(c)
	g.rejectAt(p, n.Name, record.Say("it is served"), record.Verdict{Code: record.TooMany, Evidence: g.gather(n, p),
		What: record.Say("%s was served although there was no room: the %s still holds the connection of %s, which "+
			"keeps its place until that is closed", n.Name, g.kind(), c.Name)})
	return false
}
