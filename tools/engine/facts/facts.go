package facts

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"loopback/tools/base/record"
)

// A fact is something that the evidence of a verdict says, or does not say. It
// chooses the cause and the hints. None is read from the text of a report.
type Fact struct {
	not    bool
	name   string
	arg    string
	quoted bool
}

// Name is how the reference calls f, without its argument.
func (f Fact) Name() string { return f.name }

// A factKind is one of the facts that a section may ask for.
type Kind struct {
	Name, Arg string // arg is how the reference calls it; "" for none
	Meaning   string
	values    []string // what arg may be besides quoted text; none: anything
	holds     func(e *Evidence, arg string) bool
	quoted    func(e *Evidence, text string) bool // for an argument in quotes, where that means something else
}

// Kinds is filled by the files that hold them, in the order of the reference.
func Kinds() []Kind {
	var all []Kind
	for _, group := range [][]Kind{byteFacts, partingFacts, wordFacts, goroutineFacts, raceFacts, kernelFacts,
		scriptFacts} {
		all = append(all, group...)
	}
	return all
}

// kindOf finds the fact called name, or nil.
func kindOf(name string) *Kind {
	for _, k := range Kinds() {
		if k.Name == name {
			return &k
		}
	}
	return nil
}

// Parse reads "FACT and not FACT".
func Parse(words []Word) (all []Fact, err error) {
	for {
		var f Fact
		if f.not = len(words) > 0 && words[0].Text == "not"; f.not {
			words = words[1:]
		}
		if len(words) == 0 {
			return nil, fmt.Errorf("a fact is missing after when, and, or not")
		}
		f.name, words = words[0].Text, words[1:]
		k := kindOf(f.name)
		if k == nil {
			return nil, fmt.Errorf("unknown fact %q; the reference of scenarios lists them", f.name)
		}
		if k.Arg != "" && len(words) > 0 {
			f.arg, f.quoted, words = words[0].Text, words[0].quoted, words[1:]
		}
		if err := k.check(f); err != nil {
			return nil, err
		}
		all = append(all, f)
		if len(words) == 0 {
			return all, nil
		}
		if words[0].Text != "and" || words[0].quoted {
			return nil, fmt.Errorf("%q does not follow a fact: and does", words[0].Text)
		}
		words = words[1:]
	}
}

// check makes sure that f has an argument that its kind knows.
func (k *Kind) check(f Fact) error {
	if k.Arg != "" && f.arg == "" {
		return fmt.Errorf("the fact %s needs %s", k.Name, k.Arg)
	}
	if f.quoted || len(k.values) == 0 {
		return nil
	}
	for _, v := range k.values {
		if v == f.arg {
			return nil
		}
	}
	return fmt.Errorf("the fact %s cannot be followed by %q; it can by %s", k.Name, f.arg, strings.Join(k.values, ", "))
}

// Holds reports whether the evidence of v says f.
func (f Fact) Holds(v *record.Verdict) bool {
	e := Of(v)
	if e == nil {
		return f.not // nothing is known
	}
	k := kindOf(f.name)
	ask := k.holds
	if f.quoted && k.quoted != nil {
		ask = k.quoted
	}
	return ask(e, f.arg) != f.not
}

// scriptFacts are about where in the scenario it was.
var scriptFacts = []Kind{{
	Name: "at", Arg: "COMMAND", Meaning: "the scenario ended in this command, such as `eof`",
	holds: func(e *Evidence, arg string) bool { return e.Command == arg },
}, {
	Name: "on", Arg: "NAME", Meaning: "the connection, or the UDP socket, in question is the one with this name",
	holds: func(e *Evidence, arg string) bool { return e.Conn == arg },
}, {
	Name: "of", Arg: "NAME", Meaning: "the program in question is `server`, `client`, or has this name by `run -as`",
	holds: func(e *Evidence, arg string) bool { return e.Program == arg },
}, {
	Name: "status", Arg: "N", Meaning: "the program has ended with this exit status",
	holds: func(e *Evidence, arg string) bool {
		return e.Ended && strconv.Itoa(e.Status) == arg
	},
}, {
	Name: "ended", Meaning: "the program has ended, by itself",
	holds: func(e *Evidence, _ string) bool { return e.Ended },
}, {
	Name: "signalled", Meaning: "the program was ended by the signal that `signal` has sent",
	holds: func(e *Evidence, _ string) bool { return e.Signal != "" },
}, {
	Name: "open", Arg: "PATH", Meaning: "the program has the file PATH, in its folder, open",
	holds: func(e *Evidence, arg string) bool { return slices.Contains(e.Open, arg) },
}, {
	Name: "timer", Meaning: "the program sleeps with a timer of its own set",
	holds: func(e *Evidence, _ string) bool { return e.Timer },
}, {
	Name: "chatter", Meaning: "the server has printed more than its announcement on standard output",
	holds: func(e *Evidence, _ string) bool { return e.Chatter },
}}
