package record

import (
	"slices"
	"strings"
)

const hereItWas = "Where your program was"

// Alike reports whether two reports in their canonical form tell the same. Where
// a program has several goroutines, the machine decides which of them had got
// how far when the verdict fell, and so those rows may differ.
func Alike(a, b string) bool {
	if a == b {
		return true
	}
	before, rows, after := apart(a)
	otherBefore, otherRows, otherAfter := apart(b)
	return before == otherBefore && after == otherAfter && len(rows) > 0 &&
		len(otherRows) > 0 && len(rows)+len(otherRows) > 2
}

// apart returns the rows that say where a program was, and what comes before and after.
func apart(report string) (before string, rows []string, after string) {
	lines := strings.SplitAfter(report, "\n")
	head := slices.Index(lines, hereItWas+"\n")
	if head < 0 {
		return report, nil, ""
	}
	end := head + 1
	for end < len(lines) && strings.HasPrefix(lines[end], " ") {
		end++
	}
	return strings.Join(lines[:head], ""), lines[head+1 : end], strings.Join(lines[end:], "")
}

// SameLesson reports whether two reports in their canonical form name the same
// scenario, verdict, rule, cause and hint, whatever stands in them about what
// was seen on the way there.
func SameLesson(a, b string) bool {
	lesson := lessonOf(a)
	return slices.Equal(lesson, lessonOf(b)) && len(lesson) > 1
}

// lessonOf returns the lines that teach: the title, and what stands under the
// headings that name no event.
func lessonOf(report string) (lines []string) {
	taught := map[string]bool{"The rule": true, "Likely cause": true, "Hint": true, "Read": true}
	keep := true // the title comes first
	for line := range strings.SplitSeq(report, "\n") {
		if line != "" && !strings.HasPrefix(line, " ") {
			keep = taught[line] || strings.HasPrefix(line, "── ")
		}
		if keep {
			lines = append(lines, line)
		}
	}
	return lines
}
