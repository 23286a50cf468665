package result

import (
	"fmt"

	"loopback/tools/base/record"
	"loopback/tools/engine/scenario"
)

// causeFor returns what most likely went wrong: what the scenario's author
// wrote for this code and this evidence, or what the program's own lines say,
// or what the code means in general. The author, who knows the scenario, comes
// first. Where the program waits comes second, except that a line which itself
// names the mistake is said in addition. Where the program has ended the connection
// its lines are about others.
func causeFor(sc *scenario.Scenario, v *record.Verdict) string {
	own, ok := sc.Cause(v)
	ended := v.Code == record.EarlyEOF || v.Code == record.Reset
	switch {
	case v.Only:
		return v.Cause
	case ok && v.Cause != "" && ended:
		return own
	case ok && v.Cause != "":
		return v.Cause + "\n" + own
	case ok:
		return own
	case v.Cause != "":
		return v.Cause
	case v.Code == record.CannotGrade:
		return record.CannotGrade.Cause()
	case v.General != "":
		return v.General
	}
	return v.Code.Cause()
}

// again returns the command that runs t alone, and the place in the scenario
// at which it ended.
func (r *Result) again(t *Test) []record.Phrase {
	if t.File == "" {
		return nil // learners do not see it
	}
	where := record.Say("scenario: %s", t.File)
	switch {
	case t.Line > 0 && t.Verdict != nil && t.Verdict.Anytime:
		where = where.And("%v", record.Varies(fmt.Sprintf(":%d", t.Line), ""))
	case t.Line > 0:
		where = where.And(":%d", t.Line)
	}
	if r.Again == nil {
		return []record.Phrase{where}
	}
	return []record.Phrase{r.Again(t.Scenario), where}
}
