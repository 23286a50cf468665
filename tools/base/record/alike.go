package record

import (
	"regexp"
	"slices"
	"strings"
)

const hereItWas = "Where your program was"

// Alike reports whether two reports in their canonical form tell the same. Where
// a program has several goroutines, the machine decides which of them had got
// how far when the verdict fell, and so those rows may differ. And whether a program
// that sleeps has a timer is chance where it is one of its runtime's: Go's has one for
// some seconds after it has collected garbage.
func Alike(a, b string) bool {
	a, b = withoutTimer(a), withoutTimer(b)
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

// Sleeps matches what is said of a program that sleeps: with the proof that nothing can
// wake it, or with a timer that might have done so.
var sleeps = regexp.MustCompile(`the ([^;]+?) (?:is asleep(?:,? and [^;]*)?|` +
	`has a timer of its own, but did nothing while it slept for [^;]*)(;|$)`)

// never is what the last row says besides when it is proved that nothing more will come.
const never = ", and never will: it sleeps"

// withoutTimer returns a report in which what happened stands in the same words
// whether the program that sleeps has a timer or not.
func withoutTimer(report string) string {
	lines := strings.Split(report, "\n")
	from, to := section(lines, "What happened", func(line string) bool { return !strings.HasPrefix(line, "     ") })
	if from < to {
		said := sleeps.ReplaceAllString(joined(lines[from:to], " "), "the $1 sleeps$2")
		lines = slices.Replace(lines, from, to, said)
	}
	from, to = section(lines, "On the wire", func(string) bool { return true })
	last := slices.IndexFunc(lines[from:to], func(line string) bool { return strings.Contains(line, "✗") })
	if last >= 0 {
		row := joined(lines[from+last:to], " │✗├┤▶◀─●")
		lines = slices.Replace(lines, from+last, to, strings.TrimSuffix(row, never))
	}
	return strings.Join(lines, "\n")
}

// section finds the lines below a heading that are indented, as long as ok.
func section(lines []string, head string, ok func(line string) bool) (from, to int) {
	from = slices.Index(lines, head) + 1
	for to = from; from > 0 && to < len(lines) && strings.HasPrefix(lines[to], " ") && ok(lines[to]); to++ {
	}
	return from, to
}

// joined makes one line of several, which begin with some of these characters.
func joined(lines []string, lead string) string {
	var words []string
	for _, line := range lines {
		words = append(words, strings.TrimLeft(line, lead))
	}
	return strings.Join(words, " ")
}
