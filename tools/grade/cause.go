package grade

import "fmt"

// causeFor returns what most likely went wrong: what the scenario's author
// wrote for this code and this evidence, or what the program's own lines say, or what the code
// means in general. The author comes first: he knows the scenario. Where the
// program waits comes second, except that a line which itself names the
// mistake is said in addition.
func causeFor(sc *Scenario, v *Verdict) string {
	own, ok := sc.cause(v)
	switch {
	case v.Only:
		return v.Cause
	case ok && v.Cause != "":
		return v.Cause + "\n" + own
	case ok:
		return own
	case v.Cause != "":
		return v.Cause
	case v.Code == CannotGrade:
		return CannotGrade.genericCause()
	}
	return v.Code.genericCause()
}

// again returns the command that runs t alone, and the place in the scenario
// at which it ended.
func (r *Result) again(t *Test) []string {
	where := "scenario: " + t.File
	if t.Line > 0 {
		where = fmt.Sprintf("%s:%d", where, t.Line)
	}
	if r.prog == nil || r.prog.again == nil {
		return []string{where}
	}
	return []string{r.prog.again(t.scenario), where}
}
