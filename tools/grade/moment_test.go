package grade

import (
	"strings"
	"testing"

	"loopback/tools/base/record"
	"loopback/tools/engine/result"
	"loopback/tools/engine/scenario"
)

// The first failure is certain as soon as nothing that is still open can come
// before it.
func TestCertain(t *testing.T) {
	for _, tt := range []struct {
		tests string // of each scenario, in order
		race  bool   // the program has the race detector in it
		want  string
	}{
		{"pass fail fail", false, "02-two"},
		{"pass fail open", false, "02-two"},
		{"pass open fail", false, ""},
		{"open", false, ""},
		{"pass pass", false, ""},
		{"fail waits waits", false, "01-one"},
		{"pass slow fail", false, ""}, // its verdict rests on time, and it is run again
		{"pass again fail", false, "02-two"},
		{"pass skip fail open", false, "03-three"},
		{"pass skip needy fail", false, "03-three"}, // what is skipped holds back no other
		{"pass fail needy", false, "02-two"},
		{"pass fail open open-race", true, ""},
		{"pass fail open race", true, "04-four"},
		{"pass fail open pass-race", true, "02-two"},
		{"pass fail race open-race", true, "03-three"},
		{"pass fail open-race race", true, ""},
		{"fail race race", true, "01-one"}, // while the gate fails nothing else is run
		{"pass fail skip-race", false, "02-two"},
	} {
		r := &grading{Result: &result.Result{Race: tt.race}}
		for i, state := range strings.Fields(tt.tests) {
			r.Tests = append(r.Tests, testIn(state, tinyNames[i]))
		}
		got := ""
		if first := r.certain(); first != nil {
			got = first.ID
		}
		if got != tt.want {
			t.Errorf("%s: %q, want %q", tt.tests, got, tt.want)
		}
	}
}

// testIn returns a test in a state.
func testIn(state, id string) *result.Test {
	t := &result.Test{ID: id, Status: result.Error, Code: record.CannotGrade, Rationale: "not reached",
		Scenario: &scenario.Scenario{ID: id}}
	state, race := strings.CutSuffix(state, "-race")
	t.Scenario.Race = race || state == "race"
	t.Ran = state != "open" && state != "waits"
	switch state {
	case "pass":
		t.Status, t.Code = result.Pass, ""
	case "skip":
		t.Status, t.Code, t.Rationale = result.Skip, "", "needs what is not here"
	case "waits":
		t.Hold("01-one")
	case "fail", "needy":
		t.Status, t.Code, t.Verdict = result.Fail, record.WrongBytes, &record.Verdict{Code: record.WrongBytes}
	case "race":
		t.Status, t.Code, t.Verdict = result.Fail, record.Race, &record.Verdict{Code: record.Race}
	case "slow", "again":
		t.Status, t.Code, t.Verdict = result.Timeout, record.Silence,
			&record.Verdict{Code: record.Silence, ByTime: true}
		t.Confirmed = state == "again"
	}
	if state == "needy" {
		t.Needs = []string{"02-two"}
	}
	return t
}

// What is told first is the report of the first failure, once, and the page
// begins with it; and it is told which scenarios run.
func TestFirst(t *testing.T) {
	u := tinyUnit(t, "serve", echoScript, echoScript, "serve")
	var firsts, ran []string
	most := 0
	r := gradeTiny(t, u, Options{
		First: func(report string) { firsts = append(firsts, report) },
		Progress: func(m Moment) {
			for _, one := range m.Running {
				ran = append(ran, one.Scenario)
			}
			most = max(most, m.Done)
			if m.Of != 4 {
				t.Errorf("%d of %d", m.Done, m.Of)
			}
		},
	}, "shout")
	if len(firsts) != 1 || !strings.HasPrefix(firsts[0], "── 02-two ── wrong-bytes ") {
		t.Fatalf("%q", firsts)
	}
	if !strings.HasPrefix(r.Page(), firsts[0]+"\n01-tiny: 2 of 4\n") {
		t.Errorf("the page is\n%s", r.Page())
	}
	for _, id := range tinyNames {
		if !strings.Contains(strings.Join(ran, " "), id) {
			t.Errorf("%s is not told as running: %v", id, ran)
		}
	}
	if most != 4 {
		t.Errorf("%d are told as done", most)
	}
}

// With FirstOnly a grading is no longer than to its first failure, and whole when there is none.
func TestFirstOnly(t *testing.T) {
	u := tinyUnit(t, "serve", echoScript, echoScript, "serve")
	done := 0
	o := Options{FirstOnly: true, Parallel: 1, Progress: func(m Moment) { done = max(done, m.Done) }}
	r := gradeTiny(t, u, o, "shout")
	if done != 2 {
		t.Errorf("%d scenarios have been run", done)
	}
	begins := strings.HasPrefix(r.Page(), "── 02-two ── wrong-bytes ")
	if !begins || len(r.Tests) != 2 || len(r.Plan) != 2 || r.MaxScore != 2 {
		t.Errorf("%d tests, %v, %d\n%s", len(r.Tests), r.Plan, r.MaxScore, r.Page())
	}
	if r := gradeTiny(t, u, Options{FirstOnly: true}, "echo"); len(r.Tests) != 4 || !r.AllPass() {
		t.Errorf("%d tests\n%s", len(r.Tests), r.Page())
	}
}
