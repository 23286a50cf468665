package convert

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"loopback/tools/engine/result"
)

// What Classroom 50 reads as result.json.
type classroom50Result struct {
	Schema     string            `json:"schema"`
	Classroom  string            `json:"classroom"`
	Assignment string            `json:"assignment"`
	Type       string            `json:"assignment_type"`
	Owner      string            `json:"owner"`
	Submission string            `json:"submission"`
	Commit     string            `json:"commit"`
	Release    string            `json:"release"`
	Review     string            `json:"review"`
	Datetime   string            `json:"datetime"`
	Score      int               `json:"score"`
	MaxScore   int               `json:"max-score"`
	Tests      []classroom50Test `json:"tests"`
}

type classroom50Test struct {
	Name     string `json:"test-name"`
	Passed   bool   `json:"passed"`
	Score    int    `json:"score"`
	MaxScore int    `json:"max-score"`
	Message  string `json:"message,omitempty"`
	Code     string `json:"code,omitempty"`
}

// classroom50 is result.json. Whose the submission is, and when it came, is in
// the environment that the runner gives: DATETIME is the time of the graded
// commit, in UTC.
func classroom50(r *result.Result, o Options) ([]byte, error) {
	if r.Status == result.CouldNotGrade {
		return nil, ErrNoMark
	}
	out := classroom50Result{Schema: "classroom50/result/v1", Type: "individual", Score: r.Score, MaxScore: r.MaxScore,
		Tests: []classroom50Test{}}
	for _, f := range []struct {
		to    *string
		names []string
	}{
		{&out.Classroom, []string{"CLASSROOM"}}, {&out.Assignment, []string{"ASSIGNMENT"}},
		{&out.Owner, []string{"OWNER", "USERNAME"}}, {&out.Submission, []string{"SUBMISSION_TAG"}},
		{&out.Commit, []string{"COMMIT_URL"}}, {&out.Release, []string{"RELEASE_URL"}},
		{&out.Review, []string{"REVIEW_URL", "COMMIT_URL"}}, {&out.Datetime, []string{"DATETIME"}},
	} {
		for _, name := range f.names {
			if *f.to == "" {
				*f.to = o.Env(name)
			}
		}
		if *f.to == "" {
			return nil, fmt.Errorf("classroom50 needs %s in the environment", strings.Join(f.names, " or "))
		}
	}
	if kind := o.Env("ASSIGNMENT_TYPE"); kind != "" {
		out.Type = kind
	}
	if _, err := time.Parse("2006-01-02T15:04:05Z", out.Datetime); err != nil {
		return nil, fmt.Errorf("DATETIME must be such as 2026-01-31T12:00:00Z: %w", err)
	}
	for _, t := range r.ForLearner(o.Feedback).Tests {
		if t.Challenge {
			continue // it is no part of the score
		}
		one := classroom50Test{Name: name(t), Passed: t.Status == result.Pass, Score: t.Points, MaxScore: t.MaxPoints,
			Code: string(t.Code)}
		if !one.Passed {
			one.Message = told(t)
		}
		out.Tests = append(out.Tests, one)
	}
	data, err := json.MarshalIndent(out, "", "  ")
	return append(data, '\n'), err
}
