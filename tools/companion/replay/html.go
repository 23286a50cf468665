package replay

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"

	"loopback/tools/base/record"
)

//go:embed page.html
var pageText string

var page = template.Must(template.New("page").Parse(pageText))

// A step is one event, for the page. Its place is in hundredths of the picture's
// height, for the picture may be smaller than it was drawn.
type step struct {
	Top, Height float64
	Line        int      // of the script; 0 for none
	Time        string   // in milliseconds
	Text        string   // what happened, for those who do not see the picture
	Known       []string // what the kernel knew of the program's sockets
	Bytes       string   // what was sent, whole, in hexadecimal and as text
}

// A line of the script, for the page.
type line struct {
	N       int
	Text    string
	Comment bool
	Active  bool // it made something happen
}

// A wire is the picture of one run, and its steps.
type wire struct {
	Title   string
	Picture template.HTML
	Steps   []step
	Ports   []port
	Top     float64 // where the ports stand
}

// A port is a number at the head of a line.
type port struct {
	Left float64
	Text string
}

// HTML writes the run as one self-contained page: the picture, the script
// beside it, and buttons and keys to go through it step by step. Beside the
// learner's run is that of the reference, where there is one. The page needs no
// network, follows the reader's light or dark colours, and can be printed.
func (r Run) HTML(w io.Writer) error {
	runs := []Run{r}
	if r.Reference != nil {
		runs = append(runs, *r.Reference)
	}
	active := map[int]bool{}
	var wires []wire
	steps := [][]step{}
	for i, run := range runs {
		for _, e := range run.Events {
			active[e.Line] = active[e.Line] || i == 0
		}
		w := run.wire(len(runs) > 1)
		wires, steps = append(wires, w), append(steps, w.Steps)
	}
	var lines []line
	for i, text := range r.Script {
		lines = append(lines, line{i + 1, text, strings.HasPrefix(text, "#"), active[i+1]})
	}
	return page.Execute(w, map[string]any{
		"Run":    r,
		"Passes": r.Verdict == "passes",
		"Lines":  lines,
		"Wires":  wires,
		"Steps":  steps,
	})
}

// wire draws a run. Of two, each says whose it is.
func (r Run) wire(several bool) wire {
	stands, heads, width, height := record.PictureLines(r.Program, r.Events)
	share := func(n, of int) float64 { return float64(n) * 100 / float64(of) }
	w := wire{Steps: []step{}, Title: "On the wire: what happened, from top to bottom", Top: share(heads, height),
		Picture: template.HTML(record.Picture(r.Rule, r.Program, r.Events))} // it escapes all that it draws
	if several {
		w.Title = fmt.Sprintf("On the wire: %s, %s", r.Folder, r.Verdict)
	}
	for i, at := range record.PictureRows(r.Program, r.Events) {
		e := r.Events[i]
		w.Steps = append(w.Steps, step{share(at.Top, height), share(at.Bottom-at.Top, height), e.Line, e.Millis(),
			record.Words(r.Program, e), known(r.Program, e.Seen), whole(e)})
	}
	ports := portsOf(r.Events)
	for _, s := range stands {
		if n := ports[s.Name]; n > 0 {
			w.Ports = append(w.Ports, port{share(s.X, width), fmt.Sprintf(":%d", n)})
		}
	}
	return w
}

// portsOf returns the ports of the grader's ends by the names of connections, and
// by "" that of the program, when all connections have come to one.
func portsOf(events []record.Event) map[string]uint16 {
	ports := map[string]uint16{}
	own := map[uint16]bool{}
	for _, e := range events {
		if e.Seen == nil {
			continue
		}
		for _, end := range e.Seen.Ends {
			ports[end.Conn] = end.Peer
			own[end.Own] = true
			ports[""] = end.Own
		}
	}
	if len(own) > 1 {
		delete(ports, "")
	}
	return ports
}

// known says what the kernel knew, in a line for each socket.
func known(program string, s *record.Sighting) []string {
	if s == nil {
		return nil
	}
	var lines []string
	if s.Queue >= 0 {
		lines = append(lines, fmt.Sprintf("%s, accept queue: %d of %d", program, s.Queue, s.Backlog))
	}
	latest := map[string]int{} // names are given again
	for i, end := range s.Ends {
		latest[end.Conn] = i
	}
	for i, end := range s.Ends {
		if latest[end.Conn] != i {
			continue
		}
		text := fmt.Sprintf("%s, its end of %s: ", program, end.Conn)
		switch {
		case end.State == "":
			text += "gone"
		default:
			text += fmt.Sprintf("%s, %s unread", end.State, record.Count(end.Unread))
		}
		if end.Unsent > 0 {
			text += fmt.Sprintf(", %s not sent yet", record.Count(end.Unsent))
		}
		lines = append(lines, text)
	}
	return lines
}

// inRow is how many bytes stand in a row: they fit beside those of another run.
const inRow = 8

// whole is the bytes of an event, as far as they were kept.
func whole(e record.Event) string {
	var b strings.Builder
	for i := 0; i < len(e.Data); i += inRow {
		row := e.Data[i:min(i+inRow, len(e.Data))]
		fmt.Fprintf(&b, "%04x  %-*s %s\n", i, 3*inRow, fmt.Sprintf("% x", row), letters(row))
	}
	if more := e.Size - len(e.Data); more > 0 && len(e.Data) > 0 {
		fmt.Fprintf(&b, "... and %s more\n", record.Bytes(more))
	}
	return b.String()
}

// letters shows bytes as text: printable ASCII, and a dot for each other.
func letters(row []byte) string {
	out := slices.Clone(row)
	for i, c := range out {
		if c < ' ' || c > '~' {
			out[i] = '.'
		}
	}
	return string(out)
}
