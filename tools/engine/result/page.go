package result

import (
	"strings"

	"loopback/tools/base/record"
)

// Failure returns the report of one scenario that failed, without the table of
// all of them: at most 40 lines.
func (r *Result) Failure(t *Test) string {
	text, _ := r.report(t, record.ReportLines, record.ReportBytes)
	return text
}

// Table returns one line for each scenario below a line that counts them.
func (r *Result) Table() string {
	var b strings.Builder
	r.writeBoard(&b, boardMost)
	return b.String()
}

// Page is what a learner reads while working: the first failure, then the
// table. It says the same as [Result.Text] in another order, since the failure
// is known before all others have been run.
func (r *Result) Page() string {
	t := r.FirstFailure()
	if t == nil || r.Status == NotBuilt || r.Untouched() {
		return r.Text()
	}
	return r.Failure(t) + "\n" + r.Table()
}
