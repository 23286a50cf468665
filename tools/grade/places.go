package grade

import (
	"os"
	"strings"

	"github.com/rogpeppe/go-internal/txtar"
)

// places knows in which line of a scenario each command stands, so that an
// event can be shown beside the line that it belongs to. Testscript knows, too,
// but tells only when a script fails.
type places struct {
	lines []string
	at    int // how many lines are behind us
}

// placesOf reads the script; when it cannot be read the lines are unknown.
func placesOf(file string) places {
	data, err := os.ReadFile(file)
	if err != nil {
		return places{}
	}
	return places{lines: strings.Split(string(txtar.Parse(data).Comment), "\n")}
}

// next returns the line, counted from 1, of the next command called name; 0
// when there is none. Scripts run from top to bottom.
func (p *places) next(name string) int {
	for i := p.at; i < len(p.lines); i++ {
		if firstWord(p.lines[i]) == name {
			p.at = i + 1
			return p.at
		}
	}
	return 0
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
