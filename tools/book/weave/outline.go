package weave

import (
	"regexp"
	"strconv"
	"strings"
)

// A Place is where a page stands in the course, as the first page says it.
type Place struct {
	Part  string // "Part I: One connection"
	Hours string // to read it and to do its exercise: "3", "½"
}

var (
	// A row of the tables of units, here and in README.md; hours are its last cell.
	hoursRow = regexp.MustCompile(`^\| \[[^]]+\]\((?:chapters/)?([a-z0-9-]+\.md)\) \|.*\| ([0-9]*½?) \|$`)
	allHours = regexp.MustCompile(`([0-9]+½?) hours in all`)
)

// Outline returns the places of the pages that the tables of a page list, the
// text of chapters/introduction.md or one like it, by the names of their files.
// It is where the hours come from, wherever they are shown.
func Outline(text string) map[string]Place {
	places := map[string]Place{}
	part := ""
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		if m := partHeading.FindStringSubmatch(line); m != nil {
			part = m[1]
		} else if m := hoursRow.FindStringSubmatch(line); m != nil && m[2] != "" {
			places[m[1]] = Place{part, m[2]}
		}
	}
	return places
}

// halves returns hours as a number of half hours.
func halves(hours string) int {
	whole, half := strings.CutSuffix(hours, "½")
	n, _ := strconv.Atoi(whole) // it is digits, or nothing before a half
	if half {
		return 2*n + 1
	}
	return 2 * n
}

// checkHours checks that README.md gives the hours of the first page, and that
// their sum is what the first page says.
func (b *book) checkHours() {
	first := b.page(introduction)
	if first == nil {
		return
	}
	places := Outline(string(first.src))
	sum := sumOf(places)
	for i, line := range first.lines {
		if m := allHours.FindStringSubmatch(line); m != nil && halves(m[1]) != sum {
			b.report(introduction, i+1, "%s hours in all; the tables below come to %s; write it with: %s", m[1],
				hoursOf(sum), fixCommand)
		}
	}
	for _, note := range b.notes {
		for i, line := range note.lines {
			m := hoursRow.FindStringSubmatch(line)
			if m == nil || places[m[1]].Hours == m[2] {
				continue
			}
			b.report(note.file, i+1, "%s takes %q hours here and %q in %s", m[1], m[2], places[m[1]].Hours,
				introduction)
		}
	}
}

// sumOf adds the hours of places, in half hours.
func sumOf(places map[string]Place) (sum int) {
	for _, p := range places {
		sum += halves(p.Hours)
	}
	return sum
}

// summed returns the lines of the first page with the sum of its hours, and
// whether there is such a page.
func (b *book) summed() (lines []string, ok bool) {
	first := b.page(introduction)
	if first == nil {
		return nil, false
	}
	hours := hoursOf(sumOf(Outline(string(first.src)))) + " hours in all"
	for _, line := range first.lines {
		lines = append(lines, allHours.ReplaceAllLiteralString(line, hours))
	}
	return lines, true
}

// hoursOf writes a number of half hours.
func hoursOf(halves int) string {
	if halves%2 == 0 {
		return strconv.Itoa(halves / 2)
	}
	return strings.TrimPrefix(strconv.Itoa(halves/2)+"½", "0")
}
