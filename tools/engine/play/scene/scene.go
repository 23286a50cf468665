// Package scene is one scenario while it is played: the processes of the program under
// test, the grader's connections to it, the waits, and the verdict that ends it.
//
// A [Scene] carries out no command itself. The families of commands are packages of their
// own, which know the scene and each other downwards; it knows none of them.
package scene

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/payload"
	"loopback/tools/engine/probe"
	"loopback/tools/engine/process"
	"loopback/tools/engine/scenario"
	"loopback/tools/engine/space"
	"loopback/tools/engine/wire"
)

// A Scene is one scenario while it runs: the program under test, the grader's
// connections to it, and what happened so far.
type Scene struct {
	Born     time.Time // when it was prepared: no program of it is older
	Scenario *scenario.Scenario
	Prog     *Program
	Tmp      string           // the program's home and temporary directory
	Host     string           // this scenario's own loopback address
	From     netip.Addr       // where the next dial comes from; the zero Addr leaves it to the kernel
	FromPort uint16           // with which port it comes from there; 0 leaves it to the kernel
	Fill     *payload.Filling // what it sends, where only the scenario's form of it matters
	Log      *record.Log
	Ctx      context.Context // when it is done the result is no longer wanted

	Places    scenario.Places // which line of the file each command stands in
	TS        *testscript.TestScript
	Programs  []*Instance
	Conns     []*wire.Conn
	Owners    map[*wire.Conn]*Instance // who is at the other end of each
	Sights    sights                   // of these connections, for a replay
	Settled   []*wire.Conn             // connections that are there, and are looked at no more: see settle
	Listeners []*wire.Listener
	Datagrams datagrams             // what speaks UDP
	Stuffed   map[string]int        // bytes that stuff sent, per connection
	outlets   map[*wire.Conn]outlet // what the program writes into, per connection
	Crowded   map[string]bool       // the names of connections that are many and alike
	Watched   time.Duration         // for how long vigils have waited for its timers
	Peak      int                   // the most sockets more than at first that it held while many were turned away
	Marks     map[string]time.Time  // the moments that a scenario has named
	Haste     Haste                 // until when the grader has to speak
	Verdict   *record.Verdict
	Known     known         // what was seen on the way, for causes and hints
	Skipped   string        // why the scenario could not be run here
	ByProgram bool          // it is the program's doing that it could not
	Employed  bool          // another program, which the one under test has started, was seen beside it
	Employs   bool          // at the end another program, which the one under test has started, ran beside it
	Unseen    string        // what could not be looked at here, of a scenario that was run
	Untouched bool          // the program says that it has not been written yet
	EndedWell bool          // it has ended as it may: the scenario is passed
	Mute      bool          // many clients at once: their rows would drown the timeline
	crowd     int           // for how many clients there is room, until the scenario ends
	CrowdMark int           // where in the timeline the crowd begins
	Dumb      bool          // those that come at the same moment say nothing
	Hurry     bool          // do not wait for rest: what follows was already seen to work
	defers    bool          // a handshake was not finished while the program slept for long: see shaking
	stood     int           // how many clients were there at the last rest
	dialled   int           // how many clients have come
	Spent     time.Duration // how much of its own time the program has been given, in all waits
	Idled     time.Duration // and for how long of it the program slept with a timer
	overspent bool          // that was too much, in the last wait or in all
	dozed     time.Duration // and for how long it had slept by then, without progress

	Space  *space.Space // the scenario's own namespaces, or nil
	future *Instance    // the process there that has not become the program yet
	Net    *probe.Net   // who is asked about sockets; nil for the grader's own network
	Maker  wire.Maker   // who makes the grader's sockets; nil for the grader itself
	Local  local        // its Unix sockets

	Env      []string      // more variables for programs that are started
	Doing    func() string // at what the program is, for a verdict, or nil
	families []any         // what families of commands know of it: see Of
}

// NewScene prepares a scenario. Each has an address of its own, so that no two
// can collide and a program that ignores -listen is caught at once.
func NewScene(sc *scenario.Scenario, prog *Program) *Scene {
	return &Scene{Born: time.Now(), Scenario: sc, Prog: prog, Host: ownAddress(), Fill: payload.FillingOf(prog.Seed),
		Log: record.NewLog(), Owners: map[*wire.Conn]*Instance{}, Stuffed: map[string]int{},
		outlets: map[*wire.Conn]outlet{}, Crowded: map[string]bool{}}
}

// ownAddress picks an address from 127.0.0.0/8 where all of it is local, which
// is so on Linux and Windows.
func ownAddress() string {
	if !EveryAddress() {
		return "127.0.0.1"
	}
	return netip.AddrFrom4([4]byte{127, byte(100 + rand.N(92)), byte(100 + rand.N(156)),
		byte(100 + rand.N(155))}).String()
}

// Open returns the connections that the grader still holds.
func (s *Scene) Open() []*wire.Conn {
	var open []*wire.Conn
	for _, c := range s.Conns {
		if c.Open() {
			open = append(open, c)
		}
	}
	return open
}

// Stop is what ends a scenario early. It is a panic because a command may be
// many calls deep when it knows; play and finish recover it.
type Stop struct{ Message string }

// Fail ends the scenario with a verdict. It does not return.
func (s *Scene) Fail(v record.Verdict) {
	if over := s.overstepped(); over != nil {
		v = *over
	}
	if s.Doing != nil && v.Code != record.CannotGrade {
		if at := s.Doing(); at != "" {
			v.What = v.What.And("; %v", at)
		}
	}
	if s.Haste.Lost(s) && v.Code != record.Crash {
		v = s.outOfTime()
	}
	if s.tooLate(v) {
		v = record.Verdict{Code: record.CannotGrade,
			What: record.Say("the machine is too busy: the grader needed up to %v to hand on an answer, and it may "+
				"have come too late", s.Datagrams.late.Round(time.Millisecond))}
	}
	s.know(&v)
	s.Verdict = &v
	panic(Stop{fmt.Sprintf("%s: %s", v.Code, v.What)})
}

// Misuse ends the scenario because its file is wrong, which is never the
// program's fault. It does not return.
func (s *Scene) Misuse(format string, args ...any) {
	panic(Stop{fmt.Sprintf(format, args...)})
}

// Skip ends the scenario because this machine lacks what it needs. It does not
// return.
func (s *Scene) Skip(reason string) {
	s.mustShow()
	s.Skipped = reason
	panic(Stop{"skipped: " + reason})
}

// Lacks notes that this system does not show what a command should have looked at. The
// scenario goes on, for the program may fail what comes behind; where it does not, the
// scenario has been skipped, for this reason: what was not seen is no pass.
func (s *Scene) Lacks(reason string) {
	s.mustShow()
	if s.Unseen == "" {
		s.Unseen = reason
	}
}

// mustShow fails a program for which something cannot be seen because it hides: it is not
// for the program to choose what is checked.
func (s *Scene) mustShow() {
	for _, p := range s.Programs {
		if p.Gone() {
			continue
		}
		if how := probe.Hides(p.Look().PIDs); how != "" {
			s.Fail(record.Verdict{Code: record.Hides,
				What: record.Say("the %s cannot be looked at: %s", s.Called(p), how)})
		}
	}
}

// Prevents ends the scenario because of what the program does, which is no mistake. A person
// should know: points are taken out of what could be had. It does not return.
func (s *Scene) Prevents(reason string) {
	s.ByProgram = true
	s.Skip(reason)
}

// Main returns the program that the scenario is about: the server, or the
// client that was started first.
func (s *Scene) Main() *Instance {
	if len(s.Programs) == 0 {
		s.Misuse("no program runs yet: begin with serve or run")
	}
	return s.Programs[0]
}

// Program returns the process that the scenario calls so, the main one where name is "".
func (s *Scene) Program(name string) *Instance {
	for _, p := range s.Programs {
		if p.Name == name {
			return p
		}
	}
	if name == "" {
		return s.Main()
	}
	s.Misuse("no program is called %q", name)
	return nil
}

// Hold adds a connection to p.
func (s *Scene) Hold(c *wire.Conn, p *Instance) {
	s.Conns = append(s.Conns, c)
	s.Owners[c] = p
	s.Sights.add(c)
	seeOutlet(s, c)
}

// Conn returns the open connection that the scenario calls so.
func (s *Scene) Conn(name string) *wire.Conn {
	for _, c := range s.Conns {
		if c.Name == name && c.Open() {
			return c
		}
	}
	s.Misuse("no connection is called %q: dial or accept it first", name)
	return nil
}

// Owner returns the program at the other end of c: a proof that some other
// program can never move again would prove nothing.
func (s *Scene) Owner(c *wire.Conn) *Instance { return s.Owners[c] }

// Close ends everything that the scene still holds, and returns what the
// programs had left behind.
func (s *Scene) Close() []process.Stray {
	var strays []process.Stray
	for _, p := range s.Programs {
		strays = append(strays, p.end()...)
	}
	for _, c := range s.Conns {
		c.Reset() // no TIME-WAIT piles up
	}
	for _, c := range s.Settled {
		c.Reset()
	}
	for _, l := range s.Listeners {
		l.Close()
	}
	eachFamily(s, closer.Close)
	s.Leave()
	s.Datagrams.close()
	crowds.give(s.crowd)
	return strays
}

// Kind is what the report calls the program under test.
func (s *Scene) Kind() string {
	if len(s.Programs) > 0 && (s.Programs[0].Name == "server" || s.Programs[0].Listens) {
		return "server"
	}
	return "client"
}

// Called is what the report calls p: in a scenario with a server and a client,
// each by its own part.
func (s *Scene) Called(p *Instance) string {
	if s.Kind() == "server" && p != s.Programs[0] && !strings.HasPrefix(p.Name, "server,") {
		if p.Name == "client" {
			return p.Name
		}
		return "program " + p.Name // run -as
	}
	return s.Kind()
}

// Process is what the timeline calls p: where no other program than the server
// was started, there is no need to say which.
func (s *Scene) Process(p *Instance) string {
	if s.Kind() == "server" && slices.ContainsFunc(s.Programs, func(p *Instance) bool {
		return p.Name != "server" && !strings.HasPrefix(p.Name, "server,")
	}) {
		return s.Called(p)
	}
	return "process"
}

// Last returns the program that was started last.
func (s *Scene) Last() *Instance {
	s.Main() // there is one
	return s.Programs[len(s.Programs)-1]
}

// ClientName is A to Z for the first clients, and A2, B2 and so on for others.
func ClientName(n int) string {
	name := string(rune('A' + n%26))
	if n >= 26 {
		name += fmt.Sprint(n/26 + 1)
	}
	return name
}

// Listener returns the listener called by the argument, or the only one.
func (s *Scene) Listener(args []string) *wire.Listener {
	if len(args) == 0 && len(s.Listeners) == 1 {
		return s.Listeners[0]
	}
	for _, l := range s.Listeners {
		if len(args) == 1 && l.Name == args[0] {
			return l
		}
	}
	s.Misuse("no such listener: begin with listen NAME")
	return nil
}
