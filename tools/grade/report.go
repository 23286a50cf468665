package grade

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"loopback/tools/record"
)

// The report is what a learner reads. Words carry the meaning, never colour
// alone; it must make sense pasted into a forum, so it names the unit and the
// scenario; it is never longer than 40 lines or 4 KiB.
const (
	reportLines = 40
	reportBytes = 4 << 10
	reportWidth = 76 // go test indents it by four
	textWidth   = reportWidth - 4
)

// Text returns the whole report: one line for each scenario, and the first
// failure in full.
func (r *Result) Text() string {
	var b strings.Builder
	switch {
	case r.Status == NotBuilt:
		r.writeNotBuilt(&b)
	case r.untouched:
		r.writeUntouched(&b)
	default:
		b.WriteString(r.page())
	}
	return b.String()
}

// page returns the board and the first failure. When the failure has much to
// tell, the board has fewer rows.
func (r *Result) page() (text string) {
	t := r.FirstFailure()
	if t == nil {
		return r.Table() + r.challengeLine()
	}
	for most := boardMost; ; most -= 2 {
		var b strings.Builder
		r.writeBoard(&b, most)
		b.WriteString("\n")
		rows := strings.Count(b.String(), "\n")
		report, whole := r.report(t, reportLines-rows, reportBytes-b.Len())
		if whole || most <= boardLeast {
			return b.String() + report
		}
	}
}

func (r *Result) writeUntouched(b *strings.Builder) {
	folder := "the program"
	if r.prog.Folder != "" {
		folder = filepath.ToSlash(filepath.Join(r.prog.Folder, "main.go"))
	}
	fmt.Fprintf(b, "%s: not started (%d scenarios wait)\n", r.Unit, len(r.counting()))
	fmt.Fprintf(b, "  read  chapters/%s.md\n", r.Unit)
	fmt.Fprintf(b, "  then open  %s\n", folder)
}

func (r *Result) writeNotBuilt(b *strings.Builder) {
	fmt.Fprintf(b, "%s: does not compile\n\n", r.Unit)
	lines := strings.Split(strings.TrimRight(r.Build.Output, "\n"), "\n")
	for i, line := range lines {
		if i == maxMessages {
			fmt.Fprintf(b, "  ... and %d lines more\n", len(lines)-i)
			break
		}
		fmt.Fprintf(b, "  %s\n", cut(printable(line), 3*textWidth))
	}
	b.WriteString("\n  Read the first message first: it names the line, and later ones often follow from it.\n")
}

// maxMessages is how many of the compiler's messages are shown.
const maxMessages = 10

// boardMost is how many rows the board has before it is folded, and when it is;
// boardLeast how many are left when the failure needs the room.
const (
	boardMost  = 8
	boardLeast = 4
)

func (r *Result) writeBoard(b *strings.Builder, most int) {
	passed, tests := 0, r.counting()
	for _, t := range tests {
		if t.Status == Pass {
			passed++
		}
	}
	fmt.Fprintf(b, "%s: %d of %d\n", r.Unit, passed, len(tests))
	for _, line := range r.board(most) {
		fmt.Fprintln(b, line)
	}
}

// board returns one line for each scenario. A long list is folded, but for the
// first failure: that is what the learner looks for, and what the rest of the
// page has to tell.
func (r *Result) board(most int) []string {
	first, tests := r.FirstFailure(), r.Shown()
	fold := len(tests) > most && first != nil
	var out []string
	for i := 0; i < len(tests); i++ {
		t := tests[i]
		n := 1
		if fold && t != first {
			for i+n < len(tests) && mark(tests[i+n]) == mark(t) && (t.Status != Skip || t.Waits()) {
				n++
			}
		}
		if n > 2 {
			out = append(out, fmt.Sprintf("  %s %s … %s", mark(t), t.ID, tests[i+n-1].ID))
			i += n - 1
			continue
		}
		out = append(out, boardRow(t))
	}
	if !fold || len(out) <= most+1 { // a row that says how many there are takes a row, too
		return out
	}
	from := max(0, min(slices.Index(out, boardRow(first))-most+1, len(out)-most)) // the failure is always there
	if from > 0 {
		out = append([]string{fmt.Sprintf("  ... %d before these", from)}, out[from:]...)
		most++
	}
	if len(out) > most {
		out = append(out[:most], fmt.Sprintf("  ... and %d more", len(out)-most))
	}
	return out
}

func boardRow(t *Test) string {
	text := t.Title
	if t.Status == Skip {
		text = t.Rationale
	}
	row := fmt.Sprintf("  %s %-22s ", mark(t), t.ID)
	return row + cut(text, max(20, reportWidth-utf8.RuneCountInString(row)))
}

// mark says in a word what happened; the word is the sign.
func mark(t *Test) string {
	if t.Challenge {
		return star(t)
	}
	switch t.Status {
	case Pass:
		return "ok  "
	case Skip:
		return "-   "
	case Error:
		return "ERR "
	}
	return "FAIL"
}

func cut(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	r := []rune(s)
	return strings.TrimRight(string(r[:n-2]), " ,.;") + " …"
}

// report tells one failure in full, in at most most lines and room bytes: the
// rule, what happened, the wire, where the program was, the likely cause, a
// hint, where to read, and how to run it again. Whole says that nothing but
// rows of the timeline and places had to be left out.
func (r *Result) report(t *Test, most, room int) (text string, whole bool) {
	v := t.verdict
	if v == nil {
		v = &Verdict{Code: t.Code, What: record.Say("%s", t.Rationale)}
	}
	title := fmt.Sprintf("── %s ── %s ", t.ID, v.Code)
	parts := []part{
		{lines: []string{title + strings.Repeat("─", max(0, 72-utf8.RuneCountInString(title)))}},
		{head: "The rule", lines: atMost(maxRule, wrap(t.Title, textWidth))},
		{head: "What happened", lines: whatHappened(v)},
		{head: "On the wire", lines: t.Timeline, rank: 4, keep: t.needed},
		{head: whereHead(v), lines: v.Where, rank: 3},
		{head: "Likely cause", lines: wrap(causeFor(t.scenario, v), textWidth), rank: 1},
		{head: "Hint", lines: wrap(first(t.Hints), textWidth), rank: 2},
		{head: "Read", lines: lines(t.See), rank: 2},
		{head: "Again", lines: r.again(t)},
	}
	words := height(parts, 0, 1, 2)
	parts = fit(parts, most)
	last := len(parts) - 1
	again := render(parts[last:])
	return clip(render(parts[:last]), room-len(again)) + again, height(parts, 0, 1, 2) == words
}

// height counts the lines of the parts that have these ranks.
func height(parts []part, ranks ...int) (n int) {
	for _, p := range parts {
		if slices.Contains(ranks, p.rank) {
			n += p.height()
		}
	}
	return n
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
	return append(lines[:n-1:n-1], cut(lines[n-1]+" and so on", textWidth))
}

// clip keeps the whole lines of text for which there is room.
func clip(text string, room int) string {
	const dots = "...\n"
	if len(text) <= room {
		return text
	}
	return text[:strings.LastIndexByte(text[:max(0, room-len(dots))], '\n')+1] + dots
}

func whereHead(v *Verdict) string {
	if v.Code == Race {
		return "The lines that met"
	}
	return "Where your program was"
}

func whatHappened(v *Verdict) []string {
	out := atMost(maxWhat, wrap(printable(v.What.String()), textWidth))
	if v.Compare {
		if v.Want == nil {
			out = append(out, "  got       "+record.Quote(v.Got, len(v.Got), 60))
		} else {
			for _, line := range record.Compare(v.Want, v.Got) {
				out = append(out, "  "+line)
			}
		}
	}
	out = append(out, lastWords(v.Words)...)
	if len(v.said) > 0 {
		out = append(append(out, "  its last words on standard error:"), lastWords(v.said)...)
	}
	return out
}

// How many rows of the program's own words a report quotes, and of one that did
// not end how many lines and how much of each.
const (
	maxWords = 6
	maxSaid  = 3
	saidLine = 200
)

// lastWords quotes what the program itself printed, row by row.
func lastWords(words []string) []string {
	var out []string
	for _, w := range words {
		for _, row := range wrap(printable(w), textWidth-4) {
			out = append(out, "  | "+row)
		}
	}
	if len(out) > maxWords {
		return append(append(out[:2:2], "  | ..."), out[len(out)-maxWords+3:]...)
	}
	return out
}

// printable removes what could disturb a terminal or a reader.
func printable(s string) string {
	s = strings.ReplaceAll(s, "##[", "# [") // a command to a build server, wherever it stands
	return strings.Map(func(r rune) rune {
		switch {
		case r == utf8.RuneError, r < ' ' && r != '\t', r >= 0x7f && r < 0xa0, // control characters of both sets
			r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069: // what follows is shown backwards
			return '?'
		}
		return r
	}, s)
}

// A part is a headed block of the report. One with a higher rank is shortened
// first when there is not room for all.
type part struct {
	head  string
	lines []string
	rank  int
	keep  []bool // lines that are taken away last; nil: none
}

func (p part) height() int {
	switch {
	case len(p.lines) == 0:
		return 0
	case p.head == "":
		return len(p.lines)
	}
	return len(p.lines) + 1
}

// fit shortens parts until they take at most most lines: first the middle of
// the timeline, then the other parts that can be spared.
func fit(parts []part, most int) []part {
	total := func() (n int) {
		for _, p := range parts {
			n += p.height()
		}
		return n
	}
	for rank := 4; rank > 0; rank-- {
		for i := range parts {
			p := &parts[i]
			for p.rank == rank && total() > most && p.shorten() {
			}
		}
	}
	for i := range parts { // even what should be kept
		for p := &parts[i]; p.rank > 0 && total() > most && len(p.lines) > 0; {
			p.keep, p.lines = nil, p.lines[:len(p.lines)-1]
		}
	}
	return parts
}

// cutOut is the line in place of those that were taken away.
const cutOut = "           ..."

// shorten takes one line away, if there is one that can be spared: of a
// timeline from the middle, so that how it began and how it ended are still
// there, and what has to be kept; of other parts from the end.
func (p *part) shorten() bool {
	if p.rank != 4 {
		if len(p.lines) > 0 {
			p.lines = p.lines[:len(p.lines)-1]
			return true
		}
		return false
	}
	p.lines, p.keep = slices.Clone(p.lines), append(slices.Clone(p.keep), make([]bool, len(p.lines)-min(len(p.keep), len(p.lines)))...)
	at, mid := -1, len(p.lines)/2
	for i := range p.lines {
		spare := !p.keep[i] && p.lines[i] != cutOut
		if spare && (at < 0 || abs(i-mid) < abs(at-mid)) {
			at = i
		}
	}
	if at < 0 {
		return false
	}
	p.lines[at] = cutOut
	if at+1 < len(p.lines) && p.lines[at+1] == cutOut {
		p.drop(at + 1)
	}
	if at > 0 && p.lines[at-1] == cutOut {
		p.drop(at)
	}
	return true
}

func (p *part) drop(i int) {
	p.lines, p.keep = slices.Delete(p.lines, i, i+1), slices.Delete(p.keep, i, i+1)
}

func abs(n int) int { return max(n, -n) }

func render(parts []part) string {
	var b strings.Builder
	for _, p := range parts {
		if len(p.lines) == 0 {
			continue
		}
		indent := "    "
		if p.head == "" {
			indent = ""
		} else {
			fmt.Fprintln(&b, p.head)
		}
		for _, line := range p.lines {
			fmt.Fprintln(&b, strings.TrimRight(indent+printable(line), " "))
		}
	}
	return b.String()
}

func lines(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, "\n")
}

// wrap breaks text into lines of at most width columns; line breaks that are
// there already are kept only between paragraphs.
func wrap(text string, width int) []string {
	var out []string
	line := ""
	for _, word := range strings.Fields(text) {
		for r := []rune(word); len(r) > width; r = []rune(word) { // a word that fits nowhere is broken
			if line != "" {
				out, line = append(out, line), ""
			}
			out, word = append(out, string(r[:width])), string(r[width:])
		}
		if line != "" && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > width {
			out = append(out, line)
			line = ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	if line != "" {
		out = append(out, line)
	}
	return out
}
