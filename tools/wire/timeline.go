package wire

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// Width of the parts of a row, in columns of the terminal.
const (
	lane    = 6  // from one connection's line to the next
	timeCol = 8  // the time, right-aligned, in milliseconds
	maxText = 58 // what happened
)

// maxLanes is how many connections are drawn side by side; further ones share
// the last line.
const maxLanes = 5

// Timeline draws the log as text: a vertical line for each connection and one
// for the program under test, named program ("server" or "client"), time
// running down, bytes as arrows. At most rows rows are drawn; when there are
// more, the middle ones are left out and counted.
func (l *Log) Timeline(program string, rows int) []string {
	events := l.Events()
	d := drawing{lanes: lanesOf(events)}
	out := []string{d.head("ms", program)}
	skipFrom, skipTo := len(events), len(events)
	if len(events) > rows {
		skipFrom = rows / 2
		skipTo = len(events) - (rows - rows/2 - 1)
	}
	for i, e := range events {
		if i == skipFrom {
			out = append(out, strings.Repeat(" ", timeCol)+fmt.Sprintf("   ... %d rows left out ...", skipTo-skipFrom))
		}
		if i < skipFrom || i >= skipTo {
			out = append(out, d.row(fmt.Sprintf("%.1f", float64(e.At.Microseconds())/1000), e))
		}
	}
	return out
}

// lanesOf returns the connections in the order in which they were asked for or
// appear.
func lanesOf(events []Event) []string {
	var names []string
	if len(events) > 0 {
		names = slices.Clone(events[len(events)-1].lanes)
	}
	for _, e := range events {
		for _, name := range []string{e.Conn, e.To} {
			if name != "" && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return names[:min(len(names), maxLanes)]
}

// A drawing knows where each line of a timeline stands.
type drawing struct{ lanes []string }

func (d drawing) head(over, program string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%*s   ", timeCol, over)
	for _, name := range d.lanes {
		fmt.Fprintf(&b, "%-*s", lane, name)
	}
	return b.String() + program
}

// row draws one event; first is what stands in the column of the times.
func (d drawing) row(first string, e Event) string {
	line := []rune(strings.Repeat("│"+strings.Repeat(" ", lane-1), len(d.lanes)) + "│")
	end := len(line) - 1
	at := min(slices.Index(d.lanes, e.Conn), len(d.lanes)-1)
	if e.Conn != "" && at < 0 {
		at = len(d.lanes) - 1 // one of the connections that share the last line
	}
	switch {
	case e.Kind == Hop || e.Kind == Lost:
		hop(line, d.place(e.Conn), d.place(e.To), e.Kind == Lost)
	case e.Kind == Trouble && at >= 0:
		line[at*lane] = '✗'
	case e.Kind == Trouble:
		line[end] = '✗'
	case at < 0:
		line[end] = '●'
	case e.Kind == Note || e.Kind == Listening:
		line[at*lane] = '●'
	default:
		arrow(line, at*lane, end, e.toProgram())
	}
	return strings.TrimRight(fmt.Sprintf("%*s   %s  %s", timeCol, first, string(line), e.words(maxText)), " ")
}

// more draws a row with the rest of what the row above says.
func (d drawing) more(text string) string {
	return strings.Repeat(" ", timeCol+3) + strings.Repeat("│"+strings.Repeat(" ", lane-1), len(d.lanes)) + "│  " + text
}

// place returns the column of a name's line; "" is the program under test.
func (d drawing) place(name string) int {
	if name == "" {
		return len(d.lanes) * lane
	}
	at := slices.Index(d.lanes, name)
	if at < 0 {
		at = len(d.lanes) - 1
	}
	return at * lane
}

// hop draws a datagram's way from one line to another, or to where it was
// lost. The lines that it passes on its way are crossed.
func hop(line []rune, from, to int, lost bool) {
	step, start, end := 1, '├', '▶'
	if to < from {
		step, start, end = -1, '┤', '◀'
	}
	if lost {
		end = '✗'
	}
	for i := from; i != to; i += step {
		if line[i] == '│' {
			line[i] = '┼'
		} else {
			line[i] = '─'
		}
	}
	line[from], line[to] = start, end
}

// arrow draws from one line to another; what lies between is crossed.
func arrow(line []rune, from, to int, right bool) {
	for i := from + 1; i < to; i++ {
		line[i] = '─'
	}
	if right {
		line[from], line[to] = '├', '▶'
	} else {
		line[from], line[to] = '◀', '┤'
	}
}

func (e Event) toProgram() bool {
	switch e.Kind {
	case Out, OutFIN, OutRST:
		return true
	case Connect:
		return !e.From
	}
	return false
}

// words says what happened, in a few words; a text of its own is cut to most
// columns.
func (e Event) words(most int) string {
	if e.Kind == Hop || e.Kind == Lost {
		quoted, rest := datagram(e, 26)
		return clip(fmt.Sprintf("%-28s %s", quoted, rest), most)
	}
	if e.Text != "" {
		return clip(e.Text, most)
	}
	switch e.Kind {
	case Out, In:
		return fmt.Sprintf("%-28s %s", Quote(e.Data, e.Size, 26), Bytes(e.Size))
	case OutFIN:
		return "FIN: " + e.Conn + " has no more to send"
	case InFIN:
		return "FIN: end of stream"
	case OutRST:
		return "RST: " + e.Conn + " is gone without a good bye"
	case InRST:
		return "RST: connection reset"
	}
	return ""
}

// datagram says what a datagram holds, quoted in width columns, and what became
// of it. An empty one holds nothing, and yet it is one.
func datagram(e Event, width int) (quoted, rest string) {
	quoted, rest = `""`, "empty"
	if e.Size > 0 {
		quoted, rest = Quote(e.Data, e.Size, width), Bytes(e.Size)
	}
	if e.Text != "" {
		rest += ", " + e.Text
	}
	return quoted, rest
}

// clip cuts s to n columns.
func clip(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	r := []rune(s)
	return string(r[:n-2]) + " …"
}
