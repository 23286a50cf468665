package terminal

import (
	"fmt"
	"maps"
	"regexp"
	"strconv"
	"strings"
)

// names is a one-to-one renaming: what the text calls a port or a process ID,
// and what it really is in this run.
type names struct {
	real  map[string]string // by the text's number
	shown map[string]string // by the real number
	bound map[string]int    // the line that bound the text's number
}

func newNames() *names {
	return &names{real: map[string]string{}, shown: map[string]string{}, bound: map[string]int{}}
}

func (n *names) clone() *names {
	return &names{real: maps.Clone(n.real), shown: maps.Clone(n.shown), bound: maps.Clone(n.bound)}
}

var (
	number = regexp.MustCompile(`\b[0-9]+\b`)
	blanks = regexp.MustCompile(` +`)
	// What stands before the number of a port in bash's file names, or as an
	// argument of its own after an address.
	portFollows = regexp.MustCompile(`(/dev/(tcp|udp)/[^/\s]+/|(127[0-9.]+|::1\]?|localhost) )$`)
)

// reserved is the first port that the system does not keep for well-known
// services: those below have their own meaning, such as 7 for echo.
const reserved = 1024

// isName reports whether the number text[at[0]:at[1]] stands for another one.
func (n *names) isName(text string, at []int) bool {
	digits, before := text[at[0]:at[1]], text[:at[0]]
	if _, known := n.real[digits]; known || strings.HasSuffix(before, "pid=") {
		return true
	}
	v, err := strconv.Atoi(digits)
	return err == nil && v >= reserved && v < 1<<16 &&
		(strings.HasSuffix(before, ":") || portFollows.MatchString(before))
}

// split cuts text at its names: rest has one element more than found.
func (n *names) split(text string) (rest, found []string) {
	last := 0
	for _, at := range number.FindAllStringIndex(text, -1) {
		if n.isName(text, at) {
			rest = append(rest, text[last:at[0]])
			found = append(found, text[at[0]:at[1]])
			last = at[1]
		}
	}
	return append(rest, text[last:]), found
}

// command rewrites a command for this run. The second result is a name that
// nothing has bound, or "".
func (n *names) command(text string) (rewritten, unknown string) {
	rest, found := n.split(text)
	var b strings.Builder
	for i, name := range found {
		real, ok := n.real[name]
		if !ok {
			return "", name
		}
		b.WriteString(rest[i] + real)
	}
	return b.String() + rest[len(rest)-1], ""
}

// match compares a printed line with the promised one and binds the names that
// are new in it. The result says what is wrong, "" for nothing.
func (n *names) match(want promise, got string) string {
	got = strings.TrimRight(got, " \t\r")
	rest, found := n.split(want.text)
	reals := capture(rest, got, false)
	if reals == nil {
		// A tool that prints columns fills up with blanks what a shorter port
		// leaves free.
		if reals = capture(rest, got, true); reals != nil && sameLengths(found, reals) {
			reals = nil
		}
	}
	if reals == nil {
		return fmt.Sprintf("the terminal shows %q, not %q: write what it shows, or mend the command", n.told(got),
			want.text)
	}
	after := n.clone()
	for i, name := range found {
		if fault := after.bind(name, reals[i], want.line); fault != "" {
			return fault
		}
	}
	*n = *after
	return ""
}

// capture returns the numbers that stand in line between the pieces of text,
// or nil if the line is another one.
func capture(rest []string, line string, anyBlanks bool) []string {
	quoted := make([]string, len(rest))
	for i, piece := range rest {
		quoted[i] = regexp.QuoteMeta(piece)
		if anyBlanks {
			quoted[i] = blanks.ReplaceAllString(quoted[i], " +")
		}
	}
	m := regexp.MustCompile(`^` + strings.Join(quoted, `([0-9]+)`) + `$`).FindStringSubmatch(line)
	if m == nil {
		return nil
	}
	return m[1:]
}

func sameLengths(a, b []string) bool {
	for i := range a {
		if len(a[i]) != len(b[i]) {
			return false
		}
	}
	return true
}

// bind makes name stand for real, or says why it cannot.
func (n *names) bind(name, real string, line int) string {
	if was, ok := n.real[name]; ok && was != real {
		if other, ok := n.shown[real]; ok {
			return fmt.Sprintf("%s is the number of line %d, but here the terminal shows the one of line %d: write %s",
				name, n.bound[name], n.bound[other], other)
		}
		return fmt.Sprintf("%s is the number of line %d, but here the terminal shows another one: write a number "+
			"that this section does not use yet",
			name, n.bound[name])
	}
	if other, ok := n.shown[real]; ok && other != name {
		return fmt.Sprintf("%s and %s (line %d) are the same number on the terminal: write %s", name,
			other, n.bound[other], other)
	}
	if _, ok := n.real[name]; !ok {
		n.real[name], n.shown[real], n.bound[name] = real, name, line
	}
	return ""
}

// told writes a printed line with the text's numbers, so that it can be pasted
// into the text.
func (n *names) told(line string) string {
	return number.ReplaceAllStringFunc(line, func(digits string) string {
		if name, ok := n.shown[digits]; ok {
			return name
		}
		return digits
	})
}
