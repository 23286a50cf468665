package record

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"loopback/tools/base/paint"
)

// Picture draws events as an SVG file: a line for each connection and one for
// the program under test, named program ("server" or "client"), time running
// down. Every row has a number; their order is what a picture shows, so it has
// no times. Bytes, FIN and RST are arrows. The line of a connection is dashed
// from the first FIN on, and ends with the second one or with an RST.
//
// The file has a title, the same facts as text for those who do not see it
// (those of [Steps]), a background of its own, and darker colours where the
// reader prefers them. It needs no font, script or file besides itself, holds
// no ids, and its class names begin with "wire-": it may be a file or stand
// inside an HTML page. It never holds a byte of data that is not printable.
func Picture(title, program string, events []Event) []byte {
	p := newPicture(program, events)
	p.rows()
	return p.svg(title)
}

// Steps is a timeline with the numbers of the rows instead of times: the
// picture of the same events as text.
func Steps(program string, events []Event) []string {
	d := drawingOf(program, events)
	out := []string{strings.TrimRight(d.head("", program), " ")}
	for i, e := range events {
		text := e.What.String()
		if text == "" && e.Pieces > 1 {
			text = fmt.Sprintf("%-28s %s", Quote(e.Data, e.Size, 26), e.amount())
		}
		lines := []string{text}
		if utf8.RuneCountInString(text) > maxText {
			lines = fold(text, maxText)
		}
		e.What = Say("%s", lines[0])
		if lines[0] == "" {
			e.What = Phrase{}
		}
		out = append(out, d.row(fmt.Sprint(i+1), e))
		for _, line := range lines[1:] {
			out = append(out, d.more(line))
		}
	}
	return out
}

// fold breaks text between words into lines of at most width columns; a word
// that fits nowhere is cut. There is always one line.
func fold(text string, width int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		word = clip(word, width)
		if line != "" && utf8.RuneCountInString(line+" "+word) > width {
			lines, line = append(lines, line), ""
		}
		line = strings.TrimSpace(line + " " + word)
	}
	return append(lines, line)
}

// amount says how many bytes there were, and in how many pieces.
func (e Event) amount() string {
	switch {
	case e.Pieces <= 1:
		return Bytes(e.Size)
	case e.Pieces == e.Size:
		return Count(e.Pieces) + " × 1 byte"
	}
	return fmt.Sprintf("%s in %s pieces", Bytes(e.Size), Count(e.Pieces))
}

// The measures of a picture, in pixels.
const (
	edge      = 16   // around everything
	numbers   = 24   // the column of the numbers
	laneGap   = 52   // from one connection's line to the next
	beyondGap = 74   // from the program's line to the first beyond it
	wordsWide = 340  // from the last connection's line to the program's
	headTall  = 28   // the boxes with names
	rowTall   = 15   // above and below an arrow
	lineTall  = 17   // one line of words
	below     = 5    // an arrow is below the middle of its row, its words above
	monoWide  = 7.85 // a character of the fonts, at that size
	sansWide  = 6.9
)

// A picture is a drawing under way.
type picture struct {
	program string
	events  []Event
	names   []string // of the lines of connections
	before  int      // how many of them stand before the program's
	life    []life   // of each line
	y       int      // where the next row begins
	out     strings.Builder
}

// life is where a line of a connection begins, changes and ends; 0 where it
// does not.
type life struct {
	begin, half, end int
	outFIN, inFIN    bool
	shared           bool // by several connections: it has no life of its own
}

func newPicture(program string, events []Event) *picture {
	d := drawingOf(program, events)
	p := &picture{program: program, events: events, names: d.lanes, before: d.before, y: edge + headTall + 12}
	p.life = make([]life, len(p.names))
	for _, e := range events {
		for _, name := range []string{e.Conn, e.To} {
			if name != "" && !slices.Contains(p.names, name) {
				p.life[len(p.life)-1].shared = true
			}
		}
	}
	return p
}

// laneX is where the line of connection number i stands, and programX the
// program's.
func (p *picture) laneX(i int) int {
	if i >= p.before && i > 0 {
		return p.programX() + beyondGap + (i-p.before)*laneGap
	}
	return edge + numbers + 18 + i*laneGap
}

func (p *picture) programX() int {
	return p.laneX(max(0, p.before-1)) + wordsWide
}

func (p *picture) width() int {
	return max(p.programX(), p.laneX(max(0, len(p.names)-1))) + 34 + edge
}

// lane returns the number of the line of connection name, -1 for none.
func (p *picture) lane(name string) int {
	if name == "" || len(p.names) == 0 {
		return -1
	}
	if i := slices.Index(p.names, name); i >= 0 {
		return i
	}
	return len(p.names) - 1
}

// place returns where the line of name stands; "" is the program under test.
func (p *picture) place(name string) int {
	if i := p.lane(name); i >= 0 {
		return p.laneX(i)
	}
	return p.programX()
}

// rows draws the events.
func (p *picture) rows() {
	for i, e := range p.events {
		words := p.label(e)
		p.y += rowTall + lineTall*(len(words)-1)
		p.row(i+1, e, words)
		p.y += rowTall
	}
}

func (p *picture) row(n int, e Event, words []phrase) {
	lane := p.lane(e.Conn)
	y := p.y - lineTall*(len(words)-1)/2 // of the sign on the lines
	defer func() {
		p.text(edge+numbers-6, y, "end", "wire-faint", phrase{text: fmt.Sprint(n)})
		if lane >= 0 {
			p.life[lane].note(e, y)
		}
		if to := p.lane(e.To); to >= 0 {
			p.life[to].note(e, y)
		}
	}()
	switch {
	case e.Kind == Hop || e.Kind == Lost:
		if e.Conn != "" && e.To != "" { // it does not come near the words
			p.hop(y, e)
			p.words(words, "start", "wire-ink")
			break
		}
		y = p.y + below
		p.hop(y, e)
		p.words(words, "middle", "wire-ink")
	case lane < 0 && e.Kind == Trouble:
		p.cross(p.programX(), y)
		p.words(words, "end", "wire-bad")
	case lane < 0:
		p.dot(p.programX(), y, "wire-ink")
		p.words(words, "end", "wire-ink")
	case e.Kind == Trouble:
		p.cross(p.laneX(lane), y)
		p.words(words, "start", "wire-bad")
	case e.Kind == Note || e.Kind == Listening:
		p.dot(p.laneX(lane), y, paint.Hue(lane))
		p.words(words, "start", "wire-ink")
	default:
		y = p.y + below
		p.arrow(lane, y, e)
		if lane >= p.before { // it does not come near the words
			p.words(words, "end", "wire-ink")
			break
		}
		p.words(words, "middle", "wire-ink")
	}
}

// note brings the line of a connection up to date.
func (l *life) note(e Event, y int) {
	speaks := e.Kind != Note && e.Kind != Listening && e.Kind != Trouble
	if l.begin == 0 && speaks {
		l.begin = y
	}
	switch e.Kind {
	case OutFIN:
		l.outFIN = true
	case InFIN:
		l.inFIN = true
	case OutRST, InRST:
		l.end = y
	}
	if (l.outFIN || l.inFIN) && l.half == 0 {
		l.half = y
	}
	if l.outFIN && l.inFIN && l.end == 0 {
		l.end = y
	}
}

// A phrase is a piece of a label.
type phrase struct {
	text string
	mono bool // bytes
}

// label says what happened, in lines that fit beside the program's line.
func (p *picture) label(e Event) []phrase {
	if e.What.Empty() && (e.Kind == Out || e.Kind == In) {
		return []phrase{{Quote(e.Data, e.Size, 24) + "  " + e.amount(), true}}
	}
	if e.Kind == Hop || e.Kind == Lost {
		quoted, rest := datagram(e, 24)
		if text := quoted + "  " + rest; utf8.RuneCountInString(text) <= mostColumns {
			return []phrase{{text, true}}
		}
		return []phrase{{quoted, true}, {text: clip(rest, mostColumns)}}
	}
	var lines []phrase
	for _, line := range fold(e.words(1<<10), mostColumns) {
		lines = append(lines, phrase{text: line})
	}
	if len(lines) > mostLines {
		lines = append(lines[:mostLines-1], phrase{text: lines[mostLines-1].text + " …"})
	}
	return lines
}

const (
	mostColumns = 44 // of a line of words
	mostLines   = 4
)
