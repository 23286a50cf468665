package scene

import (
	"fmt"
	"go/build"
	"path"
	"slices"
	"strings"
	"time"

	"loopback/tools/base/record"
	"loopback/tools/engine/probe"
	"loopback/tools/engine/process"
)

// DumpBound is how long a Go program may take to print its goroutines.
const DumpBound = 2 * time.Second

// Where asks a Go program for its goroutines (SIGQUIT as a rule), which ends it, and
// returns the learner's line in each, innermost first.
func (s *Scene) Where(p *Instance) []record.Phrase { return Frames(s.Goroutines(p, DumpBound)) }

// Locate says in v where the program is, as Where does. When a line itself says what the
// program waits for, that is the likely cause, where v is about something that does not come.
func (s *Scene) Locate(p *Instance, v *record.Verdict) {
	gs := s.Goroutines(p, DumpBound)
	if v.Where = Frames(gs); !anotherMatter[v.Code] {
		v.Cause = causeOf(gs)
	}
}

// anotherMatter are the codes of which it is no cause that a goroutine waits for its client.
var anotherMatter = map[record.Code]bool{record.BusyLoop: true, record.Refused: true, record.StillListens: true,
	record.Wait: true}

// Goroutines ends the program for its goroutines. When it has not ended within
// the bound, some of them may be missing.
func (s *Scene) Goroutines(p *Instance, bound time.Duration) []probe.Goroutine {
	if p == nil || p.Gone() || !s.Prog.IsGo() {
		return nil
	}
	if p.Look().State == probe.Stopped {
		return nil // it would print them only when it goes on, and then be elsewhere
	}
	dump := p.Proc.Stderr().Follow(process.OutputLimit)
	p.asked.Store(true)
	if p.Proc.Signal(probe.DumpSignal(p.Proc.PID())) != nil {
		return nil
	}
	p.Quit = true
	for end := time.Now().Add(bound); !p.Gone() && time.Now().Before(end); {
		p.Pause(Slice)
	}
	p.Drain()
	_, gs := s.Prog.stacks(string(dump.Bytes()))
	s.Known.dumped = gs
	return gs
}

// Dumped says which goroutines facts are about, where a program beside the one
// that is judged was asked for its own.
func (s *Scene) Dumped(gs []probe.Goroutine) { s.Known.dumped = gs }

// maxWhere is how many different places a report names.
const maxWhere = 5

// Frames returns one line for each place in which goroutines of the program
// are: the learner's line, what it called, and what that waits for.
func Frames(gs []probe.Goroutine) []record.Phrase {
	var order []string
	count := map[string]int{}
	for _, g := range gs {
		line, ok := frameOf(g)
		if !ok {
			continue
		}
		if count[line]++; count[line] == 1 {
			order = append(order, line)
		}
	}
	slices.Sort(order)
	var out []record.Phrase
	for _, line := range order[:min(len(order), maxWhere)] {
		many := ""
		if n := count[line]; n > 1 {
			many = fmt.Sprintf("  ×%d", n)
		}
		out = append(out, record.Say("%s%v", line, record.Varies(many, ""))) // how many have come so far is chance
	}
	return out
}

// frameOf finds the innermost frame of the learner's in g.
func frameOf(g probe.Goroutine) (string, bool) {
	callee := ""
	for _, f := range g.Frames {
		file := path.Base(strings.ReplaceAll(f.File, `\`, "/"))
		if strings.HasPrefix(f.Func, "main.") && !standard(f.File) &&
			file != "grade_test.go" && file != "_testmain.go" {
			busy := g.State == "runnable" || g.State == "running"
			if callee == "" || busy && strings.HasPrefix(callee, "runtime.") { // the compiler's own calls tell nothing
				callee = f.Func
			}
			return fmt.Sprintf("%s:%d  in %s  [%s]", file, f.Line, callee, g.State), true
		}
		callee = f.Func
	}
	return "", false
}

// standard reports whether file belongs to the standard library. A closure of
// it that was inlined into main carries main's name.
func standard(file string) bool {
	return strings.HasPrefix(strings.ReplaceAll(file, `\`, "/"),
		strings.ReplaceAll(build.Default.GOROOT, `\`, "/")+"/src/")
}

// telling maps a function in which a goroutine of the learner's waits to what
// that says about the mistake.
var telling = []struct{ function, cause string }{
	{"bufio.(*Reader).ReadString",
		"The program waits for a newline: ReadString returns only when it has seen one, or the end of the stream."},
	{"bufio.(*Reader).ReadBytes",
		"The program waits for a newline: ReadBytes returns only when it has seen one, or the end of the stream."},
	{"bufio.(*Reader).ReadLine",
		"The program waits for a newline: ReadLine returns only when it has seen one, or the end of the stream."},
	{"bufio.(*Scanner).Scan", "The program waits for a newline: Scan returns only when it has seen one (or what its " +
		"split function looks for), or the end of the stream."},
	{"io.ReadAll", "The program waits for the end of its input: ReadAll returns only then. A connection has no end " +
		"before the peer's FIN, and the peer may be waiting for a reply."},
	{"io.ReadFull", "The program is in ReadFull, which returns when all the bytes that it asked for are there, or at " +
		"the end of the stream."},
	{"io.ReadAtLeast", "The program waits until it has its minimum of bytes: ReadFull and ReadAtLeast return only " +
		"then, or at the end of the stream."},
}

// causeOf returns what the program's own lines say about the likely cause. Where several
// goroutines wait so, each for a client of its own as a rule, it is no cause.
func causeOf(gs []probe.Goroutine) (cause string) {
	waiting := 0
	for _, g := range gs {
		if says := tellingLine(g); says != "" {
			if waiting++; cause == "" {
				cause = says
			}
		}
	}
	if waiting > mostWaiting {
		return ""
	}
	return cause
}

// mostWaiting is how many goroutines may wait in a line that tells the cause.
const mostWaiting = 2

// tellingLine returns what the line of the learner's in which g waits says, or "".
func tellingLine(g probe.Goroutine) string {
	for i, f := range g.Frames {
		if i+1 >= len(g.Frames) || !strings.HasPrefix(g.Frames[i+1].Func, "main.") {
			continue
		}
		for _, t := range telling {
			if f.Func == t.function {
				return t.cause
			}
		}
	}
	return ""
}
