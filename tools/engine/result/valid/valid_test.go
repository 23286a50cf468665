package valid

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"loopback/tools/base/trial"
	"loopback/tools/engine/result"
	"loopback/tools/engine/scenario"
)

func tiny(t *testing.T) *scenario.Unit {
	t.Helper()
	root := trial.Course(t, map[string]string{"01-tiny/01-one.txtar": "# A rule.\nserve\n",
		"01-tiny/02-two.txtar":   "# Another.\n# points 2\n# visibility hidden\nserve\n",
		"01-tiny/03-three.txtar": "# More.\n# challenge\nserve\n"})
	u, err := scenario.LoadUnit(root, "01-tiny")
	if err != nil {
		t.Fatal(err, filepath.Base(root))
	}
	return u
}

// What the grader writes in every state is valid.
func TestStates(t *testing.T) {
	u := tiny(t)
	for name, r := range map[string]*result.Result{
		"planned":     result.New(u, []string{"nothing"}),
		"not built":   result.DidNotCompile(u, nil, "main.go:1:1: no\x00 \xff", time.Second),
		"for learner": result.New(u, nil).ForLearner(result.FeedbackFull),
		"no feedback": result.New(u, nil).ForLearner(result.FeedbackNone),
	} {
		data, err := r.JSON()
		if err != nil {
			t.Fatal(err)
		}
		if err := Check(data); err != nil {
			t.Errorf("%s: %v\n%s", name, err, data)
		}
	}
}

// What is wrong is found.
func TestWrong(t *testing.T) {
	data, err := result.New(tiny(t), nil).JSON()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ old, new string }{
		{`"loopback/result/v1"`, `"loopback/result/v2"`},
		{`"could_not_grade"`, `"graded"`}, // with scenarios that say error
		{`"max_score": 3`, `"max_score": 2.5`},
		{`"score": 0`, `"score": 4`},
		{`"time_scale": 1`, `"time_scale": 1, "surprise": 1`},
		{`"inputs": ""`, `"inputs": "md5:1"`},
		{`"status": "error"`, `"status": "lost"`},
		{`"01-one",`, `"01-other",`},
		{`"visibility": "hidden"`, `"visibility": "secret"`},
	} {
		changed := strings.Replace(string(data), c.old, c.new, 1)
		if changed == string(data) {
			t.Errorf("there is no %s in %s", c.old, data)
		}
		if Check([]byte(changed)) == nil {
			t.Errorf("%s in the place of %s is valid", c.new, c.old)
		}
	}
	if err := Check(json.RawMessage(`{`)); err == nil {
		t.Error("what is no JSON is valid")
	}
}
