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
	Name: "heard-out", Args: "[-say TEXT] [-pour SIZE] [-beside N|-behind N|-then N] NAME DURATION WORD", Group: "Ends",
	Summary: "NAME connects, must get WORD and the program's FIN, and sends on; for DURATION the program must take it",
	Detail: "With -say it sends TEXT at first. SIZE bytes come as quickly as the program takes them, and then a byte " +
		"now and then. With -beside N others come when it has its word, and stay; then it is enough that what NAME " +
		"sends is taken when they are there. With -behind N they have come before, and been turned away; where few " +
		"of them are left it is done again, a few times. With -then N others come while NAME is heard out, an eighth " +
		"of DURATION apart, and are heard out as well. Then all leave. Where the machine was too busy to see it, " +
		"that is done again.",
	Run: func(s *scene.Scene, args []string) {
		set, args := argument.Flags(args, nil, []string{"-say", "-pour", "-beside", "-behind", "-then"})
		argument.Exactly(3, args)
		g := &goodbye{Scene: s, name: args[0], most: argument.LengthOfTime(args[1]), word: s.Fill.Text(args[2])}
		if g.say = nil; set["-say"] != "" {
			g.say = s.Fill.Text(set["-say"])
		}
		if n := set["-pour"]; n != "" {
			g.pour, g.piece = argument.Size(n), s.Fill.Pattern(endlessPiece)
		}
		if n := set["-beside"]; n != "" {
			g.beside = argument.Count(n)
			s.NeedFiles(g.beside)
		}
		if n := set["-behind"]; n != "" {
			g.behind = argument.Count(n)
			s.NeedFiles(g.behind)
		}
		if n := set["-then"]; n != "" {
			g.then = argument.Count(n)
		}
		g.again(g.hearOut)
		s.Log.Note("for %v the server takes what %s still sends", g.most, g.whose())
	},
}, {
	Name: "keeps-place", Args: "NAME DURATION TEXT WORD NEXT LINE BUSY", Group: "Ends",
	Summary: "NAME connects, sends TEXT, must get WORD and the program's FIN, and stays; while the program holds its " +
		"connection, for at most DURATION, LINE of another client, NEXT, must be answered with BUSY and a FIN",
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
	pour      int           // how much it sends as quickly as it is taken
	piece     []byte        // of that
	most      time.Duration // for how long it is heard out
	beside    int           // how many others come meanwhile
	behind    int           // how many others have come before
	then      int           // how many come one after the other, and are heard out, too
	mark      int           // where in the timeline they come

	scarce int  // how often too few of those were left
	poured bool // as much as that was taken in time
	stood  bool // it was heard out in time
}

// A leaver is a client on its way out.
type leaver struct {
	*wire.Conn
	before  []*wire.Conn // others that are on their way out
	dialled time.Time    // before the dial, or before it said what it is sent away for
	heard   time.Time    // when its last word and the FIN had come
	drip    *Dripper
	left    int // of what it pours
	deaf    deafness
	gone    bool // it need not be looked at any more
}

// again does that until it has been seen what came of it.
func (g *goodbye) again(seen func() bool) {
	g.mark = g.Log.Mark()
	for range goodbyeTries {
		if seen() || g.Ctx.Err() != nil {
			return
		}
		g.Log.Rewind(g.mark)
	}
	g.Fail(record.Verdict{Code: record.CannotGrade, What: record.Say("the machine is too busy: %d times the grader "+
		"could not look at %s before its time was over", goodbyeTries, g.name)})
}

// come lets a client come, and hear its last word.
func (g *goodbye) come(name string) *leaver {
	g.Rest(g.Main())
	c := &leaver{dialled: time.Now()}
	if g.say == nil && g.behind > 0 {
		c.before = g.others(g.behind)
		c.dialled = time.Now()
	}
	c.Conn = g.Dial(name, wire.Default)
	if g.say != nil {
		if g.behind > 0 {
			c.before = g.others(g.behind)
		}
		c.dialled = time.Now() // there is nothing to be sent away for before
		Send(g.Scene, c.Conn, g.say)
	}
	Recv(g.Scene, c.Conn, g.word)
	Eof(g.Scene, c.Conn)
	c.heard = time.Now()
	c.drip = NewDripper(g.Scene, c.Conn, ".", 1)
	return c
}

// follow lets the next of those come that come one after the other.
func (g *goodbye) follow(n int) *leaver {
	name := fmt.Sprintf("%s%02d", g.name, n)
	g.Crowded[name] = true
	g.Mute, g.Hurry = true, true
	defer func() { g.Mute, g.Hurry = false, false }()
	return g.come(name)
}

// followsNow reports whether the next of those may come: behind the one before, and not in the way of what is to be
// seen of the first.
func (g *goodbye) followsNow(first, before *leaver) bool {
	return g.poured && time.Since(before.heard) > g.most/8 && (g.stood || time.Since(first.heard) < g.most/2)
}

// whose names those that are heard out.
func (g *goodbye) whose() string {
	if g.then == 0 {
		return g.name
	}
	return fmt.Sprintf("%s, and each of %d others that come after it,", g.name, g.then)
}

// others lets n come that say nothing.
func (g *goodbye) others(n int) []*wire.Conn {
	var all []*wire.Conn
	g.Mute, g.Hurry = true, true
	for i := range n {
		name := fmt.Sprintf("%s%02d", g.name, i+1)
		g.Crowded[name] = true
		all = append(all, g.Dial(name, wire.Default))
	}
	g.Mute, g.Hurry = false, false
	g.Rest(g.Main())
	g.Log.Note("%d others come, and stay", n)
	return all
}

// fewLeft reports whether so few of those that came before are still there that nothing
// was seen of a client among many.
func (g *goodbye) fewLeft(others []*wire.Conn) bool {
	const many, tries = 60, 4
	held := 0
	for _, c := range others {
		if g.Holds(c) {
			held++
		}
	}
	if held >= min(many, g.behind) {
		return false
	}
	g.scarce++
	return g.scarce < tries
}

// early reports whether now is before the time of the client is over, for certain.
func (g *goodbye) early(c *leaver) bool { return time.Since(c.dialled) < g.most-g.most/50 }

// hearOut lets the client come, and those behind it, and looks whether they are heard
// out. Those that come later are only looked at for what is too early.
func (g *goodbye) hearOut() (seen bool) {
	first := g.come(g.name)
	enough, all := g.most*4/5, g.most*19/20
	others := first.before
	if g.beside > 0 {
		others = g.others(g.beside)
	}
	if len(others) > 0 {
		enough, all = 0, 0
	}
	g.Record(record.Event{Conn: g.name, Kind: record.Out, What: record.Say("%s sends on", g.name)})
	if !g.poured {
		first.left = g.pour
	}
	leavers := []*leaver{first}
	defer func() {
		for _, c := range leavers {
			c.Close()
		}
		for _, c := range others {
			c.Close()
		}
	}()
	for g.Ctx.Err() == nil {
		if n := len(leavers); n <= g.then && g.followsNow(first, leavers[n-1]) {
			leavers = append(leavers, g.follow(n))
		}
		over := true
		for i, c := range leavers {
			done := (i > 0 || g.poured && g.stood) && time.Since(c.heard) > all
			c.gone = c.gone || !g.hear(c, i == 0, enough) || done
			over = over && c.gone
		}
		switch {
		case over && len(leavers) > g.then && g.poured && g.stood:
			return g.behind == 0 || !g.fewLeft(others)
		case first.gone && !(g.poured && g.stood), time.Since(first.heard) > 10*g.most:
			return false
		}
		if first.left == 0 { // on a busy machine each pause is a long one
			g.Main().Pause(scene.Slice / 4)
		}
	}
	return false
}

// hear lets c send on, and reports whether the program still holds it.
func (g *goodbye) hear(c *leaver, first bool, enough time.Duration) bool {
	p, at := g.Owner(c.Conn), time.Now()
	var failed error
	if c.left > 0 {
		var n int
		n, failed = c.Write(g.piece[:min(len(g.piece), c.left)], scene.Slice)
		c.left -= n
	} else if at.Sub(c.drip.Last) > g.most/goodbyeDrops {
		c.drip.Drop(nil)
	}
	if failed == wire.ErrReset || !g.Holds(c.Conn) {
		g.mustNotLetGo(c)
		return false
	}
	took, err := Taken(g.Scene, c.Conn)
	if first {
		g.poured = g.poured || took && c.left == 0
		g.stood = g.stood || took && at.Sub(c.heard) >= enough
	}
	switch {
	case err == nil && !took && c.deaf.look(g, c.Conn):
		g.notTaken(c.Conn)
	case p.Gone():
		g.Dead(p, record.Verdict{})
	}
	return true
}

// mustNotLetGo judges that the program has let go of c, if that was too early for
// certain.
func (g *goodbye) mustNotLetGo(c *leaver) {
	passed := time.Since(c.dialled)
	if !g.early(c) {
		return
	}
	p := g.Owner(c.Conn)
	g.Rest(p)
	if p.Gone() {
		g.Dead(p, record.Verdict{})
	}
	v := record.Verdict{Code: record.Reset, Evidence: g.Gather(c.Conn, p)}
	if g.Crowded[c.Name] { // which of them it is may be luck
		g.Log.Rewind(g.mark)
		g.Log.Note("%d clients come, one after the other; each gets its word, and sends on", g.then+1)
		v.What = record.Say("%v after one of them had connected the %s had closed its end, where %v were promised: "+
			"what it still sends is answered with a reset", scene.InMillis(passed), g.Kind(), g.most)
		g.RejectAt(p, "", record.Say("one of them is still sending, and is reset"), v)
	}
	g.Log.Add(record.Event{Conn: c.Name, Kind: record.InRST})
	v.What = record.Say("%v after %s had connected the %s had closed its end, where %v were promised: what %s still "+
		"sends is answered with a reset", scene.InMillis(passed), c.Name, g.Kind(), g.most, c.Name)
	g.RejectAt(p, c.Name, record.Say("it is still sending"), v)
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
	c := g.come(g.name)
	defer func() { c.Close() }()
	if !g.Holds(c.Conn) {
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
	if !g.Holds(c.Conn) {
		return false // it had gone in time, and the place is free
	}
	p := g.Owner(c.Conn)
	g.RejectAt(p, n.Name, record.Say("it is served"), record.Verdict{Code: record.TooMany, Evidence: g.Gather(n, p),
		What: record.Say("%s was served although there was no room: the %s still holds the connection of %s, which "+
			"keeps its place until that is closed", n.Name, g.Kind(), c.Name)})
	return false
}
