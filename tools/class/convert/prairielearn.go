package convert

import (
	"encoding/json"

	"loopback/tools/engine/result"
)

// What PrairieLearn reads as results.json.
type prairielearnResults struct {
	Gradable     bool               `json:"gradable"`
	Score        float64            `json:"score"`
	Message      string             `json:"message,omitempty"`
	FormatErrors []string           `json:"format_errors,omitempty"`
	Tests        []prairielearnTest `json:"tests"`
}

type prairielearnTest struct {
	Name        string `json:"name"`
	Description string `json:"description,omitempty"`
	Points      int    `json:"points"`
	MaxPoints   int    `json:"max_points"`
	Message     string `json:"message,omitempty"`
}

// prairielearn is results.json. What does not compile, and what could not be graded,
// is not gradable there: it costs no attempt.
func prairielearn(r *result.Result, o Options) ([]byte, error) {
	out := prairielearnResults{Gradable: r.Status == result.Graded, Tests: []prairielearnTest{}}
	switch {
	case r.Status == result.NotBuilt:
		out.FormatErrors = []string{notCompiled + "\n" + r.Build.Output}
	case r.Status == result.CouldNotGrade:
		out.Message = "This could not be graded. This is not a mark."
	default:
		if r.MaxScore > 0 {
			out.Score = float64(r.Score) / float64(r.MaxScore)
		}
		for _, t := range r.ForLearner(o.Feedback).Tests {
			if missed(t) {
				continue
			}
			one := prairielearnTest{Name: t.ID, Description: t.Title, Points: t.Points, MaxPoints: t.MaxPoints}
			if t.Status != result.Pass {
				one.Message = told(t)
			}
			out.Tests = append(out.Tests, one)
		}
	}
	data, err := json.MarshalIndent(out, "", "  ")
	return append(data, '\n'), err
}
