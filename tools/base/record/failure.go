package record

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// A report is what a learner reads. Words carry the meaning, never colour
// alone; it must make sense pasted into a forum, so it names the unit and the
// scenario; it is never longer than 40 lines or 4 KiB.
const (
	ReportLines = 40
	ReportBytes = 4 << 10
	ReportWidth = 76 // go test indents it by four
	textWidth   = ReportWidth - 4
)

// TimelineRows is how many rows of the timeline a report shows at the most.
const TimelineRows = 12

// A Failure is what is told of a scenario that did not pass.
type Failure struct {
	Scenario string // its name
	Rule     string
	Verdict  *Verdict
	Program  string // what the program is called: "server" or "client"
	Events   []Event
	Cause    string
	Hint     string
	Read     string
	Again    []Phrase // how to run it again, and where in the scenario it ended
}

// Report tells the failure in full, in at most most lines and room bytes: the
// rule, what happened, the wire, where the program was, the likely cause, a
// hint, where to read, and how to run it again. All says that nothing but
// rows of the timeline and places had to be left out.
func (f *Failure) Report(most, room int) (text string, all bool) {
	var rows []row
	if f.Program != "" || len(f.Events) > 0 { // else nothing of it is shown
		rows = drawRows(f.Program, f.Events, TimelineRows, false)
	}
	return f.report(rows, most, room)
}

// Canonical returns the report in the form in which it is recorded: with the
// names that fresh returns, without times and without what is chance. It is the
// same whenever the same program fails in the same way.
func (f *Failure) Canonical(fresh func() *Names) string {
	return Canonical(fresh, func(n *Names) string {
		named := *f
		n.slow = f.Verdict.Slow
		named.Events = n.Events(f.Events)
		v := n.Verdict(f.Verdict)
		named.Verdict, named.Again = &v, nil
		for _, a := range f.Again {
			named.Again = append(named.Again, n.Phrase(a))
		}
		var rows []row
		if !v.Anytime {
			rows = drawRows(f.Program, named.Events, TimelineRows, true)
		}
		text, _ := named.report(rows, ReportLines, ReportBytes)
		return text
	})
}

// report takes from what the program itself said, before it takes a word from
// the cause or the hint.
func (f *Failure) report(rows []row, most, room int) (text string, all bool) {
	if text, all = f.fitted(rows, most, room, maxWords); !all {
		text, _ = f.fitted(rows, most, room, fewWords)
	}
	return text, all
}

// fitted is [Failure.report] with so many rows of the program's own words.
func (f *Failure) fitted(rows []row, most, room, words int) (text string, all bool) {
	v := f.Verdict
	title := fmt.Sprintf("── %s ── %s ", f.Scenario, v.Code)
	if v.Code == "" {
		title = fmt.Sprintf("── %s ", f.Scenario)
	}
	parts := []part{
		{lines: []string{title + strings.Repeat("─", max(0, 72-utf8.RuneCountInString(title)))}},
		{head: "The rule", lines: atMost(maxRule, Wrap(f.Rule, textWidth))},
		{head: "What happened", lines: whatHappened(v, words)},
		{head: "On the wire", rows: rows, rank: 4},
		{head: WhereHead(v.Code), lines: said(v.Where), rank: 3},
		{head: "Likely cause", lines: Wrap(f.Cause, textWidth), rank: 1},
		{head: "Hint", lines: Wrap(f.Hint, textWidth), rank: 2},
		{head: "Read", lines: lines(f.Read), rank: 2},
		{head: "Again", lines: said(f.Again)},
	}
	before := height(parts, 0, 1, 2)
	parts = fit(parts, most)
	last := len(parts) - 1
	again := render(parts[last:])
	return whole(render(parts[:last]), room-len(again)) + again, height(parts, 0, 1, 2) == before
}

func said(phrases []Phrase) (out []string) {
	for _, p := range phrases {
		out = append(out, p.String())
	}
	return out
}

// How many lines of what can be long are told at the most. A program may put
// anything into them; a scenario's author does not come near.
const (
	maxRule = 2
	maxWhat = 4
)

// atMost keeps the first n lines.
func atMost(n int, lines []string) []string {
	if len(lines) <= n {
		return lines
	}
	return append(lines[:n-1:n-1], Cut(lines[n-1]+" and so on", textWidth))
}

// WhereHead says what the lines of the program are that come with a verdict.
func WhereHead(c Code) string {
	if c == Race {
		return "The lines that met"
	}
	return hereItWas
}

func whatHappened(v *Verdict, words int) []string {
	out := atMost(maxWhat, Wrap(Printable(v.What.String()), textWidth))
	if v.Compare {
		if v.Want == nil {
			out = append(out, "  got       "+Quote(v.Got, len(v.Got), 60))
		} else {
			for _, line := range v.compared() {
				out = append(out, "  "+line)
			}
		}
	}
	out = append(out, lastWords(v.Words, words)...)
	if len(v.Said) > 0 {
		out = append(append(out, "  its last words on standard error:"), lastWords(v.Said, words)...)
	}
	return out
}

// maxWords is how many rows of the program's own words a report quotes, and
// fewWords how many when there is not room for all that it has to tell.
const (
	maxWords = 6
	fewWords = 3
)

// lastWords quotes what the program itself printed, row by row, at most most
// rows: how it began, and more of how it ended.
func lastWords(words []string, most int) []string {
	var out []string
	for _, w := range words {
		for _, row := range Wrap(Printable(w), textWidth-4) {
			out = append(out, "  | "+row)
		}
	}
	if begin := most / 3; len(out) > most {
		return append(append(out[:begin:begin], "  | ..."), out[len(out)-most+begin+1:]...)
	}
	return out
}
