package grade

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"loopback/tools/wire"
)

// A portLine is one line of a program's output, "7001 open".
type portLine struct {
	port  int
	state string
}

func (s *scene) states(args []string) {
	atLeast(1, args)
	r := s.portRun(args[0])
	kinds := r.kinds
	if len(args) > 1 {
		kinds = kindsOf(args[1:])
	}
	if len(kinds) != len(r.kinds) {
		s.misuse("%s has %d ports, and not %d", r.name, len(r.kinds), len(kinds))
	}
	p := s.last()
	s.rest(p)
	text := string(p.proc.Stdout().Bytes())
	what, byTime := r.differs(kinds, text)
	if what == "" {
		return
	}
	s.trouble("", "standard output is not what was promised")
	s.fail(Verdict{Code: Output, What: what, Words: firstLines(text), ByTime: byTime})
}

// firstLines returns what a report quotes of an output.
func firstLines(text string) []string {
	const most = 5
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	if text == "" {
		return []string{"(nothing)"}
	}
	if len(lines) > most {
		lines = append(lines[:most:most], fmt.Sprintf("... and %d lines more", len(lines)-most))
	}
	return lines
}

// differs says in words where text is not the lines of these kinds, or "". A
// port that is not what it was taken for because no answer came in time rests
// on time: on a machine that is busy enough, the answer of any port is late.
func (r *portRun) differs(kinds []wire.PortKind, text string) (what string, byTime bool) {
	got, bad := portLines(text)
	if bad != "" {
		return fmt.Sprintf("a line of standard output is %s, and not PORT, a space and a state", wire.Quote([]byte(bad), len(bad), 40)), false
	}
	seen := map[int]string{}
	for _, l := range got {
		i := l.port - r.first
		switch {
		case i < 0 || i >= len(kinds):
			return fmt.Sprintf("port %d is printed, and nobody had asked for it", l.port), false
		case seen[i] != "":
			return fmt.Sprintf("port %d is printed twice", l.port), false
		case kinds[i] == "" && r.kinds[i] == wire.FilteredPort:
			return fmt.Sprintf("port %d has not answered yet, and its time is not over; the %s says %s", l.port, "program", l.state), false
		case kinds[i] == "":
			return fmt.Sprintf("port %d is printed, and nobody had asked for it", l.port), false
		}
		seen[i] = l.state
	}
	for i, kind := range kinds {
		port := r.first + i
		switch {
		case kind == "":
		case seen[i] == "":
			return fmt.Sprintf("port %d, which is %s, is missing", port, kind), false
		case seen[i] != string(kind):
			return fmt.Sprintf("port %d is %s: %s; the program says %s", port, kind, becauseOf[kind], seen[i]),
				seen[i] == string(wire.FilteredPort)
		}
	}
	if !slices.IsSortedFunc(got, func(a, b portLine) int { return a.port - b.port }) {
		return "all lines are right, but they do not stand in the order of the ports", false
	}
	return "", false
}

// becauseOf says what each kind of port does.
var becauseOf = map[wire.PortKind]string{
	wire.OpenPort:     "a listener's kernel completes every connection there",
	wire.ClosedPort:   "the kernel answers there with RST",
	wire.FilteredPort: "nobody answers there",
}

// portLines reads lines of a number, a space and a word. It returns the first
// line that is something else.
func portLines(text string) (all []portLine, bad string) {
	if text != "" && !strings.HasSuffix(text, "\n") {
		return nil, text[strings.LastIndex(text, "\n")+1:]
	}
	for line := range strings.Lines(text) {
		number, state, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		port, err := strconv.Atoi(number)
		if err != nil || state == "" || strconv.Itoa(port) != number {
			return nil, line
		}
		all = append(all, portLine{port, state})
	}
	return all, ""
}
