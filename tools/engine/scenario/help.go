package scenario

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/txtar"

	"loopback/tools/base/record"
	"loopback/tools/engine/facts"
)

// A section is what a scenario's file says behind its script: a likely cause, a
// hint, or where to read. It may be for certain verdicts, and for those alone
// of which something is known.
type section struct {
	kind  string        // cause, hint or read
	codes []record.Code // none: every code
	when  []facts.Fact  // all of them must hold
	head  string        // as it is written, without the kind
	text  string
	origin
}

// An origin is where a section stands.
type origin int

const (
	own    origin = iota // in the scenario's own file
	lent                 // in the other unit's file, for which its own stands
	shared               // in none: it is true in every scenario
)

// parseSections reads what stands behind the script of a scenario.
func parseSections(file string, data []byte) ([]section, error) {
	var all []section
	for _, f := range txtar.Parse(data).Files {
		s, err := parseHeading(f.Name)
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %v", file, lineOf(data, f.Name), err)
		}
		s.text = strings.TrimSpace(string(f.Data))
		all = append(all, s)
	}
	return all, nil
}

// parseHeading reads "cause CODE when FACT and FACT" and its like.
func parseHeading(head string) (section, error) {
	words, err := facts.Words(head)
	unknown := fmt.Errorf("unknown section %q; sections are: cause CODE, hint, hint CODE, read; a cause or a hint "+
		"may go on with: when FACT and FACT", head)
	if err != nil || len(words) == 0 {
		return section{}, unknown
	}
	s := section{kind: words[0].Text, head: strings.TrimSpace(strings.TrimPrefix(head, words[0].Text))}
	words = words[1:]
	for len(words) > 0 && slices.Contains(record.Codes(), record.Code(words[0].Text)) {
		s.codes, words = append(s.codes, record.Code(words[0].Text)), words[1:]
	}
	switch {
	case s.kind == "read" && s.head == "":
		return s, nil
	case s.kind != "cause" && s.kind != "hint", len(words) > 0 && words[0].Text != "when":
		return section{}, unknown
	case s.kind == "cause" && len(s.codes) == 0 && len(words) == 0:
		return section{}, unknown
	}
	if len(words) > 0 {
		s.when, err = facts.Parse(words[1:])
	}
	return s, err
}

// rank orders the sections of one file: what asks for more comes first.
func (s section) rank() int {
	switch {
	case len(s.codes) > 0 && len(s.when) > 0:
		return 0
	case len(s.codes) > 0:
		return 1
	case len(s.when) > 0:
		return 2
	}
	return 3
}

// add appends the sections of one more file, in the order in which they are
// tried: for a code and with a condition, for a code, with a condition, others.
func (sc *Scenario) add(sections []section) {
	slices.SortStableFunc(sections, func(a, b section) int { return a.rank() - b.rank() })
	for _, s := range sections {
		if s.kind == "read" {
			if sc.Read == "" {
				sc.Read = s.text
			}
			continue
		}
		if sc.Alias {
			s.origin = lent
		}
		sc.sections = append(sc.sections, s)
	}
}

// matches reports whether s is for the verdict v.
func (s section) matches(v *record.Verdict) bool {
	if v.Code == record.CannotGrade && len(s.codes) == 0 {
		return false // what is said about a program does not belong there
	}
	if len(s.codes) > 0 && !slices.Contains(s.codes, v.Code) {
		return false
	}
	for _, f := range s.when {
		if !f.Holds(v) {
			return false
		}
	}
	return true
}

// Cause returns what the scenario's author says about v: the first section
// that is for it.
func (sc *Scenario) Cause(v *record.Verdict) (text string, ok bool) {
	s := sc.chosen("cause", v)
	if s == nil {
		return "", false
	}
	return s.text, true
}

// Hints returns the hints for v, each a step further, and the heading that they
// have in common: the first that is for v.
func (sc *Scenario) Hints(v *record.Verdict) (texts []string, head string) {
	group := sc.chosen("hint", v)
	if group == nil {
		return nil, ""
	}
	for _, s := range slices.Concat(sc.sections, common) {
		if s.kind == "hint" && s.head == group.head && s.origin == group.origin {
			texts = append(texts, s.text)
		}
	}
	return texts, group.head
}
