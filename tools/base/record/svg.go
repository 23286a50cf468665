package record

import (
	"fmt"
	"strings"

	"loopback/tools/base/paint"
)

// svg returns the whole file.
func (p *picture) svg(title string) []byte {
	bottom := p.y + 6
	height := bottom + edge
	var b strings.Builder
	paint.Begin(&b, p.width(), height, title, strings.Join(Steps(p.program, p.events), "\n"))
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
		head(b, x, name, paint.Hue(i))
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
			vertical(b, x, l.begin, l.half, paint.Hue(i), "3")
			vertical(b, x, l.half, end, paint.Hue(i), `3" stroke-dasharray="3 4`)
		} else {
			vertical(b, x, l.begin, end, paint.Hue(i), "3")
		}
		if l.end > 0 {
			fmt.Fprintf(b, `<rect %s x="%d" y="%d" width="12" height="3"/>`+"\n", paint.Filled(paint.Hue(i)), x-6, end)
		}
	}
	head(b, p.programX(), p.program, "wire-ink")
	vertical(b, p.programX(), top, bottom, "wire-ink", "2")
}

func head(b *strings.Builder, x int, name, class string) {
	name = clip(name, 8)
	half := max(14, int(float64(len([]rune(name)))*sansWide/2)+9)
	fmt.Fprintf(b, `<rect %s fill="none" x="%d" y="%d" width="%d" height="%d" rx="4"/>`+"\n",
		paint.Stroked(class, "1.5"), x-half, edge, 2*half, headTall)
	fmt.Fprintf(b, `<text %s x="%d" y="%d" text-anchor="middle" font-weight="600" font-family="%s">%s</text>`+"\n",
		paint.Filled(class), x, edge+19, paint.Sans, paint.Escape(name))
}

func vertical(b *strings.Builder, x, from, to int, class, width string) {
	fmt.Fprintf(b, `<path %s d="M%d %dV%d"/>`+"\n", paint.Stroked(class, width), x, from, to)
}

// text writes one line; y is the middle of the row.
func (p *picture) text(x, y int, anchor, class string, ph phrase) {
	family := paint.Sans
	if ph.mono {
		family = paint.Mono
	}
	fmt.Fprintf(&p.out, `<text %s x="%d" y="%d" text-anchor="%s" font-family="%s" xml:space="preserve">%s</text>`+"\n",
		paint.Filled(class), x, y+4, anchor, family, paint.Escape(ph.text))
}

// words writes a label into the free place beside the program's line: at its
// beginning, in its middle above an arrow, or at its end.
func (p *picture) words(lines []phrase, anchor, class string) {
	from, to := p.laneX(max(0, p.before-1))+14, p.programX()-14
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
	class, sign := paint.Hue(lane), 1
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
	fmt.Fprintf(&p.out, `<path %s d="M%d %dH%d"/>`+"\n", paint.Stroked(class, width), from, y, to-8*sign)
	fmt.Fprintf(&p.out, `<path %s d="M%d %dl%d -5v10z"/>`+"\n", paint.Filled(class), to-sign, y, -10*sign)
	if e.Kind == OutFIN || e.Kind == InFIN { // a bar across: this was the last
		fmt.Fprintf(&p.out, `<path %s d="M%d %dv12"/>`+"\n", paint.Stroked(class, "2"), from+14*sign, y-6)
	}
}

// hop draws a datagram's way; one that was lost ends in a cross.
func (p *picture) hop(y int, e Event) {
	from, to, class, sign := p.place(e.Conn), p.place(e.To), paint.Hue(max(0, p.lane(e.Conn), p.lane(e.To))), 1
	if to < from {
		sign = -1
	}
	p.dotSized(from, y, 3, class)
	fmt.Fprintf(&p.out, `<path %s d="M%d %dH%d"/>`+"\n", paint.Stroked(class, "2"), from, y, to-8*sign)
	if e.Kind == Lost {
		p.cross(to-8*sign, y)
		return
	}
	fmt.Fprintf(&p.out, `<path %s d="M%d %dl%d -5v10z"/>`+"\n", paint.Filled(class), to-sign, y, -10*sign)
}

func (p *picture) dot(x, y int, class string) { p.dotSized(x, y, 5, class) }

func (p *picture) dotSized(x, y, r int, class string) {
	fmt.Fprintf(&p.out, `<circle %s cx="%d" cy="%d" r="%d"/>`+"\n", paint.Filled(class), x, y, r)
}

func (p *picture) cross(x, y int) {
	fmt.Fprintf(&p.out, `<path %s d="M%d %dl12 12m0 -12l-12 12"/>`+"\n", paint.Stroked("wire-bad", "3"), x-6, y-6)
}
