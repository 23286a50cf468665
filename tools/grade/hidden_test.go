package grade

import (
	"path/filepath"
	"strings"
	"testing"

	"loopback/tools/base/trial"
	"loopback/tools/engine/result"
	"loopback/tools/engine/result/valid"
	"loopback/tools/engine/scenario"
)

// hiddenScript is a scenario that an echo server which shouts fails. All that it is
// about is in capital letters.
const hiddenScript = `# THE-RULE that nobody is to know.
# points 3
serve
dial A
send A 'secret bytes\n'
recv A 'secret bytes\n'

-- cause wrong-bytes --
THE-CAUSE of it.
-- hint --
THE-HINT for it.
-- read --
THE-PAGE about it
`

// TestHidden: a hidden scenario counts, and learners' forms tell its name and
// whether it passed, and nothing else.
func TestHidden(t *testing.T) {
	dir := t.TempDir()
	trial.Write(t, filepath.Join(dir, "01-tiny", "90-private.txtar"), hiddenScript)
	u := tinyUnit(t, "serve\ndial A\nclosewrite A\neof A")
	plain := result.New(u, nil).Course
	hidden, err := scenario.ReadHidden(dir, []string{u.Name}, u.Name)
	if err != nil {
		t.Fatal(err)
	}
	if err := u.Add(hidden[u.Name]); err != nil {
		t.Fatal(err)
	}
	r := gradeTiny(t, u, Options{}, "shout", "x")
	if got, want := statuses(r), "pass fail:wrong-bytes"; got != want || r.MaxScore != 4 {
		t.Fatalf("%s of %d, want %s of 4\n%s", got, r.MaxScore, want, r.Text())
	}
	if r.Course == plain {
		t.Error("the hash over the scenarios does not know the hidden one")
	}
	data, err := r.JSON()
	if err != nil {
		t.Fatal(err)
	}
	if err := valid.Check(data); err != nil {
		t.Error(err)
	}
	for _, staff := range []string{"THE-RULE", "THE-CAUSE", "THE-HINT", "secret bytes", `"visibility": "hidden"`} {
		if !strings.Contains(string(data), staff) {
			t.Errorf("the canonical result has no %q:\n%s", staff, data)
		}
	}
	for _, f := range result.Feedbacks {
		junit, err := result.JUnit(r.ForLearner(f))
		if err != nil {
			t.Fatal(err)
		}
		for name, text := range map[string]string{"text": r.ForLearner(f).Text(), "junit": string(junit),
			"page": r.ForLearner(f).Page()} {
			if !strings.Contains(text, "90-private") {
				t.Errorf("%s, %s: the name is not in it:\n%s", name, f, text)
			}
			for _, secret := range []string{"THE-", "ecret byt", "SECRET", "wrong-bytes", dir} {
				if strings.Contains(text, secret) {
					t.Errorf("%s, %s: %q is in it:\n%s", name, f, secret, text)
				}
			}
		}
	}
}

// TestHiddenErrors: what cannot be a hidden scenario is refused, with its file.
func TestHiddenErrors(t *testing.T) {
	for text, want := range map[string]string{
		"# as 02-other/01-one\n":            "a script of its own",
		"# A rule.\n# points none\nserve\n": "points must be",
		"# A rule.\n# needs 99-no\nserve\n": "needs",
	} {
		u := tinyUnit(t, "serve")
		err := u.Add([]scenario.Hidden{{Unit: u.Name, ID: "90-x", Text: []byte(text), File: "90-x.txtar"}})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
	u := tinyUnit(t, "serve")
	if err := u.Add([]scenario.Hidden{{ID: "01-one", Text: []byte("# A rule.\nserve\n")}}); err == nil {
		t.Error("two scenarios have one name")
	}
}

// TestFeedback: without what was expected, or without anything.
func TestFeedback(t *testing.T) {
	u := tinyUnit(t, "serve\ndial A\nsend A 'some bytes\\n'\nrecv A 'some bytes\\n'")
	r := gradeTiny(t, u, Options{}, "shout", "x")
	if text := r.ForLearner(result.FeedbackActualOnly).Text(); strings.Contains(text, "some bytes") ||
		!strings.Contains(text, "wrong-bytes") {
		t.Errorf("actual-only:\n%s", text)
	}
	if text := r.ForLearner(result.FeedbackNone).Text(); strings.Contains(text, "wrong-bytes") ||
		!strings.Contains(text, "A rule.") {
		t.Errorf("none:\n%s", text)
	}
	if text := r.ForLearner(result.FeedbackFull).Text(); !strings.Contains(text, "some bytes") {
		t.Errorf("full:\n%s", text)
	}
}
