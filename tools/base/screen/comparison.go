package screen

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// label is how wide the names of the rows of a comparison are: "expected  ".
const label = 10

// comparison returns how many of the first lines are a comparison: what was
// expected, what was got, and a caret below the first difference. 0 for none.
func comparison(lines []string) int {
	if len(lines) < 3 || !strings.HasPrefix(strings.TrimLeft(lines[0], " "), "expected  ") ||
		!strings.HasPrefix(strings.TrimLeft(lines[1], " "), "got       ") {
		return 0
	}
	if mark := strings.TrimSpace(lines[2]); mark == "^" || mark == "^^" {
		return 3
	}
	return 0
}

// narrowed makes a comparison fit: bytes in hexadecimal go below the text, and of
// each row there is what is around the caret, which keeps its place.
func narrowed(lines []string, width int) []string {
	widest := 0
	for _, line := range lines {
		widest = max(widest, utf8.RuneCountInString(line))
	}
	indent := indentOf(lines[0])
	room := width - len(indent) - label
	if widest <= width || room < leastRoom {
		return lines
	}
	rows := make([][]rune, 3)
	for i, line := range lines {
		rows[i] = []rune(line)[min(len(indent)+label, utf8.RuneCountInString(line)):]
	}
	names := []string{"expected  ", "got       ", strings.Repeat(" ", label)}
	var out []string
	put := func(name string, row []rune) {
		out = append(out, indent+strings.TrimRight(name+string(row), " "))
	}
	if !strings.HasSuffix(lines[2], "^^") {
		for i, row := range around(rows, room, 1) {
			put(names[i], row)
		}
		return out
	}
	from := hexColumn(rows)
	bytes := make([][]rune, len(rows))
	for i, row := range rows {
		bytes[i] = row[min(from, len(row)):]
	}
	hex := around(bytes, room, 3)
	for i := range 2 {
		if from > 0 {
			put(names[i], []rune(Cut(strings.TrimRight(string(rows[i][:min(from, len(rows[i]))]), " "), room)))
			names[i] = names[2]
		}
		put(names[i], hex[i])
	}
	put(names[2], hex[2])
	return out
}

// hexColumn is where the bytes in hexadecimal begin, behind the text.
func hexColumn(rows [][]rune) int {
	from := 0
	for _, row := range rows[:2] {
		text := string(row)
		if at := strings.LastIndex(text, "  "); at >= 0 {
			from = max(from, utf8.RuneCountInString(text[:at])+2)
		}
	}
	return min(from, len(rows[2]))
}

// around returns of each row the columns around the caret in the last one. Step is
// how wide a byte is: none is torn, and where it is 1 it is marked what is left out.
func around(rows [][]rune, room, step int) [][]rune {
	widest := 0
	for _, row := range rows {
		widest = max(widest, len(row))
	}
	room -= room % step
	caret := slices.Index(rows[2], '^')
	from := max(0, min(caret-room/2, widest-room))
	from += (step - from%step) % step
	out := make([][]rune, len(rows))
	for i, row := range rows {
		to := min(len(row), from+room)
		out[i] = slices.Clone(row[min(from, to):to])
		if step > 1 || i == 2 || len(out[i]) == 0 {
			continue
		}
		if from > 0 {
			out[i][0] = '…'
		}
		if to < len(row) {
			out[i][len(out[i])-1] = '…'
		}
	}
	return out
}
