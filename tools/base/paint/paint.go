// Package paint has what the course's pictures, SVG files, are painted with: one
// set of colours, each with its form on dark ground, and fonts that every reader
// has. Pictures need no file besides themselves, hold no ids, and their class names
// begin with "wire-": they may be files or stand inside an HTML page.
package paint

import (
	"encoding/xml"
	"fmt"
	"strings"
)

// fontSize is that of all text, in pixels.
const fontSize = 13

// The fonts.
const (
	Sans = "system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif"
	Mono = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace"
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

// Hue is the class of what is number i of several.
func Hue(i int) string { return fmt.Sprintf("wire-%d", i%5) }

func colourOf(class string) string {
	for _, c := range colours {
		if c.class == class {
			return c.light
		}
	}
	return "#1f2328"
}

// Begin writes the beginning of a picture: its size, a title, the same as text for
// those who do not see it, the colours for dark ground, and a ground of its own.
func Begin(b *strings.Builder, width, height int, title, text string) {
	fmt.Fprintf(b, `<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 %d %d" width="%d" height="%d" `+
		`font-size="%d">`+"\n", width, height, width, height, fontSize)
	fmt.Fprintf(b, "<title>%s</title>\n<desc>%s</desc>\n", Escape(title), Escape(text))
	b.WriteString(style())
	fmt.Fprintf(b, `<rect %s x="0.5" y="0.5" width="%d" height="%d" rx="6"/>`+"\n", Filled("wire-ground"), width-1,
		height-1)
	fmt.Fprintf(b, `<rect %s fill="none" x="0.5" y="0.5" width="%d" height="%d" rx="6"/>`+"\n",
		Stroked("wire-frame", "1"), width-1, height-1)
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

// Filled is the attributes that fill with the colour of class.
func Filled(class string) string {
	return fmt.Sprintf(`class="%s" fill="%s"`, class, colourOf(class))
}

// Stroked is the attributes that draw lines with it, as wide as width says.
func Stroked(class, width string) string {
	return fmt.Sprintf(`class="%s-line" stroke="%s" stroke-width="%s"`, class, colourOf(class), width)
}

// Escape makes s fit for XML and for a terminal: what is not printable becomes
// a question mark.
func Escape(s string) string {
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
