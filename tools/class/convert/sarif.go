package convert

import (
	"encoding/json"
	"path"

	"loopback/tools/base/record"
	"loopback/tools/engine/result"
)

// sarif is a log of SARIF 2.1.0, which code scanning reads: each failure is a
// result whose rule is its code. Behaviour has no line in the program, so all of
// them are at the beginning of main.go.
func sarif(r *result.Result, o Options) ([]byte, error) {
	type object = map[string]any
	rules, results := []object{}, []object{}
	seen := map[string]bool{}
	add := func(id, meaning, message string) {
		if !seen[id] {
			seen[id] = true
			rules = append(rules, object{"id": id, "shortDescription": object{"text": meaning}})
		}
		at := object{"artifactLocation": object{"uri": path.Join("exercises", r.Unit, "main.go")},
			"region": object{"startLine": 1}}
		results = append(results, object{"ruleId": id, "level": "error", "message": object{"text": message},
			"locations": []object{{"physicalLocation": at}}})
	}
	if r.Status == result.NotBuilt {
		add("build", notCompiled, r.Build.Output)
	}
	for _, t := range r.ForLearner(o.Feedback).Tests {
		if failed(t) && t.Status != result.Error {
			add(id(t.Code), meaning(t.Code), name(t)+"\n"+told(t))
		}
	}
	run := object{"tool": object{"driver": object{"name": "loopback", "rules": rules}}, "results": results,
		"invocations": []object{{"executionSuccessful": r.Status != result.CouldNotGrade}}}
	data, err := json.MarshalIndent(object{"version": "2.1.0",
		"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "runs": []object{run}}, "", "  ")
	return append(data, '\n'), err
}

// id is the name of a code's rule. What is kept from learners has no code.
func id(c record.Code) string {
	if c == "" {
		return "not-shown"
	}
	return string(c)
}

func meaning(c record.Code) string {
	if c == "" {
		return "a scenario that is not shown"
	}
	return c.Meaning()
}
