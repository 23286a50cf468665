package scenario

import (
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/txtar"
)

// Places knows in which line of a scenario each command stands, so that an
// event can be shown beside the line that it belongs to. Testscript knows, too,
// but tells only when a script fails.
type Places struct {
	lines []string
	at    int // how many lines are behind us
}

// PlacesOf reads a script.
func PlacesOf(script []byte) Places {
	return Places{lines: strings.Split(string(txtar.Parse(script).Comment), "\n")}
}

// Next returns the line, counted from 1, of the next command called name; 0
// when there is none. Scripts run from top to bottom.
func (p *Places) Next(name string) int {
	for i := p.at; i < len(p.lines); i++ {
		if firstWord(p.lines[i]) == name {
			p.at = i + 1
			return p.at
		}
	}
	return 0
}

// Empty returns the first variable of a line, as Next has given it, in which there is nothing, or "".
func (p *Places) Empty(line int, get func(name string) string) string {
	if line == 0 {
		return ""
	}
	_, used, _ := split(p.lines[line-1])
	if i := slices.IndexFunc(used, func(name string) bool { return get(name) == "" }); i >= 0 {
		return used[i]
	}
	return ""
}

// firstWord returns the command of a line, behind conditions such as [linux].
func firstWord(line string) string {
	for _, w := range strings.Fields(line) {
		if !strings.HasPrefix(w, "[") && w != "!" && w != "?" {
			return w
		}
	}
	return ""
}
