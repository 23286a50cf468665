package grade

import "fmt"

// causeFor returns what most likely went wrong: what the scenario's author
// wrote for this code, or what the program's own lines say, or what the code
// means in general. The author comes first: he knows the scenario. Where the
// program waits comes second, except that a line which itself names the
// mistake is said in addition.
func causeFor(sc *Scenario, v *Verdict) string {
	own, ok := sc.Causes[v.Code]
	switch {
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

// again is the command that runs t alone, with the place in the scenario.
func (r *Result) againLine(t *Test) string {
	where := t.File
	if t.Line > 0 {
		where = fmt.Sprintf("%s:%d", t.File, t.Line)
	}
	if r.prog == nil || r.prog.again == nil {
		return where
	}
	return fmt.Sprintf("%s    (%s)", r.prog.again(t.scenario), where)
}
