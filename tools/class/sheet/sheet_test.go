package sheet

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"loopback/tools/base/record"
	"loopback/tools/class/term"
	"loopback/tools/engine/result"
)

// put writes a result of a learner in unit 01-tiny with one scenario.
func put(t *testing.T, out, id, status, state string, flags ...string) {
	t.Helper()
	one := &result.Test{ID: "01-one", Title: "A <rule>.", Status: state, MaxPoints: 1, Visibility: "visible",
		Rationale: "<script>alert(1)</script>", See: "chapters/01-tiny.md"}
	if state == result.Pass {
		one.Points = 1
	} else {
		one.Code = "no-eof"
	}
	r := &result.Result{Schema: result.Schema, Unit: "01-tiny", Status: status, Score: one.Points, MaxScore: 1,
		Plan: []string{"01-one"}, Tests: []*result.Test{one}, Flags: flags}
	data, err := r.JSON()
	if err == nil {
		err = WriteWhole(ResultFile(out, id, "01-tiny"), data)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestWrite writes the tables and pages of a class with a learner in each state.
func TestWrite(t *testing.T) {
	out := t.TempDir()
	put(t, out, "=ada", result.Graded, result.Pass)
	put(t, out, "bob", result.Graded, result.Fail)
	put(t, out, "cat", result.CouldNotGrade, result.Error, "deadline: not graded")
	class := func() *Class {
		return &Class{Units: []string{"01-tiny"}, Most: map[string]int{"01-tiny": 1},
			Earlier: Marks{"bob": {"01-tiny": "1/1"}, "=ada": {"01-tiny": "1/1"}},
			Learners: []*Learner{{ID: "dan", Notes: []string{"not in the roster"}}, {ID: "cat"}, {ID: "bob"},
				{ID: "=ada"}}}
	}
	var before map[string]string
	for range 2 { // written again it is the same
		c, err := Write(out, class())
		if err != nil {
			t.Fatal(err)
		}
		if c.Unknown() != 1 || c.Review() != 2 {
			t.Errorf("%s", c.Summary())
		}
		now := map[string]string{}
		for name, want := range map[string]string{
			"grades.csv": "id,total,max,percent,01-tiny\n'=ada,1,1,100.0,1\nbob,0,1,0.0,0\ncat,,,,?\ndan,0,1,0.0,\n",
			"details.csv": "id,unit,scenario,status,points,max,code,needs_review\n'=ada,01-tiny,01-one,pass,1,1,,no\n" +
				"bob,01-tiny,01-one,fail,0,1,no-eof,no\ncat,01-tiny,01-one,error,0,1,no-eof,yes\n" +
				"dan,01-tiny,,missing,,,,no\n",
			"review.csv":  "id,unit,what\ncat,01-tiny,could not grade: deadline: not graded\ndan,,not in the roster\n",
			"changes.csv": "id,unit,before,after\nbob,01-tiny,1/1,0/1\n",
			"index.html":  "", "bob/report.html": "",
		} {
			data, err := os.ReadFile(filepath.Join(out, name))
			if err != nil || want != "" && string(data) != want {
				t.Errorf("%s: %v\n%s\nwant:\n%s", name, err, data, want)
			}
			if strings.Contains(string(data), "<script") {
				t.Errorf("%s has a script in it", name)
			}
			if before != nil && before[name] != string(data) {
				t.Errorf("%s is another the second time", name)
			}
			now[name] = string(data)
		}
		if !strings.Contains(now["index.html"], "1 of 2") {
			t.Errorf("one of two that were graded failed:\n%s", now["index.html"])
		}
		before = now
	}
}

// TestTerm: in a term a unit is worth what the instructor says.
func TestTerm(t *testing.T) {
	out := t.TempDir()
	put(t, out, "ada", result.Graded, result.Pass)
	put(t, out, "bob", result.Graded, result.Fail)
	_, err := Write(out, &Class{Units: []string{"01-tiny", "02-none"}, Most: map[string]int{"01-tiny": 1, "02-none": 4},
		Term:     term.Term{"01-tiny": {Points: 7}, "02-none": {Points: 3}},
		Learners: []*Learner{{ID: "ada"}, {ID: "bob"}}})
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join(out, "grades.csv"))
	if want := "id,total,max,percent,01-tiny,02-none\nada,7,10,70.0,7,\nbob,0,10,0.0,0,\n"; string(data) != want {
		t.Errorf("%v\n%s\nwant:\n%s", err, data, want)
	}
	has(t, filepath.Join(out, "ada", "report.html"), "<td>7 of 7</td>", "<td>0 of 3: nothing was handed in</td>",
		"<strong>7 of 10</strong>", "1 of 1 points, which is 7/7 in this course.")
	has(t, filepath.Join(out, "index.html"), "<td class=\"pass\">7/7<br><small>1/1</small></td>",
		"<td class=\"fail\">0/7<br><small>0/1</small></td>", "<td>7/10</td>")
}

// has checks that a file has all the texts.
func has(t *testing.T, file string, texts ...string) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range texts {
		if !strings.Contains(string(data), text) {
			t.Errorf("%s has no %q:\n%s", file, text, data)
		}
	}
}

// write writes a result of a learner in unit 01-tiny.
func write(t *testing.T, out, id string, r *result.Result) {
	t.Helper()
	data, err := r.JSON()
	if err == nil {
		err = WriteWhole(ResultFile(out, id, r.Unit), data)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestChallenge: on the page of a right program no challenge fails; what happened in one that
// ran is there to unfold.
func TestChallenge(t *testing.T) {
	out := t.TempDir()
	test := func(id, status, why string) *result.Test {
		return &result.Test{ID: id, Title: "A rule.", Status: status, Visibility: "visible", Challenge: true,
			Rationale: why}
	}
	one := test("01-one", result.Pass, "")
	one.Challenge, one.Points, one.MaxPoints = false, 1, 1
	write(t, out, "ada", &result.Result{Schema: result.Schema, Unit: "01-tiny", Status: result.Graded, Score: 1,
		MaxScore: 1, Challenges: result.Challenges{Passed: 1, Of: 3},
		Tests: []*result.Test{one, test("02-more", result.Pass, ""), test("03-most", result.Fail, "it ended"),
			test("04-waits", result.Skip, "not checked: a challenge runs when all else passes")}})
	if _, err := Write(out, &Class{Units: []string{"01-tiny"}, Learners: []*Learner{{ID: "ada"}}}); err != nil {
		t.Fatal(err)
	}
	page := filepath.Join(out, "ada", "report.html")
	has(t, page, "Challenges passed: 1 of 3. They do not count.", "<td>★ challenge</td>", "<td>☆ challenge</td>",
		"<details><summary>What happened</summary><p>it ended")
	data, err := os.ReadFile(page)
	for _, text := range []string{"FAIL", "0/0", "class=\"fail\"", "04-waits"} {
		if err != nil || strings.Contains(string(data), text) {
			t.Errorf("%q is in the page: %v\n%s", text, err, data)
		}
	}
}

// TestEvidence: the page has what the report in text has: where what came differs, the
// program's last words, and where it was.
func TestEvidence(t *testing.T) {
	out := t.TempDir()
	one := &result.Test{ID: "01-one", Status: result.Fail, Visibility: "visible", MaxPoints: 1, Code: record.WrongBytes,
		Expected: "same", Actual: "same", Compared: []string{"expected  …ab", "got       …ac", "            ^"},
		OutputTail: []string{"quotes.txt: no <quotes>"}, Where: []string{"main.go:74  in io.WriteString"}}
	write(t, out, "ada", &result.Result{Schema: result.Schema, Unit: "01-tiny", Status: result.Graded, MaxScore: 1,
		Tests: []*result.Test{one}})
	write(t, out, "bob", &result.Result{Schema: result.Schema, Unit: "01-tiny", Status: result.NotBuilt, MaxScore: 1})
	_, err := Write(out, &Class{Units: []string{"01-tiny"}, Learners: []*Learner{{ID: "ada"}, {ID: "bob"}}})
	if err != nil {
		t.Fatal(err)
	}
	has(t, filepath.Join(out, "ada", "report.html"), "expected  …ab\ngot       …ac\n            ^</pre>",
		"<p>Its last words:<pre>quotes.txt: no &lt;quotes&gt;</pre>",
		"<p>Where your program was:<pre>main.go:74  in io.WriteString</pre>")
	has(t, filepath.Join(out, "index.html"), "The program does not compile.")
}

// TestForTheExample: what works for the example only is seen in the matrix, and is
// something to look at.
func TestForTheExample(t *testing.T) {
	out := t.TempDir()
	put(t, out, "ada", result.Graded, result.Fail, result.WorkedForTheExample+": it passes with seed 1")
	if _, err := Write(out, &Class{Units: []string{"01-tiny"}, Learners: []*Learner{{ID: "ada"}}}); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"index.html": "<td class=\"fail\">0/1, worked for the example</td>",
		"review.csv": "ada,01-tiny,worked for the example: it passes with seed 1\n"} {
		data, err := os.ReadFile(filepath.Join(out, name))
		if err != nil || !strings.Contains(string(data), want) {
			t.Errorf("%s has no %q: %v\n%s", name, want, err, data)
		}
	}
}

// TestUntried: what was run for no program, such as races without --race, is said once, with
// the way to have it run; not what the machine kept from one program alone.
func TestUntried(t *testing.T) {
	out := t.TempDir()
	put(t, out, "ada", result.Graded, result.Skip)
	put(t, out, "bob", result.Graded, result.Skip)
	class := func() *Class {
		c, err := Write(out, &Class{Units: []string{"01-tiny"}, Learners: []*Learner{{ID: "ada"}, {ID: "bob"}}})
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	const line = "01-tiny: 01-one: not run for any program: "
	index := func() string {
		data, err := os.ReadFile(filepath.Join(out, "index.html"))
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	if said := class().Summary(); strings.Count(said, line) != 1 || strings.Count(index(), line) != 1 {
		t.Errorf("%s\n%s", said, index())
	}
	put(t, out, "bob", result.Graded, result.Fail)
	if said := class().Summary(); strings.Contains(said, line) {
		t.Errorf("it was run: %s", said)
	}
	const flag = "not checked, for what the program does: 01-one (it keeps a signal)"
	put(t, out, "ada", result.Graded, result.Skip, flag)
	put(t, out, "bob", result.Graded, result.Skip, flag)
	if said := class().Summary(); strings.Contains(said, line) {
		t.Errorf("the programs have brought that about: %s", said)
	}
}
