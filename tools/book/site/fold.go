package site

import (
	"fmt"
	"html"
	"regexp"
	"strings"
)

// answerHeading begins the part of a chapter that a reader should meet after
// an attempt of their own.
const answerHeading = "## Our answer"

// foldAnswer folds what stands below that heading. The heading stays, so links
// and the search lead there; a link into the folded part opens it.
func foldAnswer(content string) string {
	var b strings.Builder
	var f fences
	folded := false
	for line := range strings.Lines(content) {
		prose := f.read(line) == outside
		if prose && folded && strings.HasPrefix(line, "## ") {
			b.WriteString("</details>\n\n")
			folded = false
		}
		b.WriteString(line)
		if prose && strings.TrimRight(line, "\r\n") == answerHeading {
			b.WriteString("\n<details class=\"answer\">\n<summary>Show our answer. Write yours first.</summary>\n\n")
			folded = true
		}
	}
	if folded {
		b.WriteString("\n</details>\n")
	}
	return b.String()
}

// fold is a folded block. Its content is HTML.
func fold(summary, content string) string {
	return "<details>\n<summary>" + summary + "</summary>\n" + content + "</details>\n"
}

var sectionHead = regexp.MustCompile(`^-- (.+) --$`)

// scenarioPage shows a scenario: the script and the files it needs as they are, and
// below them what the grader would say step by step, each step folded into the one
// before, for the coach gives them one at a time, too. What it says to read is a
// chapter that names this file already.
func scenarioPage(text string) string {
	script, help := cutHelp(text)
	var b strings.Builder
	b.WriteString(rows(script))
	for i := 0; i < len(help); {
		same := i
		for same < len(help) && help[same].name == help[i].name {
			same++
		}
		if help[i].name != "read" {
			b.WriteString("\n" + steps(help[i].name, help[i:same]))
		}
		i = same
	}
	return b.String()
}

// A section is a part of a scenario's file that helps a learner.
type section struct{ name, text string }

// cutHelp parts a scenario before its first cause, hint or place to read.
func cutHelp(text string) (script string, help []section) {
	var b strings.Builder
	for line := range strings.Lines(text) {
		m := sectionHead.FindStringSubmatch(strings.TrimRight(line, "\r\n"))
		word := ""
		if m != nil {
			word, _, _ = strings.Cut(m[1], " ")
		}
		switch {
		case word == "cause" || word == "hint" || word == "read":
			help = append(help, section{name: m[1]})
		case len(help) > 0:
			help[len(help)-1].text += line
		default:
			b.WriteString(line)
		}
	}
	return b.String(), help
}

// steps folds sections of one name into one another.
func steps(name string, sections []section) string {
	inner := ""
	for i := len(sections) - 1; i >= 0; i-- {
		summary := "<code>" + html.EscapeString(name) + "</code>"
		if i > 0 {
			summary = fmt.Sprintf("one step further, %d of %d", i+1, len(sections))
		}
		inner = fold(summary, "<p>"+html.EscapeString(strings.TrimSpace(sections[i].text))+"</p>\n"+inner)
	}
	return inner
}
