package record

import (
	"encoding/xml"
	"fmt"
	"strings"
)

// colours are those of the picture's classes: on light and on dark ground.
// What is drawn carries the light ones as attributes, too, for readers of SVG
// that know no style sheets.
var colours = []struct{ class, light, dark string }{
	{"wire-ground", "#ffffff", "#0d1117"},
	{"wire-frame", "#d0d7de", "#30363d"},
	{"wire-ink", "#1f2328", "#e6edf3"},
	{"wire-faint", "#59636e", "#9198a1"},
	{"wire-bad", "#cf222e", "#ff7b72"},
	{"wire-0", "#0969da", "#58a6ff"},
	{"wire-1", "#bc4c00", "#f0883e"},
	{"wire-2", "#1a7f37", "#3fb950"},
	{"wire-3", "#8250df", "#bc8cff"},
	{"wire-4", "#bf3989", "#f778ba"},
}

// hue is the class of connection number i.
func hue(i int) string { return fmt.Sprintf("wire-%d", i%5) }

func colourOf(class string) string {
	for _, c := range colours {
		if c.class == class {
			return c.light
		}
	}
	return "#1f2328"
}

func style() string {
	var b strings.Builder
	b.WriteString("<style>@media (prefers-color-scheme: dark) {")
	for _, c := range colours {
		fmt.Fprintf(&b, " .%s { fill: %s } .%s-line { stroke: %s }", c.class, c.dark, c.class, c.dark)
	}
	b.WriteString(" }</style>\n")
	return b.String()
}

// filled and stroked are the attributes that paint with the colour of class.
func filled(class string) string {
	return fmt.Sprintf(`class="%s" fill="%s"`, class, colourOf(class))
}

func stroked(class string, width string) string {
	return fmt.Sprintf(`class="%s-line" stroke="%s" stroke-width="%s"`, class, colourOf(class), width)
}

// svg returns the whole file.
func (p *picture) svg(title string) []byte {
	bottom := p.y + 6
	height := bottom + edge
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 %d %d" width="%d" height="%d" font-size="%d">`+"\n",
		p.width(), height, p.width(), height, fontSize)
	fmt.Fprintf(&b, "<title>%s</title>\n<desc>%s</desc>\n", escape(title),
		escape(strings.Join(Steps(p.program, p.events), "\n")))
	b.WriteString(style())
	fmt.Fprintf(&b, `<rect %s x="0.5" y="0.5" width="%d" height="%d" rx="6"/>`+"\n", filled("wire-ground"), p.width()-1,
		height-1)
	fmt.Fprintf(&b, `<rect %s fill="none" x="0.5" y="0.5" width="%d" height="%d" rx="6"/>`+"\n",
		stroked("wire-frame", "1"), p.width()-1, height-1)
	p.lines(&b, bottom)
	b.WriteString(p.out.String())
	b.WriteString("</svg>\n")
	return []byte(b.String())
}

// lines draws what lies below the rows: the names and the lines under them.
func (p *picture) lines(b *strings.Builder, bottom int) {
	top := edge + headTall
	for i, name := range p.names {
		x, l := p.laneX(i), p.life[i]
		head(b, x, name, hue(i))
		if l.shared || l.begin == 0 {
			l = life{begin: top}
		}
		if l.begin > top {
			vertical(b, x, top, l.begin, "wire-frame", "1")
		}
		end := bottom
		if l.end > 0 {
			end = l.end + 7 // so that the last arrow does not hide it
		}
		if l.half > 0 && l.half < end {
			vertical(b, x, l.begin, l.half, hue(i), "3")
			vertical(b, x, l.half, end, hue(i), `3" stroke-dasharray="3 4`)
		} else {
			vertical(b, x, l.begin, end, hue(i), "3")
		}
		if l.end > 0 {
			fmt.Fprintf(b, `<rect %s x="%d" y="%d" width="12" height="3"/>`+"\n", filled(hue(i)), x-6, end)
		}
	}
	head(b, p.programX(), p.program, "wire-ink")
	vertical(b, p.programX(), top, bottom, "wire-ink", "2")
}

func head(b *strings.Builder, x int, name, class string) {
	name = clip(name, 8)
	half := max(14, int(float64(len([]rune(name)))*sansWide/2)+9)
	fmt.Fprintf(b, `<rect %s fill="none" x="%d" y="%d" width="%d" height="%d" rx="4"/>`+"\n",
		stroked(class, "1.5"), x-half, edge, 2*half, headTall)
	fmt.Fprintf(b, `<text %s x="%d" y="%d" text-anchor="middle" font-weight="600" font-family="%s">%s</text>`+"\n",
		filled(class), x, edge+19, sans, escape(name))
}

func vertical(b *strings.Builder, x, from, to int, class, width string) {
	fmt.Fprintf(b, `<path %s d="M%d %dV%d"/>`+"\n", stroked(class, width), x, from, to)
}

const (
	sans = "system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif"
	mono = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace"
)

// text writes one line; y is the middle of the row.
func (p *picture) text(x, y int, anchor, class string, ph phrase) {
	family := sans
	if ph.mono {
		family = mono
	}
	fmt.Fprintf(&p.out, `<text %s x="%d" y="%d" text-anchor="%s" font-family="%s" xml:space="preserve">%s</text>`+"\n",
		filled(class), x, y+4, anchor, family, escape(ph.text))
}

// words writes a label into the free place beside the program's line: at its
// beginning, in its middle above an arrow, or at its end.
func (p *picture) words(lines []phrase, anchor, class string) {
	from, to := p.laneX(max(0, len(p.names)-1))+14, p.programX()-14
	x := map[string]int{"start": from, "middle": (from + to) / 2, "end": to}[anchor]
	y := p.y - lineTall*(len(lines)-1)
	if anchor == "middle" {
		y -= 9
	}
	for i, ph := range lines {
		p.text(x, y+i*lineTall, anchor, class, ph)
	}
}

// arrow draws e between the line of its connection and the program's.
func (p *picture) arrow(lane, y int, e Event) {
	from, to := p.laneX(lane), p.programX()
	if !e.toProgram() {
		from, to = to, from
	}
	class, sign := hue(lane), 1
	if to < from {
		sign = -1
	}
	if e.Kind == OutRST || e.Kind == InRST {
		class = "wire-bad"
	}
	width := "2"
	if e.Pieces > 1 {
		width = `2" stroke-dasharray="9 5`
	}
	p.dotSized(from, y, 3, class)
	fmt.Fprintf(&p.out, `<path %s d="M%d %dH%d"/>`+"\n", stroked(class, width), from, y, to-8*sign)
	fmt.Fprintf(&p.out, `<path %s d="M%d %dl%d -5v10z"/>`+"\n", filled(class), to-sign, y, -10*sign)
	if e.Kind == OutFIN || e.Kind == InFIN { // a bar across: this was the last
		fmt.Fprintf(&p.out, `<path %s d="M%d %dv12"/>`+"\n", stroked(class, "2"), from+14*sign, y-6)
	}
}

// hop draws a datagram's way; one that was lost ends in a cross.
func (p *picture) hop(y int, e Event) {
	from, to, class, sign := p.place(e.Conn), p.place(e.To), hue(max(0, p.lane(e.Conn), p.lane(e.To))), 1
	if to < from {
		sign = -1
	}
	p.dotSized(from, y, 3, class)
	fmt.Fprintf(&p.out, `<path %s d="M%d %dH%d"/>`+"\n", stroked(class, "2"), from, y, to-8*sign)
	if e.Kind == Lost {
		p.cross(to-8*sign, y)
		return
	}
	fmt.Fprintf(&p.out, `<path %s d="M%d %dl%d -5v10z"/>`+"\n", filled(class), to-sign, y, -10*sign)
}

func (p *picture) dot(x, y int, class string) { p.dotSized(x, y, 5, class) }

func (p *picture) dotSized(x, y, r int, class string) {
	fmt.Fprintf(&p.out, `<circle %s cx="%d" cy="%d" r="%d"/>`+"\n", filled(class), x, y, r)
}

func (p *picture) cross(x, y int) {
	fmt.Fprintf(&p.out, `<path %s d="M%d %dl12 12m0 -12l-12 12"/>`+"\n", stroked("wire-bad", "3"), x-6, y-6)
}

// escape makes s fit for XML and for a terminal: what is not printable becomes
// a question mark.
func escape(s string) string {
	s = strings.Map(func(r rune) rune {
		if r != '\n' && (r < ' ' || r >= 0x7f && r < 0xa0 || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069) {
			return '?'
		}
		return r
	}, s)
	var b strings.Builder
	xml.EscapeText(&b, []byte(s)) // a Builder returns no error
	return strings.ReplaceAll(b.String(), "&#xA;", "\n")
}
