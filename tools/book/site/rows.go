package site

import (
	"html"
	"strings"
)

// signs are what the lines of a timeline are drawn with.
const signs = "│├┤┼─▶◀●✗"

// foldable returns a block, from its first to its last line, in the form that a
// narrow screen can fold: if it is text at the margin, and no sketch made of
// letters, which the directive above calls plain.
func foldable(block, above string) string {
	head, text, _ := strings.Cut(block, "\n")
	if above == "plain" || strings.Trim(head, "`~ \r") != "text" || strings.HasPrefix(head, " ") {
		return block
	}
	text = strings.TrimRight(text, "\n")
	return rows(text[:strings.LastIndexByte(text, '\n')+1])
}

// rows returns a block of text as HTML in which each row that begins with a
// drawing, or with a margin, is cut behind it. On a narrow screen the words of a
// row are folded beside its drawing (loopback.css); everywhere else the block
// looks, and is copied, as it is in the chapter.
func rows(text string) string {
	var b strings.Builder
	b.WriteString(`<pre><code class="language-text rows">`)
	for line := range strings.Lines(text) {
		drawing := line[:margin(line)]
		if drawing == "" || strings.TrimSpace(line) == "" {
			b.WriteString(html.EscapeString(line))
			continue
		}
		b.WriteString(`<span class="row"><span class="drawing">` + html.EscapeString(drawing) + `</span>` +
			`<span class="words">` + html.EscapeString(line[len(drawing):]) + `</span></span>`)
	}
	b.WriteString("</code></pre>\n")
	return b.String()
}

// margin returns where the words of a row begin: behind the last sign of the
// drawing that the row begins with, or else behind its spaces.
func margin(line string) int {
	end := len(line) - len(strings.TrimLeft(line, " "))
	for i, r := range line {
		switch {
		case strings.ContainsRune(signs, r):
			end = i + len(string(r))
			end += len(line[end:]) - len(strings.TrimLeft(line[end:], " "))
		case r != ' ' && r != '.' && (r < '0' || r > '9'): // the time
			return end
		}
	}
	return end
}
