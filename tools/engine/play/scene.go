package play

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"net/netip"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"loopback/tools/base/record"
	"loopback/tools/engine/probe"
	"loopback/tools/engine/process"
	"loopback/tools/engine/scenario"
	"loopback/tools/engine/space"
	"loopback/tools/engine/wire"
)

// A scene is one scenario while it runs: the program under test, the grader's
// connections to it, and what happened so far.
type scene struct {
	born     time.Time // when it was prepared: no program of it is older
	sc       *scenario.Scenario
	prog     *Program
	tmp      string     // the program's home and temporary directory
	host     string     // this scenario's own loopback address
	from     netip.Addr // where the next dial comes from; the zero Addr leaves it to the kernel
	fromPort uint16     // with which port it comes from there; 0 leaves it to the kernel
	fill     *filling   // what it sends, where only the scenario's form of it matters
	log      *record.Log
	ctx      context.Context // when it is done nobody wants to know any more

	places    scenario.Places // which line of the file each command stands in
	ts        *testscript.TestScript
	programs  []*program
	conns     []*wire.Conn
	owners    map[*wire.Conn]*program // who is at the other end of each
	sights    sights                  // of these connections, for a replay
	settled   []*wire.Conn            // connections that are there, and are looked at no more: see settle
	listeners []*wire.Listener
	dg        datagrams             // what speaks UDP
	stuffed   map[string]int        // bytes that stuff sent, per connection
	outlets   map[*wire.Conn]outlet // what the program writes into, per connection
	crowded   map[string]bool       // the names of connections that are many and alike
	watched   time.Duration         // for how long vigils have waited for its timers
	peak      int                   // the most sockets more than at first that it held while many were turned away
	marks     map[string]time.Time  // the moments that a scenario has named
	haste     haste                 // until when the grader has to speak
	verdict   *record.Verdict
	known     known         // what was seen on the way, for causes and hints
	skipped   string        // why the scenario could not be run here
	byProgram bool          // it is the program's doing that it could not
	unseen    string        // what could not be looked at here, of a scenario that was run
	untouched bool          // the program says that it has not been written yet
	endedWell bool          // it has ended as it may: the scenario is passed
	mute      bool          // many clients at once: their rows would drown the timeline
	crowdMark int           // where in the timeline the crowd begins
	dumb      bool          // those that come at the same moment say nothing
	hurry     bool          // do not wait for rest: what follows was already seen to work
	stood     int           // how many clients were there at the last rest
	dialled   int           // how many clients have come
	spent     time.Duration // how much of its own time the program has been given, in all waits
	overspent bool          // that was too much, in the last wait or in all

	space  *space.Space // the scenario's own namespaces, or nil
	future *program     // the process there that has not become the program yet
	net    *probe.Net   // who is asked about sockets; nil for the grader's own network
	maker  wire.Maker   // who makes the grader's sockets; nil for the grader itself
	local  local        // its Unix sockets

	env      []string      // more variables for programs that are started
	doing    func() string // at what the program is, for a verdict, or nil
	families []any         // what families of commands know of it: see of
}

// A program is one process of the program under test.
type program struct {
	name     string // "server", "client" or the name that the scenario gave it
	proc     *process.Process
	args     []string      // of a server, behind its address
	output   chan struct{} // has a value when there may be new output
	sockets  []uint32      // which sockets it held when it announced, by their inodes
	ports    int           // how many of TCP that were, where the system tells no more
	files    int           // how many descriptors of every kind it held then
	mayEnd   bool          // it may end by itself, when it says why
	allowed  int           // how many descriptors it might have before starve
	unix     string        // the Unix socket that it was asked to listen on, such as unix:PATH, or ""
	image    uint64        // of probe.Image, when it was started; 0 where that is not known
	memory   int64         // how many bytes of memory it occupied then
	again    bool          // started again, at the address of one that has ended
	quit     bool          // the grader has ended it, on purpose or to see its goroutines
	checked  bool          // the scenario has judged how it ended
	signal   string        // the signal that the scenario sent it last, such as "SIGINT", or ""
	passed   int           // how many bytes of its standard output prints has passed over
	restless bool          // it did not come to rest the last time
	built    string        // where it was compiled to, when it was compiled here

	asked atomic.Bool                    // the grader has asked it for its goroutines
	over  atomic.Pointer[record.Verdict] // its guard has ended it, for this
}

// newScene prepares a scenario. Each has an address of its own, so that no two
// can collide and a program that ignores -listen is caught at once.
func newScene(sc *scenario.Scenario, prog *Program) *scene {
	return &scene{born: time.Now(), sc: sc, prog: prog, host: ownAddress(), fill: fillingOf(prog.Seed),
		log: record.NewLog(), owners: map[*wire.Conn]*program{}, stuffed: map[string]int{},
		outlets: map[*wire.Conn]outlet{}, crowded: map[string]bool{}}
}

// ownAddress picks an address from 127.0.0.0/8 where all of it is local, which
// is so on Linux and Windows.
func ownAddress() string {
	if !everyAddress() {
		return "127.0.0.1"
	}
	return netip.AddrFrom4([4]byte{127, byte(100 + rand.N(92)), byte(100 + rand.N(156)),
		byte(100 + rand.N(155))}).String()
}

// open returns the connections that the grader still holds.
func (s *scene) open() []*wire.Conn {
	var open []*wire.Conn
	for _, c := range s.conns {
		if c.Open() {
			open = append(open, c)
		}
	}
	return open
}

// stop is what ends a scenario early. It is a panic because a command may be
// many calls deep when it knows; play and finish recover it.
type stop struct{ message string }

// fail ends the scenario with a verdict. It does not return.
func (s *scene) fail(v record.Verdict) {
	if over := s.overstepped(); over != nil {
		v = *over
	}
	if s.doing != nil && v.Code != record.CannotGrade {
		if at := s.doing(); at != "" {
			v.What = v.What.And("; %v", at)
		}
	}
	if s.haste.lost(s) && v.Code != record.Crash {
		v = s.outOfTime()
	}
	if s.tooLate(v) {
		v = record.Verdict{Code: record.CannotGrade,
			What: record.Say("the machine is too busy: the grader needed up to %v to hand on an answer, and it may "+
				"have come too late", s.dg.late.Round(time.Millisecond))}
	}
	s.know(&v)
	s.verdict = &v
	panic(stop{fmt.Sprintf("%s: %s", v.Code, v.What)})
}

// misuse ends the scenario because its file is wrong, which is never the
// program's fault. It does not return.
func (s *scene) misuse(format string, args ...any) {
	panic(stop{fmt.Sprintf(format, args...)})
}

// skip ends the scenario because this machine lacks what it needs. It does not
// return.
func (s *scene) skip(reason string) {
	s.mustShow()
	s.skipped = reason
	panic(stop{"skipped: " + reason})
}

// lacks notes that this system does not show what a command should have looked at. The
// scenario goes on, for the program may fail what comes behind; where it does not, the
// scenario has been skipped, for this reason: what was not seen is no pass.
func (s *scene) lacks(reason string) {
	s.mustShow()
	if s.unseen == "" {
		s.unseen = reason
	}
}

// mustShow fails a program for which something cannot be seen because it hides: it is not
// for the program to choose what is checked.
func (s *scene) mustShow() {
	for _, p := range s.programs {
		if p.gone() {
			continue
		}
		if how := probe.Hides(probe.Look(p.proc.PID()).PIDs); how != "" {
			s.fail(record.Verdict{Code: record.Hides,
				What: record.Say("the %s cannot be looked at: %s", s.called(p), how)})
		}
	}
}

// prevents ends the scenario because of what the program does, which is no mistake. A person
// should know: points are taken out of what could be had. It does not return.
func (s *scene) prevents(reason string) {
	s.byProgram = true
	s.skip(reason)
}

// start starts the program under test with args.
func (s *scene) start(name string, args []string) *program {
	return s.startWith(name, args, conditions{})
}

// conditions are those under which a program is started.
type conditions struct {
	stdin       bool // its standard input is a pipe, for the command input
	full        bool // its standard output takes no byte
	jammed      bool // its standard output is full until the kernel was asked what it does
	descriptors int  // how many file descriptors it may have; 0 for as many as the system gives

	everywhere bool // it listens at all addresses of its machine, which is a namespace

	listener string // the name of a listener that it inherits, or ""
	unix     string // the Unix socket that it listens on, such as unix:PATH, or ""
}

// fullDevice is a file into which no byte fits: full(4).
const fullDevice = "/dev/full"

// startWith starts the program under test under the given conditions.
func (s *scene) startWith(name string, args []string, with conditions) *program {
	if s.ctx.Err() != nil {
		panic(stop{"nobody wants to know any more"})
	}
	if s.space != nil {
		return s.become(name, args, with)
	}
	p := newProcess()
	o := s.options(p, with)
	exe := s.executable()
	argv := slices.Concat([]string{exe}, s.prog.Argv[1:], args)
	if with.listener != "" {
		f := s.inherited(with.listener)
		defer f.Close()
		o.Files, o.Env, argv = []*os.File{f}, append(o.Env, "LISTEN_FDS=1"), managed(argv)
	}
	o.Path, o.Args = argv[0], argv[1:]
	proc, err := process.Start(o)
	if with.full && errors.Is(err, fs.ErrNotExist) {
		s.skip("this system has no " + fullDevice)
	}
	if errors.Is(err, errors.ErrUnsupported) {
		s.skip(fmt.Sprintf("this system cannot run the program so: %v", err))
	}
	if err != nil {
		s.fail(notStarted(o.Path, err))
	}
	p.name, p.proc, p.unix = name, proc, with.unix
	if s.prog.Sources != nil {
		p.built = exe
	}
	if s.sc.Race && with.descriptors == 0 && with.listener == "" { // else it is a shell at first
		p.remember()
	}
	s.programs = append(s.programs, p)
	go s.guard(p)
	return p
}

// executable returns what is started: the program as it was when grading began.
func (s *scene) executable() string {
	path, err := s.prog.path()
	if err != nil {
		s.fail(record.Verdict{Code: record.CannotGrade, What: record.Say("the program could not be started: %v", err)})
	}
	return path
}

func newProcess() *program { return &program{output: make(chan struct{}, 1)} }

// options says how p is to be started, apart from its path and arguments.
func (s *scene) options(p *program, with conditions) process.Options {
	output := ""
	if with.full {
		output = fullDevice
	}
	return process.Options{
		Dir:  s.tmp,
		Room: s.tmp,
		Env:  slices.Concat(environment(s.sc, s.tmp), s.prog.Env, s.env),
		Keep: process.OutputLimit, // output compares all of it

		Stdin:       with.stdin,
		Output:      output,
		Jammed:      with.jammed,
		Descriptors: with.descriptors,
		OnOutput: func() {
			select {
			case p.output <- struct{}{}:
			default:
			}
		},
	}
}

// main returns the program that the scenario is about: the server, or the
// client that was started first.
func (s *scene) main() *program {
	if len(s.programs) == 0 {
		s.misuse("no program runs yet: begin with serve or run")
	}
	return s.programs[0]
}

func (s *scene) program(name string) *program {
	for _, p := range s.programs {
		if p.name == name {
			return p
		}
	}
	if name == "" {
		return s.main()
	}
	s.misuse("no program is called %q", name)
	return nil
}

// hold adds a connection to p.
func (s *scene) hold(c *wire.Conn, p *program) {
	s.conns = append(s.conns, c)
	s.owners[c] = p
	s.sights.add(c)
}

func (s *scene) conn(name string) *wire.Conn {
	for _, c := range s.conns {
		if c.Name == name && c.Open() {
			return c
		}
	}
	s.misuse("no connection is called %q: dial or accept it first", name)
	return nil
}

// owner returns the program at the other end of c: a proof that some other
// program can never move again would prove nothing.
func (s *scene) owner(c *wire.Conn) *program { return s.owners[c] }

// close ends everything that the scene still holds, and returns what the
// programs had left behind.
func (s *scene) close() []process.Stray {
	var strays []process.Stray
	for _, p := range s.programs {
		strays = append(strays, p.proc.End()...)
	}
	for _, c := range s.conns {
		c.Reset() // no TIME-WAIT piles up
	}
	for _, c := range s.settled {
		c.Reset()
	}
	for _, l := range s.listeners {
		l.Close()
	}
	eachFamily(s, closer.Close)
	s.leave()
	s.dg.close()
	return strays
}

// kind is what the report calls the program under test.
func (s *scene) kind() string {
	if len(s.programs) > 0 && s.programs[0].name == "server" {
		return "server"
	}
	return "client"
}

// called is what the report calls p: in a scenario with a server and a client,
// each by its own part.
func (s *scene) called(p *program) string {
	if s.kind() == "server" && p != s.programs[0] && !strings.HasPrefix(p.name, "server,") {
		if p.name == "client" {
			return p.name
		}
		return "program " + p.name // run -as
	}
	return s.kind()
}

// process is what the timeline calls p: where no other program than the server
// was started, there is no need to say which.
func (s *scene) process(p *program) string {
	if s.kind() == "server" && slices.ContainsFunc(s.programs, func(p *program) bool {
		return p.name != "server" && !strings.HasPrefix(p.name, "server,")
	}) {
		return s.called(p)
	}
	return "process"
}

// last returns the program that was started last.
func (s *scene) last() *program {
	s.main() // there is one
	return s.programs[len(s.programs)-1]
}

// clientName is A to Z for the first clients, and A2, B2 and so on for others.
func clientName(n int) string {
	name := string(rune('A' + n%26))
	if n >= 26 {
		name += fmt.Sprint(n/26 + 1)
	}
	return name
}

// listener returns the listener called by the argument, or the only one.
func (s *scene) listener(args []string) *wire.Listener {
	if len(args) == 0 && len(s.listeners) == 1 {
		return s.listeners[0]
	}
	for _, l := range s.listeners {
		if len(args) == 1 && l.Name == args[0] {
			return l
		}
	}
	s.misuse("no such listener: begin with listen NAME")
	return nil
}
