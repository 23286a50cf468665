package curve

import (
	"fmt"
	"math"
	"strings"

	"loopback/tools/base/paint"
)

// The measures of a picture, in pixels: it is to be read at a width of 500.
const (
	width  = 500
	left   = 62 // of the plot
	right  = width - 26
	tall   = 260 // the plot
	margin = 16
	row    = 20 // of the legend
	under  = 54 // the scale of the load
)

// A plot is a picture under way.
type plot struct {
	lines  []line
	most   float64 // the end of the scale of the load, per cent
	lo, hi int     // the ends of the scale of the latency, as powers of ten of 1 ms
	top    int     // of the plot
	out    strings.Builder
}

func draw(title string, lines []line) []byte {
	p := &plot{lines: lines, top: margin + row*(len(lines)+1) + 10}
	p.scale()
	paint.Begin(&p.out, width, p.top+tall+under, title, p.text())
	p.legend()
	p.grid()
	for i := range lines {
		p.line(i)
	}
	p.out.WriteString("</svg>\n")
	return []byte(p.out.String())
}

// scale chooses the ends of both scales.
func (p *plot) scale() {
	least, greatest := math.Inf(1), 0.0
	for _, l := range p.lines {
		for _, pt := range l.points {
			p.most = max(p.most, 20*math.Ceil(pt.offered/20))
			if pt.known() {
				least, greatest = min(least, pt.p50, pt.p99Least), max(greatest, pt.p99Highest)
			}
		}
	}
	p.lo = int(math.Floor(math.Log10(least)))
	p.hi = max(p.lo+1, int(math.Ceil(math.Log10(greatest))))
}

func (p *plot) x(offered float64) float64 { return left + (right-left)*offered/p.most }

func (p *plot) y(ms float64) float64 {
	part := (math.Log10(ms) - float64(p.lo)) / float64(p.hi-p.lo)
	return float64(p.top) + tall*(1-part)
}

// grid draws both scales.
func (p *plot) grid() {
	for e := p.lo; e <= p.hi; e++ {
		y := p.y(math.Pow10(e))
		p.path("wire-frame", "1", "M%d %.1fH%d", left, y, right)
		p.write(left-7, y+4, "end", "wire-faint", decade(e))
	}
	for x := 0.0; x <= p.most; x += 20 {
		class := "wire-frame"
		if x == 100 { // the most that the first server can do
			class = "wire-faint"
		}
		p.path(class, "1", "M%.1f %dv%d", p.x(x), p.top, tall+4)
		p.write(p.x(x), float64(p.top+tall+19), "middle", "wire-faint", fmt.Sprintf("%.0f %%", x))
	}
	p.write((left+right)/2, float64(p.top+tall+40), "middle", "wire-ink",
		"offered load; 100 % is "+p.lines[0].name+" in a closed loop")
}

// decade names a power of ten of 1 ms.
func decade(e int) string {
	unit := "ms"
	switch {
	case e < 0:
		e, unit = e+3, "µs"
	case e >= 3:
		e, unit = e-3, "s"
	}
	return fmt.Sprintf("%.0f %s", math.Pow10(e), unit)
}

// legend names the servers, and the two kinds of lines.
func (p *plot) legend() {
	for i, l := range p.lines {
		y := float64(margin + row*i + row/2)
		p.mark(i, left+14, y)
		p.write(left+30, y+4, "start", "wire-ink", l.name)
	}
	y := float64(margin + row*len(p.lines) + row/2)
	p.write(left-7, y+4, "end", "wire-ink", "latency")
	p.path("wire-ink", "2", "M%d %.1fh28", left, y)
	p.write(left+36, y+4, "start", "wire-ink", "p99 (least to greatest)")
	p.path("wire-ink", dashed, "M%d %.1fh28", left+212, y)
	p.write(left+248, y+4, "start", "wire-ink", "p50")
}

// dashed is the width of a line for p50.
const dashed = `1.5" stroke-dasharray="4 4`

// line draws what server number i did.
func (p *plot) line(i int) {
	var p50, p99 strings.Builder
	pen := "M"
	for _, pt := range p.lines[i].points {
		if !pt.known() {
			pen = "M" // a gap
			continue
		}
		x := p.x(pt.offered) + 3*(float64(i)-float64(len(p.lines)-1)/2) // beside each other
		fmt.Fprintf(&p50, "%s%.1f %.1f", pen, x, p.y(pt.p50))
		fmt.Fprintf(&p99, "%s%.1f %.1f", pen, x, p.y(pt.p99))
		pen = "L"
		p.path(paint.Hue(i), "1", "M%.1f %.1fV%.1f", x, p.y(pt.p99Least), p.y(pt.p99Highest))
		p.mark(i, x, p.y(pt.p99))
	}
	p.path(paint.Hue(i), dashed, "%s", p50.String())
	p.path(paint.Hue(i), "2", "%s", p99.String())
}

// mark draws the sign of server number i: its form tells it from others where
// colours do not.
func (p *plot) mark(i int, x, y float64) {
	shape := fmt.Sprintf(`<circle %s cx="%.1f" cy="%.1f" r="4"/>`, paint.Filled(paint.Hue(i)), x, y)
	switch i % 3 {
	case 1:
		shape = fmt.Sprintf(`<path %s d="M%.1f %.1fh8v8h-8z"/>`, paint.Filled(paint.Hue(i)), x-4, y-4)
	case 2:
		shape = fmt.Sprintf(`<path %s d="M%.1f %.1fl5 9h-10z"/>`, paint.Filled(paint.Hue(i)), x, y-5)
	}
	p.out.WriteString(shape + "\n")
}

func (p *plot) path(class, width, d string, args ...any) {
	fmt.Fprintf(&p.out, `<path %s fill="none" d="%s"/>`+"\n", paint.Stroked(class, width), fmt.Sprintf(d, args...))
}

func (p *plot) write(x, y float64, anchor, class, text string) {
	fmt.Fprintf(&p.out, `<text %s x="%.1f" y="%.1f" text-anchor="%s" font-family="%s">%s</text>`+"\n",
		paint.Filled(class), x, y, anchor, paint.Sans, paint.Escape(text))
}

// text is the picture for those who do not see it.
func (p *plot) text() string {
	var b strings.Builder
	for _, l := range p.lines {
		fmt.Fprintf(&b, "%s\n", l.name)
		for _, pt := range l.points {
			if pt.known() {
				fmt.Fprintf(&b, "  at %g %%: p50 %.3g ms, p99 %.3g ms\n", pt.offered, pt.p50, pt.p99)
			} else {
				fmt.Fprintf(&b, "  at %g %%: the load generator was the bottleneck\n", pt.offered)
			}
		}
	}
	return strings.TrimSuffix(b.String(), "\n")
}
