package probe

import (
	"regexp"
	"strconv"
	"strings"
)

// Goroutine is one goroutine of a dump after SIGQUIT, SIGSYS or a panic.
type Goroutine struct {
	ID     int
	State  string  // "IO wait", "chan receive", ... (the wait reason alone)
	Frames []Frame // innermost first, as printed; the "created by" line is none

	creator string // the function of the "created by" line
}

// System reports whether the goroutine belongs to the Go runtime itself, such as
// the garbage collector's workers: the runtime has created it and all its frames
// are the runtime's. A dump after SIGQUIT shows about eight of them.
func (g Goroutine) System() bool {
	for _, f := range g.Frames {
		if !strings.HasPrefix(f.Func, "runtime.") && !strings.HasPrefix(f.Func, "internal/runtime/") {
			return false
		}
	}
	return strings.HasPrefix(g.creator, "runtime.")
}

// Frame is one call of a goroutine's stack.
type Frame struct {
	Func string // "net.(*conn).Read", without arguments
	File string // as printed
	Line int
}

// Lines of a dump, as runtime/traceback.go and runtime/panic.go print them.
var (
	headerLine = regexp.MustCompile(`^goroutine (\d+) (?:gp=\S+ )?(?:m=\S+ )?(?:mp=\S+ )?\[([^\]]*)\].*:$`)
	funcLine   = regexp.MustCompile(`^([^\s()]\S*)\([^()]*\)$`)
	leftOut    = regexp.MustCompile(`^\.\.\. \d+ bytes left out \.\.\.$`) // what is kept of a stream says so
	fileLine   = regexp.MustCompile(`^\t(.+):(\d+)(?: \+0x[0-9a-f]+)?(?: fp=.*)?$`)
)

// maxBetween is the number of lines between a panic's text and its first
// goroutine that ParseStacks looks over: other threads may still write.
const maxBetween = 16

// ParseStacks reads what a Go program wrote when it died from a panic, a fatal
// error or SIGQUIT, with anything before, between and after it. panicText has the
// "panic: ..." or "fatal error: ..." lines, those that follow them up to the blank
// line included; it is "" for SIGQUIT. Stacks that the program printed before it
// died are not among gs, nor is the scheduler's own "goroutine 0".
func ParseStacks(dump string) (panicText string, gs []Goroutine) {
	lines := strings.Split(dump, "\n")
	for i, l := range lines {
		lines[i] = strings.TrimSuffix(l, "\r")
	}
	if i := quitAt(lines); i >= 0 {
		return "", goroutines(lines[i:])
	}
	if i, n := panicAt(lines); i >= 0 {
		return strings.Join(lines[i:i+n], "\n"), goroutines(lines[i+n:])
	}
	return "", goroutines(lines)
}

// DumpSignal names the signal that makes the Go program pid print its goroutines
// and end: SIGQUIT, or SIGSYS when the program has asked for signals, SIGQUIT
// perhaps among them, or ignores it. Nobody can ask for SIGSYS by its name. The
// names are as for kill(1).
func DumpSignal(pid int) string { return dumpSignal(pid) }

// BeforeDump returns what stands before the goroutines that a Go program prints
// when it gets the signal that [DumpSignal] names: its own words.
func BeforeDump(text string) string {
	for _, line := range []string{quitLine, sysLine} {
		text, _, _ = strings.Cut(text, line+"\nPC=")
	}
	return text
}

// The first lines of such a dump.
const (
	quitLine = "SIGQUIT: quit"
	sysLine  = "SIGSYS: bad system call"
)

// quitAt finds the line "SIGQUIT: quit" of the runtime, or that of SIGSYS, or
// returns -1.
func quitAt(lines []string) int {
	for i, l := range lines {
		if (strings.HasSuffix(l, quitLine) || strings.HasSuffix(l, sysLine)) && i+1 < len(lines) &&
			strings.HasPrefix(lines[i+1], "PC=") {
			return i
		}
	}
	return -1
}

// panicAt finds the panic that ended the program: the first line of its text and
// the number of lines, or -1.
func panicAt(lines []string) (at, n int) {
	for i, l := range lines {
		if !strings.HasPrefix(l, "panic: ") && !strings.HasPrefix(l, "fatal error: ") {
			continue
		}
		n := 1
		for i+n < len(lines) && continues(lines[i+n]) {
			n++
		}
		if deadly(lines[i+n:]) {
			return i, n
		}
	}
	return -1, 0
}

// continues reports whether a line goes on with a panic's text: the runtime
// indents the lines of the value and of further panics by a tab, and puts what
// it knows about a signal in brackets.
func continues(line string) bool {
	return strings.HasPrefix(line, "\t") || strings.HasPrefix(line, "[") ||
		strings.HasPrefix(line, "panic: ") || strings.HasPrefix(line, "fatal error: ")
}

// deadly reports whether what follows a panic's text is a dump by the runtime: a
// blank line and then a stack, or nothing at all (GOTRACEBACK=none). A program
// that only logs a panic does not write that.
func deadly(rest []string) bool {
	blank := false
	for i, l := range rest {
		if i >= maxBetween {
			return false
		}
		if l == "runtime stack:" || headerLine.MatchString(l) {
			return blank
		}
		blank = blank || l == ""
	}
	for _, l := range rest {
		if l != "" && !strings.HasPrefix(l, "exit status ") {
			return false
		}
	}
	return true
}

// goroutines reads the stacks. Lines that are no part of one are passed over, so
// that a log line or a race report in between costs nothing.
func goroutines(lines []string) []Goroutine {
	var gs []Goroutine
	seen := map[int]bool{0: true}
	var cur *Goroutine // nil: in a stack that does not count
	name := ""         // the function whose file comes next
	for _, l := range lines {
		if id, state, ok := header(l); ok {
			cur, name = nil, ""
			if !seen[id] {
				seen[id] = true
				gs = append(gs, Goroutine{ID: id, State: state})
				cur = &gs[len(gs)-1]
			}
			continue
		}
		if l == "runtime stack:" {
			cur, name = nil, ""
			continue
		}
		if leftOut.MatchString(l) { // the stack before it and the one behind it are in pieces
			if cur != nil {
				gs = gs[:len(gs)-1]
			}
			cur, name = nil, ""
			continue
		}
		if by, ok := strings.CutPrefix(l, "created by "); ok {
			name = ""
			if cur != nil && cur.creator == "" {
				cur.creator, _, _ = strings.Cut(by, " in goroutine ")
			}
			continue
		}
		if m := funcLine.FindStringSubmatch(l); m != nil {
			name = m[1]
			continue
		}
		if m := fileLine.FindStringSubmatch(l); m != nil && cur != nil && name != "" {
			n, _ := strconv.Atoi(m[2]) // a number too large is none worth keeping
			cur.Frames = append(cur.Frames, Frame{Func: name, File: m[1], Line: n})
			name = ""
		}
	}
	return gs
}

// header reads a line such as "goroutine 7 gp=0xc0000 m=nil [IO wait, 2 minutes]:".
func header(line string) (id int, state string, ok bool) {
	m := headerLine.FindStringSubmatch(line)
	if m == nil {
		return 0, "", false
	}
	id, err := strconv.Atoi(m[1])
	if err != nil {
		return 0, "", false
	}
	state, _, _ = strings.Cut(m[2], ",")
	return id, strings.TrimSuffix(state, " (scan)"), true
}
