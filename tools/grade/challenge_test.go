package grade

import (
	"encoding/json"
	"strings"
	"testing"

	"loopback/tools/base/trial"
	"loopback/tools/engine/result"
	"loopback/tools/engine/scenario"
)

// withChallenges is a unit in which a challenge asks for capitals.
func withChallenges(t *testing.T) *scenario.Unit {
	t.Helper()
	const shout = "# challenge\nserve\ndial A\nsend A 'hi'\nrecv A 'HI'\n-- hint --\nCapitals."
	return tinyUnit(t, "serve\ndial A", "serve\ndial A\nsend A 'hi'", shout,
		strings.Replace(echoScript, "serve", "# challenge\nserve", 1))
}

// A challenge that is not passed takes nothing away, and is told with a star.
func TestChallengeAside(t *testing.T) {
	t.Parallel()
	r := gradeTiny(t, withChallenges(t), Options{}, "echo")
	if got := statuses(r); got != "pass pass fail:wrong-bytes pass" || !r.AllPass() || r.Status != result.Graded ||
		r.Score != 2 || r.MaxScore != 2 {
		t.Errorf("%s: all pass %v, %s, %d of %d", got, r.AllPass(), r.Status, r.Score, r.MaxScore)
	}
	if r.FirstFailure() != nil || r.Challenges != (result.Challenges{Passed: 1, Of: 2}) {
		t.Errorf("first failure %v, challenges %v", r.FirstFailure(), r.Challenges)
	}
	text := r.Text()
	for _, want := range []string{"01-tiny: 2 of 2\n", "\n  ☆    03-three ", "\n  ★    04-four ",
		"Challenges passed: 1 of 2.", "--only 03-three"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	if strings.Contains(text, "wrong-bytes") {
		t.Errorf("the report of a challenge that nobody asked for:\n%s", text)
	}
	data, err := r.JSON()
	var read struct {
		Challenges struct{ Passed, Of int }
		Tests      []struct {
			Challenge          bool
			Points, Max_points int
		}
	}
	if err == nil {
		err = json.Unmarshal(data, &read)
	}
	if one := read.Tests; err != nil || read.Challenges.Of != 2 || read.Challenges.Passed != 1 || one[1].Challenge ||
		!one[3].Challenge || one[3].Max_points != 0 || one[1].Max_points != 1 {
		t.Errorf("%v: %+v", err, read)
	}
}

// Challenges wait while anything else fails, and the table leaves them out.
func TestChallengesWait(t *testing.T) {
	t.Parallel()
	u := tinyUnit(t, "serve", echoScript, "# challenge\nserve")
	r := gradeTiny(t, u, Options{}, "shout")
	if got := statuses(r); got != "pass fail:wrong-bytes skip" || r.Score != 1 || r.MaxScore != 2 {
		t.Errorf("%s, %d of %d", got, r.Score, r.MaxScore)
	}
	if text := r.Text(); strings.Contains(text, "03-three") || !strings.HasPrefix(text, "01-tiny: 1 of 2\n") {
		t.Errorf("%s", text)
	}
	if r.Challenges != (result.Challenges{Passed: 0, Of: 1}) {
		t.Errorf("%v", r.Challenges)
	}
	if got := statuses(gradeTiny(t, u, Options{Challenges: true}, "shout")); got != "pass fail:wrong-bytes pass" {
		t.Errorf("asked for: %s", got)
	}
	if got := statuses(gradeTiny(t, u, Options{}, "stub")); got != "fail:exited skip skip" {
		t.Errorf("a stub: %s", got)
	}
}

// Where challenges are asked for they decide, with points of their own.
func TestChallengesCounted(t *testing.T) {
	t.Parallel()
	r := gradeTiny(t, withChallenges(t), Options{Challenges: true}, "echo")
	if r.AllPass() || r.Score != 2 || r.MaxScore != 2 || r.Challenges != (result.Challenges{Passed: 1, Of: 2}) ||
		r.Tests[3].Points != 1 {
		t.Errorf("all pass %v, %d of %d, challenges %v, %d points", r.AllPass(), r.Score, r.MaxScore,
			r.Challenges, r.Tests[3].Points)
	}
	if text := r.Text(); !strings.HasPrefix(text, "01-tiny: 3 of 4\n") ||
		!strings.Contains(text, "── 03-three ── wrong-bytes") {
		t.Errorf("%s", text)
	}
}

// A challenge that is named is meant.
func TestChallengeOnly(t *testing.T) {
	t.Parallel()
	u := withChallenges(t)
	r := gradeTiny(t, u, Options{Only: "03-three"}, "echo")
	if got := statuses(r); got != "fail:wrong-bytes" || r.AllPass() || r.Score != 0 || r.MaxScore != 1 {
		t.Errorf("%s, %d of %d", got, r.Score, r.MaxScore)
	}
	text := r.Text()
	if !strings.HasPrefix(text, "01-tiny: 0 of 1\n  ☆    03-three") ||
		!strings.Contains(text, "── 03-three ── wrong-bytes") {
		t.Errorf("%s", text)
	}
	all := gradeTiny(t, u, Options{}, "echo")
	alone := all.Alone(all.Test("03-three"))
	if alone.AllPass() || alone.FirstFailure() == nil || !strings.HasPrefix(alone.Text(), "01-tiny: 0 of 1\n") {
		t.Errorf("%s", alone.Text())
	}
	if r := gradeTiny(t, u, Options{Only: "04-four"}, "echo"); !r.AllPass() || r.Score != 1 {
		t.Errorf("%s", r.Text())
	}
}

// The first failure is told early although a challenge stands behind it, and
// the progress speaks of challenges only when they run.
func TestChallengeProgress(t *testing.T) {
	t.Parallel()
	told := ""
	var of []int
	o := Options{First: func(report string) { told = report }, Progress: func(m Moment) { of = append(of, m.Of) }}
	gradeTiny(t, withChallenges(t), o, "echo")
	if told != "" || of[0] != 2 || of[len(of)-1] != 4 {
		t.Errorf("%q, %v", told, of)
	}
}

// Challenges stand behind all others.
func TestChallengeOrder(t *testing.T) {
	for want, scripts := range map[string][2]string{
		"01-tiny/02-two.txtar: a challenge is numbered after":    {"# challenge\nserve", "serve"},
		"01-tiny/01-one.txtar: a unit begins with a scenario th": {},
	} {
		files := map[string]string{"01-tiny/01-one.txtar": "# A rule.\nserve\n"}
		if scripts[0] == "" {
			files["01-tiny/01-one.txtar"] = "# A rule.\n# challenge\nserve\n"
		} else {
			files["01-tiny/02-two.txtar"] = "# A rule.\n" + scripts[0] + "\n"
			files["01-tiny/03-three.txtar"] = "# A rule.\n" + scripts[1] + "\n"
		}
		if _, err := scenario.LoadUnit(trial.Course(t, files), "01-tiny"); err == nil ||
			!strings.Contains(err.Error(), want) {
			t.Errorf("%v; want %s", err, want)
		}
	}
}
