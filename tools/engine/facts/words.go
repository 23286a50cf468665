package facts

import (
	"regexp"
	"slices"
	"strings"

	"loopback/tools/engine/probe"
)

// wordFacts are about what the program itself said.
var wordFacts = []Kind{{
	Name: "says", Arg: "WORDS",
	values: append([]string{"nothing"}, errorNames()...), quoted: saysText,
	Meaning: "the last words of the program on standard error, its panic included: `nothing`; text in quotes, " +
		"whatever the case; or one of " + strings.Join(errorNames(), ", ") + ", in the words of several languages",
	holds: func(e *Evidence, arg string) bool {
		if arg == "nothing" {
			return len(e.Words) == 0
		}
		return slices.ContainsFunc(e.Words, errorWords[arg].MatchString)
	},
}}

// errorWords are what programs print for an error of the system.
var errorWords = map[string]*regexp.Regexp{
	"EAGAIN": regexp.MustCompile(
		`(?i)resource temporarily unavailable|\bEAGAIN\b|\bEWOULDBLOCK\b|BlockingIOError`),
	"ECONNREFUSED": regexp.MustCompile(`(?i)connection refused|\bECONNREFUSED\b|actively refused`),
	"ECONNRESET":   regexp.MustCompile(`(?i)connection reset|\bECONNRESET\b|forcibly closed`),
	"EINTR":        regexp.MustCompile(`(?i)interrupted system call|\bEINTR\b|InterruptedError`),
	"EMFILE":       regexp.MustCompile(`(?i)too many open files|\bEMFILE\b`),
	"ENOTCONN":     regexp.MustCompile(`(?i)endpoint is not connected|socket is not connected|\bENOTCONN\b`),
	"EADDRINUSE":   regexp.MustCompile(`(?i)address already in use|\bEADDRINUSE\b`),
	"EOF":          regexp.MustCompile(`\bEOF\b`),
	"EPIPE":        regexp.MustCompile(`(?i)broken ?pipe|\bEPIPE\b`),
	"closed":       regexp.MustCompile(`(?i)use of closed|bad file descriptor|\bEBADF\b|socket (is )?closed`),
	"timeout":      regexp.MustCompile(`(?i)i/o timeout|deadline exceeded|timed out|\bETIMEDOUT\b`),
	"panic":        regexp.MustCompile(`^(panic|fatal error): `),
}

func errorNames() []string {
	var names []string
	for name := range errorWords {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func saysText(e *Evidence, text string) bool {
	return slices.ContainsFunc(e.Words,
		func(w string) bool { return strings.Contains(strings.ToLower(w), strings.ToLower(text)) })
}

// goroutineFacts are about where the goroutines of a Go program were, those
// with a line of its own. Without a dump none holds but no-dump.
var goroutineFacts = []Kind{{
	Name: "all-in", Arg: "PLACE",
	Meaning: "every goroutine of the program is in this place: a state in the dump, such as `\"chan send\"`, or a " +
		"function that is being called, such as `Accept` or `Read`; two with a plus between them must both hold for " +
		"the same goroutine, as in `Read+semacquire`",
	holds: func(e *Evidence, arg string) bool {
		return e.Dump && len(e.Goroutines) > 0 && e.count(arg) == len(e.Goroutines)
	},
}, {
	Name: "some-in", Arg: "PLACE", Meaning: "at least one goroutine is in this place",
	holds: func(e *Evidence, arg string) bool { return e.count(arg) > 0 },
}, {
	Name: "several-in", Arg: "PLACE", Meaning: "two goroutines or more are in this place",
	holds: func(e *Evidence, arg string) bool { return e.count(arg) > 1 },
}, {
	Name: "none-in", Arg: "PLACE", Meaning: "no goroutine is in this place",
	holds: func(e *Evidence, arg string) bool { return e.Dump && e.count(arg) == 0 },
}, {
	Name: "no-dump", Meaning: "nothing is known of goroutines: the program is not written in Go, or has ended, or " +
		"was not asked",
	holds: func(e *Evidence, _ string) bool { return !e.Dump },
}}

// count counts the goroutines that are in place.
func (e *Evidence) count(place string) (n int) {
	for _, g := range e.Goroutines {
		if !slices.ContainsFunc(strings.Split(place, "+"), func(p string) bool { return !isIn(g, p) }) {
			n++
		}
	}
	return n
}

// isIn reports whether g is in a state or a function called place.
func isIn(g probe.Goroutine, place string) bool {
	if g.State == place {
		return true
	}
	return slices.ContainsFunc(g.Frames, func(f probe.Frame) bool {
		if f.Func == place {
			return true
		}
		name := f.Func[strings.LastIndexAny(f.Func, "./")+1:]
		return strings.TrimRight(name, "0123456789") == place
	})
}
