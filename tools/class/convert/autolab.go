package convert

import (
	"encoding/json"
	"strings"

	"loopback/tools/engine/result"
)

// autolab is the end of what an autograder of Autolab prints: a line of
// feedback, and the line of scores, which must be the last. There is one
// problem, named as the unit.
//
// Autolab puts quotes around whatever looks like a key in the line of scores, so
// it holds nothing but that name and a number.
func autolab(r *result.Result, o Options) ([]byte, error) {
	if r.Status == result.CouldNotGrade {
		return nil, ErrNoMark
	}
	stage := map[string]any{}
	if r.Status == result.NotBuilt {
		stage["build"] = map[string]any{"passed": false, "hint": notCompiled + " " + line(r.Build.Output)}
	} else {
		for _, t := range r.ForLearner(o.Feedback).Tests {
			if missed(t) {
				continue
			}
			one := map[string]any{"passed": t.Status == result.Pass}
			if t.Status != result.Pass {
				one["hint"] = line(t.Rationale + " " + t.Help)
			}
			stage[t.ID] = one
		}
	}
	feedback, err := json.Marshal(map[string]any{"_presentation": "semantic", "stages": []string{r.Unit},
		r.Unit: stage})
	if err != nil {
		return nil, err
	}
	scores, err := json.Marshal(map[string]any{"scores": map[string]float64{r.Unit: points(r, o)}})
	return append(append(feedback, '\n'), append(scores, '\n')...), err
}

// line makes one line of a text, not too long.
func line(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if len(s) > 300 {
		s = strings.ToValidUTF8(s[:300], "") + " ..."
	}
	return s
}
