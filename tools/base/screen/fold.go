package screen

import (
	"strings"
	"unicode/utf8"
)

// fold makes a text fit a narrower screen. Prose is broken between words, and
// what is left over begins the next line of the paragraph; a row of a table or
// a drawing is cut, since its parts stand below each other; a command stays as
// it is, so that it can be copied.
func fold(text string, width int) string {
	lines := strings.Split(text, "\n")
	var out []string
	for i := 0; i < len(lines); i++ {
		line := lines[i]
		switch {
		case utf8.RuneCountInString(line) <= width, isCommand(line):
			out = append(out, line)
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

// isCommand reports whether line is to be copied, or is code.
func isCommand(line string) bool {
	text := strings.TrimSpace(line)
	return strings.HasPrefix(text, "go ") || strings.HasPrefix(text, "scenario: ") || strings.ContainsAny(line, "\t") ||
		strings.HasPrefix(line, "+") || strings.HasPrefix(line, "-")
}

// isRow reports whether line has columns: a wide gap, or a line of a drawing.
func isRow(line string) bool {
	return strings.Contains(strings.TrimSpace(line), "  ") || strings.ContainsAny(line, "│├◀─")
}

// follows reports whether next goes on with the paragraph of line.
func follows(line, next string) bool {
	return strings.TrimSpace(next) != "" && indentOf(line) == indentOf(next) && !isRow(next) && !isCommand(next)
}

func indentOf(line string) string {
	return line[:len(line)-len(strings.TrimLeft(line, " "))]
}

// breakLine breaks a line between words; rest is "" when it has one long word,
// which the terminal must break.
func breakLine(line string, width int) (first, rest string) {
	indent := indentOf(line)
	at := strings.LastIndex(string([]rune(line)[:width+1]), " ")
	if at <= len(indent) {
		return line, ""
	}
	return strings.TrimRight(line[:at], " "), indent + strings.TrimLeft(line[at:], " ")
}
