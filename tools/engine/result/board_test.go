package result

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"loopback/tools/base/record"
	"loopback/tools/base/trial"
	"loopback/tools/engine/scenario"
)

// behind returns sections of a scenario's file that have this heading.
func behind(head string, texts ...string) (sections string) {
	for _, text := range texts {
		sections += "-- " + head + " --\n" + text + "\n"
	}
	return sections
}

// helped returns sc with these sections.
func helped(t *testing.T, sc scenario.Scenario, sections string) scenario.Scenario {
	t.Helper()
	u, err := scenario.LoadUnit(trial.Course(t,
		map[string]string{"01-a/01-one.txtar": "# A rule.\n" + sections}), "01-a")
	if err != nil {
		t.Fatal(err)
	}
	with := *u.Scenarios[0]
	with.Rule, with.Read, with.Tags = sc.Rule, sc.Read, sc.Tags
	return with
}

// failed returns the result of a unit with n scenarios of which the second has
// the verdict v.
func failed(n int, sc scenario.Scenario, v *record.Verdict) *Result {
	u := &scenario.Unit{Name: "01-unit"}
	for i := range n {
		one := &scenario.Scenario{ID: fmt.Sprintf("%02d-one", i+1), Unit: u.Name, Rule: "A rule.", Points: 1}
		if i == 1 {
			sc.ID, sc.Unit, sc.Points, sc.File = one.ID, u.Name, 1, "testdata/01-unit/02-one.txtar"
			one = &sc
		}
		u.Scenarios = append(u.Scenarios, one)
	}
	r := New(u, nil)
	r.Folder = "exercises/01-unit"
	r.Again = func(sc *scenario.Scenario) record.Phrase { return record.Say("AGAIN %s", sc.ID) }
	for i, t := range r.Tests {
		o := &record.Outcome{Program: "server"}
		if i == 1 {
			o.Verdict = v
		}
		t.Settle(o)
	}
	r.Sum()
	return r
}

// inLimits checks the promise of every report: its size, its width, and that
// it ends with the command that runs the scenario again.
func inLimits(t *testing.T, text string) {
	t.Helper()
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	if len(lines) > record.ReportLines || len(text) > record.ReportBytes {
		t.Errorf("%d lines, %d bytes; at most %d and %d", len(lines), len(text), record.ReportLines, record.ReportBytes)
	}
	if last := lines[max(0, len(lines)-2):]; !strings.Contains(strings.Join(last, ""), "AGAIN") {
		t.Errorf("the last lines are %.200q, not the command to run it again", last)
	}
	for _, line := range lines {
		if n := utf8.RuneCountInString(line); n > record.ReportWidth && !strings.Contains(line, "AGAIN") {
			t.Errorf("a line of %d columns: %.60q", n, line)
		}
	}
	if !utf8.ValidString(text) ||
		strings.ContainsFunc(text, func(r rune) bool { return r < ' ' && r != '\n' || r == 0x7f }) {
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
	events := func(text string, n int) (out []record.Event) {
		for range n {
			out = append(out, record.Event{Kind: record.Note, What: record.Say("%s", text)})
		}
		return out
	}
	for _, c := range []struct {
		name string
		sc   scenario.Scenario
		v    record.Verdict
		rows []record.Event
	}{
		{"little", scenario.Scenario{Rule: "A rule."},
			record.Verdict{Code: record.Silence, What: record.Say("%s", "Nothing came.")}, nil},
		{"what", scenario.Scenario{Rule: "A rule."},
			record.Verdict{Code: record.Silence, What: record.Say("%s", words)}, nil},
		{"one endless word", scenario.Scenario{Rule: "A rule."},
			record.Verdict{Code: record.Silence, What: record.Say("%s", strings.Repeat("x", 100_000))}, nil},
		{"rule", scenario.Scenario{Rule: words},
			record.Verdict{Code: record.Silence, What: record.Say("%s", "It.")}, nil},
		{"bytes", scenario.Scenario{Rule: "A rule."},
			record.Verdict{Code: record.WrongBytes, What: record.Say("%s", "It."), Compare: true,
				Want: []byte(strings.Repeat("\x00", 1<<20)), Got: []byte(strings.Repeat("\xff", 1<<20))}, nil},
		{"extra bytes", scenario.Scenario{Rule: "A rule."},
			record.Verdict{Code: record.ExtraBytes, What: record.Say("%s", "It."),
				Compare: true, Got: []byte(strings.Repeat("\x1b", 1<<16))}, nil},
		{"where", scenario.Scenario{Rule: "A rule."},
			record.Verdict{Code: record.Silence, What: record.Say("%s", "It."),
				Where: atLines(rows("main.go:32  in net.(*conn).Read", 500))}, nil},
		{"last words", scenario.Scenario{Rule: "A rule."},
			record.Verdict{Code: record.Crash, What: record.Say("%s", "It."), Words: rows("panic: "+words, 20)}, nil},
		{"last words in colour", scenario.Scenario{Rule: "A rule."},
			record.Verdict{Code: record.Crash, What: record.Say("%s", "It."),
				Words: []string{"\x1b[31mred\x00\x07\xff\r\b"}}, nil},
		{"cause", helped(t, scenario.Scenario{Rule: "A rule."}, behind("cause silence", words)),
			record.Verdict{Code: record.Silence, What: record.Say("%s", "It.")}, nil},
		{"hints", helped(t, scenario.Scenario{Rule: "A rule."}, behind("hint", rows(words, 10)...)),
			record.Verdict{Code: record.Silence, What: record.Say("%s", "It.")}, nil},
		{"read", scenario.Scenario{Rule: "A rule.", Read: strings.Repeat("chapters/01.md\n", 200)},
			record.Verdict{Code: record.Silence, What: record.Say("%s", "It.")}, nil},
		{"timeline", scenario.Scenario{Rule: "A rule."},
			record.Verdict{Code: record.Silence, What: record.Say("%s", "It.")},
			events("hello", 500)},
		{"everything", helped(t, scenario.Scenario{Rule: words, Read: words},
			behind("cause crash", words)+behind("hint", rows(words, 3)...)),
			record.Verdict{Code: record.Crash, What: record.Say("%s", words), Where: atLines(rows(words, 50)),
				Words: rows(words, 50),
				Cause: words, Compare: true, Want: []byte(words), Got: []byte{}}, events(words, 50)},
	} {
		for _, n := range []int{2, 9, 30} {
			t.Run(fmt.Sprintf("%s/%d", c.name, n), func(t *testing.T) {
				r := failed(n, c.sc, &c.v)
				r.Tests[1].Events = c.rows
				inLimits(t, r.Text())
			})
		}
	}
}

// Many scenarios that fail in turns cannot be folded; the page stays one.
func TestBoardLimits(t *testing.T) {
	r := failed(60, scenario.Scenario{Rule: "A rule."},
		&record.Verdict{Code: record.Silence, What: record.Say("%s", "It.")})
	for i := 3; i < len(r.Tests); i += 2 {
		r.Tests[i].Settle(&record.Outcome{Verdict: &record.Verdict{Code: record.Reset, What: record.Say("%s", "It.")}})
	}
	inLimits(t, r.Text())
}

// The whole report, once, to the letter.
func TestReportText(t *testing.T) {
	sc := helped(t, scenario.Scenario{Rule: "A client is answered.", Read: "chapters/01-unit.md#answers"},
		behind("cause wrong-bytes", "The buffer was not filled.")+
			behind("hint", "How many bytes did Read give you?", "n"))
	v := &record.Verdict{Code: record.WrongBytes,
		What:    record.Say("%s", "the bytes that came back are not the ones that were sent"),
		Compare: true,
		Want:    []byte("hi\n"), Got: []byte("hi\n\x00"),
		Where: atLines([]string{"main.go:32  in net.(*conn).Read  [IO wait]"}), Words: []string{"\tlast words"}}
	r := failed(3, sc, v)
	r.Tests[1].Events, r.Tests[1].Line = []record.Event{{At: 1100 * time.Microsecond, Conn: "A",
		Kind: record.Out, What: record.Say("it")}}, 4
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
          ms   A     server
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
	u := &scenario.Unit{Name: "01-unit", Scenarios: []*scenario.Scenario{{ID: "01-one", Points: 1}}}
	r := DidNotCompile(u, nil, strings.Repeat("main.go:1:1: wrong\n", 200), 0)
	text := r.Text()
	if n := strings.Count(text, "\n"); n > record.ReportLines || !strings.Contains(text, "does not compile") ||
		!strings.Contains(text, "... and 190 lines more") {
		t.Errorf("%d lines:\n%s", n, text)
	}
	r = DidNotCompile(u, nil, "main.go:1:1: "+strings.Repeat("x", 100_000), 0)
	if text := r.Text(); len(text) > record.ReportBytes {
		t.Errorf("one endless line makes a report of %d bytes", len(text))
	}
}

// The last words of a program that lives are quoted, too: a few of its lines,
// and not too much of them, and nothing that could disturb a terminal.
func TestLastWordsOfTheLiving(t *testing.T) {
	v := &record.Verdict{Code: record.Silence, What: record.Say("%s", "It."),
		Said: []string{"write: resource temporarily unavailable", "\x1b[31m" + strings.Repeat("x", 300)}}
	text := failed(3, scenario.Scenario{Rule: "A rule."}, v).Text()
	if !strings.Contains(text,
		"  its last words on standard error:\n      | write: resource temporarily unavailable\n      | ?[31mxxx") {
		t.Errorf("they are not there:\n%s", text)
	}
	inLimits(t, text)
}

func TestAndMoreNamesFailures(t *testing.T) {
	rows := []string{"  ok   21-a … 24-d", "  FAIL 25-e                  What is sent …",
		"  -    26-f                  x", "  FAIL 27-g … 29-i"}
	if got, want := andMore(rows), "  ... and 4 more, of which failed: 25, 27–29"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := andMore(rows[:1]), "  ... and 1 more"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func atLines(lines []string) (out []record.Phrase) {
	for _, line := range lines {
		out = append(out, record.Say("%s", line))
	}
	return out
}

// Rows of scenarios that were not checked say why, however many are one row.
func TestFoldedRowsSayWhy(t *testing.T) {
	r := failed(20, scenario.Scenario{Rule: "A rule."}, &record.Verdict{Code: record.Silence})
	for _, test := range r.Tests[2:15] {
		test.Hold("02-one")
	}
	for _, test := range r.Tests[15:] {
		test.HoldAfter("02-one-with-a-name-that-is-quite-long")
	}
	want := []string{"  ok   01-one                 A rule.", "  FAIL 02-one                 A rule.",
		"  -    03-one … 15-one  not checked: needs 02-one",
		"  -    16 … 20  not checked: 02-one-with-a-name-that-is-quite-long took al …"}
	if got := r.board(boardMost); !slices.Equal(got, want) {
		t.Errorf("the board is\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
