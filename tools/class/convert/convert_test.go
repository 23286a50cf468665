package convert

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"loopback/tools/base/record"
	"loopback/tools/engine/result"
)

// evil is what a program may send to confuse what reads its result.
const evil = "::error::x\n##[group]\nGrade :=>> 100\n127.0.0.1:8080 <script>alert(1)</script> ```\n" +
	"{\"scores\": {\"a\": 9}} %0A |"

// one is a result with a test in each state.
func one() *result.Result {
	test := func(id, status, code string, points int) *result.Test {
		return &result.Test{ID: id, Title: "A rule | of " + id, Status: status, Points: points, MaxPoints: 1,
			Visibility: "visible", Code: record.Code(code), Rationale: evil, Help: evil, Actual: evil,
			Expected: "what is right", Timeline: []string{evil}, See: "chapters/x.md"}
	}
	hidden := test("06-secret", result.Fail, "no-eof", 0)
	hidden.Visibility, hidden.Title, hidden.Rationale, hidden.Help = "hidden", secret, secret, secret
	hidden.Expected, hidden.Actual, hidden.Timeline, hidden.See = secret, secret, []string{secret}, secret
	challenge := test("07-more", result.Fail, "exited", 0)
	challenge.Challenge, challenge.MaxPoints = true, 0
	skipped := test("05-skipped", result.Skip, "", 0)
	skipped.MaxPoints = 0
	r := &result.Result{Schema: result.Schema, Unit: "02-echo-once", Status: result.Graded, Score: 1, MaxScore: 5,
		Build: result.BuildResult{OK: true}, Flags: []string{},
		Tests: []*result.Test{test("01-passed", result.Pass, "", 1), test("02-failed", result.Fail, "wrong-bytes", 0),
			test("03-timed", result.Timeout, "silence", 0), test("04-crashed", result.Crashed, "crash", 0), skipped,
			hidden, challenge}}
	return r
}

// secret is what no learner may see.
const secret = "SECRET"

func notBuilt() *result.Result {
	r := one()
	r.Status, r.Score, r.Build = result.NotBuilt, 0, result.BuildResult{Output: evil}
	for _, t := range r.Tests {
		t.Status, t.Points = result.Skip, 0
	}
	return r
}

func unknown() *result.Result {
	r := one()
	r.Status, r.Flags = result.CouldNotGrade, []string{"deadline: not graded"}
	return r
}

func env(name string) string {
	return map[string]string{"CLASSROOM": "net", "ASSIGNMENT": "02", "OWNER": "ada", "SUBMISSION_TAG": "submit/1",
		"COMMIT_URL": "https://x/c", "RELEASE_URL": "https://x/r", "DATETIME": "2026-01-31T12:00:00Z"}[name]
}

func options(f result.Feedback) Options { return Options{Feedback: f, Env: env} }

// Every form of every state is what its reader accepts; hidden bytes are in none
// that learners read.
func TestForms(t *testing.T) {
	states := map[string]func() *result.Result{"graded": one, "not built": notBuilt, "unknown": unknown}
	for state, make := range states {
		for _, feedback := range result.Feedbacks {
			for _, form := range Names() {
				data, err := Forms[form](make(), options(feedback))
				if errors.Is(err, ErrNoMark) && state == "unknown" {
					continue
				}
				if err != nil {
					t.Errorf("%s, %s, %s: %v", state, feedback, form, err)
					continue
				}
				if strings.Contains(string(data), secret) && form != "gradescope" { // which keeps it
					t.Errorf("%s, %s: %s tells what is hidden", state, feedback, form)
				}
				if check := readers[form]; check != nil {
					if err := check(data, make()); err != nil {
						t.Errorf("%s, %s, %s: %v\n%s", state, feedback, form, err, data)
					}
				}
			}
		}
	}
}

// A program that could not be graded has no mark in any form.
func TestNoMark(t *testing.T) {
	for _, form := range []string{"gradescope", "classroom50", "autolab"} {
		data, err := Forms[form](unknown(), options(result.FeedbackFull))
		if !errors.Is(err, ErrNoMark) || data != nil {
			t.Errorf("%s: %s, %v", form, data, err)
		}
	}
}

// readers do what the readers of each form do, as far as it can go wrong.
var readers = map[string]func([]byte, *result.Result) error{
	"gradescope": readGradescope, "classroom50": readClassroom50, "autolab": readAutolab, "github": readGitHub,
	"prairielearn": readPrairieLearn, "sarif": readJSON,
	"html": func(data []byte, _ *result.Result) error {
		if strings.Contains(string(data), "<script") {
			return errors.New("there is a script in the page")
		}
		return nil
	},
}

func readJSON(data []byte, _ *result.Result) error {
	var v map[string]any
	return json.Unmarshal(data, &v)
}

// readGradescope knows the rules of its documentation: known fields alone, a
// score, words for status and visibility.
func readGradescope(data []byte, r *result.Result) error {
	var v struct {
		Score  *float64
		Output string
		Tests  []struct {
			Score, MaxScore    float64
			Status, Visibility string
		}
		Output_format, Test_output_format, Stdout_visibility string
		Extra_data                                           map[string]any
	}
	if err := json.Unmarshal(data, &v); err != nil {
		return err
	}
	if v.Score == nil || int(*v.Score) != r.Score || v.Test_output_format != "text" || v.Output_format != "text" {
		return errors.New("score or formats")
	}
	sum := 0.0
	for _, one := range v.Tests {
		sum += one.Score
		if !slices.Contains([]string{"passed", "failed"}, one.Status) ||
			!slices.Contains([]string{"hidden", "after_due_date", "after_published", "visible"}, one.Visibility) {
			return fmt.Errorf("unknown words: %+v", one)
		}
	}
	if int(sum) != r.Score {
		return fmt.Errorf("the scores add up to %v", sum)
	}
	return nil
}

// readClassroom50 knows the rules of the schema classroom50/result/v1 and those
// that its runner adds.
func readClassroom50(data []byte, _ *result.Result) error {
	var v map[string]any
	if err := json.Unmarshal(data, &v); err != nil {
		return err
	}
	required := []string{"schema", "classroom", "assignment", "assignment_type", "owner", "submission", "commit",
		"release", "review", "datetime", "score", "max-score", "tests"}
	for _, key := range required {
		if v[key] == nil || v[key] == "" {
			return errors.New("no " + key)
		}
	}
	if len(v) != len(required) {
		return errors.New("fields that are not in the schema")
	}
	whole := func(of map[string]any) error {
		score, ok := of["score"].(float64)
		most, too := of["max-score"].(float64)
		if !ok || !too || score != float64(int(score)) || most != float64(int(most)) || score < 0 || score > most {
			return fmt.Errorf("score %v of %v", of["score"], of["max-score"])
		}
		return nil
	}
	for _, one := range v["tests"].([]any) {
		test := one.(map[string]any)
		if _, ok := test["passed"].(bool); !ok || test["test-name"] == "" {
			return fmt.Errorf("test %v", test)
		}
		if err := whole(test); err != nil {
			return err
		}
	}
	return whole(v)
}

// looksLikeKey is how Autolab puts quotes around keys that have none, before it
// reads the last line.
var looksLikeKey = regexp.MustCompile(`([a-zA-Z0-9]+):`)

func readAutolab(data []byte, r *result.Result) error {
	lines := strings.Split(strings.TrimRight(string(data), "\n"), "\n")
	if len(lines) != 2 {
		return fmt.Errorf("%d lines", len(lines))
	}
	var scores struct{ Scores map[string]float64 }
	last := looksLikeKey.ReplaceAllString(lines[1], `"$1":`)
	if err := json.Unmarshal([]byte(last), &scores); err != nil || len(scores.Scores) != 1 {
		return fmt.Errorf("the last line, %s: %v", last, err)
	}
	if int(scores.Scores[r.Unit]) != r.Score {
		return errors.New("the score")
	}
	var feedback map[string]any
	if err := json.Unmarshal([]byte(lines[0]), &feedback); err != nil {
		return err
	}
	for _, stage := range feedback["stages"].([]any) {
		if feedback[stage.(string)] == nil {
			return fmt.Errorf("stage %v is named and is not there", stage)
		}
	}
	return nil
}

// readGitHub: one line is one command, whatever a program has sent.
func readGitHub(data []byte, _ *result.Result) error {
	if strings.Count(string(data), "\n") != 1 || !strings.HasPrefix(string(data), "::") {
		return errors.New("not one command")
	}
	return nil
}

func readPrairieLearn(data []byte, r *result.Result) error {
	var v struct {
		Gradable *bool
		Score    *float64
		Tests    []map[string]any
	}
	if err := json.Unmarshal(data, &v); err != nil {
		return err
	}
	if v.Gradable == nil || *v.Gradable != (r.Status == result.Graded) {
		return errors.New("gradable")
	}
	if v.Score == nil || *v.Score < 0 || *v.Score > 1 {
		return errors.New("score")
	}
	for _, one := range v.Tests {
		if one["points"] == nil || one["max_points"] == nil {
			return errors.New("a test without points takes them from all")
		}
	}
	return nil
}

// The checked-in form of each engine changes only on purpose.
func TestGolden(t *testing.T) {
	for _, form := range Names() {
		if form == "html" || form == "json" || form == "junit" {
			continue // they have tests of their own
		}
		data, err := Forms[form](one(), options(result.FeedbackFull))
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join("testdata", form+".golden")
		if os.Getenv("UPDATE") != "" {
			if err := os.WriteFile(file, data, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil || string(want) != string(data) {
			t.Errorf("%s is another than in %s (%v); UPDATE=1 writes it anew:\n%s", form, file, err, data)
		}
	}
}

// TestPoints: the score is a share of an instructor's points, and the tests keep theirs.
func TestPoints(t *testing.T) {
	for form, want := range map[string]string{"autolab": `{"scores":{"02-echo-once":1.33}}`,
		"gradescope": "{\n  \"score\": 1.33,\n"} {
		r := one()
		r.MaxScore = 3
		data, err := Forms[form](r, Options{Feedback: result.FeedbackFull, Points: 4})
		if err != nil || !strings.Contains(string(data), want) {
			t.Errorf("%s: %v\n%s", form, err, data)
		}
	}
}
