package record

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
	events := l.Events()
	out, _ := Draw(program, events, rows)
	return out
}

// Draw draws a timeline as [Log.Timeline] does, and says which of its lines,
// the first included, must be kept when it is shortened further.
func Draw(program string, events []Event, rows int) (lines []string, keep []bool) {
	return newDrawing(program, events).draw(program, events, rows)
}

// drawUntimed draws a timeline without times.
func drawUntimed(program string, events []Event, rows int) (lines []string, keep []bool) {
	d := newDrawing(program, events)
	d.untimed = true
	return d.draw(program, events, rows)
}

func (d drawing) draw(program string, events []Event, rows int) (lines []string, keep []bool) {
	need := Needed(events)
	show := chosen(len(events), rows, need)
	lines, keep = []string{d.head("ms", program)}, []bool{true}
	left := 0
	for i, e := range events {
		if !show[i] {
			left++
			continue
		}
		if left > 0 {
			lines, keep, left = append(lines, d.margin("")+leftOut(left)), append(keep, false), 0
		}
		first, more := d.rows(e)
		lines, keep = append(lines, first), append(keep, need[i])
		for _, row := range more {
			lines, keep = append(lines, row), append(keep, need[i])
		}
	}
	return lines, keep
}

func leftOut(n int) string {
	if n == 1 {
		return "... 1 row left out ..."
	}
	return fmt.Sprintf("... %d rows left out ...", n)
}

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

// newDrawing prepares a report's timeline: many lines stand closer together.
func newDrawing(program string, events []Event) drawing {
	d := drawingOf(program, events)
	d.most = columns
	d.close = len(d.lanes) > 3 && !slices.ContainsFunc(d.lanes, func(name string) bool { return len(name) >= narrow })
	return d
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

// drawingOf knows where the lines of events stand. Beyond a server are the
// connections that it has dialled: bytes that it passes on go from left to right.
func drawingOf(program string, events []Event) drawing {
	names := lanesOf(events)
	if program != "server" {
		return drawing{lanes: names, before: len(names)}
	}
	var before, beyond []string
	for _, name := range names {
		if slices.ContainsFunc(events, func(e Event) bool { return e.Conn == name && e.Kind == Connect && e.From }) {
			beyond = append(beyond, name)
		} else {
			before = append(before, name)
		}
	}
	return drawing{lanes: append(before, beyond...), before: len(before)}
}

// A drawing knows where each line of a timeline stands.
type drawing struct {
	lanes  []string
	before int  // how many of them stand before the program's
	close  bool // they stand closer together
	most   int  // columns of a row; 0: no matter

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
func (d drawing) rows(e Event) (first string, more []string) {
	text := e.What.String()
	if text == "" || e.Kind == Hop || e.Kind == Lost || utf8.RuneCountInString(text) <= d.room() {
		return d.row(millis(e), e), nil
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
	return d.row(millis(e), e), []string{d.more("  " + rest)}
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
	at := min(slices.Index(d.lanes, e.Conn), len(d.lanes)-1)
	if e.Conn != "" && at < 0 {
		at = len(d.lanes) - 1 // one of the connections that share the last line
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
	at := slices.Index(d.lanes, name)
	if at < 0 {
		at = len(d.lanes) - 1
	}
	return d.at(at)
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
