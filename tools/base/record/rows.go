package record

import (
	"fmt"
	"strings"
)

// Rows is a timeline as [Log.Timeline] draws it, of events that were taken from
// a log, with none left out: the line above it, and a row for each event.
func Rows(program string, events []Event) (head string, rows []string) {
	d := drawingOf(program, events)
	for _, e := range events {
		rows = append(rows, d.row(millis(e), e))
	}
	return d.head("ms", program), rows
}

// Words says what happened, and in which direction, without a drawing.
func Words(program string, e Event) string {
	text := strings.Join(strings.Fields(e.words(1<<10)), " ")
	switch {
	case e.Kind == Hop:
		return orProgram(e.Conn, program) + " → " + orProgram(e.To, program) + ": " + text
	case e.Kind == Lost:
		return orProgram(e.Conn, program) + " → " + orProgram(e.To, program) + ": lost: " + text
	case e.Conn == "":
		return program + ": " + text
	case e.Kind == Trouble || e.Kind == Note || e.Kind == Listening:
		return e.Conn + ": " + text
	case e.toProgram():
		return e.Conn + " → " + program + ": " + text
	}
	return program + " → " + e.Conn + ": " + text
}

func orProgram(name, program string) string {
	if name == "" {
		return program
	}
	return name
}

func millis(e Event) string { return fmt.Sprintf("%.1f", float64(e.At.Microseconds())/1000) }

// An Extent says where a row stands in a picture, in pixels from its top.
type Extent struct{ Top, Bottom int }

// PictureRows returns where [Picture] draws each event, to point at it.
func PictureRows(program string, events []Event) []Extent {
	p := newPicture(program, events)
	rows := make([]Extent, len(events))
	for i, e := range events {
		top := p.y
		p.y += 2*rowTall + lineTall*(len(p.label(e))-1)
		rows[i] = Extent{top, p.y}
	}
	return rows
}

// A Stand says where a line stands in a picture, in pixels from its left.
type Stand struct {
	Name string // of its connection; "" for the program
	X    int
}

// PictureLines returns where [Picture] draws the lines, the program's among them, and
// the size of the picture; heads says where the names above the lines end.
func PictureLines(program string, events []Event) (lines []Stand, heads, width, height int) {
	p := newPicture(program, events)
	for i, name := range p.names {
		lines = append(lines, Stand{name, p.laneX(i)})
	}
	lines = append(lines, Stand{"", p.programX()})
	bottom := p.y
	if rows := PictureRows(program, events); len(rows) > 0 {
		bottom = rows[len(rows)-1].Bottom
	}
	return lines, edge + headTall, p.width(), bottom + 6 + edge
}

// Millis is when an event was, in milliseconds, as timelines show it.
func (e Event) Millis() string { return millis(e) }

// A Live timeline is drawn row by row, while it happens, and connections come
// and go: each has a line of its own as long as it is open.
type Live struct {
	Program string // "server" or "client"
	drawing drawing
}

// Head returns the line with the names of the connections that are open.
func (l *Live) Head() string { return strings.TrimRight(l.drawing.head("ms", l.Program), " ") }

// Row returns the row of e.
func (l *Live) Row(e Event) string { return l.drawing.row(millis(e), e) }

// Open adds the line of a connection, in the first free place.
func (l *Live) Open(name string) {
	for i, n := range l.drawing.lanes {
		if n == "" {
			l.drawing.lanes[i] = name
			return
		}
	}
	l.lanes(append(l.drawing.lanes, name))
}

// Close takes the line of a connection away.
func (l *Live) Close(name string) {
	for i, n := range l.drawing.lanes {
		if n == name {
			l.drawing.lanes[i] = ""
		}
	}
	for n := len(l.drawing.lanes); n > 0 && l.drawing.lanes[n-1] == ""; n-- {
		l.lanes(l.drawing.lanes[:n-1])
	}
}

// lanes says which lines there are; all of them stand before the program's.
func (l *Live) lanes(names []string) { l.drawing.lanes, l.drawing.before = names, len(names) }
