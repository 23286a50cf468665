package ports

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/argument"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/wire"
)

// A portLine is one line of a program's output, "7001 open".
type portLine struct {
	port  int
	state string
}

func states(s *scene.Scene, args []string) {
	set, args := argument.Flags(args, []string{"-known"}, []string{"-of"})
	argument.AtLeast(1, args)
	r := runOf(s, args[0])
	kinds := r.kinds
	if set["-known"] != "" {
		kinds = r.knownKinds()
	}
	if len(args) > 1 {
		kinds = kindsOf(args[1:])
	}
	if len(kinds) != len(r.kinds) {
		s.Misuse("%s has %d ports, and not %d", r.name, len(r.kinds), len(kinds))
	}
	kinds = stateOf(kinds)
	p := s.Last()
	if name := set["-of"]; name != "" {
		p = s.Program(name)
	}
	s.Rest(p)
	text := string(p.Proc.Stdout().Bytes())
	got, bad := portLines(text)
	if bad != "" {
		wrongStates(s, record.Verdict{Want: r.lines(kinds), Got: []byte(text),
			What: record.Say("a line of standard output is %s, and not PORT, a space and a state",
				record.Quoting([]byte(bad), len(bad), 40))})
	}
	if d := r.differs(kinds, got); !d.what.Empty() {
		wrongStates(s, record.Verdict{Want: r.lines(kinds), Got: []byte(text), What: d.what,
			Words: quoteLines(got, d.port), ByTime: d.byTime})
	}
}

// knownKinds is what the program knows of each port: nothing of some.
func (r *portRun) knownKinds() []wire.PortKind {
	kinds := make([]wire.PortKind, len(r.kinds))
	for i, known := range r.known {
		if known {
			kinds[i] = r.kinds[i]
		}
	}
	return kinds
}

// stateOf says what is to be printed for ports of these kinds.
func stateOf(kinds []wire.PortKind) []wire.PortKind {
	states := slices.Clone(kinds)
	for i, kind := range states {
		if kind == wire.ResetPort {
			states[i] = wire.OpenPort
		}
	}
	return states
}

// lines is what should stand on standard output. A report shows the line that
// is wrong, and facts look at all of them.
func (r *portRun) lines(kinds []wire.PortKind) []byte {
	out := []byte{}
	for i, kind := range kinds {
		if kind != "" {
			out = fmt.Appendf(out, "%d %s\n", r.first+i, kind)
		}
	}
	return out
}

func wrongStates(s *scene.Scene, v record.Verdict) {
	s.Trouble("", "standard output is not what was promised")
	v.Code = record.Output
	s.Fail(v)
}

// mostQuoted is how many ports are few: which of more a program gets wrong is
// chance.
const mostQuoted = 5

// quoteLines returns what a report quotes of an output: all of it when it is
// short, otherwise the line of that port.
func quoteLines(got []portLine, port int) (out []string) {
	for _, l := range got {
		if len(got) <= mostQuoted || l.port == port {
			out = append(out, fmt.Sprintf("%d %s", l.port, l.state))
		}
	}
	if len(got) == 0 {
		return []string{"(nothing)"}
	}
	return out
}

// A difference says in words where an output is not what it should be. A port
// that is not what it was taken for because no answer came in time rests on
// time: on a machine that is busy enough, the answer of any port is late.
type difference struct {
	what   record.Phrase // empty for none
	port   int
	byTime bool
}

func (r *portRun) differs(kinds []wire.PortKind, got []portLine) difference {
	seen := map[int]string{}
	for _, l := range got {
		i := l.port - r.first
		asked := i >= 0 && i < len(kinds) && (kinds[i] != "" || r.kinds[i] == wire.FilteredPort)
		what := record.Phrase{}
		switch {
		case !asked && i >= 0 && i < len(kinds) && slices.Contains(r.known, true):
			what = record.Say("port %v is printed, and its turn had not come yet", r.wrong(l.port))
		case !asked:
			what = record.Say("port %v is printed, and it was not asked for", r.wrong(l.port))
		case seen[i] != "":
			what = record.Say("port %v is printed twice", r.wrong(l.port))
		case kinds[i] == "":
			what = record.Say("port %v has not answered yet, and its time is not over; the program says %s",
				r.wrong(l.port), record.Foreign(l.state))
		}
		if !what.Empty() {
			return difference{what: what, port: l.port}
		}
		seen[i] = l.state
	}
	for i, kind := range kinds {
		port := r.first + i
		switch {
		case kind == "" || seen[i] == string(kind):
		case seen[i] == "":
			return difference{what: record.Say("port %v, which is %s, is missing", r.wrong(port), kind)}
		default:
			return difference{record.Say("port %v is %s: %s; the program says %s", r.wrong(port), kind, becauseOf[kind],
				record.Foreign(seen[i])),
				port, seen[i] == string(wire.FilteredPort)}
		}
	}
	if !slices.IsSortedFunc(got, func(a, b portLine) int { return a.port - b.port }) {
		return difference{what: record.Say("all lines are right, but they are not in the order of the ports")}
	}
	return difference{}
}

// wrong is a port of the run that the program gets wrong.
func (r *portRun) wrong(port int) any {
	if len(r.kinds) > mostQuoted {
		return record.Varies(port, "N")
	}
	return record.Port(port)
}

// becauseOf says what each kind of port does.
var becauseOf = map[wire.PortKind]string{
	wire.OpenPort:     "a listener's kernel completes every connection there",
	wire.ClosedPort:   "the kernel answers there with RST",
	wire.FilteredPort: "no answer comes from there",
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
