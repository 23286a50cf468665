package result

import (
	"fmt"
	"time"
)

// Late says that the deadline of the whole grading has passed: what was not reached has
// no verdict, and so there is no mark.
func (r *Result) Late(bound time.Duration) {
	r.Status = CouldNotGrade
	r.Reason = fmt.Sprintf("grading was ended after %v, its deadline", bound)
	r.Flags = append(r.Flags, "deadline")
}
