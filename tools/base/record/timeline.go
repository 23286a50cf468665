package record

import (
	"fmt"
	"unicode/utf8"
)

// Width of the parts of a row, in columns of the terminal.
const (
	lane    = 6  // from one connection's line to the next
	timeCol = 8  // the time, right-aligned, in milliseconds
	maxText = 58 // what happened

	narrow  = 4  // a lane where there are many
	columns = 72 // of a timeline in a report
)

// maxLanes is how many connections are drawn side by side; further ones share
// the last line.
const maxLanes = 5

// Timeline draws the log as text: a vertical line for each connection and one
// for the program under test, named program ("server" or "client"), time
// running down, bytes as arrows, in at most 72 columns. At most rows rows are
// drawn; when there are more, some are left out and counted, but none of
// [Needed].
func (l *Log) Timeline(program string, rows int) []string {
	return Draw(program, l.Events(), rows)
}

// Draw draws a timeline as [Log.Timeline] does, of events that were taken from a log.
func Draw(program string, events []Event, rows int) []string {
	return flat(drawRows(program, events, rows, false))
}

// A row is what a timeline shows of an event: a line, and those that go on with
// it. The names above the lines are one, too, and what stands for events that are left out.
type row struct {
	lines []string
	keep  bool // when the timeline is shortened
	gap   bool // it stands for what is left out
}

// flat returns the lines of rows.
func flat(rows []row) []string {
	var lines []string
	for _, r := range rows {
		lines = append(lines, r.lines...)
	}
	return lines
}

// drawRows draws a timeline, with times or without.
func drawRows(program string, events []Event, rows int, untimed bool) []row {
	show := chosen(len(events), rows, Needed(events))
	d := newDrawing(program, events, show)
	d.untimed = untimed
	return d.draw(program, events, show)
}

func (d drawing) draw(program string, events []Event, show []bool) []row {
	need := Needed(events)
	rows := []row{{lines: []string{d.head("ms", program)}, keep: true}}
	left := 0
	for i, e := range events {
		if !show[i] {
			left++
			continue
		}
		if left > 0 {
			rows, left = append(rows, row{lines: []string{d.margin("") + leftOut(left)}, gap: true}), 0
		}
		rows = append(rows, row{lines: d.rows(e), keep: need[i]})
	}
	return rows
}

func leftOut(n int) string { return fmt.Sprintf("... %s left out ...", Number(n, "row")) }

// chosen says which of n events are shown in so many rows: the needed ones, and
// then from the end and from the beginning in turns. A gap takes a row, too.
func chosen(n, rows int, need []bool) []bool {
	show := make([]bool, n)
	room := rows - 1
	if n <= rows {
		room = n
	}
	for i := range need {
		if need[i] {
			show[i] = true
			room--
		}
	}
	for a, b := 0, n-1; a <= b && room > 0; {
		if a+n-1-b < n/2 && a <= n-1-b || a == b { // as many from either end
			if !show[a] {
				show[a] = true
				room--
			}
			a++
			continue
		}
		if !show[b] {
			show[b] = true
			room--
		}
		b--
	}
	return show
}

// Needed says which events are the point of a timeline that ends in trouble:
// the trouble, and before it the last thing that went each way, on the same
// connection if it has one, and the last note that has a point. Without trouble
// none is.
func Needed(events []Event) []bool {
	need := make([]bool, len(events))
	at := len(events) - 1
	for at >= 0 && events[at].Kind != Trouble {
		at--
	}
	if at < 0 {
		return need
	}
	need[at] = true
	for i := at - 1; i >= 0; i-- {
		if events[i].Point {
			need[i] = true
			break
		}
	}
	to, from := false, false
	for i := at - 1; i >= 0 && !(to && from); i-- {
		e := events[i]
		switch {
		case e.Kind == Note || e.Kind == Listening || e.Kind == Trouble:
		case events[at].Conn != "" && e.Conn != events[at].Conn && e.To != events[at].Conn:
		case e.into() && !to:
			to, need[i] = true, true
		case !e.into() && !from:
			from, need[i] = true, true
		}
	}
	return need
}

// into reports whether e went to the program.
func (e Event) into() bool {
	if e.Kind == Hop || e.Kind == Lost {
		return e.To == ""
	}
	return e.toProgram()
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
		_, rest := datagram(e, 26)
		width := max(8, min(26, most-3-utf8.RuneCountInString(rest)))
		quoted, _ := datagram(e, width)
		return clip(fmt.Sprintf("%-*s %s", width+2, quoted, rest), most)
	}
	if !e.What.Empty() {
		return clip(e.What.String(), most)
	}
	switch e.Kind {
	case Out, In:
		width := max(8, min(quoteWidth(most), most-3-utf8.RuneCountInString(e.size())))
		return fmt.Sprintf("%-*s %s", width+2, Quote(e.Data, e.Size, width), e.size())
	case OutFIN:
		return e.segment("FIN") + e.Conn + " has no more to send"
	case InFIN:
		return e.segment("FIN") + "end of stream"
	case OutRST:
		return e.segment("RST") + e.Conn + " is gone without saying goodbye"
	case InRST:
		return e.segment("RST") + "connection reset"
	}
	return ""
}

// segment names what was sent, where that is a segment.
func (e Event) segment(flag string) string {
	if e.local {
		return ""
	}
	return flag + ": "
}

// size says how many bytes there were.
func (e Event) size() string {
	if e.somany {
		return "N bytes"
	}
	if e.Wire > 0 {
		return fmt.Sprintf("%s, %s on the wire", Bytes(e.Size), Count(e.Wire))
	}
	return Bytes(e.Size)
}

// quoteWidth is how many columns the bytes have of a row's most.
func quoteWidth(most int) int { return max(8, min(26, most-18)) }

// datagram says what a datagram holds, quoted in width columns, and what became
// of it. An empty one holds nothing, and yet it is one.
func datagram(e Event, width int) (quoted, rest string) {
	quoted, rest = `""`, "empty"
	if e.Size > 0 {
		quoted, rest = Quote(e.Data, e.Size, width), Bytes(e.Size)
	}
	if e.Named != "" {
		quoted = clip(e.Named, width+2)
	}
	if !e.What.Empty() {
		rest += ", " + e.What.String()
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
