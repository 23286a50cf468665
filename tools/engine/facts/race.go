package facts

import (
	"fmt"
	"slices"
	"strings"
)

// A race is what one report of the race detector says, as far as a learner
// wrote it.
type Race struct {
	met     []access
	started []string // the lines that started the goroutines
}

// An access is one of the two that met.
type access struct {
	kind   string // read or write
	place  string // the innermost line of the program itself; "" when there is none
	callee string // the function that touched the memory
}

// ParseRace reads a report of the race detector, to its end or as far as it came.
func ParseRace(report string) (r Race) {
	var open *string // the place that the next line of the program fills
	for line := range strings.Lines(report) {
		line = strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(line, "===="):
			return r
		case strings.Contains(line, " by goroutine"), strings.Contains(line, " by main goroutine"):
			kind, _, _ := strings.Cut(line, " at 0x")
			r.met = append(r.met, access{kind: strings.TrimPrefix(strings.ToLower(kind), "previous ")})
			open = &r.met[len(r.met)-1].place
		case strings.HasPrefix(line, "Goroutine "):
			r.started = append(r.started, "")
			open = &r.started[len(r.started)-1]
		case open != nil && strings.Contains(line, "main.go:"):
			*open, _, _ = strings.Cut(line[strings.LastIndex(line, "main.go:"):], " ")
			open = nil
		case open != nil && len(r.started) == 0 && r.met[len(r.met)-1].callee == "":
			r.met[len(r.met)-1].callee = line
		}
	}
	return r
}

// Lines says which lines met, and in a line of its own where their goroutines
// were started. Which of two came first is chance.
func (r Race) Lines() (out []string) {
	for _, a := range r.met {
		if a.place != "" {
			out = append(out, fmt.Sprintf("%s  %s", a.place, a.kind))
		}
	}
	slices.Sort(out)
	if len(out) == 2 && out[0] == out[1] {
		out = []string{out[0] + ", twice"}
	}
	started := slices.DeleteFunc(slices.Clone(r.started), func(place string) bool { return place == "" })
	slices.Sort(started)
	if started = slices.Compact(started); len(started) > 0 {
		out = append(out, "(the goroutines were started in "+strings.Join(started, " and ")+")")
	}
	return out
}

// onMap reports whether the memory is that of a map: the runtime touched it, for
// the program.
func (r Race) onMap() bool {
	return slices.ContainsFunc(r.met, func(a access) bool {
		return strings.HasPrefix(a.callee, "runtime.map") || strings.HasPrefix(a.callee, "internal/runtime/maps.")
	})
}

// raceFacts are about what the race detector saw.
var raceFacts = []Kind{{
	Name: "met", Arg: "WHAT", values: []string{"map"},
	Meaning: "what two goroutines used, as the race detector saw it: a `map`",
	holds:   func(e *Evidence, _ string) bool { return e.Raced.onMap() },
}}
