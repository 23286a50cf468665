package screen

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// Fold makes a text fit a screen of width columns. Prose is broken between
// words, and what is left over begins the next line of the paragraph; a command
// goes on in the next line, so that it can still be copied; a row of a timeline
// goes on below its text, beside the lines of the drawing; a comparison shows
// what is around its caret. Other rows are cut, since their parts are below each
// other.
func Fold(text string, width int) string {
	lines := strings.Split(text, "\n")
	shave(lines, width)
	var out []string
	for i := 0; i < len(lines); i++ {
		line := lines[i]
		if n := comparison(lines[i:]); n > 0 {
			out = append(out, narrowed(lines[i:i+n], width)...)
			i += n - 1
			continue
		}
		switch {
		case utf8.RuneCountInString(line) <= width, isCode(line):
			out = append(out, line)
		case isTitle(line):
			out = append(out, Cut(strings.TrimRight(line, " ─"), width))
		case isCommand(line):
			out = append(out, foldCommand(line, width)...)
		case isDrawing(line):
			out = append(out, foldDrawing(line, width)...)
		case isRow(line):
			out = append(out, Cut(line, width))
		default:
			first, rest := breakLine(line, width)
			out = append(out, first)
			switch {
			case rest == "":
			case i+1 < len(lines) && follows(line, lines[i+1]):
				lines[i+1] = rest + " " + strings.TrimLeft(lines[i+1], " ")
			default:
				lines[i] = rest
				i--
			}
		}
	}
	return strings.Join(out, "\n")
}

// isCode reports whether line is code, or of a difference: it stays as it is.
func isCode(line string) bool {
	return strings.Contains(line, "\t") || strings.HasPrefix(line, "+") || strings.HasPrefix(line, "-")
}

// assignments are what a shell sets for the command behind them alone.
var assignments = regexp.MustCompile(`^([A-Z_]+=\S+ )+`)

// isCommand reports whether line is to be copied.
func isCommand(line string) bool {
	text := assignments.ReplaceAllString(strings.TrimSpace(line), "")
	return slices.ContainsFunc([]string{"go run ", "go test ", "go build ", "nc "},
		func(name string) bool { return strings.HasPrefix(text, name) })
}

// isTitle reports whether line is the title of a report.
func isTitle(line string) bool { return strings.HasPrefix(line, "── ") }

// isRow reports whether line has columns: a wide gap, or a line of a drawing.
func isRow(line string) bool {
	return strings.Contains(strings.TrimSpace(line), "  ") || isDrawing(line) || isTitle(line)
}

// follows reports whether next goes on with the paragraph of line.
func follows(line, next string) bool {
	return strings.TrimSpace(next) != "" && indentOf(line) == indentOf(next) && !isRow(next) && !isCommand(next) &&
		!isCode(next)
}

func indentOf(line string) string {
	return line[:len(line)-len(strings.TrimLeft(line, " "))]
}

// breakLine breaks a line between words. A word that does not fit with the
// indentation goes without it; one that fits nowhere the terminal must break,
// and rest is "".
func breakLine(line string, width int) (first, rest string) {
	indent := indentOf(line)
	at := strings.LastIndex(string([]rune(line)[:width+1]), " ")
	switch {
	case at > len(indent):
		return strings.TrimRight(line[:at], " "), indent + strings.TrimLeft(line[at:], " ")
	case indent == "":
		return line, ""
	}
	text := strings.TrimLeft(line, " ")
	word, more, _ := strings.Cut(text, " ")
	room := max(width-utf8.RuneCountInString(word), 0)
	if more != "" {
		more = indent + more
	}
	return indent[:min(room, len(indent))] + word, more
}
