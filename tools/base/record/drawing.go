package record

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// newDrawing prepares a report's timeline: many lines stand closer together, and
// where there are too many connections those of the rows that are shown have one.
func newDrawing(program string, events []Event, show []bool) drawing {
	d := drawingOf(program, events)
	if len(connections(events)) > maxLanes {
		d = crowded(program, events, show)
	}
	d.most = columns
	d.close = len(d.lanes) > 3 && !slices.ContainsFunc(d.lanes, func(name string) bool { return len(name) >= narrow })
	return d
}

// lanesOf returns the connections in the order in which they were asked for or
// appear.
func lanesOf(events []Event) []string {
	names := connections(events)
	return names[:min(len(names), maxLanes)]
}

// connections returns the names of all connections, in that order.
func connections(events []Event) []string {
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
	return names
}

// drawingOf knows where the lines of events stand. Beyond a server are the
// connections that it has dialled: bytes that it passes on go from left to right.
func drawingOf(program string, events []Event) drawing {
	return withLines(program, events, lanesOf(events))
}

// withLines gives a line to each of these names.
func withLines(program string, events []Event, names []string) drawing {
	if program != "server" {
		return drawing{lanes: names, before: len(names)}
	}
	var before, beyond []string
	for _, name := range names {
		if isBeyond(events, name) {
			beyond = append(beyond, name)
		} else {
			before = append(before, name)
		}
	}
	return drawing{lanes: append(before, beyond...), before: len(before)}
}

// isBeyond reports whether the program has dialled this connection.
func isBeyond(events []Event, name string) bool {
	return slices.ContainsFunc(events, func(e Event) bool { return e.Conn == name && e.Kind == Connect && e.From })
}

// A drawing knows where each line of a timeline stands.
type drawing struct {
	lanes  []string
	rest   map[string]int // which line a connection shares that has none of its own
	before int            // how many of them stand before the program's
	close  bool           // they stand closer together
	most   int            // columns of a row; 0: no matter

	untimed bool // there is no column of times
}

func (d drawing) lane() int {
	if d.close {
		return narrow
	}
	return lane
}

// room is how many columns there are for what happened.
func (d drawing) room() int {
	if d.most == 0 {
		return maxText
	}
	return min(maxText, d.most-timeCol-3-d.end()-3)
}

// rows draws one event, with its time; a text for which the first row has no
// room goes on in a second.
func (d drawing) rows(e Event) []string {
	text := e.What.String()
	if text == "" || e.Kind == Hop || e.Kind == Lost || utf8.RuneCountInString(text) <= d.room() {
		return []string{d.row(millis(e), e)}
	}
	r := []rune(text)
	at := d.room()
	for i := at; i > at/2; i-- {
		if r[i] == ' ' {
			at = i
			break
		}
	}
	rest := clip(strings.TrimLeft(string(r[at:]), " "), d.room()-2)
	e.What = Say("%s", strings.TrimRight(string(r[:at]), " "))
	return []string{d.row(millis(e), e), d.more("  " + rest)}
}

// margin is what stands before the lines: a time, right-aligned.
func (d drawing) margin(time string) string {
	if d.untimed {
		return ""
	}
	return fmt.Sprintf("%*s   ", timeCol, time)
}

func (d drawing) head(over, program string) string {
	var b strings.Builder
	b.WriteString(d.margin(over))
	for _, name := range d.lanes[:d.before] {
		fmt.Fprintf(&b, "%-*s", d.lane(), name)
	}
	if d.before == len(d.lanes) {
		return b.String() + program
	}
	fmt.Fprintf(&b, "%-*s", d.beyond(), program)
	for _, name := range d.lanes[d.before:] {
		fmt.Fprintf(&b, "%-*s", d.lane(), name)
	}
	return strings.TrimRight(b.String(), " ")
}

// beyond is how far the first line beyond the program's is from it: there is
// room for its name.
func (d drawing) beyond() int { return lane + 2 }

// at is the column of lane number i.
func (d drawing) at(i int) int {
	if i < d.before {
		return i * d.lane()
	}
	return d.program() + d.beyond() + (i-d.before)*d.lane()
}

// program is the column of the program's line.
func (d drawing) program() int { return d.before * d.lane() }

// end is the column of the last line.
func (d drawing) end() int {
	if d.before == len(d.lanes) {
		return d.program()
	}
	return d.at(len(d.lanes) - 1)
}

// lines are all lines, with nothing on them.
func (d drawing) lines() []rune {
	line := []rune(strings.Repeat(" ", d.end()+1))
	line[d.program()] = '│'
	for i := range d.lanes {
		line[d.at(i)] = '│'
	}
	return line
}

// row draws one event; first is what stands in the column of the times.
func (d drawing) row(first string, e Event) string {
	line := d.lines()
	at := -1
	if e.Conn != "" {
		at = d.index(e.Conn)
	}
	switch {
	case e.Kind == Hop || e.Kind == Lost:
		hop(line, d.place(e.Conn), d.place(e.To), e.Kind == Lost)
	case e.Kind == Trouble && at >= 0:
		line[d.at(at)] = '✗'
	case e.Kind == Trouble:
		line[d.program()] = '✗'
	case at < 0:
		line[d.program()] = '●'
	case e.Kind == Note || e.Kind == Listening:
		line[d.at(at)] = '●'
	case e.toProgram():
		arrow(line, d.at(at), d.program())
	default:
		arrow(line, d.program(), d.at(at))
	}
	return strings.TrimRight(d.margin(first)+string(line)+"  "+e.words(d.room()), " ")
}

// more draws a row with the rest of what the row above says.
func (d drawing) more(text string) string {
	return d.margin("") + string(d.lines()) + "  " + text
}

// place returns the column of a name's line; "" is the program under test.
func (d drawing) place(name string) int {
	if name == "" {
		return d.program()
	}
	return d.at(d.index(name))
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
func arrow(line []rune, from, to int) {
	for i := min(from, to) + 1; i < max(from, to); i++ {
		line[i] = '─'
	}
	if from < to {
		line[from], line[to] = '├', '▶'
	} else {
		line[to], line[from] = '◀', '┤'
	}
}
