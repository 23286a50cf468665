package grade

import (
	"fmt"
	"strconv"
	"strings"
)

// A fact is something that the evidence of a verdict says, or does not say. It
// chooses the cause and the hints. None is read from the text of a report.
type fact struct {
	not    bool
	name   string
	arg    string
	quoted bool
}

// A factKind is one of the facts that a section may ask for.
type factKind struct {
	name, arg string // arg is how the reference calls it; "" for none
	meaning   string
	values    []string // what arg may be besides quoted text; none: anything
	holds     func(e *evidence, arg string) bool
	quoted    func(e *evidence, text string) bool // for an argument in quotes, where that means something else
}

// facts is filled by the files that hold them, in the order of the reference.
func facts() []factKind {
	var all []factKind
	for _, group := range [][]factKind{byteFacts, partingFacts, wordFacts, goroutineFacts, raceFacts, kernelFacts,
		scriptFacts} {
		all = append(all, group...)
	}
	return all
}

// kindOf finds the fact called name, or nil.
func kindOf(name string) *factKind {
	for _, k := range facts() {
		if k.name == name {
			return &k
		}
	}
	return nil
}

// parseFacts reads "FACT and not FACT".
func parseFacts(words []headWord) (all []fact, err error) {
	for {
		var f fact
		if f.not = len(words) > 0 && words[0].text == "not"; f.not {
			words = words[1:]
		}
		if len(words) == 0 {
			return nil, fmt.Errorf("a fact is missing behind when, and, or not")
		}
		f.name, words = words[0].text, words[1:]
		k := kindOf(f.name)
		if k == nil {
			return nil, fmt.Errorf("unknown fact %q; the reference of scenarios lists them", f.name)
		}
		if k.arg != "" && len(words) > 0 {
			f.arg, f.quoted, words = words[0].text, words[0].quoted, words[1:]
		}
		if err := k.check(f); err != nil {
			return nil, err
		}
		all = append(all, f)
		if len(words) == 0 {
			return all, nil
		}
		if words[0].text != "and" || words[0].quoted {
			return nil, fmt.Errorf("%q does not follow a fact: and does", words[0].text)
		}
		words = words[1:]
	}
}

// check makes sure that f has an argument that its kind knows.
func (k *factKind) check(f fact) error {
	if k.arg != "" && f.arg == "" {
		return fmt.Errorf("the fact %s needs %s", k.name, k.arg)
	}
	if f.quoted || len(k.values) == 0 {
		return nil
	}
	for _, v := range k.values {
		if v == f.arg {
			return nil
		}
	}
	return fmt.Errorf("the fact %s cannot be followed by %q; it can by %s", k.name, f.arg, strings.Join(k.values, ", "))
}

// holds reports whether the evidence of v says f.
func (f fact) holds(v *Verdict) bool {
	e := evidenceOf(v)
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
var scriptFacts = []factKind{{
	name: "at", arg: "COMMAND", meaning: "the scenario ended in this command, such as `eof`",
	holds: func(e *evidence, arg string) bool { return e.command == arg },
}, {
	name: "on", arg: "NAME", meaning: "the connection, or the UDP socket, in question is the one with this name",
	holds: func(e *evidence, arg string) bool { return e.conn == arg },
}, {
	name: "status", arg: "N", meaning: "the program has ended with this exit status",
	holds: func(e *evidence, arg string) bool {
		return e.ended && strconv.Itoa(e.status) == arg
	},
}, {
	name: "ended", meaning: "the program has ended, by itself",
	holds: func(e *evidence, _ string) bool { return e.ended },
}, {
	name: "timer", meaning: "the program sleeps with a timer of its own set",
	holds: func(e *evidence, _ string) bool { return e.timer },
}}
