package convert

import (
	"encoding/json"

	"loopback/tools/engine/result"
)

// What Gradescope reads as results.json.
type gradescopeResults struct {
	Score            float64          `json:"score"`
	Output           string           `json:"output,omitempty"`
	OutputFormat     string           `json:"output_format"`
	TestOutputFormat string           `json:"test_output_format"`
	StdoutVisibility string           `json:"stdout_visibility"`
	ExtraData        map[string]any   `json:"extra_data"`
	Tests            []gradescopeTest `json:"tests"`
}

type gradescopeTest struct {
	Score      int      `json:"score"`
	MaxScore   int      `json:"max_score"`
	Status     string   `json:"status"`
	Name       string   `json:"name"`
	Number     string   `json:"number"`
	Output     string   `json:"output,omitempty"`
	Tags       []string `json:"tags,omitempty"`
	Visibility string   `json:"visibility"`
}

// gradescope is results.json. Its words for visibility are those of scenarios, so
// what learners may not see yet is in it and Gradescope keeps it. All text is
// plain: nothing that a program prints can be markup. Without a mark there
// must be no file: then Gradescope shows its own state for a grader that failed.
func gradescope(r *result.Result, o Options) ([]byte, error) {
	if r.Status == result.CouldNotGrade {
		return nil, ErrNoMark
	}
	out := gradescopeResults{Score: points(r, o), OutputFormat: "text", TestOutputFormat: "text",
		StdoutVisibility: "hidden", ExtraData: map[string]any{"schema": r.Schema, "course": r.Course,
			"inputs": r.Inputs, "seed": r.Seed, "flags": r.Flags},
		Tests: []gradescopeTest{}}
	if r.Status == result.NotBuilt {
		out.Output = notCompiled + "\n" + r.Build.Output
	}
	seen := r.ForLearner(o.Feedback)
	for i, t := range r.Tests {
		shown := t
		if t.Visibility == "visible" {
			shown = seen.Tests[i]
		}
		one := gradescopeTest{Score: t.Points, MaxScore: t.MaxPoints, Status: "passed", Name: name(shown),
			Number: t.ID[:2], Visibility: t.Visibility}
		if t.Challenge {
			if t.Status != result.Pass {
				continue // it costs nothing
			}
			one.MaxScore = t.Points
		}
		if t.Status != result.Pass {
			one.Status, one.Output = "failed", told(shown)
		}
		if shown.Code != "" {
			one.Tags = []string{string(shown.Code)}
		}
		out.Tests = append(out.Tests, one)
	}
	data, err := json.MarshalIndent(out, "", "  ")
	return append(data, '\n'), err
}
