package result

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"loopback/tools/base/record"
	"loopback/tools/engine/scenario"
)

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"":           "",
		"plain":      "plain",
		"a\x00b":     `a\x00b`,
		"a\xff\xfeb": "a\uFFFDb",
		"é\n":        "é\n",
	} {
		if got := clean(in); got != want {
			t.Errorf("clean(%q) = %q, want %q", in, got, want)
		}
	}
	for _, long := range []string{strings.Repeat("x", 3*maxString), strings.Repeat("é", maxString),
		"x" + strings.Repeat("é", maxString), strings.Repeat("\x00", maxString)} {
		if got := clean(long); len(got) > maxString || !utf8.ValidString(got) {
			t.Errorf("%d bytes, valid: %v", len(got), utf8.ValidString(got))
		}
	}
}

// hostileResult is a result in which every text that a program can reach is
// as bad as it can be.
func hostileResult(t *testing.T) *Result {
	bad := "\x00\xff\x1b[31m" + strings.Repeat("y", 2*maxString)
	r := failed(4, helped(t, scenario.Scenario{Rule: bad, Read: bad, Tags: []string{bad}},
		behind("cause crash", bad)+behind("hint", bad)),
		&record.Verdict{Code: record.Crash, What: record.Say("%s", bad),
			Where: atLines([]string{bad}), Words: []string{bad},
			Compare: true, Want: []byte(bad), Got: []byte(bad)})
	r.Tests[1].Settle(&record.Outcome{Timeline: []string{bad}, Verdict: r.Tests[1].Verdict})
	return r
}

func TestJSONIsClean(t *testing.T) {
	data, err := hostileResult(t).JSON()
	if err != nil {
		t.Fatal(err)
	}
	if !utf8.Valid(data) || strings.ContainsRune(string(data), 0) {
		t.Error("not UTF-8, or a NUL")
	}
	var all any
	if err := json.Unmarshal(data, &all); err != nil {
		t.Fatal(err)
	}
	each(all, func(s string) {
		if strings.ContainsRune(s, 0) || len(s) > maxString || !utf8.ValidString(s) {
			t.Errorf("a string of %d bytes: %.40q", len(s), s)
		}
	})
}

// each calls f for every string in a decoded JSON value.
func each(v any, f func(string)) {
	switch v := v.(type) {
	case string:
		f(v)
	case []any:
		for _, x := range v {
			each(x, f)
		}
	case map[string]any:
		for k, x := range v {
			f(k)
			each(x, f)
		}
	}
}

// null in a list's place makes many a reader fail.
func TestJSONHasNoNull(t *testing.T) {
	r := failed(3, scenario.Scenario{Rule: "A rule."}, &record.Verdict{Code: record.Silence, What: record.Say("It.")})
	for name, r := range map[string]*Result{"failed": r, "passed": failed(1, scenario.Scenario{}, nil),
		"not built": DidNotCompile(&scenario.Unit{Name: "01-unit", Scenarios: []*scenario.Scenario{{ID: "01-one"}}},
			nil, "x", 0)} {
		data, err := r.JSON()
		if err != nil {
			t.Fatal(err)
		}
		if i := strings.Index(string(data), "null"); i >= 0 {
			t.Errorf("%s: null after %q", name, data[max(0, i-60):i])
		}
	}
}

// Every planned scenario is in the result, and one without an outcome is an
// error: it can neither pass nor be held against the program.
func TestWithoutOutcome(t *testing.T) {
	u := &scenario.Unit{Name: "01-unit",
		Scenarios: []*scenario.Scenario{{ID: "01-one", Points: 1}, {ID: "02-two", Points: 2}}}
	r := New(u, nil)
	r.Tests[0].Settle(&record.Outcome{})
	r.Sum()
	if len(r.Plan) != 2 || len(r.Tests) != 2 || r.MaxScore != 3 || r.Score != 1 {
		t.Errorf("plan %v, %d tests, %d of %d points", r.Plan, len(r.Tests), r.Score, r.MaxScore)
	}
	if two := r.Tests[1]; two.Status != Error || two.Code != record.CannotGrade || two.Points != 0 {
		t.Errorf("no outcome: %+v", two)
	}
	if r.Status != CouldNotGrade || r.AllPass() {
		t.Errorf("status %s, all pass: %v", r.Status, r.AllPass())
	}
}

func TestSettle(t *testing.T) {
	for _, c := range []struct {
		name   string
		o      record.Outcome
		status string
		code   record.Code
		points int
	}{
		{"passed", record.Outcome{}, Pass, "", 2},
		{"skipped", record.Outcome{Skipped: "no IPv6"}, Skip, "", 0},
		{"failed", record.Outcome{Verdict: &record.Verdict{Code: record.Silence}}, Fail, record.Silence, 0},
		{"failed by time", record.Outcome{Verdict: &record.Verdict{Code: record.Silence, ByTime: true}},
			Timeout, record.Silence, 0},
		{"crashed", record.Outcome{Verdict: &record.Verdict{Code: record.Crash, ByTime: true}}, Crashed,
			record.Crash, 0},
		{"could not", record.Outcome{Verdict: &record.Verdict{Code: record.CannotGrade}}, Error, record.CannotGrade, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			one := &Test{Scenario: &scenario.Scenario{ID: "01-one", Points: 2}}
			one.Settle(&c.o)
			if one.Status != c.status || one.Code != c.code || one.Points != c.points {
				t.Errorf("%s (%s), %d points; want %s (%s), %d", one.Status, one.Code, one.Points,
					c.status, c.code, c.points)
			}
		})
	}
}

// A second verdict that differs from a first one by time takes back its points
// and its text: nothing of either stays.
func TestSettleAgain(t *testing.T) {
	sc := helped(t, scenario.Scenario{}, behind("hint", "hint"))
	sc.Points = 2
	one := &Test{Scenario: &sc}
	one.Settle(&record.Outcome{Line: 8})
	one.Settle(&record.Outcome{Verdict: &record.Verdict{Code: record.Silence, What: record.Say("It."),
		Compare: true, Want: []byte("a")},
		Timeline: []string{"row"}, Line: 7})
	if one.Points != 0 || one.Line != 7 {
		t.Errorf("points of the pass before stay: %d, line %d", one.Points, one.Line)
	}
	one.Settle(&record.Outcome{Line: 8}) // such as where the program had ended, as it may
	if one.Line != 0 {
		t.Errorf("a pass has no place: line %d", one.Line)
	}
	if one.Help != "" || one.Expected != "" || one.Actual != "" || len(one.Timeline) != 0 || one.Rationale != "" {
		t.Errorf("a pass tells of the failure before: %+v", one)
	}
}

// Nobody is marked for what the machine lacks; what waits for an earlier
// scenario is lost until that one passes.
func TestSum(t *testing.T) {
	u := &scenario.Unit{Name: "01-unit",
		Scenarios: []*scenario.Scenario{{ID: "01-one", Points: 1}, {ID: "02-two", Points: 2},
			{ID: "03-three", Points: 4}}}
	for _, c := range []struct {
		name       string
		second     func(*Test)
		score, max int
		all        bool
	}{
		{"all pass", func(t *Test) { t.Settle(&record.Outcome{}) }, 7, 7, true},
		{"no detector", func(t *Test) { t.Settle(&record.Outcome{Skipped: "needs the race detector"}) }, 5, 5, true},
		{"waits", func(t *Test) { t.Hold("01-one") }, 5, 7, false},
		{"fails", func(t *Test) { t.Settle(&record.Outcome{Verdict: &record.Verdict{Code: record.Silence}}) }, 5,
			7, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := New(u, nil)
			r.Tests[0].Settle(&record.Outcome{})
			c.second(r.Tests[1])
			r.Tests[2].Settle(&record.Outcome{})
			r.Sum()
			if r.Score != c.score || r.MaxScore != c.max || r.AllPass() != c.all || r.Status != Graded {
				t.Errorf("%s: %d of %d, all pass %v; want %d of %d, %v", r.Status, r.Score, r.MaxScore, r.AllPass(),
					c.score, c.max, c.all)
			}
		})
	}
}
