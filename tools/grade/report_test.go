package grade

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"loopback/tools/record"
)

// failed returns the result of a unit with n scenarios of which the second has
// the verdict v.
func failed(n int, sc Scenario, v *Verdict) *Result {
	u := &Unit{Name: "01-unit"}
	for i := range n {
		one := &Scenario{ID: fmt.Sprintf("%02d-one", i+1), Unit: u.Name, Rule: "A rule.", Points: 1}
		if i == 1 {
			sc.ID, sc.Unit, sc.Points, sc.File = one.ID, u.Name, 1, "testdata/01-unit/02-one.txtar"
			one = &sc
		}
		u.Scenarios = append(u.Scenarios, one)
	}
	prog := &Program{Argv: []string{"none"}, Folder: "exercises/01-unit", again: func(sc *Scenario) string { return "AGAIN " + sc.ID }}
	r := newResult(u, prog)
	for i, t := range r.Tests {
		o := &outcome{program: "server"}
		if i == 1 {
			o.verdict = v
		}
		t.settle(o)
	}
	r.sum()
	return r
}

// inLimits checks the promise of every report: its size, its width, and that
// it ends with the command that runs the scenario again.
func inLimits(t *testing.T, text string) {
	t.Helper()
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	if len(lines) > reportLines || len(text) > reportBytes {
		t.Errorf("%d lines, %d bytes; at most %d and %d", len(lines), len(text), reportLines, reportBytes)
	}
	if last := lines[max(0, len(lines)-2):]; !strings.Contains(strings.Join(last, ""), "AGAIN") {
		t.Errorf("the last lines are %.200q, not the command to run it again", last)
	}
	for _, line := range lines {
		if n := utf8.RuneCountInString(line); n > reportWidth && !strings.Contains(line, "AGAIN") {
			t.Errorf("a line of %d columns: %.60q", n, line)
		}
	}
	if !utf8.ValidString(text) || strings.ContainsFunc(text, func(r rune) bool { return r < ' ' && r != '\n' || r == 0x7f }) {
		t.Error("the report holds control characters or is not UTF-8")
	}
	if t.Failed() {
		t.Logf("%.6000s", text)
	}
}

// However wrong a program is, its report is one page.
func TestReportLimits(t *testing.T) {
	words := strings.Repeat("many words about it ", 500)
	rows := func(text string, n int) (out []string) {
		for range n {
			out = append(out, text)
		}
		return out
	}
	for _, c := range []struct {
		name string
		sc   Scenario
		v    Verdict
		rows []string
	}{
		{"little", Scenario{Rule: "A rule."}, Verdict{Code: Silence, What: record.Say("%s", "Nothing came.")}, nil},
		{"what", Scenario{Rule: "A rule."}, Verdict{Code: Silence, What: record.Say("%s", words)}, nil},
		{"one endless word", Scenario{Rule: "A rule."}, Verdict{Code: Silence, What: record.Say("%s", strings.Repeat("x", 100_000))}, nil},
		{"rule", Scenario{Rule: words}, Verdict{Code: Silence, What: record.Say("%s", "It.")}, nil},
		{"bytes", Scenario{Rule: "A rule."}, Verdict{Code: WrongBytes, What: record.Say("%s", "It."), Compare: true, Want: []byte(strings.Repeat("\x00", 1<<20)), Got: []byte(strings.Repeat("\xff", 1<<20))}, nil},
		{"extra bytes", Scenario{Rule: "A rule."}, Verdict{Code: ExtraBytes, What: record.Say("%s", "It."), Compare: true, Got: []byte(strings.Repeat("\x1b", 1<<16))}, nil},
		{"where", Scenario{Rule: "A rule."}, Verdict{Code: Silence, What: record.Say("%s", "It."), Where: rows("main.go:32  in net.(*conn).Read", 500)}, nil},
		{"last words", Scenario{Rule: "A rule."}, Verdict{Code: Crash, What: record.Say("%s", "It."), Words: rows("panic: "+words, 20)}, nil},
		{"last words in colour", Scenario{Rule: "A rule."}, Verdict{Code: Crash, What: record.Say("%s", "It."), Words: []string{"\x1b[31mred\x00\x07\xff\r\b"}}, nil},
		{"cause", Scenario{Rule: "A rule.", sections: behind("cause silence", words)}, Verdict{Code: Silence, What: record.Say("%s", "It.")}, nil},
		{"hints", Scenario{Rule: "A rule.", sections: behind("hint", rows(words, 10)...)}, Verdict{Code: Silence, What: record.Say("%s", "It.")}, nil},
		{"read", Scenario{Rule: "A rule.", Read: strings.Repeat("chapters/01.md\n", 200)}, Verdict{Code: Silence, What: record.Say("%s", "It.")}, nil},
		{"timeline", Scenario{Rule: "A rule."}, Verdict{Code: Silence, What: record.Say("%s", "It.")}, rows("     1.1   ├─────▶  \"hello\"", 500)},
		{"everything", Scenario{Rule: words, sections: slices.Concat(behind("cause crash", words), behind("hint", rows(words, 3)...)), Read: words},
			Verdict{Code: Crash, What: record.Say("%s", words), Where: rows(words, 50), Words: rows(words, 50), Cause: words, Compare: true, Want: []byte(words), Got: []byte{}}, rows(words, 50)},
	} {
		for _, n := range []int{2, 9, 30} {
			t.Run(fmt.Sprintf("%s/%d", c.name, n), func(t *testing.T) {
				r := failed(n, c.sc, &c.v)
				r.Tests[1].Timeline = c.rows
				inLimits(t, r.Text())
			})
		}
	}
}

// Many scenarios that fail in turns cannot be folded; the page stays one.
func TestBoardLimits(t *testing.T) {
	r := failed(60, Scenario{Rule: "A rule."}, &Verdict{Code: Silence, What: record.Say("%s", "It.")})
	for i := 3; i < len(r.Tests); i += 2 {
		r.Tests[i].settle(&outcome{verdict: &Verdict{Code: Reset, What: record.Say("%s", "It.")}})
	}
	inLimits(t, r.Text())
}

// The whole report, once, to the letter.
func TestReportText(t *testing.T) {
	sc := Scenario{Rule: "A client is answered.", Read: "chapters/01-unit.md#answers",
		sections: slices.Concat(behind("cause wrong-bytes", "The buffer was not filled."), behind("hint", "How many bytes did Read give you?", "n"))}
	v := &Verdict{Code: WrongBytes, What: record.Say("%s", "the bytes that came back are not the ones that were sent"), Compare: true,
		Want: []byte("hi\n"), Got: []byte("hi\n\x00"), Where: []string{"main.go:32  in net.(*conn).Read  [IO wait]"}, Words: []string{"\tlast words"}}
	r := failed(3, sc, v)
	r.Tests[1].Timeline, r.Tests[1].Line = []string{"     1.1   ├─────▶  it"}, 4
	want := `01-unit: 2 of 3
  ok   01-one                 A rule.
  FAIL 02-one                 A client is answered.
  ok   03-one                 A rule.

── 02-one ── wrong-bytes ───────────────────────────────────────────────
The rule
    A client is answered.
What happened
    the bytes that came back are not the ones that were sent
      expected  "hi\n"                  68 69 0a
      got       "hi\n\x00"              68 69 0a 00
                                                 ^^
      | last words
On the wire
         1.1   ├─────▶  it
Where your program was
    main.go:32  in net.(*conn).Read  [IO wait]
Likely cause
    The buffer was not filled.
Hint
    How many bytes did Read give you?
Read
    chapters/01-unit.md#answers
Again
    AGAIN 02-one
    scenario: testdata/01-unit/02-one.txtar:4
`
	if got := r.Text(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestNotBuiltText(t *testing.T) {
	u := &Unit{Name: "01-unit", Scenarios: []*Scenario{{ID: "01-one", Points: 1}}}
	r := notBuilt(u, &BuildError{Folder: "f", Output: strings.Repeat("main.go:1:1: wrong\n", 200)}, 0)
	text := r.Text()
	if n := strings.Count(text, "\n"); n > reportLines || !strings.Contains(text, "does not compile") || !strings.Contains(text, "... and 190 lines more") {
		t.Errorf("%d lines:\n%s", n, text)
	}
	r = notBuilt(u, &BuildError{Folder: "f", Output: "main.go:1:1: " + strings.Repeat("x", 100_000)}, 0)
	if text := r.Text(); len(text) > reportBytes {
		t.Errorf("one endless line makes a report of %d bytes", len(text))
	}
}

func TestWrapAndCut(t *testing.T) {
	for _, c := range []struct {
		text  string
		width int
		want  string
	}{
		{"", 10, ""},
		{"one", 10, "one"},
		{"one two three", 7, "one two|three"},
		{"exactly ten", 11, "exactly ten"},
		{"  spaces\n and\tbreaks ", 40, "spaces and breaks"},
		{"ähnlich über", 7, "ähnlich|über"},
	} {
		if got := strings.Join(wrap(c.text, c.width), "|"); got != c.want {
			t.Errorf("wrap(%q, %d) = %q, want %q", c.text, c.width, got, c.want)
		}
	}
	for _, c := range []struct {
		text string
		n    int
		want string
	}{
		{"short", 10, "short"},
		{"exactly 10", 10, "exactly 10"},
		{"one letter too many", 18, "one letter too m …"},
		{"ends in a comma, then more", 18, "ends in a comma …"},
		{"ééééééé", 5, "ééé …"},
	} {
		if got := cut(c.text, c.n); got != c.want || utf8.RuneCountInString(got) > c.n {
			t.Errorf("cut(%q, %d) = %q, want %q", c.text, c.n, got, c.want)
		}
	}
}

// What can be spared goes first: the middle of the timeline, then where the
// program was, then the hint and the reading.
func TestFit(t *testing.T) {
	numbered := func(n int) (out []string) {
		for i := range n {
			out = append(out, fmt.Sprint(i+1))
		}
		return out
	}
	parts := func() []part {
		return []part{{lines: numbered(1)}, {head: "Wire", lines: numbered(9), rank: 4, keep: []bool{true, false, false, false, false, false, false, true, true}},
			{head: "Where", lines: numbered(4), rank: 2}, {head: "Hint", lines: numbered(2), rank: 1}, {head: "Again", lines: numbered(1)}}
	}
	for most, want := range map[int]string{
		40: "Wire 9 Where 4 Hint 2 Again 1",
		21: "Wire 9 Where 4 Hint 2 Again 1",
		19: "Wire 7 Where 4 Hint 2 Again 1",
		16: "Wire 4 Where 4 Hint 2 Again 1",
		11: "Wire 4 Where 0 Hint 2 Again 1",
		8:  "Wire 4 Where 0 Hint 0 Again 1",
		3:  "Wire 0 Where 0 Hint 0 Again 1",
	} {
		var got []string
		total := 0
		for _, p := range fit(parts(), most) {
			total += p.height()
			if p.head != "" {
				got = append(got, p.head, fmt.Sprint(len(p.lines)))
			}
		}
		if s := strings.Join(got, " "); s != want || total > most {
			t.Errorf("in %d lines (%d used):\ngot  %s\nwant %s", most, total, s, want)
		}
	}
	wire := parts()[1]
	for wire.shorten() {
	}
	if text := strings.Join(wire.lines, " "); text != "1 "+cutOut+" 8 9" {
		t.Errorf("a timeline loses what must be kept, or keeps what need not: %s", text)
	}
}

// The last words of a program that lives are quoted, too: a few of its lines,
// and not too much of them, and nothing that could disturb a terminal.
func TestLastWordsOfTheLiving(t *testing.T) {
	v := &Verdict{Code: Silence, What: record.Say("%s", "It."), said: []string{"write: resource temporarily unavailable", "\x1b[31m" + strings.Repeat("x", 300)}}
	text := failed(3, Scenario{Rule: "A rule."}, v).Text()
	if !strings.Contains(text, "  its last words on standard error:\n      | write: resource temporarily unavailable\n      | ?[31mxxx") {
		t.Errorf("they are not there:\n%s", text)
	}
	inLimits(t, text)
}
