package main

import (
	"archive/zip"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"loopback/tools/base/catalogue"
	"loopback/tools/base/record"
	"loopback/tools/base/tree"
	"loopback/tools/base/trial"
	"loopback/tools/engine/result"
)

// TestMakeClass: there is one submission for each learner, in every form, of every kind,
// and no two hold the same bytes.
func TestMakeClass(t *testing.T) {
	root, err := tree.Root(".")
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "submissions")
	units := []string{"01-dial", "04-goroutine-per-client"}
	c, err := makeClass(root, dir, units, 40)
	if err != nil {
		t.Fatal(err)
	}
	kinds, forms, texts := map[catalogue.Kind]int{}, map[string]int{}, map[string]string{}
	for _, l := range c.learners {
		kinds[l.program.Kind]++
		form, text := handedIn(t, dir, l)
		forms[form]++
		if other := texts[text]; other != "" || text == "" {
			t.Errorf("%s and %s have handed in the same: %.40q", l.id, other, text)
		}
		texts[text] = l.id
	}
	if len(c.learners) != 40 || kinds[catalogue.Wrong] != 20 || kinds[catalogue.Hostile] != 4 || len(forms) != 4 {
		t.Errorf("%d learners, %v, %v", len(c.learners), kinds, forms)
	}
	roster, err := os.ReadFile(c.roster)
	if err != nil || strings.Count(string(roster), "\n") != 1+40+absentees {
		t.Errorf("%v: %s", err, roster)
	}
	if _, err := makeClass(root, dir, []string{"00-setup"}, 10); err == nil {
		t.Error("there are hostile programs for a unit that has none")
	}
}

// handedIn returns what a learner has handed in, and in which form.
func handedIn(t *testing.T, dir string, l learner) (form, text string) {
	t.Helper()
	for form, place := range map[string]string{"units": l.program.Unit, "clone": "exercises/" + l.program.Unit} {
		main := filepath.Join(place, "main.go")
		if data, err := os.ReadFile(filepath.Join(dir, l.id, main)); err == nil {
			return form, string(data)
		}
		archive, err := zip.OpenReader(filepath.Join(dir, l.id+".zip"))
		if err != nil {
			continue
		}
		defer archive.Close()
		if data, err := fs.ReadFile(archive, "my work/"+filepath.ToSlash(main)); err == nil {
			return "archive of " + form, string(data)
		}
	}
	t.Errorf("%s has handed in nothing", l.id)
	return "", ""
}

// graded is a result with one scenario.
func graded(status string, code record.Code) *result.Result {
	test := &result.Test{ID: "01-first", Status: status, Code: code, MaxPoints: 1}
	r := &result.Result{Schema: result.Schema, Unit: "02-unit", MaxScore: 1, Tests: []*result.Test{test}}
	if status == result.Pass {
		test.Points = 1
	}
	r.Sum()
	return r
}

// TestJudge: each way in which a result is not what a program is known for is seen.
func TestJudge(t *testing.T) {
	right := catalogue.Subject{Kind: catalogue.Right, Unit: "02-unit"}
	wrong := catalogue.Subject{Kind: catalogue.Wrong, Unit: "02-unit", Scenario: "01-first", Code: "silence",
		Also: []record.Code{"reset"}}
	unbuilt := graded(result.Skip, "")
	unbuilt.Status = result.NotBuilt
	for _, c := range []struct {
		what    string
		program catalogue.Subject
		r       *result.Result
		ok      bool
	}{
		{"right, passes", right, graded(result.Pass, ""), true},
		{"right, fails", right, graded(result.Fail, "silence"), false},
		{"right, not graded", right, graded(result.Error, ""), false},
		{"right, does not compile", right, unbuilt, false},
		{"wrong, as known", wrong, graded(result.Fail, "silence"), true},
		{"wrong, as with another seed", wrong, graded(result.Fail, "reset"), true},
		{"wrong, another code", wrong, graded(result.Fail, "leak"), false},
		{"wrong, passes", wrong, graded(result.Pass, ""), false},
		{"does not compile, as known", catalogue.Subject{NotBuilt: true}, unbuilt, true},
		{"compiles, and must not", catalogue.Subject{NotBuilt: true}, graded(result.Fail, "silence"), false},
	} {
		if why := wrongly(c.program, c.r); (why == "") != c.ok {
			t.Errorf("%s: %q", c.what, why)
		}
	}
}

// TestLost: a result that is not there is missed, and so is a row of the table.
func TestLost(t *testing.T) {
	out := t.TempDir()
	c := &class{}
	for _, id := range []string{"learner-000", "learner-001"} {
		c.learners = append(c.learners, learner{id: id, program: catalogue.Subject{Unit: "02-unit"}})
	}
	data, err := json.Marshal(graded(result.Pass, ""))
	if err != nil {
		t.Fatal(err)
	}
	trial.Write(t, filepath.Join(out, "learner-001", "02-unit.json"), string(data))
	trial.Write(t, filepath.Join(out, "grades.csv"), "id\n0\n1\n2\n3\n")
	if all, lost := c.results(out); len(all) != 1 || len(lost) != 2 {
		t.Errorf("%v, %v", all, lost)
	}
	trial.Write(t, filepath.Join(out, "learner-000", "02-unit.json"), string(data))
	trial.Write(t, filepath.Join(out, "grades.csv"), "id\n0\n1\n2\n3\n4\n")
	if all, lost := c.results(out); len(all) != 2 || len(lost) != 0 {
		t.Errorf("%v, %v", all, lost)
	}
}

// TestCompare: another verdict is another result; another time and another address are not, and
// other words are named.
func TestCompare(t *testing.T) {
	one, two := graded(result.Pass, ""), graded(result.Pass, "")
	two.Tests[0].Millis = 5
	one.Tests[0].OutputTail = []string{"2026/12/01 14:15:05 dial 127.0.0.1:53656: refused"}
	two.Tests[0].OutputTail = []string{"2026/12/01 14:22:16 dial 127.3.2.1:40012: refused"}
	a, b := map[string]*result.Result{"x": one}, map[string]*result.Result{"x": two}
	if problems, words := compare(a, b), otherWords("x", timeless(one), timeless(two)); len(problems)+len(words) > 0 {
		t.Errorf("%v, %q", problems, words)
	}
	two.Tests[0].Rationale = "in 5 segments"
	if words := otherWords("x", timeless(one), timeless(two)); len(words) != 1 ||
		!strings.HasPrefix(words[0], "x 01-first rationale: ") {
		t.Errorf("%q", words)
	}
	b["x"] = graded(result.Fail, "silence")
	if problems := compare(a, b); len(problems) != 1 {
		t.Errorf("%v", problems)
	}
}
