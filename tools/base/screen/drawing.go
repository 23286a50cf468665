package screen

import (
	"strings"
	"unicode/utf8"
)

// leastRoom is how many columns a text beside a drawing needs to be folded there;
// with fewer it is cut.
const leastRoom = 12

// drawn splits a row of a timeline: what is drawn, with the time in front of it,
// and what is said. It is not ok for a line without a drawing.
func drawn(line string) (picture, text string, ok bool) {
	end := 0
	for i, r := range line {
		if strings.ContainsRune("│├┤◀▶─●✗×", r) {
			end, ok = i+utf8.RuneLen(r), true
		} else if !strings.ContainsRune(" .0123456789", r) {
			break
		}
	}
	text = strings.TrimLeft(line[end:], " ")
	return line[:len(line)-len(text)], text, ok && !isTitle(line)
}

func isDrawing(line string) bool {
	_, _, ok := drawn(line)
	return ok
}

// foldDrawing folds what a row of a timeline says, below itself.
func foldDrawing(line string, width int) []string {
	picture, text, _ := drawn(line)
	room := width - utf8.RuneCountInString(picture)
	if room < leastRoom {
		return []string{Cut(line, width)}
	}
	var out []string
	for text != "" {
		first := text
		if text = ""; utf8.RuneCountInString(first) > room {
			first, text = head(first, room)
		}
		out = append(out, picture+first)
		picture = goesOn(picture)
	}
	return out
}

// head takes from text what fits in so many columns: whole words, or as much of a
// word as there is room for. A sign with a backslash in front is not torn.
func head(text string, room int) (first, rest string) {
	runes := []rune(text)
	if at := strings.LastIndex(string(runes[:room+1]), " "); at > 0 {
		return strings.TrimRight(text[:at], " "), strings.TrimLeft(text[at:], " ")
	}
	if runes[room-1] == '\\' {
		room--
	}
	return string(runes[:room]), string(runes[room:])
}

// goesOn is the picture of a row that goes on with the one above it: the lines
// of the connections, and no arrow.
func goesOn(picture string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune("│├┤◀▶●✗×", r) {
			return '│'
		}
		return ' '
	}, picture)
}

// shave takes from the rows of a timeline some of the spaces in front of the
// times, where the screen is narrower than a row. The names above the lines go with
// them; without those, as in a timeline that comes row by row, all stays in its place.
func shave(lines []string, width int) {
	const margin = 2
	for from := range lines {
		if !isHead(lines[from:]) {
			continue
		}
		to, wide, spare := from, false, utf8.RuneCountInString(lines[from])
		for ; to < len(lines) && (to == from || isDrawing(lines[to]) || isGap(lines[to])); to++ {
			wide = wide || utf8.RuneCountInString(lines[to]) > width
			if !isGap(lines[to]) {
				spare = min(spare, len(indentOf(lines[to])))
			}
		}
		if spare -= margin; wide && spare > 0 {
			for i := from; i < to; i++ {
				lines[i] = lines[i][min(spare, len(indentOf(lines[i]))):]
			}
		}
	}
}

// isHead reports whether the first line has the names of the lines of a drawing.
func isHead(lines []string) bool {
	if !strings.HasPrefix(lines[0], " ") || isDrawing(lines[0]) || isGap(lines[0]) || len(lines) < 2 {
		return false
	}
	return isDrawing(lines[1]) || isGap(lines[1]) && len(lines) > 2 && isDrawing(lines[2])
}

// isGap reports whether line says that rows were left out.
func isGap(line string) bool { return strings.HasPrefix(strings.TrimSpace(line), "...") }
